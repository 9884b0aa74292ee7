from __future__ import annotations

import pytest

from octad.notes.compose import composed
from octad.notes.judged import Judged
from octad.records.api import ApiChange, Place
from octad.records.notes import Correction, InterfaceChange, Material, Written
from octad.records.release import Release
from tests.unit.notes.commits import commit, name, release, texts


def reasons(notes: object) -> dict[str, int]:
    """How many commits were left out for which reason."""
    return {one.reason: len(one.commits) for one in notes.left_out}  # type: ignore[attr-defined]


def test_sections_in_order_with_cleaned_subjects_and_every_commit_cited() -> None:
    notes = composed(
        release(
            commit(1, "fix(cli): crash on empty input (#4)"),
            commit(2, "✨ feat: read zstd."),
            commit(3, "perf: parse twice as fast"),
            commit(4, "feat!: bytes are read"),
            commit(5, "Deprecate `old`"),
            previous="v1", version="v2", time=5.0,
        ),
        {},
    )  # fmt: skip
    assert [(one.section, one.text) for one in notes.entries] == [
        ("Breaking changes", "Bytes are read"),
        ("Added", "Read zstd"),
        ("Deprecated", "Deprecate `old`"),
        ("Fixed", "cli: crash on empty input"),
        ("Performance", "Parse twice as fast"),
    ]
    assert [one.commits for one in notes.entries] == [(name(n),) for n in (4, 2, 5, 1, 3)]
    assert (notes.heading, notes.previous, notes.total) == ("v2", "v1", 5)
    assert [block.title for block in notes.blocks] == [
        "Breaking changes", "Added", "Deprecated", "Fixed", "Performance",
    ]  # fmt: skip


def test_every_commit_is_told_or_said_to_be_left_out() -> None:
    made = release(
        commit(1, "Add x"), commit(2, "Fix typo"), commit(3, "Bump foo from 1.0 to 1.1", ("poetry.lock",)),
        commit(4, "Release 1.2.0"), commit(5, "Update changelog", ("CHANGELOG.md",)),
        commit(6, "Add tests", ("tests/test_a.py",)), commit(7, "Clarify", ("docs/a.md",)),
    )  # fmt: skip
    notes = composed(made, {})
    assert texts(notes) == ["Add x"]
    told = {one for entry in notes.entries for one in entry.commits}
    left = [one for out in notes.left_out for one in out.commits]
    assert told | set(left) == {one.revision for one in made.commits} and len(left) == 6
    assert reasons(notes) == {
        "changelogs": 1, "nothing that its readers have": 3, "updates of dependencies": 1, "versions": 1,
    }  # fmt: skip


def test_developers_are_told_of_internal_things_and_of_dependencies_at_once() -> None:
    made = release(
        commit(1, "Bump foo from 1.0 to 1.1", ("poetry.lock",)), commit(2, "Refactor the reader"),
        commit(3, "Bump @a/bar from 2 to 3", ("yarn.lock",)), commit(4, "Clarify", ("docs/a.md",)),
    )  # fmt: skip
    assert texts(composed(made, {})) == []
    notes = composed(made, {}, Material(audience="developers"))
    assert texts(notes) == ["Clarify", "Dependencies updated: @a/bar, foo", "Refactor the reader"]
    assert set(notes.entries[1].commits) == {name(1), name(3)}


def test_heads_decide_where_they_say_something_and_the_rule_where_they_do_not() -> None:
    made = release(commit(1, "Add x"), commit(2, "Add y"), commit(3, "Rework z"), commit(4, "Refactor w"))
    judged = {
        name(1): Judged(0.2), name(2): Judged(0.9, "fix", "Own"), name(3): Judged(0.8, "change"),
        name(4): Judged(0.9, "internal"),
    }  # fmt: skip
    notes = composed(made, judged)
    assert [(one.text, one.section, one.probability) for one in notes.entries] == [
        ("Rework z", "Changed", 0.8),
        ("Add y", "Own", 0.9),
    ]
    assert texts(composed(made, judged, least=0.1))[1:] == ["Rework z", "Add y"]


def test_a_revert_cancels_what_it_took_back_and_a_revert_of_it_brings_it_back() -> None:
    first, second = (
        commit(1, "Add x (#1)"),
        commit(2, f'Revert "Add x (#1)" (#2)\n\nThis reverts commit {name(1)}.'),
    )
    notes = composed(release(first, second, commit(3, "Add y")), {})
    assert texts(notes) == ["Add y"] and reasons(notes) == {"taken back before the release": 2}
    third = commit(3, f'Reapply "Add x (#1)" (#3)\n\nThis reverts commit {name(2)}.')
    assert texts(composed(release(first, second, third), {})) == ["Add x"]
    fourth = commit(4, f'Revert "Reapply "Add x (#1)"" (#3)\n\nThis reverts commit {name(3)}.')
    assert texts(composed(release(first, second, third, fourth), {})) == []


