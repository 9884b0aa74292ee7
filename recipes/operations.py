"""How the shipped weights of the agents that read operations were made, and how to make them again.

    python -m octad_train.data.changes.mined_history CLONE ... --out .data/operations/histories     # once
    OCTAD_DATA=<labelled sets> python recipes/operations.py NAME --data .data/operations --out runs/NAME

NAME is an agent of `octad list`. `--start FOLDER` goes on from weights that read fewer numbers (GROWN). A run
is resumed where it was cut off, and goes on where --examples is raised. The debugger reads no histories.
The clones: axios, click, express, fmt, gin, jedis, libuv, ripgrep, sinatra, tokio. The backbone is
not trained: its states of texts are read once in a run. Machine, time and result stand in the model cards
beside the weights and in `docs/RESULTS.md`.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from octad.catalog import load
from octad_train.data.fingerprints import fingerprints
from octad_train.data.public_sets import folder as labelled_sets
from octad_train.sources import source
from octad_train.train.assemble import make_pieces
from octad_train.train.finish import Origin, store
from octad_train.train.loop import Progress
from octad_train.train.run import train
from octad_train.train.settings import Settings
from octad_train.train.stacked_trees import fit_stacked_trees
from octad_train.train.widen import Grown

PARTS = ("valid", "test")
SETS = ("jit_dp", "nab", "nezha", "petshop")
"""Labelled sets that are read."""
SETTINGS = Settings(
    examples=60_000, folder=Path(), budget=6_144, pool=256, rate=8e-4, warmup=0.05, workers=0,
    validate_every=6_000, patience=6,
)  # fmt: skip
GROWN = {"debugger": {"services": Grown(62, 57), "templates": Grown(16, 16)}}
"""Of the inputs that read more numbers than the weights of 40,000 cases did: how many those read, and the
first of them that still are what they were."""


def main() -> None:
    """Train, stack trees, store with everything that is chosen on held-out cases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("agent")
    parser.add_argument("--data", type=Path, default=Path(".data/operations"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--examples", type=int, default=SETTINGS.examples)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--start", type=Path, help="weights to go on from; they may be those of 40,000 cases")
    parser.add_argument("--rate", type=float, default=SETTINGS.rate)
    parser.add_argument("--budget", type=int, default=SETTINGS.budget, help="padded items of a batch")
    parser.add_argument(
        "--every", type=int, default=SETTINGS.validate_every, help="cases between validations"
    )
    parser.add_argument("--cases", type=int, default=600, help="held-out cases of each validation")
    parser.add_argument("--last", type=int, default=3_000, help="held-out cases for stacking and calibration")
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    folder = arguments.out or Path("runs") / agent.name
    settings = replace(
        SETTINGS, folder=folder, examples=arguments.examples, stop_minutes=arguments.minutes,
        rate=arguments.rate, budget=arguments.budget, validate_every=arguments.every,
    )  # fmt: skip
    grown = GROWN.get(agent.name, {})
    held_out = source(agent, "valid")(arguments.data, "valid", arguments.cases)
    cases = source(agent, "train")(arguments.data)
    started = time.monotonic()

    def report(progress: Progress, size: int) -> None:
        if progress.batches % 100 == 0:
            seconds = round(time.monotonic() - started)
            print(json.dumps({"examples": progress.examples, "seconds": seconds}), flush=True)

    objective = train(agent, cases, held_out, settings, report, start=arguments.start, grown=grown)
    held_out, unseen = (source(agent, "valid")(arguments.data, part, arguments.last) for part in PARTS)
    fit_stacked_trees(objective, make_pieces(settings), cases, held_out)
    data = fingerprints(*sorted(arguments.data.glob("*")), *(labelled_sets() / name for name in SETS))
    store(
        agent, objective.model, held_out, settings, folder / "weights",
        unseen=unseen, origin=Origin("recipes/operations.py", data),
    )  # fmt: skip


if __name__ == "__main__":
    main()
