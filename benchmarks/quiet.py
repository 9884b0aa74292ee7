"""How often the debugger accuses a service in hours in which nothing was at fault, and what that costs.

    OCTAD_DATA=<labelled sets> python benchmarks/quiet.py --added OFFSET [--many 40]

Quiet windows of two real systems, by their length in readings: the share in which a service is likelier than
none, and is shown as a finding. Beside it the real incidents of the same systems: the share in which the
service at fault is, and in which any is. "before": without what `recipes/quiet.py` adds, which is set on
PetShop's quiet hours alone, so that OnlineBoutique's are of a system that it never saw.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from octad.agents.debugger import agent
from octad.heads.ranking import Choice
from octad.runtime import Runner
from octad_train.data.operations import incidents
from octad_train.data.operations.cases import of_incident
from octad_train.data.operations.nezha import nezha_incidents
from octad_train.data.operations.normal_windows import normal_windows
from octad_train.data.operations.petshop import petshop_incidents
from octad_train.evaluate.quiet import quiet_cases
from octad_train.evaluate.tables import machine, table

SYSTEMS = {"petshop": petshop_incidents, "nezha": nezha_incidents}
RULE = "root-cause/service"


def share(flags: Iterable[bool]) -> str:
    """A share, to two digits."""
    held = list(flags)
    return f"{sum(held) / len(held):.2f}" if held else ""


def accuses(choice: Choice, offset: float) -> bool:
    """Whether the first candidate is likelier than none, with so much taken off none."""
    return choice.ranked[0].probability > choice.none * math.exp(-offset)


def main() -> None:
    """Ask, count, print."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--many", type=int, default=40, help="windows of each length")
    parser.add_argument("--added", type=float, required=True, help="what the recipe added to the offset")
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(agent)
    shown = runner.manifest.thresholds[RULE]
    stretches = normal_windows()
    rows = []
    for source, recorded in SYSTEMS.items():
        own = [one for one in stretches if one.source == source]
        by_length: dict[int, list[Choice]] = defaultdict(list)
        for length, case in quiet_cases(agent, own, arguments.many, seed=1):
            by_length[length].append(runner.answers([case])[0].service)
        for length, said in by_length.items():
            rows.append(
                (source, f"quiet, {length} readings", len(said), *counted(said, shown, arguments.added), "")
            )
        pairs = [of_incident(agent, incidents.of_recorded(one)) for one in recorded()]
        said = [runner.answers([case])[0].service for case, _ in pairs]
        right = share(
            one.ranked[0].name in (label.service or ()) for one, (_, label) in zip(said, pairs, strict=True)
        )
        rows.append((source, "incidents", len(said), *counted(said, shown, arguments.added), right))
    head = ("system", "windows", "cases", "accuses", "accused before", "shown", "first is right")
    sys.stdout.write(table("A service likelier than none", head, rows) + f"\nSeed 1. {machine()}.\n")


def counted(said: list[Choice], shown: float, added: float) -> tuple[str, str, str]:
    """Shares in which a service is likelier than none, was before, and is shown."""
    return (
        share(accuses(one, 0.0) for one in said),
        share(accuses(one, added) for one in said),
        share(one.ranked[0].probability >= shown for one in said),
    )


if __name__ == "__main__":
    main()
