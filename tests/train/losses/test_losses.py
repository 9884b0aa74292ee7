"""What every loss owes its head: gradients of labelled cases alone, a minimum that is decoded to labels."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from octad import catalog
from octad.agents.agent import Agent
from octad.encoders.prepared import Prepared
from octad.heads.base import Calibration, Head, trim
from octad.heads.binary import Binary
from octad.heads.classes import Classes
from octad.heads.consistency import Consistency, UseLabel
from octad.heads.item_binary import ItemBinary
from octad.heads.item_classes import ItemClasses
from octad.heads.line_labels import LineLabels, Mark
from octad.heads.place import Place, RepairLabel
from octad.heads.pointer import Pointer
from octad.heads.ranking import Ranking
from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad_train.sources import loss_of, source
from octad_train.train.objective import Objective
from octad_train.train.stream import Batch, collate, example
from tests import tiny

CALLS = "def f(first, second):\n    return g(first) + g(first, second)\n"
DEFINITION = UsedDefinition(name="g", sort="function", code=Code(path="b.py", text="def g(one):\n"))
BEST: dict[type[Head[Any, Any]], dict[str, float]] = {
    Binary: {"accuracy": 1.0},
    Classes: {"accuracy": 1.0},
    Consistency: {"accuracy": 1.0},
    ItemBinary: {"auc": 1.0},
    ItemClasses: {"accuracy": 1.0},
    LineLabels: {"f1": 1.0},
    Place: {"line_1": 1.0, "kind_1": 1.0},
    Pointer: {"detection": 1.0, "joint": 1.0},
    Ranking: {"top1": 1.0, "false_alarms": 0.0},
}
"""Figures of a head that knows everything."""
AGENTS = {entry.name: catalog.load(entry.name) for entry in catalog.entries()}


class Labelled(NamedTuple):
    """Cases whose label a head knows, and after them one that it does not; random outputs for all."""

    head: Head[Any, Any]
    units: list[Prepared]
    labels: list[Any]
    batch: Batch
    outputs: list[Tensor]
    name: str

    def loss(self, outputs: list[Tensor]) -> Tensor:
        found: Tensor = loss_of(self.head)(outputs, self.batch.targets[self.name])
        return found

    def answers(self, outputs: list[Tensor]) -> list[Any]:
        """What the head says of the labelled cases."""
        arrays = [one.detach().numpy() for one in outputs]
        rows = [trim(self.head, arrays, row, len(unit)) for row, unit in enumerate(self.units)]
        return [
            self.head.decode(row, unit, Calibration()) for row, unit in zip(rows, self.units, strict=True)
        ]


@pytest.fixture(
    scope="module",
    params=[(agent, head) for agent in AGENTS.values() for head in agent.heads],
    ids=lambda param: f"{param[0].name}-{param[1]}",
)
def labelled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    agent, name = request.param
    model, pieces = model_of(agent.name, tmp_path_factory.getbasetemp() / "losses")
    known = known_to(agent, name)
    pairs = [*known, (known[0][0], agent.label())]
    examples = [example(agent, case, label, pieces) for case, label in pairs]
    batch = collate(agent, examples)
    with torch.no_grad():
        shapes = Objective(agent, model).outputs(batch)[name]
    torch.manual_seed(0)
    outputs = [torch.randn(one.shape).requires_grad_() for one in shapes]
    labels = [getattr(label, name) for _, label in known]
    return Labelled(agent.heads[name], [one.unit for one in examples[:-1]], labels, batch, outputs, name)


@cache
def model_of(name: str, folder: Path) -> Any:
    runner = tiny.runner(AGENTS[name], folder)
    return runner.engine.model, runner.pieces


def known_to(agent: Agent[Any, Any], name: str) -> list[tuple[Any, Any]]:
    """Cases with something to find for a head, and some without."""
    head = agent.heads[name]
    if isinstance(head, Consistency):
        case = agent.case(code=Code(path="a.py", text=CALLS), context=(DEFINITION,))
        places = frozenset({CALLS.index("g("), CALLS.rindex("g(")})
        return [(case, replace(agent.label(), **{name: UseLabel(frozenset({max(places)}), places)}))]
    sample = source(agent, "sample")(12)
    pairs = [(case, label) for case, label in sample if getattr(label, name) is not None]
    if isinstance(head, Place):
        places = [_repair(case.code, head.kinds[i % len(head.kinds)]) for i, (case, _) in enumerate(sample)]
        return [(case, agent.label(**{name: place})) for (case, _), place in zip(sample, places, strict=True)]
    if isinstance(head, Binary) and not pairs:
        return [(case, agent.label(**{name: bool(i % 2)})) for i, (case, _) in enumerate(sample)]
    if not isinstance(head, LineLabels):
        return pairs
    marks = [
        (frozenset({Mark(case.code.first_line, head.rules[-1])}), frozenset[Mark]()) for case, _ in pairs
    ]
    return [(case, replace(agent.label(), **{name: marks[i][i % 2]})) for i, (case, _) in enumerate(pairs)]


def _repair(code: Code, kind: str) -> RepairLabel:
    """A repair of all of the second line with code."""
    lines = code.text.split("\n")
    number = next(
        i for i in range(1, len(lines)) if lines[i].strip() and not lines[i].strip().startswith("#")
    )
    start = sum(len(line) + 1 for line in lines[:number])
    place = (start, start + len(lines[number]))
    return RepairLabel((place,), frozenset({code.first_line + number}), kind)


def test_labelled_cases_alone_give_gradients(labelled: Labelled) -> None:
    gradients = torch.autograd.grad(labelled.loss(labelled.outputs), labelled.outputs)
    assert all(bool(one.isfinite().all()) for one in gradients)
    assert any(bool(one[:-1].any()) for one in gradients)
    assert not any(bool(one[-1].any()) for one in gradients)


def test_outputs_of_the_least_loss_are_decoded_to_the_labels(labelled: Labelled) -> None:
    best = [one.detach().clone().requires_grad_() for one in labelled.outputs]
    optimiser = torch.optim.Adam(best, lr=0.3)
    for _ in range(150):
        optimiser.zero_grad()
        labelled.loss(best).backward()
        optimiser.step()
    start, least = (labelled.loss(outputs).item() for outputs in (labelled.outputs, best))
    assert least < 0.1 * start
    assert labelled.loss([-one for one in best]).item() > 10 * least
    figures = labelled.head.metrics(labelled.answers(best), labelled.labels, labelled.units)
    wanted = BEST[type(labelled.head)]
    assert {name: figures[name] for name in wanted} == wanted
