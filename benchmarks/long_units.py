"""Bugs in functions of more than 480 items: read in windows, as reviews do, or whole, densely or sparsely.

    python benchmarks/long_units.py WHEELS --functions 150

Functions of 481 to 2,047 items of the test packages of `corpus.txt`, each as it is and with one planted bug;
the shipped weights, with their table of positions tiled, no training on anything longer. *Windows* are the
units that a review reads; *dense* looks at everything with the bias of all relations, *pattern* at window,
summary and relations (`nn/sparse.py`). Told are how often the first suspect is the bug, and how well the
probability of the first suspect parts functions with a bug from those without. Seconds are the processor's,
on one thread.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from octad.agent import Agent
from octad.catalog import load
from octad.data.archives import Source, archives
from octad.data.corpus import pins
from octad.data.labels import BugLabel
from octad.data.planter import plant_tokens
from octad.evaluate.tables import machine, table
from octad.heads.base import Calibration
from octad.metrics.ranking import auc
from octad.modalities.code import CodeModality
from octad.model import to_tensors
from octad.records.code import Code
from octad.store.artefact import shipped
from octad.syntax.items import MOST
from octad.syntax.tokens import tokenize
from octad.syntax.units import units
from octad.train.assemble import make_model, make_pieces
from octad.train.finish import start_from
from octad.train.settings import Settings

LONGEST, OF_ONE = 2_048, 60
AGENT = "code-reviewer"


class Answer(NamedTuple):
    """The first suspect of a function: its offset and probability."""

    offset: int
    probability: float


class Reader:
    """The shipped weights in torch, over functions of any length."""

    def __init__(self) -> None:
        self.agent: Agent[Any, Any] = load(AGENT)
        settings = Settings(examples=1, folder=Path())
        self.model = make_model(self.agent, settings).eval()
        start_from(self.model, self.agent, shipped(AGENT))
        self.model.core.lengthen(LONGEST)
        self.pieces = make_pieces(settings)

    def read(self, code: Code, limit: int, *, sparse: bool) -> Answer:
        """The first suspect of one unit."""
        unit = CodeModality(limit).prepare(code, self.pieces)
        batch = to_tensors(self.agent.fusion.collate([unit]))
        with torch.inference_mode():
            found = (self.model.sparsely if sparse else self.model)(batch)["bug"]
        outputs = [tensor[0, : unit.cost].numpy() for tensor in found]
        suspects = self.agent.heads["bug"].decode(outputs, unit, Calibration()).suspects
        if not suspects:
            return Answer(-1, 0.0)
        return Answer(int(unit.tokens.offsets[suspects[0].item, 0]), suspects[0].probability)

    def windows(self, code: Code) -> Answer:
        """The likeliest of the first suspects of all units."""
        lines = np.cumsum([0, *(len(line) + 1 for line in code.text.split("\n"))])
        found = []
        for unit in units(code):
            offset, probability = self.read(unit, MOST, sparse=False)
            found.append(Answer(offset + int(lines[unit.first_line - code.first_line]), probability))
        return max(found, key=lambda one: one.probability)


def functions(source: Source) -> list[Code]:
    """All functions and methods of a file, whatever their length; none where it does not parse."""
    try:
        tree = ast.parse(source.text)
    except SyntaxError:
        return []
    lines = source.text.split("\n")
    return [
        Code(
            path=source.path,
            text="\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n",
            first_line=node.lineno,
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]


def long_functions(wheels: Path, count: int) -> Iterator[tuple[Code, Code, BugLabel]]:
    """Functions as they are and with a bug."""
    rng = np.random.default_rng(0)
    known = archives(wheels)
    pool: list[Code] = []
    for pin in sorted((pin.name, pin.version) for pin in pins() if pin.split == "test"):
        sources = [] if pin not in known else [one for one in known[pin].sources() if not one.is_test]
        own = [code for one in sources for code in functions(one) if 2_500 < len(code.text) < 16_000]
        pool += [own[i] for i in rng.permutation(len(own))[:OF_ONE]]
    given = 0
    for index in rng.permutation(len(pool)):
        tokens = tokenize(pool[index], LONGEST)
        if not MOST < len(tokens) < LONGEST or tokens.truncated:
            continue
        planted = plant_tokens(pool[index], tokens, rng)
        if planted is not None:
            yield pool[index], *planted
            given += 1
        if given == count:
            return


def main() -> None:
    """Read every function in each way, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--functions", type=int, default=150)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    reader = Reader()
    ways: dict[str, Callable[[Code], Answer]] = {
        "windows of 480 items": reader.windows,
        "whole, dense": lambda code: reader.read(code, LONGEST, sparse=False),
        "whole, pattern": lambda code: reader.read(code, LONGEST, sparse=True),
    }
    cases = list(long_functions(arguments.wheels, arguments.functions))
    rows: list[tuple[object, ...]] = []
    first: list[bool] = []
    for name, way in ways.items():
        started = time.process_time()
        right = [way(clean).probability for clean, _, _ in cases]
        wrong = [way(buggy) for _, buggy, _ in cases]
        hit = [one.offset == label.offset for one, (_, _, label) in zip(wrong, cases, strict=True)]
        chances = [*right, *(one.probability for one in wrong)]
        parted = auc(chances, [False] * len(right) + [True] * len(wrong))
        first = first or hit
        gained, lost = (
            sum(a and not b for a, b in zip(*pair, strict=True)) for pair in ((hit, first), (first, hit))
        )
        rows.append((name, float(np.mean(hit)), gained, lost, parted, time.process_time() - started))
    title = f"{len(cases)} functions of more than {MOST} items · {machine()}"
    header = ("read", "first suspect right", "right here alone", "in windows alone", "auc", "processor s")
    print(table(title, header, rows))


if __name__ == "__main__":
    main()
