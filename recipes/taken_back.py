"""How the weights of `octad.advice.taken_back` were made, and how to make them again.

    OCTAD_DATA=<labelled sets> python recipes/taken_back.py CLONES

CLONES holds clones of the projects of the set `reverts` (bare ones will do), each as OWNER+NAME; projects
that are not there are left out. A minute on one core beside reading their logs. The weights are fitted on the
train part; the figures are of projects left out in turn, and of the valid part, which has other projects.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from octad.advice.taken_back import WEIGHTS, contributions
from octad.store.artefact import digest
from octad_train.data.changes.reverts import REVERTS, outcomes
from octad_train.data.fingerprints import LENGTH
from octad_train.data.public_sets import folder
from octad_train.train.taken_back import figures, fit, table


def main() -> None:
    """Fit, measure, write the file beside the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    found = list(outcomes(arguments.clones))
    train = [one for one in found if one.part == "train"]
    weights, said = fit(table(train))
    measured = figures(said, table(train))
    print(json.dumps({"left out": measured}, indent=1))
    if valid := [one for one in found if one.part == "valid"]:
        own = np.array([weights.constant + sum(contributions(one.cues, weights).values()) for one in valid])
        print(json.dumps({"valid": figures(own, table(valid))}, indent=1))
    made = weights.model_copy(
        update={"figures": measured, "data": {REVERTS: digest(folder() / REVERTS)[:LENGTH]}}
    )
    text = json.dumps(made.model_dump(mode="json"), indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
