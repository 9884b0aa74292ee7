"""How the head `uses` of code-reviewer was made, and how to make it again: uses that fit what they use.

    python -m octad.data.distant WHEELS .data/distant
    python recipes/distant_uses.py --data .data/distant --corpus .data/corpus --out runs/uses

Only this head and what it reads are trained, over the weights of a finished code-reviewer, none of which
change: they stay in their file byte by byte, and what is new lies beside it.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from octad.agents.code_reviewer import Case, Label, agent, labelled
from octad.data import distant
from octad.data.mixture import Mixture, Part
from octad.store.artefact import load, shipped
from octad.train.finish import store
from octad.train.loop import Progress
from octad.train.run import train
from octad.train.settings import Settings

SETTINGS = Settings(
    examples=48_000, folder=Path(), budget=4_096, pool=512, rate=1e-3, warmup=0.03, workers=0,
    validate_every=12_000, patience=50, tasks=("uses",), adaptation="heads",
)  # fmt: skip

SHARES = {"signature": 0.4, "field": 0.15, "constant": 0.15, "released": 0.3}
"""How often each kind is shown: constants are rare."""


def report(progress: Progress, size: int) -> None:
    """Say where the run is, now and then."""
    if progress.batches % 50 == 0:
        print(json.dumps({"examples": progress.examples}), flush=True)


def source(folder: Path) -> Mixture[tuple[Case, Label]]:
    """The rows of the train packages at random, kinds of crossings by their shares."""
    held: dict[str, list[tuple[Case, Label]]] = {}
    for row in distant.read(folder / "train-distant.jsonl.xz"):
        held.setdefault(row.kind, []).append(labelled(row))
    return Mixture([Part(share, partial(drawn, held[kind])) for kind, share in SHARES.items()])


def drawn(cases: list[tuple[Case, Label]], epoch: int, index: int) -> tuple[Case, Label]:
    """One of the cases, the same for the same place."""
    return cases[int(np.random.default_rng((epoch, index)).integers(len(cases)))]


def main() -> None:
    """Train, store, measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(".data/distant"))
    parser.add_argument("--start", type=Path, default=shipped(agent.name))
    parser.add_argument("--out", type=Path, default=Path("runs/uses"))
    parser.add_argument("--examples", type=int, default=SETTINGS.examples)
    arguments = parser.parse_args()
    valid = [labelled(row) for row in distant.read(arguments.data / "valid-distant.jsonl.xz")]
    settings = replace(SETTINGS, folder=arguments.out, examples=arguments.examples)
    judged = replace(agent, primary="uses/accuracy")
    objective = train(judged, source(arguments.data), valid, settings, report, start=arguments.start)
    folder = arguments.out / "weights"
    store(
        judged,
        objective.model,
        valid,
        settings,
        folder,
        like=load(arguments.start, agent.name),
        base=arguments.start,
    )


if __name__ == "__main__":
    main()
