"""Facts of a case and of an answer."""

from __future__ import annotations

import math
from typing import Any

import pytest

from octad import catalog
from octad.ask import ask_one
from octad.heads.ranking import Choice, Ranked
from octad.records.report import Anchor, Finding
from octad.runtime import Runner
from octad.serve.facts import BY_RULE, FINDINGS, PROBABILITY, facts_of, together, top_probability
from tests.conftest import Prepare, Stored

AT = Anchor(path="a.py", line=1, end_line=1, end_column=2)


@pytest.mark.parametrize("name", [one.name for one in catalog.entries()])
def test_every_agent_has_facts_of_its_case_and_of_every_head(name: str, stored: Stored) -> None:
    runner: Runner[Any, Any] = Runner.draft(catalog.load(name), stored(name))
    asked = ask_one(runner, runner.agent.example)
    facts = facts_of(asked, runner.manifest)
    assert facts["items"] == len(asked.unit) - asked.unit.shared > 0
    assert all(math.isfinite(value) for value in facts.values())
    answered = {head for head in runner.manifest.outputs if getattr(asked.answer, head, None) is not None}
    probabilities = {key.removeprefix(PROBABILITY) for key in facts if key.startswith(PROBABILITY)}
    assert probabilities <= answered and probabilities
    assert all(0 <= facts[PROBABILITY + head] <= 1 for head in probabilities)


def test_facts_tell_cases_apart(stored: Stored, prepare: Prepare) -> None:
    runner: Runner[Any, Any] = Runner.draft(catalog.load("code-reviewer"), stored("code-reviewer"))
    case = runner.agent.example

    def of(text: str) -> dict[str, float]:
        code = case.code.model_copy(update={"text": text, "changed": None})
        return facts_of(ask_one(runner, case.model_copy(update={"code": code})), runner.manifest)

    plain = of("def total_of(some_rows):\n    # one by one\n    return sum(some_rows)\n")
    small = of("def a(b):\n    return a(b, b, a, b)if b else a(a, b)or b[0][1][2]+a(b)\n")
    assert plain["comments"] > small["comments"] == 0
    assert plain["snake_case"] > small["snake_case"]
    assert plain["tokens_per_line"] < small["tokens_per_line"]
    assert plain["variety"] > small["variety"]


def test_findings_are_counted_in_all_and_by_rule(stored: Stored) -> None:
    runner: Runner[Any, Any] = Runner.draft(catalog.load("code-reviewer"), stored("code-reviewer"))
    asked = ask_one(runner, runner.agent.example)
    made = [Finding(rule=rule, level="note", message="m", probability=0.5, anchor=AT) for rule in "aab"]
    facts = facts_of(asked, runner.manifest, made)
    assert (facts[FINDINGS], facts[BY_RULE + "a"], facts[BY_RULE + "b"]) == (3, 2, 1)
    assert FINDINGS not in facts_of(asked, runner.manifest)


def test_no_probability_is_taken_of_none_of_the_candidates() -> None:
    ranked = Ranked(item=1, name="x", probability=0.2, anchor=AT)
    assert top_probability(Choice(0.8, (ranked,))) == 0.2
    assert top_probability(Choice(1.0, ())) is None
    assert top_probability({"a": 0.1, "b": {"c": 0.7}}) == 0.7
    assert top_probability(None) is None and top_probability(()) is None and top_probability("word") is None


def test_a_question_of_several_cases_has_means_and_sums() -> None:
    assert together([{"items": 2, FINDINGS: 1}, {"items": 4, FINDINGS: 2, BY_RULE + "a": 2}]) == {
        "items": 3, FINDINGS: 3, BY_RULE + "a": 2
    }  # fmt: skip
    assert together([]) == {}
