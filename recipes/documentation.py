"""How the shipped weights of the agent that reads documentation were made, and how to make them again.

    OCTAD_DATA=<labelled sets> python recipes/documentation.py NAME --out runs/NAME

NAME is the agent of `octad list`. The backbone is not trained: its states of texts are read once in a run,
which takes most of its time; --rows says of how many rows. The trees read all rows. A run is resumed where it
was cut off. Projects are in one part alone; the figures are of the test part, which nothing was chosen on.
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

SETTINGS = Settings(
    examples=40_000, folder=Path(), budget=1_536, pool=512, rate=1e-3, warmup=0.05, workers=0,
    validate_every=4_000, patience=6,
)  # fmt: skip


def main() -> None:
    """Train, stack trees, store with everything that is chosen on held-out cases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("agent")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=int, default=6_000, help="rows that the transformer is trained on")
    parser.add_argument(
        "--cases", type=int, default=1_500, help="held-out cases for choosing and calibration"
    )
    parser.add_argument("--examples", type=int, default=SETTINGS.examples)
    parser.add_argument("--minutes", type=float, default=1e9)
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    folder = arguments.out or Path("runs") / agent.name
    settings = replace(SETTINGS, folder=folder, examples=arguments.examples, stop_minutes=arguments.minutes)
    held_out = source(agent, "valid")(folder, "valid", arguments.cases)
    started = time.monotonic()

    def report(progress: Progress, size: int) -> None:
        if progress.batches % 10 == 0:
            seconds = round(time.monotonic() - started)
            print(json.dumps({"examples": progress.examples, "seconds": seconds}), flush=True)

    cases = source(agent, "train")(folder, arguments.rows)
    objective = train(agent, cases, held_out, settings, report)
    fit_stacked_trees(objective, make_pieces(settings), source(agent, "train")(folder), held_out)
    store(
        agent, objective.model, held_out, settings, folder / "weights",
        unseen=source(agent, "valid")(folder, "test"),
        origin=Origin("recipes/documentation.py", fingerprints(labelled_sets() / "docs")),
    )  # fmt: skip


if __name__ == "__main__":
    main()
