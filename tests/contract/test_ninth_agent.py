"""An agent that is one more file is trained, calibrated, stored, asked and explained with no other edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Agent
from octad.ask import Options, ask
from octad.cli.main import run
from octad.engines import CORE, ENCODER, OnnxEngine
from octad.golden import verify
from octad.records.text import Text
from octad.runtime import Runner
from octad.store.artefact import load
from octad_train.sources import source
from octad_train.train import whole
from octad_train.train.whole import Run
from tests import tiny

NAME = "commit-kind"
REPAIR = "kind/repair"


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(NAME)


@pytest.fixture(scope="module")
def trained(agent: Agent[Any, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A few steps on its own sample, over a tiny backbone that is trained too."""
    folder = tmp_path_factory.mktemp(NAME)
    settings = tiny.settings(
        folder, examples=48 * 60, pool=48, rate=2e-3, adaptation="full", validate_every=48 * 20
    )
    yield whole.learn(agent, folder, settings, lambda progress, size: None, from_shipped=False)


@pytest.fixture(scope="module")
def runner(agent: Agent[Any, Any], trained: Run) -> Runner[Any, Any]:
    return Runner.load(agent, trained.folder, threads=1)


def test_it_learns(agent: Agent[Any, Any], trained: Run) -> None:
    assert trained.before == {} and trained.after[agent.primary] > 0.9


def test_training_ends_with_thresholds(runner: Runner[Any, Any]) -> None:
    manifest = runner.manifest
    assert 0.5 <= manifest.thresholds[REPAIR] <= 1 and manifest.precisions[REPAIR] > 0.9
    assert manifest.temperatures["kind"] > 0
    assert manifest.metrics["kind/accuracy"] > 0.9


def test_it_is_exported_and_answers_as_when_it_was_stored(trained: Run, runner: Runner[Any, Any]) -> None:
    folder, manifest = load(NAME, trained.folder)
    assert {CORE, ENCODER, "weights.safetensors", "tokenizer.json"} <= set(manifest.files)
    assert all((folder / name).is_file() for name in manifest.files)
    assert isinstance(runner.engine, OnnxEngine)
    verify(runner)


def test_it_makes_findings_where_its_labels_call_for_them(
    agent: Agent[Any, Any], runner: Runner[Any, Any]
) -> None:
    found = {True: 0, False: 0}
    for case, label in source(agent, "sample")(30):
        (called,) = [bool(agent.expected(case, label))]
        found[called] += len(ask(runner, case, Options(evidence=False)).findings)
    assert found[True] >= 8 and found[False] <= 2


def test_a_finding_is_explained_by_a_sentence_of_the_message(
    agent: Agent[Any, Any], runner: Runner[Any, Any]
) -> None:
    report = ask(runner, agent.example)
    (finding,) = report.findings
    assert finding.rule == REPAIR and finding.fingerprint and finding.faithfulness is not None
    assert {evidence.text for evidence in finding.evidence} <= {
        "Do not lose the key when it is printed.",
        "More is said below.",
    }
    assert finding.evidence
    (shares,) = report.blocks
    assert [row[0] for row in shares.rows] == ["", "without any input", "message", "all together"]


def test_without_a_message_it_says_nothing(agent: Agent[Any, Any], runner: Runner[Any, Any]) -> None:
    for case in (agent.case(), agent.case(message=Text(text=" \n"))):
        assert ask(runner, case).findings == ()


def test_its_verb_and_octad_ask_answer_alike(
    trained: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], agent: Agent[Any, Any]
) -> None:
    case = tmp_path / "case.json"
    case.write_text(agent.example.model_dump_json())
    options = ["--weights", str(trained.folder), "--format", "json", "--no-cache", "--fail-on", "note"]
    assert run(["ask", NAME, str(case), *options]) == 1
    asked = capsys.readouterr().out
    assert run(["kind", "--message", agent.example.message.text, *options]) == 1
    assert capsys.readouterr().out == asked and REPAIR in asked
