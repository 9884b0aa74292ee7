"""How the shipped weights of the agent that writes notes on releases were made, and how to make them again.

    OCTAD_DATA=<labelled sets> python recipes/releases.py NAME --out runs/NAME

Read is `releases/releases.jsonl.xz`: releases of 39 projects to train on. Of these six, every sixth by name
of those whose notes name commits, are held out to stop, stack trees and calibrate by; figures are of six
other projects. The backbone is not trained: its states of texts are read once in a run. A run that was cut
off goes on where it stopped. Machine, time and result stand in the model card beside the weights.
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
from octad_train.train.settings import EncoderName, Settings
from octad_train.train.stacked_trees import fit_stacked_trees

PARTS = ("valid", "test")
EVERY = 100_000
"""Commits of one project that trees learn from: all of them, where texts are read of a few."""
SETTINGS = Settings(
    examples=2_500, folder=Path(), budget=2_048, pool=128, rate=3e-4, warmup=0.05, decay=0.2, workers=0,
    validate_every=250, patience=9,
)  # fmt: skip


def main() -> None:
    """Train, stack trees, store with everything that is chosen on held-out releases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("agent")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--examples", type=int, default=SETTINGS.examples)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--encoder", default="pretrained", help="recurrent or convolutional: to compare")
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    folder = arguments.out or Path("runs") / agent.name
    encoder: EncoderName = arguments.encoder
    settings = replace(
        SETTINGS, folder=folder, examples=arguments.examples, stop_minutes=arguments.minutes, encoder=encoder
    )
    held_out, unseen = (source(agent, "valid")(labelled_sets(), part) for part in PARTS)
    cases = source(agent, "train")(labelled_sets())
    started = time.monotonic()

    def report(progress: Progress, size: int) -> None:
        if progress.batches % 50 == 0:
            seconds = round(time.monotonic() - started)
            print(json.dumps({"examples": progress.examples, "seconds": seconds}), flush=True)

    objective = train(agent, cases, held_out, settings, report)
    every = source(agent, "train")(labelled_sets(), most=EVERY)
    fit_stacked_trees(objective, make_pieces(settings), every, held_out)
    origin = Origin("recipes/releases.py", fingerprints(labelled_sets() / "releases"))
    store(agent, objective.model, held_out, settings, folder / "weights", unseen=unseen, origin=origin)


if __name__ == "__main__":
    main()
