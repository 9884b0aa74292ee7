from __future__ import annotations

import pytest

from octad.notes.groups import Group
from octad.notes.mechanical import mechanical
from octad.notes.places import place_of
from octad.notes.rule import by_rule
from octad.notes.subjects import key_of, subject_of
from octad.notes.words import MOST_CHARACTERS, shortened, words_of
from tests.unit.notes.commits import commit


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("feat(cli)!: add --notes (#12)", "Add --notes"),
        ("🐛 fix: crash on empty input. (#12) (#15)", "Crash on empty input"),
        ("[PR #104/6ee81df6 backport][3.11] Start (#107)", "Start"),
        (":bug: fix crash", "Fix crash"),
        ("gh-1234: Fix foo", "Fix foo"),
        ("net/http: fix the thing", "net/http: fix the thing"),
        ("Fix foo, closes #12", "Fix foo"),
        ("Fixed a bug (fixes #3, #4).", "Fixed a bug"),
        ("PROJ-12 add thing", "Add thing"),
        ("UTF-8 is the default", "UTF-8 is the default"),
        ("`x` is new", "`x` is new"),
        ("loop_factory is read", "loop_factory is read"),
        ("chore(man):remove y", "Remove y"),
        ("std::string is used", "std::string is used"),
        ("#12", "#12"),
        ("", ""),
    ],
)
def test_subjects_are_cleaned(line: str, text: str) -> None:
    assert subject_of(line).text == text


@pytest.mark.parametrize(
    "line",
    [
        "(#1" * 700,
        "fix " * 500,
        "- " * 900,
        "[WIP]" * 400,
        "closes #1 " * 200,
        "a/" * 900 + "#",
        "\U0001f41b" * 2_000,
    ],
)
def test_hostile_subjects_take_no_time(line: str) -> None:
    assert len(subject_of(line).text) <= len(line)
    assert mechanical(Group(commit(1, line), (commit(1, line),))) in (
        "",
        "fix-ups",
        "updates of dependencies",
    )
    by_rule(commit(1, line))
    words_of(commit(1, f"{line}\n\n{line}"))


def test_long_texts_are_cut_behind_a_sentence_or_a_word() -> None:
    whole = shortened("One sentence. " + "Word " + "word " * 100)
    assert whole == "One sentence"
    cut = shortened("word " * 100)
    assert cut.endswith("word …") and len(cut) <= MOST_CHARACTERS + 2


def test_texts_that_say_the_same_have_one_key() -> None:
    assert key_of("Fixes the `reader`.") == key_of("fix reader") != key_of("fix writer")


@pytest.mark.parametrize(
    ("message", "paths", "kind"),
    [
        ("Add x", ("a.py",), "feature"),
        ("Add x", ("tests/test_a.py",), "internal"),
        ("Fix typo in x", ("a.py",), "internal"),
        ("Fix a crash", ("a.py", "CHANGES.md"), "fix"),
        ("fix(docs): link", ("README.md",), "documentation"),
        ("fix: link", ("README.md",), "documentation"),
        ("feat(deps): use carets", ("package.json",), "internal"),
        ("Drop support for Python 3.9", ("pyproject.toml", "tox.ini"), "breaking"),
        ("Drop Python 3.8", ("a.py",), "breaking"),
        ("Fix CVE-2026-1234", ("a.py",), "security"),
        ("Parse twice as fast: a speed-up", ("a.py",), "performance"),
        ("Deprecate x", ("a.py",), "deprecation"),
        ("ignore: fix parent gitignore matching", ("a.rs",), "fix"),
        ("Refactor @uri and fix multi-byte text", ("a.c",), "fix"),
        ("build(msrv): Update msrv to 1.90.0", ("Cargo.toml",), "change"),
        ("Use early returns", ("a.go",), "internal"),
        ("Clarify the docs of x", ("a.py",), "documentation"),
        ("Add regression tests", ("a.rs",), "internal"),
        ("Whatever else there is", ("a.py",), "change"),
    ],
)
def test_the_rule_reads_type_verb_and_files(message: str, paths: tuple[str, ...], kind: str) -> None:
    judged = by_rule(commit(1, message, paths))
    assert judged.kind == kind
    assert judged.told == float(kind not in ("internal", "documentation"))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("src/a.py", "program"), ("docs/a.rst", "documents"), ("README.md", "documents"),
        ("tests/a.py", "tests"),
        ("a_test.go", "tests"), ("src/FooTest.java", "tests"), (".github/workflows/a.yml", "builds"),
        ("tox.ini", "builds"), ("poetry.lock", "dependencies"), ("CHANGELOG.md", "news"),
        ("newsfragments/1.bugfix.rst", "news"),
        ("pyproject.toml", "manifest"), ("contest/a.py", "program"),
    ],
)  # fmt: skip
def test_places_of_files(path: str, place: str) -> None:
    assert place_of(path) == place


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Merge branch 'main' into side", "merges"),
        ("Bump foo from 1.0 to 1.1", "updates of dependencies"),
        ("[pre-commit.ci] pre-commit autoupdate (#11)", "updates of dependencies"),
        ("chore(deps): update dependency x to v3", "updates of dependencies"),
        ("Bump version to 1.2.3", "versions"),
        ("v1.2.3", "versions"),
        ("2026.03.06, Version 1.52.1 (Stable)", "versions"),
        ("Now working on version 1.52.1", "versions"),
        ("foo-1.2.3", "versions"),
        ("Prepare release 1.2", "versions"),
        ("[maven-release-plugin] prepare for next development iteration", "versions"),
        ("Update CHANGELOG.md", "changelogs"),
        ("fixup! Add x", "fix-ups"),
        ("Update a.py", "fix-ups"),
        ("Update the reader to see zstd", ""),
        ("Release the lock before waiting", ""),
        ("Version negotiation is bounded", ""),
        ("Changes of the clock are seen", ""),
    ],
)
def test_what_is_mechanical(message: str, reason: str) -> None:
    made = commit(1, message, ("poetry.lock",) if "dependenc" in reason else ("a.py",))
    if message.startswith("Merge branch"):
        made = made.model_copy(update={"parents": ("a", "b")})
    found = mechanical(Group(made, (made,)))
    assert found == reason
