"""A whole run for any agent: learn, stack trees, store, and measure on cases nobody trained on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from octad.agents.agent import Agent
from octad.errors import InputError
from octad.runtime import Runner
from octad.store.artefact import identity, is_shipped, load, shipped
from octad_train.data.fingerprints import fingerprints
from octad_train.evaluate.figures import figures
from octad_train.sources import source
from octad_train.train.assemble import make_pieces
from octad_train.train.finish import Origin, store
from octad_train.train.loop import Report
from octad_train.train.run import train
from octad_train.train.settings import Settings
from octad_train.train.stacked_trees import fit_stacked_trees

WEIGHTS = "weights"


class Run(NamedTuple):
    """Where the weights are, and the figures of held-out cases before and after."""

    folder: Path
    before: Mapping[str, float]
    after: Mapping[str, float]


def corpus_of(agent: Agent[Any, Any], repo: Path, output: Path) -> dict[str, int]:
    """Write what a repository can teach an agent; returns the number of cases of each part."""
    counts: dict[str, int] = source(agent, "repository")(repo, output)
    return counts


def learn(
    agent: Agent[Any, Any],
    corpus: Path,
    settings: Settings,
    report: Report,
    *,
    from_shipped: bool,
    program: str = "",
) -> Run:
    """Train on a corpus, `from_shipped` weights or from the beginning.

    What is wrong with a declaration or its sources is raised before anything is learned.
    """
    _ = agent.example
    start = shipped(agent.name) if from_shipped else None
    if start is not None and not is_shipped(agent.name):
        raise InputError(
            f"{agent.name} has no weights to go on from", hint="train it on a corpus with --data"
        )
    like = load(agent.name)[1] if from_shipped else None
    held_out, unseen = (source(agent, "valid")(corpus, part) for part in ("valid", "test"))
    data = fingerprints(corpus)
    before = figures(Runner.load(agent, start), unseen) if start else {}
    cases = source(agent, "train")(corpus)
    objective = train(agent, cases, held_out, settings, report, start=start)
    fit_stacked_trees(objective, make_pieces(settings), cases, held_out)
    folder = settings.folder / WEIGHTS
    stored = store(
        agent,
        objective.model,
        held_out,
        settings,
        folder,
        unseen=unseen,
        like=like,
        origin=Origin(program, data, parent=identity(start) if start else ""),
    )
    return Run(folder, before, stored.metrics)


def missed_gates(agent: Agent[Any, Any], found: Mapping[str, float]) -> dict[str, float]:
    """The gates that the figures do not reach, with what they ask for; one without a figure is missed."""
    return {
        gate.metric: gate.least
        for gate in agent.gates
        if not found.get(gate.metric, float("-inf")) >= gate.least
    }
