"""What every agent that reads code alone must do."""

from __future__ import annotations

from typing import Any

import pytest

from octad import catalog
from octad.agent import Agent
from octad.explain.place import EveryRule
from octad.fusion.alone import Alone
from octad.records.code import Code, LineRange
from octad.runtime import Runner
from tests import tiny

NAMES = [entry.name for entry in catalog.entries() if isinstance(catalog.load(entry.name).fusion, Alone)]
FUNCTIONS = (
    "def total{0}(rows, start):\n    kept = start\n    for row in rows:\n        if row.size < kept:\n"
    "            kept = kept + row.size\n    return kept\n",
    "def pick{0}(first, second, default=None):\n    if first is None:\n        return default\n"
    "    if not second:\n        return first.left\n    return max(first.left, second.right)\n",
    "def join{0}(self, parts):\n    found = []\n    for part in parts:\n        found.append(part.strip())\n"
    "    return self.mark.join(found)\n",
)


@pytest.fixture(scope="module", params=NAMES)
def agent(request: pytest.FixtureRequest) -> Agent[Any, Any]:
    return catalog.load(request.param)


@pytest.fixture(scope="module")
def runner(agent: Agent[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    return tiny.runner(agent, tmp_path_factory.mktemp(agent.name), random_bias=True)


def with_text(agent: Agent[Any, Any], text: str) -> Any:
    """A case of another text, everything optional left out."""
    (field,) = agent.inputs
    return agent.case(**{field: Code(path="shop/cart.py", text=text)})


def test_a_text_without_anything_survives(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    for text in ("", "\n", "# only a comment\n", "def broken(:\n  ((("):
        case = with_text(agent, text)
        (answer,) = runner.answers([case])
        assert isinstance(answer, agent.answer)
        agent.findings(case, answer, EveryRule())


def test_anchors_lie_in_the_text(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    (field,) = agent.inputs
    texts = [FUNCTIONS[i % 3].format(i) + f"\n\nx = {i}\n" * i for i in range(5)]
    for case in (with_text(agent, text) for text in texts):
        lines = getattr(case, field).text.split("\n")
        (answer,) = runner.answers([case])
        for claimed in agent.findings(case, answer, EveryRule()):
            anchor = claimed.finding.anchor
            assert 1 <= anchor.line <= anchor.end_line <= len(lines)
            assert 1 <= anchor.column <= len(lines[anchor.line - 1]) + 1


def test_only_changed_lines_are_spoken_of(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    (field,) = agent.inputs
    (answer,) = runner.answers([agent.example])
    found = agent.findings(agent.example, answer, EveryRule())
    whole = {claimed.finding.anchor.line for claimed in found}
    assert len(whole) > 1
    for line in (*whole, None):
        changed = () if line is None else (LineRange(first=line, last=line),)
        code = getattr(agent.example, field).model_copy(update={"changed": changed})
        case = agent.example.model_copy(update={field: code})
        (answer,) = runner.answers([case])
        lines = {claimed.finding.anchor.line for claimed in agent.findings(case, answer, EveryRule())}
        assert lines <= ({line} if line else set())


def test_cost_is_monotone(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    line = "    total = total + 1\n"
    costs = [
        runner.prepare(with_text(agent, "def f(total):\n" + line * n)).cost for n in (1, 2, 5, 20, 60, 200)
    ]
    assert costs == sorted(costs)
    assert costs[0] < costs[1] < costs[2] < costs[3]
