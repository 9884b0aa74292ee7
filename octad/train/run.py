"""A whole training run: data, loop, best weights, calibration, artefact."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import load_file, save_file

from octad.agent import Agent
from octad.evaluate.figures import Labelled, figures
from octad.model import Model
from octad.train.assemble import make_objective, make_pieces, runner_of, width_of
from octad.train.checkpoint import STATE, trained
from octad.train.finish import start_from
from octad.train.loop import Objective, Report, fit, half
from octad.train.select import selected
from octad.train.settings import Settings
from octad.train.stream import Batches, Source, loader

BEST = "best.safetensors"
PRIMED = 32
"""Batches that a new model standardises its numbers by."""


def train(
    agent: Agent[Any, Any],
    source: Source,
    held_out: Labelled,
    settings: Settings,
    report: Report,
    *,
    start: Path | None = None,
) -> Objective:
    """Train on a source until the settings say stop; the objective holds the best weights.

    A run that was cut off goes on from `settings.folder`; a new one from the artefact in `start`, if given.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    objective = make_objective(agent, settings)
    if start is not None:
        start_from(objective.model, agent, start)
    pieces = make_pieces(settings)
    best = _best_so_far(settings.folder)

    def validate(model: Model) -> dict[str, float]:
        nonlocal best
        runner = runner_of(agent, model, pieces, width_of(model))
        with half(next(model.parameters()).device):
            found = figures(runner, held_out)
        if found[agent.primary] > best:
            best = found[agent.primary]
            weights = {k: v.contiguous() for k, v in trained(objective).items()}
            save_file(weights, settings.folder / BEST, metadata={"primary": repr(best)})
        return found

    if start is None and not (settings.folder / STATE).is_file():
        prime(objective.model, Batches(agent, source, pieces, settings, settings.seed))
    seed = settings.seed + _resumed(settings.folder)
    batches = (
        selected(objective, source, pieces, settings, seed)
        if settings.candidates > 1
        else iter(loader(Batches(agent, source, pieces, settings, seed), settings.workers))
    )
    fit(objective, batches, settings, validate=validate, report=report)
    restore_best(objective, settings.folder)
    return objective


def prime(model: Model, batches: Batches) -> None:
    """Let the model standardise its numbers by the first batches of a stream."""
    device = model.pieces.table.device
    model.core.prime([batch.to(device).inputs for batch in islice(batches, PRIMED)])


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
