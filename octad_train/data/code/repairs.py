"""Real repairs as training cases: where they went, what they were, and what needed none.

Read from the set `real_fixes`. About a quarter of its repairs mend no clear defect (its README): those whose
commit changes tests too, says outright that it fixes something, or touches little else are drawn more often.
No project sets the tone: the chance of a row falls with the root of the size of its project.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from octad.heads.place import RepairLabel
from octad.heads.pointer import NAME, BugLabel, Correct
from octad.records.code import Code, LineRange
from octad.syntax.edits import EDITS
from octad.syntax.units import units
from octad_train.data.code.real_fixes import CLEAN, FIXES, code_of, lines_in, mended
from octad_train.data.public_sets import Row, rows

CHANGES = "real_fixes/changes.jsonl.xz"

KINDS: Mapping[str, str] = {
    edit: kind
    for kind, edits in {
        "guard": "missing-guard",
        "condition": "wrong-condition negated-condition missing-not wrong-comparison needless-guard",
        "argument": "wrong-argument swapped-arguments order-of-elements wrong-elements",
        "call": "wrong-call wrong-function wrong-method needless-call missing-await needless-await",
        "conversion": "missing-call",
        "default": "missing-default wrong-default wrong-signature wrong-decorator",
        "exception": "missing-try wrong-exception missing-with",
        "index": "wrong-index off-by-one wrong-string-key",
        "reference": "variable-misuse wrong-reference wrong-attribute",
        "missing": "missing-statement missing-return-statement missing-return",
        "value": "wrong-value wrong-constant wrong-string wrong-literal wrong-expression wrong-operator"
        " wrong-sign wrong-assignment",
    }.items()
    for edit in edits.split()
}
"""The class of each edit of the set; any other rewrites a statement."""
NEAR = 40
"""Survivors of about the length of a repaired function that one is drawn from."""


class Real(NamedTuple):
    """A unit of which it is known where it was repaired, whether it was, or whether a change had to be."""

    code: Code
    place: RepairLabel | None = None
    later_fix: bool | None = None
    bug: BugLabel | Correct | None = None


def bugs(part: str) -> Iterator[Real]:
    """Every unit of a part of which it is known whether one edit of the vocabulary mends it, and which.

    A repaired function that takes more than such an edit is left out, and right after its repair.
    """
    for row in rows(FIXES):
        if part_of(row) != part:
            continue
        after = after_repair(row)
        if after is not None:
            yield after
        label = row["octad_edit"]
        before = repaired(row) if label else None
        if label and before is not None:
            start = row["before"].find(before.code.text)
            name = label["name"] if label["edit"] == EDITS[NAME] else None
            found = BugLabel(label["offset"] - start, EDITS.index(label["edit"]), name, label["kind"])
            yield before._replace(bug=found)
    for row in rows(CLEAN):
        if part_of(row) == part and (unit := survivor(row)) is not None:
            yield unit


def part_of(row: Row) -> str:
    """The part that a row is in, by its project: about half of the set's valid ones are kept as `test`."""
    if row["split"] != "valid":
        return str(row["split"])
    return "test" if hashlib.sha256(row["repo"].encode()).digest()[0] % 2 else "valid"


def kind_of(edit: str) -> str:
    """The class of an edit of the set."""
    return KINDS.get(edit, "statement")


def repaired(row: Row) -> Real | None:
    """The unit that a repair touched, before it; None where the repair lies in no unit."""
    return _marked(row, "before", row["lines_before"], _Marks(row["edit"], tuple(row["range_before"])))


def after_repair(row: Row) -> Real | None:
    """The same unit after the repair: nothing is known to be wrong with it."""
    found = _marked(row, "after", row["lines_after"], None)
    return found and found._replace(bug="correct")


def survivor(row: Row) -> Real | None:
    """A unit that stood for years."""
    parts = units(code_of(row, row["text"]))
    return Real(parts[0], bug="correct") if parts else None


def change(row: Row) -> Real | None:
    """A unit with a change in it, and whether that brought a bug; its place where the next repair tells."""
    bad = row["label"] != "good"
    marks = _Marks(row["fix_edit"], None) if bad else None
    lines = row["buggy_lines_after"] if bad else row["lines_after"]
    return _marked(row, "after", lines, marks, later_fix=bad, changed=row["lines_after"])


class _Marks(NamedTuple):
    """What a label of the place is made of: the edit, and the characters it is in where that is known."""

    edit: str
    within: tuple[int, int] | None


def _marked(
    row: Row,
    side: str,
    lines: Sequence[Any],
    marks: _Marks | None,
    *,
    later_fix: bool | None = None,
    changed: Sequence[Any] | None = None,
) -> Real | None:
    """The unit of one side of a row that holds the first of its lines, with what is known."""
    spans = [(one, one) if isinstance(one, int) else tuple(one) for one in lines]
    code = code_of(row, row[side])
    if changed is not None:
        first = row["line"] - 1
        ranges = tuple(LineRange(first=first + max(a, 1), last=first + max(a, b, 1)) for a, b in changed)
        code = code.model_copy(update={"changed": ranges})
    parts = units(code)
    at = row["line"] - 1 + min((a for a, _ in spans), default=1)
    if not parts:
        return None
    unit = min(parts, key=lambda one: max(one.first_line - at, at - one.last_line, 0))
    place = None if marks is None else _label(row, side, unit, spans, marks)
    return Real(unit, place, later_fix)