@pytest.mark.parametrize(
    "revert", ['Revert "Add x (#1)" (#9)\n\nReverts o/r#1', 'Revert "Add x"', "revert: Add x"]
)
def test_a_revert_is_known_by_number_and_by_words(revert: str) -> None:
    assert texts(composed(release(commit(1, "Add x (#1)"), commit(2, revert)), {})) == []


def test_what_was_added_again_after_a_revert_is_told() -> None:
    made = release(commit(1, "Add x"), commit(2, 'Revert "Add x"'), commit(3, "Add x"))
    notes = composed(made, {})
    assert [one.commits for one in notes.entries] == [(name(3),)]


def test_a_revert_of_what_is_older_is_told() -> None:
    made = release(
        commit(1, f'Revert "Read zstd"\n\nThis reverts commit {name(77)}.'), commit(2, "Partially revert x")
    )
    assert texts(composed(made, {})) == ['Revert "Read zstd"', "Partially revert x"]


def test_copies_become_one_and_what_was_released_is_left_out() -> None:
    picked = commit(3, f"Fix the reader of x\n\n(cherry picked from commit {name(1)})")
    made = release(
        commit(1, "Fix the reader (#5)"), commit(2, "Add y", copy_of=name(0)), picked,
        commit(4, "[3.1] Fix the reader (#6)"),
    )  # fmt: skip
    notes = composed(made, {})
    assert texts(notes) == ["Fix the reader of x"]
    assert set(notes.entries[0].commits) == {name(1), name(3), name(4)}
    assert reasons(notes) == {"in the version before already": 1}


def test_a_merged_change_is_told_by_its_title_once() -> None:
    merge = commit(4, "Read zstd (#7)\n\nIt was asked for.", parents=(name(1), name(3)), refs=("#7",))
    made = release(
        commit(1, "Add x"), commit(2, "wip", parents=(name(1),)), commit(3, "More", parents=(name(2),)), merge
    )
    notes = composed(made, {})
    assert texts(notes) == ["Add x", "Read zstd"]
    assert notes.entries[1].commits == (name(4), name(3), name(2)) and notes.entries[1].refs == ("#7",)


def test_a_merge_that_joins_changes_lets_them_tell_of_themselves() -> None:
    merge = commit(4, "Release candidate (#9)", parents=(name(1), name(3)))
    plain = commit(7, "Merge branch 'side'", parents=(name(4), name(6)))
    made = release(
        commit(1, "Add x"), commit(2, "Add y (#2)"), commit(3, "Add z (#3)"), merge,
        commit(5, "Add v", parents=(name(4),)), commit(6, "Add w"), plain,
    )  # fmt: skip
    assert texts(composed(made, {})) == ["Add x", "Add y", "Add z", "Add v", "Add w"]
    assert reasons(composed(made, {}))["merges"] == 1


def test_poor_subjects_are_told_by_their_bodies() -> None:
    made = release(
        commit(1, "Fix bug\n\nThe reader no longer stops at a form feed. It did since 1.2."),
        commit(2, "Feature/async (#3)\n\n* Add asynchronous iterators\n\n* fix lint"),
        commit(3, "Fix #12"),
    )
    told = {"Add asynchronous iterators", "The reader no longer stops at a form feed", "Fix #12"}
    assert set(texts(composed(made, {}))) == told


def test_overrides_stand_in_the_place_of_messages() -> None:
    told = "feat: read zstd\nfix(cli): keep the order\n\nBREAKING CHANGE: no gzip"
    body = f"x\n\nBEGIN_COMMIT_OVERRIDE\n{told}\nEND_COMMIT_OVERRIDE"
    notes = composed(release(commit(1, f"chore: stuff\n\n{body}")), {name(1): Judged(0.0, "internal")})
    assert [(one.section, one.text, one.origin) for one in notes.entries] == [
        ("Breaking changes", "No gzip", "override"),
        ("Added", "Read zstd", "override"),
        ("Fixed", "cli: keep the order", "override"),
    ]
    assert all(one.commits == (name(1),) for one in notes.entries)


