"""How a change should go out: rolling, canary or blue-green, and at what pace, by a stated rule.

The rule looks at the risk of the change, at how much of the graph depends on what it touches, at whether
it changes stored data, and at how the last deployments of each strategy ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from octad.records.base import Record
from octad.records.change import Change, paths_of
from octad.records.events import Event
from octad.records.graph import Graph, named_in

Name = Literal["rolling", "canary", "blue-green"]
ORDER: tuple[Name, ...] = ("rolling", "canary", "blue-green")
"""From the boldest to the most cautious."""
PACE: dict[Name, tuple[int, ...]] = {
    "rolling": (25, 50, 100), "canary": (5, 25, 50, 100), "blue-green": (100,),
}  # fmt: skip
RISKY, WIDE = 0.3, 0.25
"""From this risk on, or where this share of the services depends on the change, a canary is asked for."""
FEWEST, TOO_MANY = 5, 0.2
"""After so many recorded outcomes a strategy of which this share was rolled back gives way to the next."""
_SCHEMA = re.compile(
    r"migration|schema|alembic|flyway|liquibase|\.sql\b|(?<![a-z])ddl(?![a-z])", re.IGNORECASE
)
"""`ddl` only as a word of its own: it stands in `middleware`."""


class Strategy(Record):
    """A way to deploy: shares of traffic in per cent, one after the other, and why."""

    name: Name
    pace: tuple[int, ...]
    reasons: tuple[str, ...]


def choose(risk: float, change: Change | None, graph: Graph | None, events: Sequence[Event]) -> Strategy:
    """The strategy that the rule gives."""
    paths = paths_of(change) if change else ()
    name: Name = "rolling"
    reasons = [f"risk {risk:.2f}"]
    touched = blast(paths, graph) if graph else 0.0
    if risk >= RISKY:
        name, reasons = "canary", [f"risk {risk:.2f} is {RISKY} or more"]
    if touched >= WIDE:
        name = "canary"
        reasons.append(f"{touched:.0%} of the services depend on what is changed")
    if any(map(_SCHEMA.search, paths)):
        name = "blue-green"
        reasons.append("stored data change their shape, old and new must be able to be switched at once")
    while name != ORDER[-1] and (bad := rolled_back(name, events)) > TOO_MANY:
        reasons.append(f"{bad:.0%} of the recorded {name} deployments were rolled back")
        name = ORDER[ORDER.index(name) + 1]
    return Strategy(name=name, pace=PACE[name], reasons=tuple(reasons))


def blast(paths: Sequence[str], graph: Graph) -> float:
    """The share of the services that depend, at any distance, on those that the paths name; they too."""
    own = set(named_in(paths, (node.id for node in graph.nodes)))
    reached, waiting = set(own), list(own)
    callers: dict[str, list[str]] = {}
    for edge in graph.edges:
        callers.setdefault(edge.target, []).append(edge.source)
    while waiting:
        for caller in callers.get(waiting.pop(), ()):
            if caller not in reached:
                reached.add(caller)
                waiting.append(caller)
    return len(reached) / len(graph.nodes) if graph.nodes else 0.0


def rolled_back(name: Name, events: Sequence[Event]) -> float:
    """The share of the deployments of a strategy that were rolled back; 0 where too few are recorded.

    A `rolled-back` event undoes the newest deployment of its subject.
    """
    recorded: list[_Deployed] = []
    for event in sorted(events, key=lambda event: event.time):
        if event.kind == "deployed":
            recorded.append(_Deployed(event.subject, event.attributes.get("strategy", "")))
        elif event.kind == "rolled-back":
            newest = next((one for one in reversed(recorded) if one.subject == event.subject), None)
            if newest is not None:
                newest.undone = True
    own = [one.undone for one in recorded if one.strategy == name]
    return sum(own) / len(own) if len(own) >= FEWEST else 0.0


@dataclass(slots=True)
class _Deployed:
    """One deployment, and whether it was rolled back."""

    subject: str
    strategy: str
    undone: bool = False
