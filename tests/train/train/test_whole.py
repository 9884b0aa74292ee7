"""A whole run: figures of unseen cases before and after, and an artefact that makes findings."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from octad.agents.agent import Gate
from octad.ask import thresholds
from octad.engines import CORE
from octad.errors import InputError
from octad.golden import verify
from octad.runtime import Runner
from octad.store.artefact import MANIFEST, Manifest, digest, identity, load, seal
from octad_train.train.checkpoint import STATE
from octad_train.train.finish import SHARED
from octad_train.train.loop import Progress
from octad_train.train.whole import Run, corpus_of, learn, missed_gates
from tests import tiny
from tests.train import messages
from tests.train.conftest import Shared, stand_in

agent = messages.agent
LEARNED: dict[str, Any] = {"backbone": "embedded", "examples": 3000, "budget": 320, "pool": 72, "rate": 2e-3}

BEFORE: dict[str, Any] = {
    "priors": {"kind": 0.2},
    "data": {"corpus": "1234"},
    "recipe": {"program": "before", "machine": "one of long ago", "examples": "7", "parent": "older"},
}
"""What the manifest of the weights says that the second run goes on from."""


class Made(NamedTuple):
    """A run from the beginning, and one that went on from its weights."""

    first: Run
    further: Run
    reported: list[int]


def silent(progress: Progress, size: int) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def made(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Both runs, over the tiny backbone in the place of the one of the package."""
    folder = tmp_path_factory.mktemp("whole")
    reported: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        stand_in(shared, patch)
        settings = tiny.settings(folder, **LEARNED)
        first = learn(
            agent,
            folder,
            settings,
            lambda progress, size: reported.append(size),
            from_shipped=False,
            program="tests",
        )
        shutil.copytree(first.folder, folder / "shipped")
        seal(folder / "shipped", manifest(first).model_copy(update=BEFORE))
        ship(patch, shared, folder / "shipped")
        settings = tiny.settings(folder, **LEARNED | {"examples": 72, "folder": folder / "further"})
        yield Made(first, learn(agent, folder, settings, silent, from_shipped=True), reported)


def ship(patch: pytest.MonkeyPatch, shared: Shared, weights: Path) -> None:
    """Let some weights of the agent come with the package."""
    places = {agent.name: weights, SHARED: shared[1] / SHARED}
    for module in ("octad.store.artefact", "octad_train.train.whole"):
        patch.setattr(f"{module}.shipped", places.__getitem__)
    pinned = frozenset(digest(place / MANIFEST) for place in places.values())
    patch.setattr("octad.store.artefact.PINNED", pinned)


def manifest(run: Run) -> Manifest:
    return load(agent.name, run.folder)[1]


def test_a_run_from_the_beginning_has_figures_after_alone(made: Made) -> None:
    assert made.first.before == {}
    assert set(made.first.after) == {"kind/accuracy", "kind/majority", "kind/calibration_error"}
    assert made.first.after["kind/accuracy"] > 2 * made.first.after["kind/majority"]
    assert sum(made.reported) >= LEARNED["examples"] and (made.first.folder.parent / STATE).is_file()


def test_a_run_that_goes_on_has_the_figures_of_the_weights_it_goes_on_from(made: Made) -> None:
    assert made.further.before == pytest.approx(made.first.after)
    assert set(made.further.after) == set(made.further.before)


def test_a_run_that_goes_on_takes_over_what_stood_in_the_manifest(made: Made) -> None:
    """Base rates, data and recipe; what this run set in the recipe replaces what the run before did."""
    found = manifest(made.further)
    assert found.priors == BEFORE["priors"] and BEFORE["data"].items() <= found.data.items()
    assert found.recipe["program"] == "before", "this run named no program"
    assert (found.recipe["machine"], found.recipe["examples"]) == ("one of long ago", "72")
    assert found.recipe["parent"] == identity(made.first.folder.parent.parent / "shipped")


def test_the_manifest_has_thresholds_and_what_held_out_cases_gave(made: Made) -> None:
    found = manifest(made.first)
    assert 0.5 <= found.thresholds["kind/repair"] < 1.0
    assert found.precisions["kind/repair"] > 0.5
    assert found.temperatures["kind"] > 0
    assert set(found.metrics) == set(made.first.after)
    assert found.recipe["program"] == "tests" and found.recipe["examples"] == "3000"
    assert "parent" not in found.recipe
    assert (found.backbone, found.encoder) == (SHARED, SHARED)
    assert {path.name for path in made.first.folder.iterdir()} >= {CORE, "manifest.json"}


def test_what_was_learned_makes_findings(made: Made) -> None:
    """On cases of the test part, at the thresholds of the manifest: more right ones than wrong ones."""
    runner = Runner.load(agent, made.first.folder)
    verify(runner)
    cases = messages.cases("test")
    least = thresholds(runner.manifest)
    found = [
        bool(agent.candidates(case, answer, least))
        for (case, _), answer in zip(cases, runner.answers([case for case, _ in cases]), strict=True)
    ]
    right = sum(said and label.kind == "repair" for said, (_, label) in zip(found, cases, strict=True))
    assert right > sum(found) / 2 > 0


def test_without_weights_there_is_nothing_to_go_on_from(package: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="commit-kind has no weights to go on from"):
        learn(agent, tmp_path, tiny.settings(tmp_path, **LEARNED), silent, from_shipped=True)


def test_a_gate_is_missed_by_a_lower_figure_and_by_none_at_all() -> None:
    gated = replace(agent, gates=(Gate("kind/accuracy", 0.5), Gate("kind/f1", 0.6)))
    assert missed_gates(gated, {"kind/accuracy": 0.5, "kind/f1": 0.61}) == {}
    assert missed_gates(gated, {"kind/accuracy": 0.49, "kind/f1": 0.6}) == {"kind/accuracy": 0.5}
    assert missed_gates(gated, {"kind/accuracy": float("nan")}) == {"kind/accuracy": 0.5, "kind/f1": 0.6}
    assert missed_gates(replace(agent, gates=()), {}) == {}


def test_a_corpus_is_written_by_the_source_of_the_agent(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no source of repository cases"):
        corpus_of(agent, tmp_path, tmp_path / "corpus")
    own = replace(agent, sources={**agent.sources, "repository": f"{messages.__name__}:repository"})
    assert corpus_of(own, tmp_path, tmp_path / "corpus") == {"train": 72, "valid": 36, "test": 36}
