from __future__ import annotations

from pathlib import Path

import pytest
from docutils.core import publish_doctree
from docutils.nodes import bullet_list, problematic, reference, strong, system_message, target
from markdown_it import MarkdownIt

from octad.errors import InputError
from octad.records.notes import Entry, Notes
from octad.render.note_template import render_template
from octad.render.renderers import names, render

FOLDER = "note_formats"
EVIL = (
    "<script>alert(1)</script> *b* _c_ [d](e) ![f](g) __init__ h_ `code *x*` \\ |i| "
    "@someone `` ``j`` \x1b[31m"
)


def entry(text: str, kind: str = "feature", section: str = "Added", **fields: object) -> Entry:
    given = {"commits": ("1" * 40,), **fields}
    return Entry(text=text, kind=kind, section=section, **given)  # type: ignore[arg-type]


NOTES = Notes(
    agent="a", version="1", heading="v1.2.0", previous="v1.1.0", tag="v1.2.0", time=1_600_000_000.0, total=9,
    entries=(
        entry("`read` was removed", "breaking", "Breaking changes", refs=("#4",)),
        entry("Reads `zstd`"),
        entry("A crash", "fix", "Fixed", commits=tuple(str(n) * 40 for n in range(1, 6))),
    ),
)  # fmt: skip


def test_every_format_is_found() -> None:
    assert set(names(FOLDER)) == {"github", "keepachangelog", "md", "rst"}


def test_markdown() -> None:
    assert render("md", NOTES, {}, (FOLDER,)).splitlines() == [
        "# v1.2.0 (2020-09-13)", "",
        "## Breaking changes", "", "- `read` was removed (#4, 1111111)", "",
        "## Added", "", "- Reads `zstd` (1111111)", "",
        "## Fixed", "", "- A crash (1111111, 2222222, 3333333, 2 more)",
    ]  # fmt: skip


def test_keep_a_changelog_has_its_own_headings() -> None:
    assert render("keepachangelog", NOTES, {}, (FOLDER,)).splitlines() == [
        "## [1.2.0] - 2020-09-13", "",
        "### Added", "", "- Reads `zstd` (1111111)", "",
        "### Removed", "", "- **Breaking:** `read` was removed (#4, 1111111)", "",
        "### Fixed", "", "- A crash (1111111, 2222222, 3333333, 2 more)",
    ]  # fmt: skip


def test_github() -> None:
    text = render("github", NOTES, {}, (FOLDER,))
    assert text.startswith("## What's changed\n\n### Breaking changes\n\n* `read` was removed (#4, 1111111)")
    assert text.rstrip().endswith("**Full changelog**: `v1.1.0...v1.2.0`")


def test_rst() -> None:
    text = render("rst", NOTES, {}, (FOLDER,))
    assert "v1.2.0 (2020-09-13)\n===================" in text and "- Reads ``zstd`` (1111111)" in text
    tree = publish_doctree(text, settings_overrides={"report_level": 5})
    assert [len(one.children) for one in tree.findall(bullet_list)] == [1, 1, 1]


def evil() -> Notes:
    return NOTES.model_copy(update={"heading": EVIL, "entries": (entry(EVIL, section=EVIL),)})


@pytest.mark.parametrize("name", ["github", "keepachangelog", "md"])
def test_what_others_wrote_means_nothing_in_markdown(name: str) -> None:
    tokens = MarkdownIt().parse(render(name, evil(), {}, (FOLDER,)))
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "em_open"}
    assert "@someone" not in "".join(child.content for child in inner)
    assert "\x1b" not in "".join(child.content for child in inner)


def test_what_others_wrote_means_nothing_in_rst() -> None:
    tree = publish_doctree(render("rst", evil(), {}, (FOLDER,)), settings_overrides={"report_level": 5})
    meant = (reference, problematic, strong, target)
    assert not list(tree.findall(lambda node: isinstance(node, meant)))
    assert not [one for one in tree.findall(system_message) if one["level"] > 2]


def template(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.j2"
    path.write_text(text)
    return render_template(path, NOTES)


def test_a_template_has_sections_and_entries(tmp_path: Path) -> None:
    text = (
        "{{ heading }} {{ date }} {{ previous }} {{ total }}\n{% for s in sections %}\n{{ s.title }}: "
        "{% for e in s.entries %}{{ e.text }} {{ e.commits[0][:7] }}{{ e.refs | join }}"
        "{% endfor %}\n\n{% endfor %}"
    )
    assert template(tmp_path, text) == (
        "v1.2.0 2020-09-13 v1.1.0 9\nBreaking changes: `read` was removed 1111111#4\n"
        "Added: Reads `zstd` 1111111\nFixed: A crash 1111111\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{% if %}", r"t\.j2:2: Expected an expression"),
        ("a\n\n{{ nothing }}", r"t\.j2:3: 'nothing' is undefined"),
        ("a\n{{ heading.__class__.__mro__ }}", r"t\.j2:2: access to attribute '__class__'"),
        ("{% include 'x' %}", r"t\.j2:1: .*no loader"),
        ("{{ 'x' * 10000000 }}", r"t\.j2:1: \* makes too much"),
        ("{{ 10 ** 1000 }}", r"t\.j2:1: \*\* makes too much"),
        ("{{ 'x'.ljust(10000000) }}", r"t\.j2:1: .*ljust"),
        ("{{ '%1000000d' % 1 }}", r"t\.j2:1: % of a text"),
        ("{{ range(9) }}", r"t\.j2:1: 'range' is undefined"),
        ("{{ 1 / 0 }}", r"t\.j2:1: ZeroDivisionError"),
        ("{{ heading | nofilter }}", r"t\.j2:1: No filter named 'nofilter'"),
    ],
)
def test_what_is_wrong_in_a_template_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        template(tmp_path, text)
    assert "\n" not in str(error.value)


def test_a_template_has_only_so_much_time_and_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = "{% for a in entries %}" * 20 + "{% endfor %}" * 20
    monkeypatch.setattr("octad.render.note_template.SECONDS", 0.3)
    with pytest.raises(InputError, match="takes more than 0 s"):
        template(tmp_path, loop)
    monkeypatch.setattr("octad.render.note_template.SECONDS", 20.0)
    monkeypatch.setattr("octad.render.note_template.MOST_CHARACTERS", 100)
    with pytest.raises(InputError, match="makes more than 100 characters"):
        template(
            tmp_path, "{% for a in entries %}{% for b in entries %}{{ heading * 9 }}{% endfor %}{% endfor %}"
        )


def test_a_missing_template_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.j2: cannot be read"):
        render_template(tmp_path / "gone.j2", NOTES)
