"""Real repairs as cases: which unit, where in it, which class, and what is known of survivors and changes."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from octad.rules.repair_classes import CLASSES
from octad_train.data.code import repairs
from octad_train.data.code.repairs import KINDS, Repairs, bugs, change, kind_of, part_of, repaired, survivor

BEFORE = "def total(order):\n    found = 0\n    return order.price + found\n"
AFTER = "def total(order):\n    if order is None:\n        return 0\n    found = 0\n    return order.price\n"


def fix(**more: Any) -> dict[str, Any]:
    at = BEFORE.index(" + found")
    return {
        "repo": "a/b", "path": "shop.py", "line": 11, "split": "train", "edit": "wrong-expression",
        "before": BEFORE, "after": AFTER, "lines_before": [[3, 3]], "lines_after": [[5, 5]],
        "range_before": [at, at + len(" + found")], "tests_changed": True, "strong_subject": False,
        "functions_in_commit": 1, "octad_edit": None, **more,
    }  # fmt: skip


def clean(**more: Any) -> dict[str, Any]:
    return {"repo": "a/b", "path": "x.py", "line": 1, "split": "train", "text": BEFORE, **more}


def changed(**more: Any) -> dict[str, Any]:
    return {
        **{key: fix()[key] for key in ("repo", "path", "line", "split", "before", "after", "lines_after")},
        "label": "introduced a bug", "fix_edit": "missing-guard", "buggy_lines_after": [4], **more,
    }  # fmt: skip


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "real_fixes"
    folder.mkdir()
    rows = {"fixes": [fix(), fix(before="x = 1\n")], "clean": [clean()], "changes": [changed()]}
    for name, held in rows.items():
        with lzma.open(folder / f"{name}.jsonl.xz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in held)
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    return folder


def marked(unit: repairs.Real | None) -> list[str]:
    assert unit is not None and unit.place is not None
    return [unit.code.text[a:b] for a, b in unit.place.ranges]


def test_every_class_has_its_words_and_every_word_its_class() -> None:
    assert {*KINDS.values(), "statement"} == set(CLASSES)
    assert kind_of("missing-guard") == "guard" and kind_of("never heard of") == "statement"


def test_a_change_within_a_line_is_its_tokens() -> None:
    unit = repaired(fix())
    assert marked(unit) == [" + found"]
    assert unit is not None and unit.place is not None
    assert (unit.place.lines, unit.place.kind, unit.bug) == ({13}, "value", None)
    assert unit.code.first_line == 11


def test_an_insertion_is_a_gap_between_two_lines() -> None:
    unit = repaired(fix(lines_before=[[2, 1]], range_before=[18, 18], edit="missing-guard"))
    assert unit is not None and unit.place is not None
    ((begin, end),) = unit.place.ranges
    assert begin == end == BEFORE.index("    found") and unit.place.lines == {11, 12}


def test_an_insertion_at_the_end_is_the_end_of_the_unit() -> None:
    unit = repaired(fix(lines_before=[[4, 3]], range_before=[len(BEFORE)] * 2))
    assert unit is not None and unit.place is not None
    assert unit.place.ranges == ((len(BEFORE), len(BEFORE)),) and 13 in unit.place.lines


def test_of_a_class_the_method_that_was_mended_is_taken() -> None:
    text = "class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n"
    at = text.index("2")
    unit = repaired(fix(before=text, lines_before=[[6, 6]], range_before=[at, at + 1]))
    assert marked(unit) == ["2"] and unit is not None and "def g" in unit.code.text


def test_survivors_and_changes_say_what_is_known() -> None:
    stood = survivor(clean())
    assert stood is not None and (stood.bug, stood.place, stood.later_fix) == ("correct", None, None)
    bad, good = change(changed()), change(changed(label="good"))
    assert bad is not None and good is not None
    assert (bad.later_fix, good.later_fix, good.place) == (True, False, None)
    assert marked(bad) == ["    found = 0\n"]
    assert [(r.first, r.last) for r in bad.code.changed or ()] == [(15, 15)]


def test_parts_are_whole_projects() -> None:
    assert part_of(fix()) == "train"
    names = {part_of(fix(repo=f"a/{n}", split="valid")) for n in range(40)}
    assert names == {"valid", "test"}
    assert len({part_of(fix(repo="a/b", split="valid", line=n)) for n in range(9)}) == 1


def test_draws_are_the_same_every_time(sets: Path) -> None:
    one, other = Repairs(), Repairs()
    assert [one.before(0, n) for n in range(5)] == [other.before(0, n) for n in range(5)]
    assert one.before(0, 1).place is not None and one.after(0, 1).bug == "correct"
    assert one.survived(0, 0).bug == "correct" and one.changed(0, 0).later_fix is True
    assert len(one.first(2)) == 8 and Repairs("valid").first(2) == []


def test_bugs_of_one_edit_are_where_the_edit_is(sets: Path) -> None:
    with lzma.open(sets / "fixes.jsonl.xz", "wt") as file:
        label = {"edit": "name", "offset": BEFORE.index("price"), "kind": "wrong-attribute", "name": "cost"}
        file.write(json.dumps(fix(octad_edit=label)) + "\n")
    after, before, stood = bugs("train")
    assert (after.bug, stood.bug) == ("correct", "correct")
    assert before.bug not in (None, "correct") and before.bug.name == "cost"  # type: ignore[union-attr]
    assert before.code.text[before.bug.offset :].startswith("price")  # type: ignore[union-attr]
