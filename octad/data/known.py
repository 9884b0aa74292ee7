"""Units of code of which something is known, from several sources: planted, fixed, measured."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from octad.data import distant
from octad.data.complexity import Measured, folds_of, measured
from octad.data.distant import Distant
from octad.data.functions import functions
from octad.data.labelled import optional
from octad.data.mixture import Mixture, Part
from octad.data.rows import Row, read_rows
from octad.data.security import SecurityPair, security_pairs
from octad.data.stream import Planted, PlantedFunctions
from octad.data.traps import TRAPS

FOLDS = {"test": 0, "valid": 1}
"""Folds of the labelled sets that training leaves out."""
TRAPPED = 0.9
"""Share of correct ones among functions that were chosen because they look wrong."""


class Half(NamedTuple):
    """One half of a fixed vulnerability."""

    pair: SecurityPair
    before: bool


Known = Planted | Half | Measured | Distant


def training(folder: Path) -> Mixture[Known]:
    """Planted bugs in the corpus, fixed vulnerabilities, measured complexity, distant uses: train parts only.

    A corpus without statements outside functions, as an own repository is, has functions alone.
    """
    functions = list(read_rows(folder / "train.jsonl.xz"))
    others = folder / "train-statements.jsonl.xz"
    planted = [
        (0.845, PlantedFunctions(functions)),
        (0.1, PlantedFunctions(list(read_rows(others)) if others.exists() else [])),
        *((0.02, PlantedFunctions(trapped, clean=TRAPPED)) for trapped in _trapped(functions)),
    ]
    pairs = [pair for pair in optional(security_pairs) if pair.fold not in FOLDS.values()]
    grown = _grown(folder, range(2, 5))
    parts: list[Part[Known]] = [
        Part(share, source.example, source.rivals) for share, source in planted if len(source)
    ]
    if pairs:
        parts.append(Part(0.01, lambda epoch, i: Half(pairs[i // 2 % len(pairs)], bool(i % 2))))
    far = _distant(folder, "train")
    if far:
        parts.append(Part(0.1, lambda epoch, i: far[i % len(far)]))
    if grown:
        parts.append(Part(0.005, lambda epoch, i: grown[i % len(grown)]))
    return Mixture(parts)


def _trapped(rows: Sequence[Row]) -> list[list[Row]]:
    """The functions with each of the traps."""
    return [[row for row in rows if trap.search(row.text)] for trap in TRAPS.values()]


def held_out(folder: Path, part: str, size: int) -> list[Known]:
    """Up to `size` planted functions, and all else, of packages, commits and problems unseen in training.

    `part` is `valid` or `test`.
    """
    planted = PlantedFunctions(list(islice(read_rows(folder / f"{part}.jsonl.xz"), 40 * size)))
    step = max(len(planted) // size, 1)
    pairs = [pair for pair in optional(security_pairs) if pair.fold == FOLDS[part]]
    return [
        *(planted.example(0, i * step) for i in range(min(size, len(planted)))),
        *(Half(pair, before) for pair in pairs for before in (True, False)),
        *_grown(folder, (FOLDS[part],)),
        *_distant(folder, part),
    ]


def sample(size: int) -> list[Known]:
    """So many planted and correct functions of this package's own source, where there is no corpus."""
    rows = [
        Row("octad", path.name, function.first_line, function.text)
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for function in functions(path.read_text("utf-8"))
    ]
    return list(PlantedFunctions(rows).first(0, size))


def _grown(folder: Path, wanted: Container[int]) -> list[Measured]:
    """The measured functions of some folds."""
    cases = optional(lambda: measured(folder / "complexity.jsonl"))
    return [case for case, fold in zip(cases, folds_of(cases), strict=True) if fold in wanted]


def _distant(folder: Path, part: str) -> list[Distant]:
    """Units with what they use from elsewhere, where the corpus has them."""
    path = folder / f"{part}-distant.jsonl.xz"
    return distant.read(path) if path.exists() else []
