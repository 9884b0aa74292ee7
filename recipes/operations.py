"""How the shipped weights of the agents that read operations were made, and how to make them again.

    python -m octad.data.history CLONE ... --out .data/operations/histories     # once
    OCTAD_DATA=<labelled sets> python recipes/operations.py NAME --data .data/operations --out runs/NAME

NAME is an agent of `octad list`. A run is resumed where it was cut off, and goes on where --examples is
raised. The clones: axios, click, express, fmt, gin, jedis, libuv, requests, ripgrep, scrapy, sinatra, tokio.
Machine, time and result stand in the model cards beside the weights and in `docs/RESULTS.md`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from octad.agent import Agent
from octad.catalog import load
from octad.evaluate.figures import Labelled
from octad.runtime import Runner
from octad.store.artefact import Manifest, seal
from octad.store.artefact import load as load_manifest
from octad.train.assemble import make_pieces
from octad.train.finish import store
from octad.train.loop import Progress
from octad.train.opinions import consult
from octad.train.run import train
from octad.train.settings import Settings

SETTINGS = Settings(
    examples=60_000, folder=Path(), budget=6_144, pool=256, rate=8e-4, warmup=0.05, workers=0,
    validate_every=6_000, patience=6,
)  # fmt: skip
LEAST = 0.5
"""What is more likely wrong than right is not said."""
FALSE = 0.01
"""The share of held-out cases without anything wrong in which a rule may make a finding."""


def report(progress: Progress, size: int) -> None:
    """Say where the run is, now and then."""
    if progress.batches % 100 == 0:
        print(json.dumps({"examples": progress.examples}), flush=True)


def thresholds(agent: Agent[Any, Any], folder: Path, cases: Labelled, share: float = FALSE) -> None:
    """Give each rule the least probability that is rare where nothing is wrong, and no less than one half."""
    from octad.explain.place import EveryRule

    runner: Runner[Any, Any] = Runner.load(agent, folder)
    quiet: dict[str, list[float]] = {}
    for (case, label), answer in zip(cases, runner.answers([case for case, _ in cases]), strict=True):
        called = {rule for rule, _ in agent.truth(case, label)}
        for claimed in agent.findings(case, answer, EveryRule()):
            head = getattr(label, claimed.claim.head)
            if head is not None and claimed.finding.rule not in called:
                quiet.setdefault(claimed.finding.rule, []).append(claimed.finding.probability)
    chosen = {rule: max(float(np.quantile(held, 1 - share)), LEAST) for rule, held in quiet.items()}
    seal(folder, load_manifest(folder, agent.name).model_copy(update={"thresholds": chosen}))


def main() -> None:
    """Train, store, choose thresholds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("agent")
    parser.add_argument("--data", type=Path, default=Path(".data/operations"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--examples", type=int, default=SETTINGS.examples)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--cases", type=int, default=600)
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    folder = arguments.out or Path("runs") / agent.name
    settings = replace(SETTINGS, folder=folder, examples=arguments.examples, stop_minutes=arguments.minutes)
    held_out = agent.sources["valid"](arguments.data, "valid", arguments.cases)
    source = agent.sources["train"](arguments.data)
    objective = train(agent, source, held_out, settings, report)
    consult(agent, objective.model, make_pieces(settings), source, held_out)
    like = Manifest(agent=agent.name, version="0", backbone="minilm", width=0, outputs={})
    store(agent, objective.model, held_out, settings, folder / "weights", like=like)
    thresholds(agent, folder / "weights", held_out)


if __name__ == "__main__":
    main()
