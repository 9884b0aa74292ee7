from __future__ import annotations

from pathlib import Path

import pytest

from octad.read.git.sealed import Sealed
from octad.read.history.changelog import entries_of, fragment_of, is_fragment
from octad.read.history.unreleased import read_written
from tests.past import Past

KEEP = """\
# Changelog

## [Unreleased]

### Added

- Files compressed with zstd are read ([#4](https://x/pull/4)), by
  their ending or their first bytes.
  - A detail.
- `read` takes `limit`.

### Fixed
- A crash. Fixes #7

## [1.0.0] - 2026-01-01

### Added
- Old
"""
PALLETS = """\
Changes
=======

Version 2.0.0
-------------

Unreleased

-   Calls :func:`~a.b` once. :issue:`12` :pr:`13`
-   Drops ``x``
    for good.

Version 1.0.0
-------------

Released 2026-01-01

-   Old
"""
BOLD = """\
History
=======

**UNRELEASED**

- Added ``x`` (`#9 <https://x/pull/9>`_; PR by @somebody)

**1.0**

- Old
"""


def test_keep_a_changelog_with_places_sections_and_numbers() -> None:
    entries = entries_of("CHANGELOG.md", KEEP)
    assert [(one.section, one.text, one.refs) for one in entries] == [
        ("Added", "Files compressed with zstd are read by their ending or their first bytes.", ("#4",)),
        ("Added", "`read` takes `limit`.", ()),
        ("Fixed", "A crash. Fixes #7", ("#7",)),
    ]
    anchors = [(one.anchor.line, one.anchor.end_line) for one in entries if one.anchor]
    assert anchors == [(7, 10), (10, 11), (13, 14)]


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("CHANGES.rst", PALLETS, ["Calls `a.b` once.", "Drops `x` for good."]),
        ("history.rst", BOLD, ["Added `x`"]),
        ("CHANGELOG.md", "# 2.0.0 (unreleased)\n\n* One\n\n# 1.0.0\n\n* Old\n", ["One"]),
        ("History.md", "unreleased\n==========\n\n  * One\n    two\n\n1.0\n===\n\n * Old\n", ["One two"]),
        ("CHANGELOG.md", "## 1.0\n\n- Old\n\n## Unreleased\n\n- Forgotten\n", []),
        ("CHANGELOG.md", "# Changelog\n\n## 1.0\n\n- Old\n", []),
        ("CHANGELOG.md", "## Unreleased\n\n- None yet.\n", []),
        ("CHANGELOG.md", "", []),
    ],
)  # fmt: skip
def test_other_changelogs(path: str, text: str, told: list[str]) -> None:
    assert [one.text for one in entries_of(path, text)] == told


@pytest.mark.parametrize(
    ("path", "text", "entries"),
    [
        ("newsfragments/12.feature.rst", "Reads zstd.\n", [("feature", "Reads zstd.", ("#12",))]),
        ("changes/+abc.bugfix.md", "A crash.", [("bugfix", "A crash.", ())]),
        ("docs/changelog/3.bugfix.rst", "x :issue:`3`", [("bugfix", "x", ("#3",))]),
        (
            "releasenotes/notes/a-1234.yaml",
            "---\nfeatures:\n  - |\n    Reads zstd,\n    at last.\nfixes:\n  - A crash.\nprelude: hello\n",
            [("features", "Reads zstd, at last.", ()), ("fixes", "A crash.", ())],
        ),
        ("changelog.d/x.md", "### Added\n\n- Reads zstd\n", [("Added", "Reads zstd", ())]),
        ("newsfragments/12.feature.rst", "", []),
    ],
)
def test_fragments(path: str, text: str, entries: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert is_fragment(path)
    assert [(one.section, one.text, one.refs) for one in fragment_of(path, text)] == entries


@pytest.mark.parametrize(
    "path", ["newsfragments/README.rst", "news/index.html", "src/changes/model.py", "a.feature.rst"]
)
def test_other_files_are_no_fragments(path: str) -> None:
    assert not is_fragment(path)


@pytest.mark.parametrize(
    "text", ["- " * 50_000, "#" * 50_000, "**" * 20_000, "## Unreleased\n" + "- x\n" * 30_000]
)
def test_hostile_changelogs_are_read(text: str) -> None:
    assert all(one.text for one in entries_of("CHANGELOG.md", text))


def test_entries_have_the_commits_that_wrote_them_since_the_last_version(tmp_path: Path) -> None:
    past = Past(tmp_path)
    base = past.commit("first", {"CHANGELOG.md": "## Unreleased\n\n- Of before\n"})
    one = past.commit("x", {"CHANGELOG.md": "## Unreleased\n\n- Of before\n- Reads x\n"}, day=1)
    two = past.commit("y", {"newsfragments/7.feature.md": "Reads y\n"}, day=2)
    written = read_written(Sealed(tmp_path), base, two)
    assert [(entry.text, entry.commits) for entry in written] == [("Reads x", (one,)), ("Reads y", (two,))]
    assert [entry.text for entry in read_written(Sealed(tmp_path), "", two)] == [
        "Of before",
        "Reads x",
        "Reads y",
    ]
