"""Units of code of which something is known, from several sources: injected, fixed, distant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from octad_train.data.code import definition_use_pairs as distant
from octad_train.data.code.bug_stream import BuggyFunctions, Injected
from octad_train.data.code.definition_use_pairs import Distant
from octad_train.data.code.functions import functions
from octad_train.data.code.hard_negatives import PATTERNS
from octad_train.data.code.repairs import Real, Repairs
from octad_train.data.code.rows import Row, read_rows
from octad_train.data.code.sven import SecurityPair, security_pairs
from octad_train.data.mixture import Mixture, Part
from octad_train.data.public_sets import optional

FOLDS = {"test": 0, "valid": 1}
"""Folds of the labelled sets that training leaves out."""
CLEAN = 0.9
"""Share of correct ones among functions that were chosen because they look wrong."""


class Half(NamedTuple):
    """One half of a fixed vulnerability."""

    pair: SecurityPair
    before: bool


Known = Injected | Half | Distant | Real
REAL = 1.5
"""How many cases of real histories there are to one that is injected, fixed for security, or distant."""


def training(folder: Path) -> Mixture[Known]:
    """Injected bugs in the corpus, fixed vulnerabilities, distant uses: train parts only.

    A corpus without statements outside functions, as an own repository is, has functions alone.
    """
    functions = list(read_rows(folder / "train.jsonl.xz"))
    others = folder / "train-statements.jsonl.xz"
    injected = [
        (0.845, BuggyFunctions(functions)),
        (0.1, BuggyFunctions(list(read_rows(others)) if others.exists() else [])),
        *(
            (0.02, BuggyFunctions(hard_negatives, clean=CLEAN))
            for hard_negatives in _hard_negatives(functions)
        ),
    ]
    pairs = [pair for pair in optional(security_pairs) if pair.fold not in FOLDS.values()]
    parts: list[Part[Known]] = [
        Part(share, source.example, source.rivals) for share, source in injected if len(source)
    ]
    if pairs:
        parts.append(Part(0.01, lambda epoch, i: Half(pairs[i // 2 % len(pairs)], bool(i % 2))))
    far = _distant(folder, "train")
    if far:
        parts.append(Part(0.1, lambda epoch, i: far[i % len(far)]))
    return Mixture([*parts, *_real("train")])


def _real(part: str) -> list[Part[Known]]:
    """Real repairs before and after, survivors as long as these, and changes; none without the set."""
    found = optional(lambda: [Repairs(part)])
    return [
        Part(REAL * share, example)
        for repairs in found
        for share, example in (
            (0.62, repairs.before),
            (0.1, repairs.after),
            (0.1, repairs.survived),
            (0.18, repairs.changed),
        )
    ]


def _hard_negatives(rows: Sequence[Row]) -> list[list[Row]]:
    """The functions with each of the patterns."""
    return [[row for row in rows if pattern.search(row.text)] for pattern in PATTERNS.values()]


def held_out(folder: Path, part: str, size: int) -> list[Known]:
    """Up to `size` injected functions, and all else, of packages, commits and problems unseen in training.

    `part` is `valid` or `test`.
    """
    injected = BuggyFunctions(list(islice(read_rows(folder / f"{part}.jsonl.xz"), 40 * size)))
    step = max(len(injected) // size, 1)
    pairs = [pair for pair in optional(security_pairs) if pair.fold == FOLDS[part]]
    return [
        *(injected.example(0, i * step) for i in range(min(size, len(injected)))),
        *(Half(pair, before) for pair in pairs for before in (True, False)),
        *_distant(folder, part),
        *(
            one._replace(bug=None)  # figures of the bug head are of injected bugs alone
            for repairs in optional(lambda: [Repairs(part)])
            for one in repairs.first(size)
        ),
    ]


def sample(size: int) -> list[Known]:
    """So many injected and correct functions of this package's own source, where there is no corpus."""
    rows = [
        Row("octad", path.name, function.first_line, function.text)
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for function in functions(path.read_text("utf-8"))
    ]
    return list(BuggyFunctions(rows).first(0, size))


def _distant(folder: Path, part: str) -> list[Distant]:
    """Units with what they use from elsewhere, where the corpus has them."""
    path = folder / f"{part}-distant.jsonl.xz"
    return distant.read(path) if path.exists() else []
