from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.notes.compose import composed
from octad.read.notes import notes_case
from tests.past import Past

BEFORE = "def read(path, limit=1):\n    return path\n\n\ndef gone():\n    return 1\n"
AFTER = "def read(path, limit=1, *, size):\n    return path\n"


@pytest.fixture
def past(tmp_path: Path) -> Past:
    made = Past(tmp_path)
    made.commit("first", {"p/__init__.py": BEFORE, "CHANGELOG.md": "## Unreleased\n"})
    made.git("tag", "v1.0")
    return made


def test_the_whole_way_from_a_repository_to_notes(past: Past) -> None:
    quiet = past.commit("Tidy the reader", {"p/__init__.py": AFTER}, day=1)
    past.commit("Add x (#2)", {"p/x.py": "x = 1\n"}, day=2)
    wrong = past.commit("Add wrong", {"p/y.py": "y = 1\n"}, day=3)
    past.git("revert", "--no-edit", wrong, day=4)
    entry = past.commit("Log", {"CHANGELOG.md": "## Unreleased\n\n### Fixed\n\n- A crash\n"}, day=5)
    case = notes_case({"repo": past.root})
    notes = composed(case["release"], {}, case["material"])
    assert case["skipped"] == ()
    assert [(one.section, one.text) for one in notes.entries] == [
        ("Breaking changes", "`p.gone` was removed"),
        ("Breaking changes", "`p.read` requires `size`"),
        ("Added", "Add x"),
        ("Fixed", "A crash"),
    ]
    assert notes.entries[0].commits == (quiet,) and notes.entries[3].commits == (entry,)
    assert all(one.commits for one in notes.entries) and notes.heading == "Unreleased"


def test_a_change_is_described_by_what_was_written_and_by_facts(past: Past) -> None:
    message = "Read sizes\n\nSizes are bytes.\n\n- none is unlimited\n\nSigned-off-by: A <a@b.c>"
    tip = past.commit(message, {"p/__init__.py": AFTER, "tests/test_p.py": "1\n"}, day=1)
    case = notes_case({"repo": past.root, "describe": "HEAD"})
    notes = composed(case["release"], {}, case["material"])
    assert notes.heading == "Read sizes"
    assert [(one.section, one.text) for one in notes.entries] == [
        ("", "Sizes are bytes."),
        ("", "none is unlimited"),
        ("Interface", "`p.gone` was removed"),
        ("Interface", "`p.read` requires `size`"),
        ("Files", "2 files: 1 of the program, 1 of its tests; 2 lines added, 5 removed"),
    ]
    assert {one.commits for one in notes.entries} == {(tip,)}


def test_a_title_that_says_nothing_gives_way_to_a_fact(past: Past) -> None:
    past.commit("update", {"p/__init__.py": BEFORE + "\n\ndef fresh():\n    return 2\n"}, day=1)
    case = notes_case({"repo": past.root, "describe": "HEAD"})
    assert composed(case["release"], {}, case["material"]).heading == "Add `fresh`"


def test_several_changes_are_counted_in_the_title(past: Past) -> None:
    past.commit("Fix a crash", {"p/x.py": "1\n"}, day=1)
    past.commit("Add y", {"p/y.py": "1\n"}, day=2)
    case = notes_case({"repo": past.root, "describe": "v1.0..HEAD"})
    notes = composed(case["release"], {}, case["material"])
    assert notes.heading == "Add y and 1 other change"
    assert ("Changes", "Fix a crash") in [(one.section, one.text) for one in notes.entries]


def test_the_title_is_not_said_again(past: Past) -> None:
    message = "Read twice (#3)\n\n* Read twice\n\n* It was read once.\n\n* [pre-commit.ci] auto fixes\n"
    past.commit(message, {"b.py": "x = 1\n"}, day=9)
    case = notes_case({"repo": past.root, "describe": "HEAD"})
    notes = composed(case["release"], {}, case["material"])
    assert notes.heading == "Read twice"
    assert [one.text for one in notes.entries if one.origin == "body"] == ["It was read once."]


def test_a_first_commit_is_described(past: Past) -> None:
    case = notes_case({"repo": past.root, "describe": "v1.0"})
    assert composed(case["release"], {}, case["material"]).heading == "First"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"audience": "nobody"}, "no audience 'nobody'; --audience users or developers"),
        ({"describe": "HEAD", "range": "v1.0.."}, "there is no range beside it"),
        ({"range": "v1.0.."}, "they are the same commit"),
        ({"describe": "gone"}, "unknown revision 'gone'"),
    ],
)
def test_what_cannot_be_is_said(past: Past, values: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        notes_case({"repo": past.root, **values})


def test_code_that_cannot_be_read_breaks_nothing(past: Past) -> None:
    past.commit("Add x", {"p/__init__.py": "def (:\n", "p/x.py": "\x0c\x00"}, day=1)
    case = notes_case({"repo": past.root})
    assert [one.text for one in composed(case["release"], {}, case["material"]).entries] == ["Add x"]