def test_what_a_message_says_that_it_breaks_is_told_beside_it() -> None:
    notes = composed(
        release(commit(1, "feat: bytes\n\nBREAKING CHANGE: text is\ndecoded by callers\n\nMore")), {}
    )
    assert [(one.kind, one.text) for one in notes.entries] == [
        ("breaking", "Text is decoded by callers"),
        ("feature", "Bytes"),
    ]


def test_corrections_are_honoured() -> None:
    corrections = (
        Correction(revision=name(1)[:7], text="Better", kind="security", section="Own"),
        Correction(revision=name(2)[:8], hide=True),
        Correction(revision=name(3)[:9], section="Elsewhere"),
    )
    made = release(commit(1, "chore: x"), commit(2, "feat: y"), commit(3, "fix: z"))
    notes = composed(made, {}, Material(corrections=corrections))
    assert [(one.text, one.kind, one.section, one.origin) for one in notes.entries] == [
        ("Better", "security", "Own", "correction"),
        ("Z", "fix", "Elsewhere", "subject"),
    ]
    assert reasons(notes) == {"hidden by a correction": 1}


def test_entries_of_the_changelog_are_used_and_not_repeated() -> None:
    written = (
        Written(
            text="Files compressed with zstd are read", section="Added", refs=("#4",), commits=(name(3),)
        ),
        Written(text="Fix a crash on empty input", section="Bug fixes", commits=(name(3),)),
        Written(text="Nobody made this", section="Added"),
    )
    made = release(
        commit(1, "Read zstd (#4)", refs=("#4",)), commit(2, "Fix crash on empty input"),
        commit(3, "Update the changelog", ("CHANGELOG.md",)), commit(4, "Add y"),
    )  # fmt: skip
    notes = composed(made, {}, Material(written=written))
    assert [(one.section, one.text, one.origin, one.commits) for one in notes.entries] == [
        ("Added", "Files compressed with zstd are read", "changelog", (name(1),)),
        ("Added", "Add y", "subject", (name(4),)),
        ("Fixed", "Fix a crash on empty input", "changelog", (name(2),)),
    ]


def broken(change: str, changed: str, number: int = 2, **fields: str) -> InterfaceChange:
    """A change of the interface, made by a commit."""
    place = Place(path="a.py", line=3)
    made = ApiChange(change=change, name=changed, place_before=place, **fields)  # type: ignore[arg-type]
    return InterfaceChange(change=made, commits=(name(number),))


def test_what_broke_is_told_though_no_commit_says_so() -> None:
    interface = (broken("removed", "p.read"), broken("added", "p.new"), broken("removed", "p.gone", 1))
    made = release(commit(1, "feat!: `gone` is gone"), commit(2, "Tidy"))
    notes = composed(made, {}, Material(interface=interface))
    assert [(one.text, one.origin, one.commits) for one in notes.entries] == [
        ("`gone` is gone", "subject", (name(1),)),
        ("`p.read` was removed", "interface", (name(2),)),
    ]
    assert notes.entries[1].anchor is not None and notes.entries[1].anchor.line == 3


def test_many_changes_of_an_interface_are_told_together() -> None:
    interface = [broken("removed", f"p.m.f{number}", number) for number in range(1, 40)]
    made = release(*(commit(number, "Tidy") for number in range(1, 41)))
    notes = composed(made, {}, Material(interface=(*interface, broken("removed", "p.main"))))
    names = ", ".join(f"`p.m.f{number}`" for number in range(1, 7))
    assert set(texts(notes)) == {"`p.main` was removed", f"Removed: {names} and 33 more"}
    assert {one for entry in notes.entries for one in entry.commits} == {name(n) for n in range(1, 40)}


def test_of_several_packages_the_one_that_is_released_is_told() -> None:
    made = (
        commit(1, "Add x", ("crates/api/a.rs",)),
        commit(2, "Add y", ("crates/web/a.rs",)),
        commit(3, "Add z", ()),
    )
    notes = composed(release(*made, prefix="api"), {})
    assert texts(notes) == ["Add x", "Add z"] and reasons(notes) == {"of another package": 1}
    assert texts(composed(release(*made, prefix="gone"), {})) == ["Add x", "Add y", "Add z"]


def test_nothing_at_all_is_no_error() -> None:
    assert composed(Release(), {}).entries == ()
    assert composed(Release(), {}, Material(describes=True)).heading == "No change"


def test_the_same_words_are_said_once() -> None:
    notes = composed(release(commit(1, "Fix the reader (#1)"), commit(2, "Fixed reader (#2)")), {})
    assert len(notes.entries) == 1 and set(notes.entries[0].commits) == {name(1), name(2)}
