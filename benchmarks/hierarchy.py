"""What reading a file unit by unit, with a hierarchy above the units, costs beside reading it at once.

    python benchmarks/hierarchy.py

Operations are counted by torch over the backbone that ships (multiplications and additions, padding
included), on modules of the running Python's standard library, end to end. *Flat* reads all items in one
sequence; *units* reads each function, or run of other statements, by itself, as `octad review` does;
*hierarchy* adds statements, functions, classes, files and the repository above them. Times are the
processor's, of one run on one thread; flat is run up to `TIMED` items only.
"""

from __future__ import annotations

import argparse
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from octad.encoders.batch import WASTE, cut
from octad.nn.backbone import Pretrained, embedded, pretrained
from octad.records.code import Code
from octad.runtime import BUDGET
from octad.syntax.tokenizer import tokenize
from octad.syntax.units import units
from octad_train.evaluate.tables import machine, table
from octad_train.nn.hierarchy import KINDS, Hierarchy, Tree
from octad_train.nn.nesting import LEVELS, nesting
from octad_train.nn.sparse.interface import lengthen

SOURCES = (
    "_pydecimal.py", "argparse.py", "typing.py", "turtle.py", "inspect.py", "subprocess.py", "doctest.py",
    "tarfile.py", "pickletools.py", "zipfile.py", "difflib.py", "optparse.py", "locale.py", "pdb.py",
)  # fmt: skip
LINES = (250, 500, 1_000, 2_000, 5_000, 10_000)
WIDTH, HEADS = 128, 4
TIMED = 5_000
"""Items up to which flat is run, not only counted."""


class Above(nn.Module):
    """A hierarchy over the states of the backbone, at a width of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.brief = nn.Linear(width, WIDTH)
        self.hierarchy = Hierarchy(WIDTH, HEADS, len(LEVELS) - 1)

    def forward(self, states: Tensor, tree: Tree) -> list[Tensor]:
        """States `[N, D]` of all items to those of every level."""
        levels: list[Tensor] = self.hierarchy(self.brief(states), tree)
        return levels


def text(lines: int) -> str:
    """So many lines of code, whole modules first."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    found = [line for name in SOURCES for line in (folder / name).read_text("utf-8").split("\n")]
    return "\n".join(found[:lines]) + "\n"


def counted(run: Callable[[], object]) -> float:
    """Operations of a call, in units of 10^9."""
    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        run()
    return float(counter.get_total_flops()) / 1e9


def timed(run: Callable[[], object]) -> float:
    """Seconds of the processor."""
    started = time.process_time()
    with torch.inference_mode():
        run()
    return time.process_time() - started


def read(backbone: Pretrained, sizes: list[int], width: int, device: str) -> None:
    """Read sequences of these lengths, in padded batches."""
    for batch in cut(sizes, BUDGET, WASTE):
        longest = max(sizes[i] for i in batch)
        mask = torch.ones(len(batch), longest, dtype=torch.bool, device=device)
        backbone(torch.zeros(len(batch), longest, width, device=device), mask, ())


def row(lines: int, backbones: tuple[Pretrained, Pretrained]) -> tuple[object, ...]:
    """One file by every way of reading it."""
    counting, running = backbones
    code = Code(path="a.py", text=text(lines))
    parts = units(code)
    tokens = [tokenize(part) for part in parts]
    sizes, items = [len(one) for one in tokens], sum(map(len, tokens))
    found = nesting(parts, tokens, KINDS)
    tree = Tree(tuple(map(torch.from_numpy, found.parents)), tuple(map(torch.from_numpy, found.kinds)))
    above = Above(running.width).eval()
    states = torch.zeros(items, running.width)
    flat = counted(lambda: read(counting, [items], running.width, "meta"))
    by_unit = counted(lambda: read(counting, sizes, running.width, "meta"))
    upper = counted(lambda: above(states, tree))
    seconds = [timed(lambda: read(running, sizes, running.width, "cpu")), timed(lambda: above(states, tree))]
    whole = timed(lambda: read(running, [items], running.width, "cpu")) if items <= TIMED else float("nan")
    return lines, items, len(parts), flat, by_unit, upper, flat / (by_unit + upper), whole, *seconds


def main() -> None:
    """Count and time, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, nargs="*", default=LINES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    running = pretrained(embedded()).eval()
    counting = pretrained(embedded()).eval().to("meta")
    for one in (running, counting):
        lengthen(one, 1 << 17)
    rows = [row(lines, (counting, running)) for lines in arguments.lines]
    header = (
        "lines", "items", "units", "flat GFLOP", "units GFLOP", "hierarchy GFLOP", "flat / both", "flat s",
        "units s", "hierarchy s",
    )  # fmt: skip
    print(table(f"Reading at once and by levels · {machine()}", header, rows))


if __name__ == "__main__":
    main()
