"""Builds the set of uses and their distant definitions, half of them made wrong, from released packages.

    python -m octad_train.data.code.definition_use_pairs WHEELS OUTPUT

writes `train-distant.jsonl.xz`, `valid-distant.jsonl.xz` and `test-distant.jsonl.xz`, split by package as
`corpus.txt` says. A row is a unit of code with the definitions that it uses. Of each counterfactual
(`octad_train.inject.counterfactual.pairs`) there are the four texts, two right and two wrong; beside them
stand units as they were released, whose uses are all taken to be right. In the test rows no definition is
within `APART` items of its use, and the file has four times as many: a window of so many items around the use
tells nothing.
"""

from __future__ import annotations

import argparse
import logging
import lzma
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from octad.errors import UnreadableInput
from octad.records.base import Record
from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad.syntax.definitions import Definitions
from octad.syntax.units import units
from octad_train.data.code.archives import Archive, archives
from octad_train.data.code.archives import Source as File
from octad_train.data.code.corpus import pins
from octad_train.inject.counterfactual.pairs import APART, Counterfactual, counterfactuals, crossed

log = logging.getLogger(__name__)
NEARER = 8
"""Items between use and definition in training: what is near teaches what is far."""
MOST_CHARACTERS, TRIED = 150_000, 400
"""The longest file, and how many of a package are looked at."""
MOST_PAIRS, RELEASED = 6, 8
"""Counterfactuals, and units as released, of one file."""


class Split(NamedTuple):
    """How far apart uses and definitions are, from how many files, and from how many of one package."""

    apart: int
    files: int
    most: int


SPLITS = {"train": Split(NEARER, 700, 40), "valid": Split(NEARER, 100, 24), "test": Split(APART, 150, 150)}


class Distant(Record):
    """A unit, what it uses, and the offsets in it of uses that are wrong and of those that are asked for."""

    package: str
    kind: str
    code: Code
    context: tuple[UsedDefinition, ...]
    wrong: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()


def distant(package: str, code: Code, rng: np.random.Generator, apart: int) -> list[Distant]:
    """The rows of one file; none where nothing can be crossed."""
    found = counterfactuals(code, rng, apart)
    if not found:
        return []
    chosen = [found[i] for i in rng.permutation(len(found))[:MOST_PAIRS]]
    rows = [row for counterfactual in chosen for row in _rows_of(package, code, counterfactual)]
    definitions, parts = Definitions(code), units(code)
    for index in rng.permutation(len(parts))[:RELEASED]:
        context = definitions.of(parts[index])
        if context:
            rows.append(Distant(package=package, kind="released", code=parts[index], context=context))
    return rows


def _rows_of(package: str, code: Code, counterfactual: Counterfactual) -> Iterator[Distant]:
    """The unit of the use in each of the four texts."""
    for defined, used in product((False, True), repeat=2):
        text, place = crossed(code, counterfactual, defined=defined, used=used)
        line = text.text.count("\n", 0, place) + 1
        for unit in units(text):
            first = unit.first_line
            if first <= line < first + unit.text.rstrip("\n").count("\n") + 1:
                offset = place - _start(text.text, first)
                wrong = (offset,) if defined != used else ()
                context = Definitions(text).of(unit)
                yield Distant(
                    package=package,
                    kind=counterfactual.kind,
                    code=unit,
                    context=context,
                    wrong=wrong,
                    asked=(offset,),
                )


def _start(text: str, line: int) -> int:
    """The offset where a line begins."""
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start


def build(folder: Path, output: Path) -> dict[str, int]:
    """Write the splits that are not there yet; returns the number of rows of each."""
    known, totals = archives(folder), dict[str, int]()
    output.mkdir(parents=True, exist_ok=True)
    for number, (split, asked) in enumerate(SPLITS.items()):
        path = output / f"{split}-distant.jsonl.xz"
        if path.exists():
            continue
        rng = np.random.default_rng(number)
        wanted = sorted((pin.name, pin.version) for pin in pins() if pin.split == split)
        pool = [(name, file) for name, version in wanted for file in _files(known, (name, version), rng)]
        rows: list[Distant] = []
        taken: dict[str, int] = {}
        for index in rng.permutation(len(pool)):
            name, file = pool[index]
            if sum(taken.values()) == asked.files or taken.get(name, 0) == asked.most:
                continue
            made = distant(name, Code(path=file.path, text=file.text), rng, asked.apart)
            if made:
                taken[name] = taken.get(name, 0) + 1
                rows += made
        totals[split] = write(path, rows)
        log.info(
            "%s: %d rows of %d files of %d packages", split, totals[split], sum(taken.values()), len(taken)
        )
    return totals


def _files(
    known: dict[tuple[str, str], Archive], package: tuple[str, str], rng: np.random.Generator
) -> list[File]:
    archive = known.get(package)
    if archive is None:
        return []
    found = [f for f in archive.sources() if not f.is_test and len(f.text) <= MOST_CHARACTERS]
    return [found[i] for i in rng.permutation(len(found))[:TRIED]]


def write(path: Path, rows: Sequence[Distant]) -> int:
    """Write rows, whole or not at all; returns their number."""
    partial = path.with_suffix(".partial")
    with lzma.open(partial, "wt", encoding="utf-8", preset=6) as out:
        out.writelines(row.model_dump_json() + "\n" for row in rows)
    partial.replace(path)
    return len(rows)


def read(path: Path) -> list[Distant]:
    """The rows of a file; raises UnreadableInput where it is missing or damaged."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            return [Distant.model_validate_json(line) for line in lines]
    except (OSError, lzma.LZMAError, EOFError, ValueError) as error:
        raise UnreadableInput(
            f"{path} cannot be read: {error}",
            hint="build it with `python -m octad_train.data.code.definition_use_pairs`",
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the set from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m octad_train.data.code.definition_use_pairs",
        description="Build the set of distant definitions.",
    )
    parser.add_argument("folder", type=Path, help="wheels of the pinned packages")
    parser.add_argument("output", type=Path, help="where the splits are written")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build(options.folder, options.output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
