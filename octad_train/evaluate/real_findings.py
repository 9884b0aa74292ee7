"""How many findings of each rule were right on real cases, written into the manifest of an artefact.

    OCTAD_DATA=<labelled sets> python -m octad_train.evaluate.real_findings AGENT [--weights FOLDER]

Counted is what a user would be shown at the stored thresholds; `octad rule` prints it. Of shipped weights it
changes the manifest, so that `python scripts/pin_weights.py` follows. The cases are those of
the source `real` in the declaration of the agent: pairs of a case and what says whether a finding is right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from octad.ask import thresholds
from octad.catalog import load
from octad.runtime import Runner
from octad.store.artefact import Measured, seal
from octad.store.artefact import load as load_artefact
from octad_train.evaluate.tables import table
from octad_train.sources import IsRight, source

AT_ONCE = 500


def count(runner: Runner[Any, Any], cases: Iterable[tuple[Any, IsRight]]) -> tuple[dict[str, Measured], int]:
    """Right and shown findings by rule, of every rule with a threshold, and the number of cases.

    A finding that nobody can judge does not count.
    """
    least = thresholds(runner.manifest)
    right, shown = Counter[str](), Counter(dict.fromkeys(least, 0))
    number = 0
    waiting = iter(cases)
    while some := list(islice(waiting, AT_ONCE)):
        number += len(some)
        for (case, is_right), asked in zip(some, runner.ask([case for case, _ in some]), strict=True):
            for candidate in runner.agent.candidates(case, asked.answer, least):
                if (verdict := is_right(candidate.finding)) is not None:
                    shown[candidate.finding.rule] += 1
                    right[candidate.finding.rule] += verdict
    return {rule: Measured(right=right[rule], shown=shown[rule]) for rule in sorted(shown)}, number


def main() -> None:
    """Count, write, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("agent")
    parser.add_argument("--weights", type=Path)
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    runner: Runner[Any, Any] = Runner.load(agent, arguments.weights)
    found, number = count(runner, source(agent, "real")())
    folder, manifest = load_artefact(agent.name, arguments.weights)
    seal(folder, manifest.model_copy(update={"real": found, "real_cases": number}))
    rows = [(rule, one.right, one.shown) for rule, one in found.items()]
    print(table(f"{number:,} real cases", ("rule", "right", "shown"), rows))


if __name__ == "__main__":
    main()
