"""Bugs in functions of more than 480 items: read in windows, as reviews do, or whole, densely or sparsely.

    python benchmarks/long_units.py WHEELS --functions 150

Functions of 481 to 2,047 items of the test packages of `corpus.txt`, each as it is and with one injected bug;
the shipped weights, with their table of positions tiled, no training on anything longer. *Windows* are the
units that a review reads; *dense* looks at everything with the bias of all relations, *pattern* at window,
summary and relations (`octad_train/nn/sparse`). Told are how often the first suspect is the bug, and how well
the probability of the first suspect parts functions with a bug from those without. Seconds are the
processor's, on one thread.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from octad.catalog import load
from octad.encoders.batch import TokenBatch
from octad.encoders.code import CodeEncoder, tokens_of
from octad.engines import TorchEngine
from octad.heads.pointer import BugLabel
from octad.metrics.ranking import auc
from octad.model import to_tensors
from octad.records.code import Code
from octad.runtime import Asked, Runner
from octad.store.artefact import shipped
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import MOST
from octad.syntax.units import units
from octad_train.data.code.archives import Source, archives
from octad_train.data.code.corpus import pins
from octad_train.evaluate.tables import machine, table
from octad_train.inject.bug_injector import inject_into_tokens
from octad_train.nn.sparse.interface import lengthen, states_of
from octad_train.train.assemble import make_model, make_pieces, runner_of
from octad_train.train.finish import start_from
from octad_train.train.settings import Settings

LONGEST, OF_ONE = 2_048, 60
AGENT = "code-reviewer"


class Answer(NamedTuple):
    """The first suspect of a function: its offset and probability."""

    offset: int
    probability: float


class OverPattern(TorchEngine):
    """Texts read over a pattern: window, summary and relations."""

    def encode(self, tokens: TokenBatch) -> NDArray[Any]:
        """The states of the model in memory linear in the length."""
        arrays = to_tensors(tokens._asdict())
        with torch.inference_mode():
            parts = (arrays[name] for name in ("mask", "features", "edges"))
            return states_of(self.model.encoder, self.model.embedded(arrays), *parts).float().numpy()


def runners() -> tuple[Runner[Any, Any], Runner[Any, Any]]:
    """The shipped weights in torch for functions of any length: dense, and over a pattern."""
    agent = replace(load(AGENT), inputs={"code": CodeEncoder("code", limit=LONGEST)})
    settings = Settings(examples=1, folder=Path())
    model = make_model(agent, settings).eval()
    start_from(model, agent, shipped(AGENT))
    backbone: Any = model.encoder.backbone
    lengthen(backbone, LONGEST)
    dense = runner_of(agent, model, make_pieces(settings))
    return dense, Runner(agent, dense.manifest, dense.pieces, OverPattern(model))


def whole(runner: Runner[Any, Any], code: Code) -> Answer:
    """The first suspect of a function that is read whole."""
    return first_of(*runner.ask([runner.agent.case(code=code)]))


def windows(runner: Runner[Any, Any], code: Code) -> Answer:
    """The likeliest of the first suspects of all units."""
    lines = np.cumsum([0, *(len(line) + 1 for line in code.text.split("\n"))])
    parts = units(code)
    found = []
    for unit, asked in zip(parts, runner.ask([runner.agent.case(code=unit) for unit in parts]), strict=True):
        offset, probability = first_of(asked)
        found.append(Answer(offset + int(lines[unit.first_line - code.first_line]), probability))
    return max(found, key=lambda one: one.probability)


def first_of(asked: Asked[Any, Any]) -> Answer:
    """The first suspect of one unit."""
    suspects = asked.answer.bug.suspects
    if not suspects:
        return Answer(-1, 0.0)
    return Answer(int(tokens_of(asked.unit).offsets[suspects[0].item, 0]), suspects[0].probability)


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
        injected = inject_into_tokens(pool[index], tokens, rng)
        if injected is not None:
            yield pool[index], *injected
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
    dense, pattern = runners()
    ways: dict[str, Callable[[Code], Answer]] = {
        "windows of 480 items": partial(windows, dense),
        "whole, dense": partial(whole, dense),
        "whole, pattern": partial(whole, pattern),
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
