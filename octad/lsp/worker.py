"""One thread that does what editors wait for: of each document only what was asked last.

What is asked again while it waits takes the place of what was asked before; while it runs, that is told to
stop by its budget, which the work asks between two steps. What matters less gives way to what matters more,
and is done again afterwards.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from octad.budget import Budget, running

SUPERSEDED = "something newer was asked"
AGAIN = 1.0
"""Seconds after which work that gave way is begun again."""
Act = Callable[[Budget], None]
"""What is to be done, within a budget; where `is_superseded` says so, nobody wants its result."""


@dataclass(frozen=True, slots=True)
class _Task:
    key: str
    act: Act
    due: float
    rank: int


def is_superseded(budget: Budget) -> bool:
    """Whether work within a budget is no longer wanted."""
    return budget.reached == SUPERSEDED


class Worker:
    """A thread with a queue; each task may take so many `seconds`, and `complain` is told what went wrong."""

    def __init__(self, seconds: float, complain: Callable[[BaseException], None]) -> None:
        self._seconds, self._complain = seconds, complain
        self._changed = threading.Condition()
        self._waiting: dict[str, _Task] = {}
        self._running: tuple[_Task, Budget] | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="octad-lsp", daemon=True)
        self._thread.start()

    def ask(self, key: str, act: Act, *, delay: float = 0.0, rank: int = 0) -> None:
        """Do something `delay` seconds from now, in the place of what was asked by this key before.

        Of what is due, that of the smallest `rank` comes first.
        """
        with self._changed:
            self._waiting[key] = _Task(key, act, time.monotonic() + delay, rank)
            if self._running is not None:
                task, budget = self._running
                if task.rank > rank and task.key != key and not is_superseded(budget):
                    self._waiting.setdefault(
                        task.key, _Task(task.key, task.act, time.monotonic() + AGAIN, task.rank)
                    )
                if task.key == key or task.rank > rank:
                    budget.reached = SUPERSEDED
            self._changed.notify_all()

    def drop(self, key: str) -> None:
        """Forget what was asked by a key, and stop it where it runs."""
        with self._changed:
            self._waiting.pop(key, None)
            if self._running is not None and self._running[0].key == key:
                self._running[1].reached = SUPERSEDED

    def stop(self, seconds: float = 2.0) -> None:
        """Do nothing more, and wait for what runs, but no longer than that."""
        with self._changed:
            self._is_over = True
            self._waiting.clear()
            if self._running is not None:
                self._running[1].reached = SUPERSEDED
            self._changed.notify_all()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (task := self._next()) is not None:
            budget = Budget(self._seconds)
            with self._changed:
                self._running = task, budget
            try:
                with running(budget):
                    task.act(budget)
            except BaseException as error:  # a library's panic is no Exception
                self._complain(error)
            with self._changed:
                self._running = None

    def _next(self) -> _Task | None:
        """The next task, once it is due; None where nothing more is to be done."""
        with self._changed:
            while not self._is_over:
                now = time.monotonic()
                due = [task for task in self._waiting.values() if task.due <= now]
                if due:
                    return self._waiting.pop(min(due, key=lambda task: (task.rank, task.due)).key)
                first = min((task.due for task in self._waiting.values()), default=None)
                self._changed.wait(None if first is None else first - now)
            return None
