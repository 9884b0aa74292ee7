"""A whole training run: data, loop, best weights."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from octad.agents.agent import Agent
from octad.calibration.fit import Labelled
from octad.encoders.word_pieces import WordPieces
from octad.errors import DeclarationError
from octad.model import Model
from octad.runtime import Runner
from octad_train.evaluate.figures import figures
from octad_train.train.assemble import make_objective, make_pieces, runner_of
from octad_train.train.checkpoint import STATE, trained
from octad_train.train.finish import start_from
from octad_train.train.loop import Report, fit, half
from octad_train.train.objective import Objective
from octad_train.train.select import selected
from octad_train.train.settings import Settings
from octad_train.train.stream import Batch, Batches, Source, loader
from octad_train.train.widen import Grown

BEST = "best.safetensors"
NORMALISING = 32
"""Batches that a new model standardises its numbers by."""


def train(
    agent: Agent[Any, Any],
    source: Source,
    held_out: Labelled,
    settings: Settings,
    report: Report,
    *,
    start: Path | None = None,
    grown: Mapping[str, Grown] = MappingProxyType({}),
) -> Objective:
    """Train on a source until the settings say stop; the objective holds the best weights.

    A run that was cut off goes on from `settings.folder`; a new one from the artefact in `start`, if given,
    since which some inputs may have `grown`.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    objective = make_objective(agent, settings)
    pieces = make_pieces(settings)
    best = _best_so_far(settings.folder)

    def validate(model: Model) -> dict[str, float]:
        nonlocal best
        with half(model.device):
            found = figures(runner_in_training(objective, pieces), held_out)
        if found[agent.primary] > best:
            best = found[agent.primary]
            weights = {k: v.contiguous() for k, v in trained(objective).items()}
            save_file(weights, settings.folder / BEST, metadata={"primary": repr(best)})
        return found

    _check_primary(objective, runner_in_training(objective, pieces), held_out)
    if (start is None or grown) and not (settings.folder / STATE).is_file():
        standardise(
            objective, Batches(agent, source, pieces, settings, settings.seed, frozen=objective.frozen)
        )
    if start is not None:
        start_from(objective.model, agent, start, grown)
    seed = settings.seed + _resumed(settings.folder)
    if settings.candidates > 1:
        batches: Iterator[Batch] = selected(objective, source, pieces, settings, seed)
    else:
        stream = Batches(agent, source, pieces, settings, seed, frozen=objective.frozen)
        batches = iter(loader(stream, settings.workers))
    fit(objective, batches, settings, validate=validate, report=report)
    restore_best(objective, settings.folder)
    return objective


def runner_in_training(objective: Objective, pieces: WordPieces) -> Runner[Any, Any]:
    """The model as it is now; states of texts that stay the same are read once in the whole run."""
    runner = runner_of(objective.agent, objective.model, pieces)
    if objective.frozen:
        runner.states = objective.states
    return runner


def standardise(objective: Objective, batches: Batches) -> None:
    """Let the model standardise what it reads by the first batches of a stream."""
    device = objective.model.device
    objective.standardise([batch.to(device) for batch in islice(batches, NORMALISING)])


def _check_primary(objective: Objective, runner: Runner[Any, Any], held_out: Labelled) -> None:
    """Raise DeclarationError, before anything is learned, where no figure is the primary one."""
    agent = objective.agent
    head = agent.primary.partition("/")[0]
    labelled = [pair for pair in held_out[:64] if getattr(pair[1], head) is not None][:2]
    if labelled and agent.primary not in (found := figures(runner, labelled)):
        raise DeclarationError(f"{agent.name}: {agent.primary} is none of the figures {', '.join(found)}")


def restore_best(objective: Objective, folder: Path) -> None:
    """Load the weights that were best on held-out cases, if any were stored."""
    if (folder / BEST).is_file():
        objective.load_state_dict(load_file(folder / BEST), strict=False)


def _best_so_far(folder: Path) -> float:
    """The figure of the best weights: a run that goes on must not replace them by worse ones."""
    if not (folder / BEST).is_file():
        return float("-inf")
    with safe_open(folder / BEST, "pt") as file:
        return float(file.metadata()["primary"])


def _resumed(folder: Path) -> int:
    """A seed that differs after each interruption, so that a resumed run reads on, not again."""
    path = folder / "starts.json"
    starts: int = json.loads(path.read_text()) if path.is_file() else 0
    path.write_text(json.dumps(starts + 1))
    return 1000 * starts
