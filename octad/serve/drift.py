"""Watches whether what comes now is like what came first, by agent and version.

The first cases that a version answers are its reference, and stay it over restarts. Facts wait until somebody
asks (`update`): the questions themselves pay for nothing but an entry in a list.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from octad.errors import UnreadableInput
from octad.host.files import read_bytes
from octad.host.whole_file import PRIVATE, replace
from octad.serve.exchange import Answered, Asking
from octad.serve.facts import BY_RULE
from octad.serve.reference import Facts, Floats, Reference, Unlike

REFERENCE, WINDOW, FEWEST = 400, 120, 60
"""Cases of a reference, of the window that is held against it, and of one that says anything yet."""
UNUSUAL = 0.02
"""A case is unusual where it is farther from the reference than all but this share of its own cases."""
ALARM: Mapping[str, float] = {"cases": 0.41, "answers": 0.35, "unusual": 0.36}
"""What a window may differ by: mean KS of facts of cases and of answers, share of unusual cases. Chosen on 35
projects so that one in twenty windows of a single unseen project passes any; 4.5 % did of 35 others."""
MOST_VERSIONS = 32
MOST_WAITING = 2_000
LARGEST_FILE = 32 << 20
MOST_FACTS = 100
"""Facts of one case that are kept."""
Key = tuple[str, str]
"""An agent and the digest of a version."""


@dataclass(frozen=True, slots=True)
class DriftState:
    """What is known of an agent and version; `unlike` is None until there is a reference and a window.

    `unusual` is the share of unusual cases in the window; of `judged` cases since the start `strange` were.
    """

    agent: str
    version: str
    reference: int
    window: int
    unlike: Unlike | None = None
    unusual: float = 0.0
    median_likeness: float = 1.0
    judged: int = 0
    strange: int = 0

    @property
    def alarms(self) -> tuple[str, ...]:
        """The measures that are beyond their level."""
        if self.unlike is None:
            return ()
        found = {"cases": self.unlike.cases, "answers": self.unlike.answers, "unusual": self.unusual}
        return tuple(name for name, value in found.items() if value > ALARM[name])


@dataclass(slots=True)
class _Watched:
    first: list[Facts] = field(default_factory=list)
    waiting: deque[Facts] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    window: deque[Facts] = field(default_factory=lambda: deque(maxlen=WINDOW))
    likeness: deque[float] = field(default_factory=lambda: deque(maxlen=WINDOW))
    reference: Reference | None = None
    judged: int = 0
    strange: int = 0
    state: DriftState | None = None


class DriftWatch:
    """Keeps a reference and a window of each agent and version, at most MOST_VERSIONS.

    With a `path`, references are kept there from one start to the next; a file that cannot be read is no
    error, references are then taken anew.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._held: OrderedDict[Key, _Watched] = OrderedDict()
        self._lock, self._updating = threading.Lock(), threading.Lock()
        for key, rows in _kept(path).items():
            self._held[key] = _Watched(first=rows)

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Note the facts of an answer; what something simpler answered is of no version's traffic."""
        if answered.fault is not None or answered.degraded or not answered.facts:
            return
        facts = {name: value for name, value in answered.facts.items() if not name.startswith(BY_RULE)}
        if len(facts) > MOST_FACTS or not all(map(isfinite, facts.values())):
            return
        key = asking.agent, answered.version
        with self._lock:
            watched = self._held.pop(key, None) or _Watched()
            self._held[key] = watched  # the one that was asked longest ago is first
            watched.waiting.append(facts)
            if len(self._held) > MOST_VERSIONS:
                self._held.popitem(last=False)

    def update(self) -> list[DriftState]:
        """Judge what came since the last time; the state of all, by agent and version."""
        with self._updating:
            with self._lock:
                taken = [(key, watched, list(watched.waiting)) for key, watched in self._held.items()]
                for _, watched, _ in taken:
                    watched.waiting.clear()
            grown = [_judge(watched, rows) for _, watched, rows in taken]
            if any(grown):
                self._keep()
            states = [_state(key, watched) for key, watched, _ in taken]
        return sorted(states, key=lambda one: (one.agent, one.version))

    def forget(self, agent: str, version: str) -> bool:
        """Take the reference of a version anew from now on; whether there was one."""
        with self._updating, self._lock:
            found = self._held.pop((agent, version), None) is not None
        if found:
            self._keep()
        return found

    def _keep(self) -> None:
        """Write the whole references down; where that fails they live as long as the process."""
        if self._path is None:
            return
        with self._lock:
            whole = [(key, one.first) for key, one in self._held.items() if len(one.first) >= REFERENCE]
        rows = [{"agent": agent, "version": version, "rows": first} for (agent, version), first in whole]
        try:
            replace(self._path, json.dumps(rows).encode(), PRIVATE)
        except OSError:
            return


def _judge(watched: _Watched, rows: list[Facts]) -> bool:
    """Add cases to the reference until it is whole, then to the window; whether it became so."""
    missing = max(0, REFERENCE - len(watched.first))
    watched.first += rows[:missing]
    later = rows[missing:]
    if watched.reference is None and len(watched.first) >= REFERENCE:
        watched.reference = Reference(watched.first)
    if watched.reference is not None and later:
        found: Floats = watched.reference.likeness(later)
        watched.window.extend(later)
        watched.likeness.extend(found.tolist())
        watched.judged += len(later)
        watched.strange += int((found <= UNUSUAL).sum())
    watched.state = None if rows else watched.state
    return 0 < missing <= len(rows)


def _state(key: Key, watched: _Watched) -> DriftState:
    """What is known by now; computed again only where something came."""
    if watched.state is not None:
        return watched.state
    agent, version = key
    likeness = np.array(watched.likeness)
    is_enough = watched.reference is not None and len(watched.window) >= FEWEST
    watched.state = DriftState(
        agent=agent,
        version=version,
        reference=len(watched.first),
        window=len(watched.window),
        unlike=watched.reference.unlike(list(watched.window)) if is_enough and watched.reference else None,
        unusual=float((likeness <= UNUSUAL).mean()) if len(likeness) else 0.0,
        median_likeness=float(np.median(likeness)) if len(likeness) else 1.0,
        judged=watched.judged,
        strange=watched.strange,
    )
    return watched.state


def _kept(path: Path | None) -> dict[Key, list[Facts]]:
    """The references that were written down, without any that is not as it should be."""
    if path is None:
        return {}
    try:
        read: Any = json.loads(read_bytes(path, LARGEST_FILE, follow=False))
        found = {(str(one["agent"]), str(one["version"])): _rows(one["rows"]) for one in read}
    except (UnreadableInput, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return dict(list(found.items())[-MOST_VERSIONS:])


def _rows(read: Any) -> list[Facts]:
    """The cases of a reference; raises ValueError or TypeError for what holds no numbers."""
    rows: list[Facts] = [{str(name): float(value) for name, value in row.items()} for row in read]
    if len(rows) != REFERENCE or any(
        len(row) > MOST_FACTS or not all(map(isfinite, row.values())) for row in rows
    ):
        raise ValueError("no reference")
    return rows