def _label(
    row: Row, side: str, unit: Code, spans: Sequence[tuple[int, int]], marks: _Marks
) -> RepairLabel | None:
    """Where the repair went, in characters of the unit and lines of the file."""
    text, first = row[side], row["line"]
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    shift = starts[unit.first_line - first]
    ranges: list[tuple[int, int]] = []
    for a, b in spans:
        if a > len(starts) - 1:
            continue
        begin, end = (starts[a - 1], starts[min(b, len(starts) - 1)]) if b >= a else (starts[a - 1],) * 2
        if marks.within is not None and b >= a:
            low, high = marks.within
            if low == high and begin <= low <= end:
                begin = end = low
            elif max(begin, low) < min(end, high):
                begin, end = max(begin, low), min(end, high)
        begin, end = begin - shift, end - shift
        if 0 <= begin <= len(unit.text):
            ranges.append((begin, min(end, len(unit.text))))
    return RepairLabel(tuple(ranges), lines_in(mended(row, spans)), kind_of(marks.edit)) if ranges else None


class Repairs:
    """Repairs of a part by number, each before and after; survivors as long as these; and changes."""

    def __init__(self, part: str = "train") -> None:
        self.fixes = [row for row in rows(FIXES) if part_of(row) == part]
        self.clean = sorted(
            (row for row in rows(CLEAN) if part_of(row) == part), key=lambda row: len(row["text"])
        )
        self.changes = [row for row in rows(CHANGES) if part_of(row) == part]
        self._lengths = [len(row["text"]) for row in self.clean]
        self._fix_chances = _cumulative(self.fixes, _clearness)
        self._change_chances = _cumulative(self.changes, lambda row: 1.0 + (row["label"] != "good"))

    def first(self, count: int) -> list[Real]:
        """So many of each sort, the same whenever they are asked for; fewer where there are fewer."""
        found: list[Real] = []
        for number in range(count):
            if self.fixes:
                found += [self.before(1, number), self.after(1, number)]
            if self.fixes and self.clean:
                found.append(self.survived(1, number))
            if self.changes:
                found.append(self.changed(1, number))
        return found

    def before(self, epoch: int, index: int) -> Real:
        """A function before its repair."""
        return self._drawn(lambda rng: _located(repaired(self._fix(rng))), (1, epoch, index))

    def after(self, epoch: int, index: int) -> Real:
        """The function that `before` gives for the same number, after its repair."""
        return self._drawn(lambda rng: after_repair(self._fix(rng)), (1, epoch, index))

    def survived(self, epoch: int, index: int) -> Real:
        """A function that stood for years, about as long as one that was repaired."""

        def one(rng: np.random.Generator) -> Real | None:
            length = len(self._fix(rng)["before"])
            near = bisect_left(self._lengths, length) + int(rng.integers(-NEAR, NEAR))
            return survivor(self.clean[min(max(near, 0), len(self.clean) - 1)])

        return self._drawn(one, (2, epoch, index))

    def changed(self, epoch: int, index: int) -> Real:
        """A change that brought a bug, or did not."""
        return self._drawn(
            lambda rng: change(self.changes[_place(self._change_chances, rng)]), (3, epoch, index)
        )

    def _fix(self, rng: np.random.Generator) -> Row:
        return self.fixes[_place(self._fix_chances, rng)]

    @staticmethod
    def _drawn(make: Callable[[np.random.Generator], Real | None], seed: tuple[int, ...]) -> Real:
        """The first draw that gives a unit."""
        rng = np.random.default_rng(seed)
        while (found := make(rng)) is None:
            pass
        return found


def _located(unit: Real | None) -> Real | None:
    """A unit whose place is known."""
    return unit if unit is not None and unit.place is not None else None


def _clearness(row: Row) -> float:
    """How much likelier than another a repair is drawn: more where it is likely to mend a defect."""
    return float(
        (1 + row["tests_changed"])
        * (1 + 0.5 * row["strong_subject"])
        * (1 + 0.5 * (row["functions_in_commit"] <= 2))
    )


def _cumulative(own: Sequence[Row], weight: Callable[[Row], float]) -> np.ndarray:
    """The cumulative chances of rows, with projects balanced."""
    sizes = Counter(row["repo"] for row in own)
    chances = np.array([weight(row) / sizes[row["repo"]] ** 0.5 for row in own])
    return np.cumsum(chances / max(chances.sum(), 1e-9))


def _place(cumulative: np.ndarray, rng: np.random.Generator) -> int:
    return min(int(np.searchsorted(cumulative, rng.random())), len(cumulative) - 1)
