"""Builds the corpus of functions, and of other statements, from released, permissively licensed packages.

`corpus.txt` pins the packages (`name==version licence split`). Download the wheels by name into a folder
(`pip download --no-deps --only-binary :all: -d FOLDER NAME==VERSION`), then::

    python -m octad_train.data.code.corpus FOLDER OUTPUT [--installed SITE_PACKAGES] [--near FILE ...]

writes `train.jsonl.xz`, `valid.jsonl.xz` and `test.jsonl.xz` with functions, and beside each, as
`train-statements.jsonl.xz`, runs of statements outside functions, split by package. The split `held-out`
is in none of them: those packages measure how much noise a model makes on clean code.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from octad.errors import InputError
from octad_train.data.code.analyser_labels import marks
from octad_train.data.code.archives import Archive, Source, archives
from octad_train.data.code.dedup import Seen, signature
from octad_train.data.code.functions import Function, functions
from octad_train.data.code.great import great_texts
from octad_train.data.code.licences import licence_of
from octad_train.data.code.rows import Row, read_rows, write_rows
from octad_train.data.code.statements import statements

log = logging.getLogger(__name__)
PINS = Path(__file__).with_name("corpus.txt")
#: Splits in the order in which they claim a function that several packages contain.
SPLITS = ("held-out", "test", "valid", "train")
TEST_SHARE = 0.3
MAX_PER_PACKAGE = 25_000
Cut = Callable[[str], list[Function]]
#: What a file is cut into, by the ending of the name of the split that holds it.
CUTS: dict[str, Cut] = {"": functions, "-statements": statements}
#: At most so many units of one kind of one package in a split, whole files at a time: no package sets the
#: tone, and the packed functions stay below 42 MiB.
MOST = {"held-out": 100_000, "test": 2_000, "valid": 1_500, "train": 5_500}


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of `corpus.txt`."""

    name: str
    version: str
    licence: str
    split: str


def pins(path: Path = PINS) -> list[Pin]:
    """Read the pinned packages. Raises InputError for a malformed line."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        name, mark, version = words[0].partition("==")
        if not mark or len(words) < 3 or words[-1] not in SPLITS:
            raise InputError(f"{path.name}: cannot read {line!r}", hint="write `name==version licence split`")
        found.append(Pin(name, version, " ".join(words[1:-1]), words[-1]))
    return found


def extract(archive: Archive, cut: Cut = functions) -> list[Row]:
    """The units of a package with ruff's findings; at most 30 % of them from its tests.

    Raises InputError when the package's metadata does not state a permissive licence.
    """
    if licence_of(archive.metadata) is None:
        raise InputError(f"{archive.name} {archive.version} does not state a permissive licence")
    with tempfile.TemporaryDirectory() as folder:
        sources = list(archive.sources())
        for source in sources:
            target = Path(folder, source.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source.text, encoding="utf-8")
        found = marks(Path(folder))
    own: list[Row] = []
    tests: list[Row] = []
    for source in sources:
        rows = list(_rows(archive.name, source, cut, found.get(source.path, [])))
        (tests if source.is_test else own).extend(rows)
    allowed = int(len(own) * TEST_SHARE / (1 - TEST_SHARE))
    return _thinned(own, MAX_PER_PACKAGE) + _thinned(tests, min(allowed, MAX_PER_PACKAGE // 3))


def build(
    packages: Sequence[Pin],
    folder: Path,
    output: Path,
    *,
    installed: Path | None = None,
    near: Iterable[str] = (),
    preset: int = 9,
) -> dict[str, int]:
    """Write the splits; returns the number of units of each.

    `near` are texts of functions that measure the model elsewhere: nothing like them is kept. `preset`
    is how hard xz tries (0 to 9).
    What was extracted of a package is kept in `output/packages` and used again.
    """
    known = archives(folder, installed)
    output.mkdir(parents=True, exist_ok=True)
    seen = Seen()
    for text in near:
        seen.add(signature(text))
    totals: dict[str, int] = {}
    for split, (suffix, cut) in product(SPLITS, CUTS.items()):
        chosen = [pin for pin in packages if pin.split == split]
        caches = {pin: output / "packages" / f"{pin.name}-{pin.version}{suffix}.jsonl.xz" for pin in chosen}
        for pin, cache in caches.items():
            _kept(pin, known, cache, cut)
        rows = _unseen([caches[pin] for pin in sorted(chosen, key=lambda pin: pin.name)], seen, MOST[split])
        name = split + suffix
        if split == "held-out":
            totals[name] = sum(1 for _ in rows)
        else:
            totals[name] = write_rows(output / f"{name}.jsonl.xz", rows, preset)
        log.info("%s: %d units of %d packages", name, totals[name], len(chosen))
    return totals


def _kept(pin: Pin, known: dict[tuple[str, str], Archive], cache: Path, cut: Cut) -> None:
    """Extract a package where that was not done before; raises InputError where it is not to be had."""
    if cache.exists():
        return
    archive = known.get((pin.name, pin.version))
    if archive is None:
        raise InputError(f"{pin.name} {pin.version} is not in the folder", hint="download it first")
    cache.parent.mkdir(exist_ok=True)
    log.info("%s: %d units", cache.name, write_rows(cache, extract(archive, cut), preset=1))


def _unseen(caches: list[Path], seen: Seen, most: int) -> Iterator[Row]:
    """Of each package at most so many units that are like none before."""
    for cache in caches:
        some = _thinned(list(read_rows(cache)), 2 * most)  # a signature costs a third of a millisecond
        new = [row for row in some if seen.add(signature(row.text))]
        yield from sorted(_thinned(new, most), key=lambda row: (row.path, row.first_line))


def _rows(package: str, source: Source, cut: Cut, found: list[tuple[int, str]]) -> Iterator[Row]:
    for unit in cut(source.text):
        inside = tuple((line, rule) for line, rule in found if unit.first_line <= line <= unit.last_line)
        yield Row(package, source.path, unit.first_line, unit.text, inside)


def _thinned(rows: list[Row], most: int) -> list[Row]:
    """At most so many rows, file by file in an order that has nothing to do with their names."""
    by_file = sorted(rows, key=lambda row: hashlib.sha256(row.path.encode()).digest())
    return by_file[:most]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the corpus from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m octad_train.data.code.corpus", description="Build the corpus of functions."
    )
    parser.add_argument("folder", type=Path, help="wheels of the pinned packages")
    parser.add_argument("output", type=Path, help="where the splits are written")
    parser.add_argument("--installed", type=Path, help="a site-packages folder with more of them")
    parser.add_argument(
        "--near", type=Path, nargs="*", default=[], help="GREAT rows that the corpus must not resemble"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    near = (text for path in options.near for text in great_texts(path))
    build(pins(), options.folder, options.output, installed=options.installed, near=near)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
