"""How the shipped debugger learned to accuse nobody in quiet hours, and how to set it again.

    OCTAD_DATA=<labelled sets> python recipes/quiet.py [--weights FOLDER] [--many 40]

Adds to the offset of "none of them", stored in the manifest, what keeps a service from being likelier than
none in nine of ten quiet windows of PetShop (5 to 60 readings). OnlineBoutique judges
(`benchmarks/quiet.py`). Nothing is trained: graph and weights stay as they are, the golden answer is written
anew, so that `python scripts/pin_weights.py` follows. A minute on one core.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from octad.catalog import load
from octad.golden import golden
from octad.runtime import Runner
from octad.store.artefact import seal, shipped
from octad_train.data.operations.normal_windows import normal_windows
from octad_train.evaluate.quiet import accusations, quiet_cases, reluctance

HEAD = "service"


def main() -> None:
    """Measure, add, store."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--weights", type=Path, default=shipped("debugger"))
    parser.add_argument("--many", type=int, default=40, help="windows of each length")
    arguments = parser.parse_args()
    agent = load("debugger")
    runner: Runner[Any, Any] = Runner.draft(agent, arguments.weights)
    quiet = [one for one in normal_windows() if one.source == "petshop"]
    cases = [case for _, case in quiet_cases(agent, quiet, arguments.many)]
    added = reluctance(accusations(runner, cases, HEAD))
    offsets = {**runner.manifest.offsets, HEAD: runner.manifest.offsets.get(HEAD, 0.0) + added}
    sys.stdout.write(f"{HEAD}: offset of none {offsets[HEAD]:.3f}, {added:+.3f}\n")
    recipe = {**runner.manifest.recipe, "quiet": "recipes/quiet.py"}
    runner.manifest = runner.manifest.model_copy(update={"offsets": offsets, "recipe": recipe})
    seal(arguments.weights, runner.manifest.model_copy(update={"golden": golden(runner)}))


if __name__ == "__main__":
    main()
