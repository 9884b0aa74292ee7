"""Changes on their way out, of which something is known: defects that came later, regressions injected.

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

from octad.records.change import Change
from octad.records.events import Event, Events
from octad.records.graph import Graph
from octad.records.logs import Logs
from octad.records.series import Comparison
from octad.signals.change_history import history_numbers, known
from octad_train.data.changes.jit_dp import JitChange, jit_changes, past_of
from octad_train.data.changes.labelled_changes import Risk, Risks, files_of, mined
from octad_train.data.changes.mined_history import write_history
from octad_train.data.mixture import Mixture, Part
from octad_train.data.operations.normal_windows import NormalWindow, normal_windows
from octad_train.data.public_sets import optional
from octad_train.inject.regressions import Injected, Regressions
from octad_train.simulate.synthetic_windows import START, synthetic_windows

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
"""How many of the injected regressions come without a change."""
EARLY, SOONEST = 0.5, 3
"""How many of the injected regressions are asked about early, and after how many points at least."""
SHOWN = 2
"""Points after its onset from which on a fault can be seen."""
_VALID = 0.85
"""From this share of a project's training rows on, by time, they are for validation."""


@dataclass(frozen=True, slots=True)
class DeploymentExample:
    """A change, what was measured and logged around it, and what became of it; None for what is not known."""

    change: Change | None = None
    metrics: Comparison | None = None
    logs: Logs | None = None
    graph: Graph | None = None
    at: float | None = None
    history: Events | None = None
    defective: bool | None = None
    regressed: bool | None = None


def training(folder: Path) -> Mixture[DeploymentExample]:
    """Changes and regressions of the train parts, about as many of the one as of the other.

    Half of the regressions come with some change or other: what is measured says nothing of its defects.
    """
    parts: list[Part[DeploymentExample]] = []
    changes: list[Risk] = []
    for share, risks in ((0.4, _mined(folder, "train")), (0.15, measured_changes("train"))):
        if risks:
            parts.append(_part(share, Risks(tuple(risks)).example, of_risk))
            changes += risks
    injected = Regressions(stretches("train"))

    def regression(epoch: int, index: int) -> DeploymentExample:
        rng = np.random.default_rng((11, epoch, index))
        example = injected.example(epoch, index)
        if rng.random() < EARLY:
            rest = len(example.deployment.window) - example.deployment.at
            example = example.until(int(rng.integers(SOONEST, rest + 1)))
        return _with_change(of_injected(example), changes, rng)

    return Mixture([*parts, Part(0.45, regression)])


def _with_change(
    example: DeploymentExample, changes: Sequence[Risk], rng: np.random.Generator
) -> DeploymentExample:
    if not changes or rng.random() < ALONE:
        return example
    risk = changes[int(rng.integers(len(changes)))]
    return replace(example, change=risk.change, defective=risk.label)


def held_out(folder: Path, part: str, size: int) -> list[DeploymentExample]:
    """Newer changes than those of training, and regressions injected in systems that it never saw."""
    risks = held_changes(folder, part)
    step = max(len(risks) // max(size // 2, 1), 1)
    injected = Regressions(stretches(part), seed=1)
    return [
        *map(of_risk, islice(risks, 0, None, step)),
        *(of_injected(injected.example(0, i)) for i in range(size // 2)),
    ]


def held_changes(folder: Path, part: str) -> list[Risk]:
    """Every labelled change of a part: those that were mined, then those of the public set."""
    return [*_mined(folder, part), *measured_changes(part)]


def stretches(part: str) -> list[NormalWindow]:
    """Normal stretches of the systems of a part; made ones where there are no labelled sets."""
    found = optional(normal_windows) or synthetic_windows()
    return [one for one in found if _part_of(one) == part] or found


def of_risk(risk: Risk) -> DeploymentExample:
    """A labelled change as a deployment of which nothing else is known."""
    return DeploymentExample(change=risk.change, defective=risk.label)


def of_injected(injected: Injected) -> DeploymentExample:
    """A deployment with what was injected in it; of a fault that has only just begun nobody knows."""
    fault, times = injected.fault, injected.deployment.window.times
    begun = fault is None or int((times >= fault.onset).sum()) >= SHOWN
    return DeploymentExample(
        metrics=Comparison(before=injected.before, after=injected.after),
        logs=injected.logs,
        graph=injected.graph,
        at=injected.deployed,
        regressed=fault is not None if begun else None,
    )


def of_repository(folder: Path, output: Path) -> dict[str, int]:
    """Mine the history of a repository into a corpus; returns the changes of each part."""
    place = output / HISTORIES
    place.mkdir(parents=True, exist_ok=True)
    return write_history(folder, place / f"{folder.resolve().name}.jsonl.xz")


def sample(size: int) -> list[DeploymentExample]:
    """So many deployments with every input, made by formulas: half of them regressed, half defective."""
    injected = Regressions(synthetic_windows(2), seed=0)
    found = []
    for number in range(size):
        faulty, benign, _ = injected.triple(0, number // 2)
        known = of_injected(benign if number % 2 else faulty)
        written = Change(files=tuple(files_of(DIFFS[number % 2])), message=MESSAGES[number % 2])
        found.append(replace(known, change=written, defective=not number % 2, history=HISTORY))
    return found


def _part(
    share: float, example: Callable[[int, int], T], make: Callable[[T], DeploymentExample]
) -> Part[DeploymentExample]:
    return Part(share, lambda epoch, index: make(example(epoch, index)))


def _part_of(one: NormalWindow) -> str:
    if one.source == TEST_SOURCE:
        return "test"
    return "valid" if one.system in VALID_SYSTEMS else "train"


def _mined(folder: Path, part: str) -> list[Risk]:
    return [risk for risk in mined(folder / HISTORIES) if risk.part == part]


def measured_changes(part: str) -> list[Risk]:
    """Changes of the public set with measures alone."""
    projects = optional(lambda: list(jit_changes().values()))
    return [risk for changes in projects for risk in _risks(changes) if risk.part == part]


def _risks(changes: Sequence[JitChange]) -> list[Risk]:
    numbers = history_numbers(past_of(changes, until=0.0))
    settled = sum(not change.test for change in changes)
    found = []
    for place, (change, own) in enumerate(zip(changes, numbers, strict=True)):
        part = "test" if change.test else "train" if place < _VALID * settled else "valid"
        record = Change(files=(), revision=change.revision, measures=change.measures, past=known(own))
        found.append(Risk(record, change.label, change.project, part))
    return found
