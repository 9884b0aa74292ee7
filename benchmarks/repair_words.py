"""What may be said beside a place: the class of a repair in words, and an edit of the vocabulary.

    OCTAD_DATA=<labelled sets> python benchmarks/repair_words.py [--weights FOLDER]

Judged at the line that is shown, the likeliest of the unit, right or not: repairs of one project at most CAP,
and changes that brought a bug, of which the line is the likeliest changed one and the class that of the
later repair. `valid` projects choose, `test` projects judge. An edit is the likeliest repair of a token on
that line, and right if it is the one that mended the function; only repairs by one edit are asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from repairs import capped

from octad.catalog import load
from octad.encoders.code import tokens_of
from octad.heads.base import softmax
from octad.heads.place import lines_of_items
from octad.heads.pointer import candidates
from octad.runtime import Runner
from octad_train.data.code.cases import labelled
from octad_train.data.code.real_fixes import FIXES
from octad_train.data.code.repairs import CHANGES, Real, bugs, change, repaired
from octad_train.evaluate.tables import table

CAP = 60
LEAST = 0.5


class Said(NamedTuple):
    """At the line that is shown: scores of the classes, the right one, and whether the line is right."""

    scores: np.ndarray
    right: int
    is_there: bool


def said(runner: Runner[Any, Any], cases: Sequence[Real]) -> list[Said]:
    """The classes at the likeliest line of each unit, of its changed ones where it is known what changed."""
    head = runner.agent.heads["place"]
    found = []
    units = [labelled(runner.agent, one)[0] for one in cases]
    prepared = [runner.prepare(case) for case in units]
    for one, unit, outputs in zip(cases, prepared, runner.run(prepared), strict=True):
        place, kinds = outputs["place"]
        chances = head._chances((place, kinds), unit, runner.calibration("place"))
        lines = lines_of_items(unit)
        changed = {n for r in one.code.changed or () for n in range(r.first, r.last + 1)}
        allowed = [n for n in np.unique(lines[chances.any(1)]).tolist() if not changed or n in changed]
        best = max(allowed or np.unique(lines).tolist(), key=lambda n: float(chances[lines == n].sum()))
        weights = chances[lines == best].sum(1)
        scores = weights @ kinds[lines == best].astype(np.float64) / weights.sum()
        found.append(Said(scores, head.kinds.index(one.place.kind), best in one.place.lines))
    return found


def fitted(rows: Sequence[Said]) -> float:
    """The temperature that makes the class at the shown line likeliest."""
    grid = np.exp(np.linspace(-1, 1.5, 101))

    def loss(heat: float) -> float:
        return -float(np.mean([np.log(softmax(one.scores / heat)[one.right]) for one in rows]))

    return float(min(grid, key=loss))


def class_lines(rows: Sequence[Said], heat: float, most: int) -> tuple[object, ...]:
    """Of the fewest classes that reach one half: how often these are few enough, and how often right."""
    stated, right, sizes = [], [], []
    for one in rows:
        chances = softmax(one.scores / heat)
        order = np.argsort(-chances)
        size = int(np.searchsorted(np.cumsum(chances[order]), LEAST)) + 1
        if size <= most:
            stated.append(chances[order[:size]].sum())
            right.append(one.right in order[:size])
            sizes.append(size)
    if not right:
        return (most, 0, "-", "-", "-")
    return (
        most,
        len(right) / len(rows),
        float(np.mean(sizes)),
        float(np.mean(stated)),
        float(np.mean(right)),
    )


class Edited(NamedTuple):
    """The likeliest edit on the shown line: what it states, and whether it is the repair."""

    likely: float
    joint: float
    right: bool
    is_there: bool


def edits(runner: Runner[Any, Any], part: str) -> Iterator[Edited]:
    """Of every function that one edit of the vocabulary mends."""
    head, pointer = runner.agent.heads["place"], runner.agent.heads["bug"]
    cases = [one for one in bugs(part) if one.bug != "correct" and one.bug is not None]
    prepared = [runner.prepare(labelled(runner.agent, one)[0]) for one in cases]
    for one, unit, outputs in zip(cases, prepared, runner.run(prepared), strict=True):
        chances = head._chances(outputs["place"], unit, runner.calibration("place"))
        lines, open_to = lines_of_items(unit), candidates(unit)
        best = max(np.unique(lines[chances.any(1)]).tolist(), key=lambda n: float(chances[lines == n].sum()))
        location, edit, query, key = outputs["bug"]
        own = [i for i in np.flatnonzero(lines == best) if i > 0 and open_to[i]]
        is_there = one.place is not None and best in one.place.lines
        if not own:
            yield Edited(0.0, 0.0, False, is_there)
            continue
        share = softmax(np.array([float(location[i]) for i in own]))
        item = own[int(share.argmax())]
        ranked = pointer._ranked(int(item), edit[item], query[item], key, unit)
        offset = int(tokens_of(unit).offsets[item, 0])
        top = ranked[0] if ranked else None
        right = top is not None and (offset, top.edit, top.name) == (
            one.bug.offset,
            one.bug.edit,
            one.bug.name,
        )
        likely = top.probability * float(share.max()) if top else 0.0
        yield Edited(likely, likely * float(chances[lines == best].sum()), right, is_there)


def edit_table(by_part: dict[str, list[Edited]]) -> str:
    """How often the edit is right, by the least of what it states."""
    lines = []
    for measure in ("likely", "joint"):
        for least in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95):
            row: list[object] = [measure, least]
            for rows in by_part.values():
                kept = [one for one in rows if getattr(one, measure) >= least]
                there = [one for one in kept if one.is_there]
                row += [
                    len(kept), f"{np.mean([one.right for one in kept]) if kept else np.nan:.3f}",
                    f"{np.mean([one.right for one in there]) if there else np.nan:.3f}",
                ]  # fmt: skip
            lines.append(tuple(row))
    head = ["states", "at least"]
    for part in by_part:
        head += [f"{part}: shown", "right", "right, the line being right"]
    return table("An edit beside the first place, of functions that one edit mends", head, lines)


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path)
    runner: Runner[Any, Any] = Runner.load(load("code-reviewer"), parser.parse_args().weights, threads=1)
    lines, heat = [], 1.0
    for part in ("valid", "test"):
        fixes = [one for row in capped(FIXES, part, CAP) if (one := repaired(row)) and one.place]
        brought = [one for row in capped(CHANGES, part, 10 * CAP) if (one := change(row)) and one.place]
        found = {"repairs": said(runner, fixes), "changes that brought a bug": said(runner, brought)}
        if part == "valid":
            heat = fitted([*found["repairs"], *found["changes that brought a bug"]])
        for name, rows in found.items():
            top = float(np.mean([one.scores.argmax() == one.right for one in rows]))
            three = float(np.mean([one.right in np.argsort(-one.scores)[:3] for one in rows]))
            there = [one for one in rows if one.is_there]
            known = float(np.mean([one.scores.argmax() == one.right for one in there])) if there else np.nan
            commonest = np.bincount([one.right for one in rows]).max() / len(rows)
            for most in (1, 2, 3, 4):
                lines.append(
                    (part, name, len(rows), top, three, known, commonest, *class_lines(rows, heat, most))
                )
    head = (
        "part",
        "of",
        "number",
        "first right",
        "in three",
        "first, line right",
        "commonest",
        "most",
        "said",
        "classes",
        "stated",
        "right",
    )
    sys.stdout.write(table(f"Class at the shown line, temperature {heat:.2f}", head, lines) + "\n")
    by_part = {part: list(edits(runner, part)) for part in ("valid", "test")}
    sys.stdout.write(edit_table(by_part) + "\n")


if __name__ == "__main__":
    main()
