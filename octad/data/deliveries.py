"""Changes on their way out, of which something is known: defects that came later, regressions planted.

The rows in the folder `histories` are mined from repositories; public sets are read where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from octad.data.history import write_history
from octad.data.jit import JitChange, jit_changes, past_of
from octad.data.labelled import optional
from octad.data.made import START, made
from octad.data.mixture import Mixture, Part
from octad.data.quiet import Quiet, quiet
from octad.data.regressions import Planted, Regressions
from octad.data.risks import Risk, Risks, files_of, mined
from octad.records.change import Change
from octad.records.events import Event, Events
from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.series import Comparison
from octad.signals.history import history_numbers, known

T = TypeVar("T")
HISTORIES = "histories"
TEST_SOURCE = "petshop"
"""The set whose systems training never sees."""
VALID_SYSTEMS = ("realTraffic", "realTweets")
MESSAGES = ("Retry when the stock does not answer", "Say in the manual what a retry is")
DIFFS = (
    """+++ cart/stock_client.py
-        return self.session.get(url).json()
+        for _ in range(RETRIES):
+            answer = self.session.get(url)
+            if answer.ok:
+                return answer.json()""",
    """+++ docs/manual.md
+A retry is made three times before an error is shown.""",
)
HISTORY = Events(
    events=tuple(
        Event(time=datetime.fromtimestamp(START - days * 86_400, UTC), kind=kind, subject=f"cart {days}")
        for days, kind in ((9, "deployed"), (5, "deployed"), (4, "rolled-back"))
    )
)
ALONE = 0.5
"""How many of the planted regressions come without a change."""
EARLY, SOONEST = 0.5, 3
"""How many of the planted regressions are asked about early, and after how many points at least."""
SHOWN = 2
"""Points after its onset from which on a fault can be seen."""
_VALID = 0.85
"""From this share of a project's training rows on, by time, they are for validation."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A change, what was measured and logged around it, and what became of it; None for what is not known."""

    change: Change | None = None
    metrics: Comparison | None = None
    logs: Logs | None = None
    graph: Graph | None = None
    at: float | None = None
    history: Events | None = None
    defective: bool | None = None
    regressed: bool | None = None


def training(folder: Path) -> Mixture[Delivery]:
    """Changes and regressions of the train parts, about as many of the one as of the other.

    Half of the regressions come with some change or other: what is measured says nothing of its defects.
    """
    parts: list[Part[Delivery]] = []
    changes: list[Risk] = []
    for share, risks in ((0.4, _mined(folder, "train")), (0.15, _measured("train"))):
        if risks:
            parts.append(_part(share, Risks(tuple(risks)).example, of_risk))
            changes += risks
    planted = Regressions(stretches("train"))

    def regression(epoch: int, index: int) -> Delivery:
        rng = np.random.default_rng((11, epoch, index))
        example = planted.example(epoch, index)
        if rng.random() < EARLY:
            rest = len(example.deployment.window) - example.deployment.at
            example = example.until(int(rng.integers(SOONEST, rest + 1)))
        return _with_change(of_planted(example), changes, rng)

    return Mixture([*parts, Part(0.45, regression)])


def _with_change(delivery: Delivery, changes: Sequence[Risk], rng: np.random.Generator) -> Delivery:
    if not changes or rng.random() < ALONE:
        return delivery
    risk = changes[int(rng.integers(len(changes)))]
    return replace(delivery, change=risk.change, defective=risk.label)


def held_out(folder: Path, part: str, size: int) -> list[Delivery]:
    """Newer changes than those of training, and regressions planted in systems that it never saw."""
    risks = held_changes(folder, part)
    step = max(len(risks) // max(size // 2, 1), 1)
    planted = Regressions(stretches(part), seed=1)
    return [
        *map(of_risk, islice(risks, 0, None, step)),
        *(of_planted(planted.example(0, i)) for i in range(size // 2)),
    ]


def held_changes(folder: Path, part: str) -> list[Risk]:
    """Every labelled change of a part: those that were mined, then those of the public set."""
    return [*_mined(folder, part), *_measured(part)]


def stretches(part: str) -> list[Quiet]:
    """Quiet stretches of the systems of a part; made ones where there are no labelled sets."""
    found = optional(quiet) or made()
    return [one for one in found if _part_of(one) == part] or found


def of_risk(risk: Risk) -> Delivery:
    """A labelled change as a delivery of which nothing else is known."""
    return Delivery(change=risk.change, defective=risk.label)


def of_planted(planted: Planted) -> Delivery:
    """A deployment with what was planted in it; of a fault that has only just begun nobody knows."""
    fault, times = planted.fault, planted.deployment.window.times
    begun = fault is None or int((times >= fault.onset).sum()) >= SHOWN
    return Delivery(
        metrics=Comparison(before=planted.before, after=planted.after),
        logs=planted.logs,
        graph=planted.graph,
        at=planted.deployed,
        regressed=fault is not None if begun else None,
    )


def of_repository(folder: Path, output: Path) -> dict[str, int]:
    """Mine the history of a repository into a corpus; returns the changes of each part."""
    place = output / HISTORIES
    place.mkdir(parents=True, exist_ok=True)
    return write_history(folder, place / f"{folder.resolve().name}.jsonl.xz")


def sample(size: int) -> list[Delivery]:
    """So many deliveries with every input, made by formulas: half of them regressed, half defective."""
    planted = Regressions(made(2), seed=0)
    found = []
    for number in range(size):
        faulty, harmless, _ = planted.triple(0, number // 2)
        known = of_planted(harmless if number % 2 else faulty)
        written = Change(files=tuple(files_of(DIFFS[number % 2])), message=MESSAGES[number % 2])
        found.append(replace(known, change=written, defective=not number % 2, history=HISTORY))
    return found


def _part(share: float, example: Callable[[int, int], T], make: Callable[[T], Delivery]) -> Part[Delivery]:
    return Part(share, lambda epoch, index: make(example(epoch, index)))


def _part_of(one: Quiet) -> str:
    if one.source == TEST_SOURCE:
        return "test"
    return "valid" if one.system in VALID_SYSTEMS else "train"


def _mined(folder: Path, part: str) -> list[Risk]:
    return [risk for risk in mined(folder / HISTORIES) if risk.part == part]


def _measured(part: str) -> list[Risk]:
    """Changes of the public set with measures alone."""
    projects = optional(lambda: list(jit_changes().values()))
    return [risk for changes in projects for risk in _risks(changes) if risk.part == part]


def _risks(changes: Sequence[JitChange]) -> list[Risk]:
    numbers = history_numbers(past_of(changes, until=0.0))
    settled = sum(not change.test for change in changes)
    found = []
    for place, (change, told) in enumerate(zip(changes, numbers, strict=True)):
        part = "test" if change.test else "train" if place < _VALID * settled else "valid"
        record = Change(files=(), revision=change.revision, measures=change.measures, past=known(told))
        found.append(Risk(record, change.label, change.project, part))
    return found
