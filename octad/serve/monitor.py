"""Everything that watches a server, in one place: observes its answers, reads its parts, says how it does."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from octad.serve.alerts import alerts
from octad.serve.drift import DriftWatch
from octad.serve.exchange import Answered, Asking, Observer
from octad.serve.gauges import State
from octad.serve.metrics import Exposition, Metrics
from octad.serve.recent import Recent, total
from octad.serve.status import Document, document
from octad.serve.tracing import Traces
from octad.serve.views import Sources, VersionView

EVERY_S = 2.0
"""How often the parts are read."""
RECENT_S, RESTARTS_S = 300.0, 600.0
EVIDENCE_EVERY_S, EVIDENCE_KEPT = 5.0, 720
"""How often the evidence of a rollout is noted, and how many notes are kept: an hour."""
MOST_ROLLOUTS = 20
T = TypeVar("T")


class Clocks(NamedTuple):
    """Seconds since some time, which never go back, and Unix seconds."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


class Monitor:
    """Counts answers as an observer of the service, and reads the other parts every two seconds.

    Nothing that fails here costs an answer: what cannot be read is counted, and said on the page. With a path
    for `references`, what drift is held against lasts over restarts.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        references: Path | None = None,
        traces: Traces | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self._sources = sources
        self._clocks = clocks or Clocks()
        self._began = self._clocks.monotonic()
        self.metrics, self.drift = Metrics(), DriftWatch(references)
        self.recent = Recent(self._clocks.monotonic)
        self._traces = traces
        self._observers: list[Observer] = [self.metrics, self.recent, self.drift]
        self._observers += [traces] if traces else []
        self._state = State()
        self._versions: Sequence[VersionView] = ()
        self._problems: list[str] = []
        self.problems: tuple[str, ...] = ()
        self._restarts: deque[tuple[float, int]] = deque(maxlen=int(RESTARTS_S / EVERY_S) + 1)
        self._evidence: dict[str, deque[tuple[float, float, float]]] = {}
        self._ticks = 0
        self._said: tuple[tuple[int, int], Document] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Take note of one final answer."""
        for one in self._observers:
            with suppress(Exception):
                one.seen(asking, answered)

    def tick(self) -> None:
        """Read all parts once."""
        self._problems = []
        service = self._one("service", self._sources.service)
        rollouts = self._many("rollouts", self._sources.rollouts)[:MOST_ROLLOUTS]
        decisions = self._many("decisions", self._sources.decisions)
        feedback = self._many("feedback", self._sources.feedback)
        drift = self._many("drift", self.drift.update)
        self._versions = self._many("versions", self._sources.versions) or self._versions
        self._state = State(service, rollouts, decisions, feedback, drift, len(self._problems))
        self.metrics.given(self._state)
        self._note()
        self.problems = tuple(self._problems)
        self._ticks += 1

    def _one(self, name: str, source: Callable[[], T | None]) -> T | None:
        """A part, None where it cannot be read."""
        try:
            return source()
        except Exception as error:
            self._problems.append(f"{name}: {type(error).__name__}")
            return None

    def _many(self, name: str, source: Callable[[], Sequence[T]]) -> Sequence[T]:
        """Several of a kind, none where they cannot be read."""
        return self._one(name, source) or ()

    def _note(self) -> None:
        """Keep what changes over time: restarts, and the evidence of rollouts."""
        now = self._clocks.monotonic()
        if self._state.service is not None:
            self._restarts.append((now, sum(one.restarts for one in self._state.service.workers)))
        present = {one.id: one for one in self._state.rollouts}
        self._evidence = {key: kept for key, kept in self._evidence.items() if key in present}
        for key, one in present.items():
            kept, at = self._evidence.setdefault(key, deque(maxlen=EVIDENCE_KEPT)), self._clocks.wall()
            if not kept or at - kept[-1][0] >= EVIDENCE_EVERY_S or kept[-1][2] != one.weight:
                kept.append((at, one.harm, one.weight))

    def restarts(self) -> int:
        """How often workers were started again in the last ten minutes."""
        since = self._clocks.monotonic() - RESTARTS_S
        counts = [count for at, count in list(self._restarts) if at >= since]
        return max(0, counts[-1] - counts[0]) if counts else 0

    def status(self) -> Document:
        """How the server does, as JSON, made once a second; `octad/serve/page/page.js` shows it."""
        key = self._ticks, int(self._clocks.monotonic())
        if self._said is None or self._said[0] != key:
            self._said = key, self._document()
        return self._said[1]

    def _document(self) -> Document:
        last = total(self.recent.over(RECENT_S).values())
        return document(
            state=self._state,
            recent=self.recent,
            versions=self._versions,
            evidence={key: list(kept) for key, kept in self._evidence.items()},
            alerts=alerts(self._state, last, self.restarts(), self._clocks.wall()),
            problems=self.problems,
            now=self._clocks.wall(),
            uptime=self._clocks.monotonic() - self._began,
        )

    def exposition(self, accept: str = "") -> Exposition:
        """The metrics for Prometheus."""
        return self.metrics.exposition(accept)

    def start(self) -> None:
        """Read the parts from now on, in a thread of its own."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="octad-monitor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and send what is left of traces."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(2 * EVERY_S)
            self._thread = None
        if self._traces is not None:
            self._traces.stop()

    def _run(self) -> None:
        while True:
            with suppress(Exception):
                self.tick()
            if self._ended.wait(EVERY_S):
                return
