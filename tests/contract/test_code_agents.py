"""What every agent that reads code alone must do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Agent, EveryRule
from octad.agents.command import ReviewCommand
from octad.records.code import Code, LineRange
from octad.review.pipeline import Options, command_of, review
from octad.runtime import Runner
from octad.syntax import parsed, tree
from octad.syntax.tokenizer import forget
from tests import tiny

NAMES = [e.name for e in catalog.entries() if isinstance(catalog.load(e.name).command, ReviewCommand)]
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
    return tiny.runner(agent, tmp_path_factory.mktemp(agent.name), started=True)


def with_text(agent: Agent[Any, Any], text: str) -> Any:
    """A case of another text, everything optional left out."""
    return agent.case(**{command_of(agent).code: Code(path="shop/cart.py", text=text)})


def test_a_text_without_anything_survives(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    for text in ("", "\n", "# only a comment\n", "def broken(:\n  ((("):
        case = with_text(agent, text)
        (answer,) = runner.answers([case])
        assert isinstance(answer, agent.answer)
        agent.candidates(case, answer, EveryRule())


def test_anchors_lie_in_the_text(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    field = command_of(agent).code
    texts = [FUNCTIONS[i % 3].format(i) + f"\n\nx = {i}\n" * i for i in range(5)]
    for case in (with_text(agent, text) for text in texts):
        lines = getattr(case, field).text.split("\n")
        (answer,) = runner.answers([case])
        for candidate in agent.candidates(case, answer, EveryRule()):
            anchor = candidate.finding.anchor
            assert 1 <= anchor.line <= anchor.end_line <= len(lines)
            assert 1 <= anchor.column <= len(lines[anchor.line - 1]) + 1


def test_only_changed_lines_are_spoken_of(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    field = command_of(agent).code
    (answer,) = runner.answers([agent.example])
    found = agent.candidates(agent.example, answer, EveryRule())
    whole = {candidate.finding.anchor.line for candidate in found}
    assert len(whole) > 1
    for line in (*whole, None):
        changed = () if line is None else (LineRange(first=line, last=line),)
        code = getattr(agent.example, field).model_copy(update={"changed": changed})
        case = agent.example.model_copy(update={field: code})
        (answer,) = runner.answers([case])
        lines = {candidate.finding.anchor.line for candidate in agent.candidates(case, answer, EveryRule())}
        assert lines <= ({line} if line else set())


def test_cost_is_monotone(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    line = "    total = total + 1\n"
    units = [runner.prepare(with_text(agent, "def f(total):\n" + line * n)) for n in (1, 2, 5, 20, 60, 200)]
    costs = [len(unit) for unit in units]
    assert costs == sorted(costs)
    assert costs[0] < costs[1] < costs[2] < costs[3]


def test_a_file_is_parsed_once_in_a_review(
    agent: Agent[Any, Any], runner: Runner[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its units, the definitions they use and the findings on them are all read off one tree."""
    text = Path(parsed.__file__).read_text("utf-8") + Path(tree.__file__).read_text("utf-8")
    parsed._kept.clear()
    forget()
    given: list[int] = []
    run = tree._run

    def counted(engine: Any, data: bytes) -> Any:
        given.append(len(data))
        return run(engine, data)

    monkeypatch.setattr(tree, "_run", counted)
    # A review has no findings of a rule without a threshold; with one for every rule each suspect is read.
    least = runner.manifest.model_copy(update={"thresholds": dict.fromkeys(rules(agent, runner), 0.0)})
    monkeypatch.setattr(runner, "manifest", least)
    report = review(runner, [Code(path="shop/cart.py", text=text)], Options(analysers=False, explain=None))
    assert report.findings and report.skipped == ()
    assert len(text.encode()) <= sum(given) <= 1.3 * len(text.encode())


def rules(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> set[str]:
    """The rules of which there is a candidate in the example."""
    (answer,) = runner.answers([agent.example])
    return {one.finding.rule for one in agent.candidates(agent.example, answer, EveryRule())}
