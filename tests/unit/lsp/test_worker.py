"""One thread, the newest of each document, and errors that end nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from octad.budget import Budget, current
from octad.lsp.worker import Worker, is_superseded

Made = Callable[..., Worker]
WAIT = 20.0


@pytest.fixture
def complaints() -> list[BaseException]:
    return []


@pytest.fixture
def worker(complaints: list[BaseException]) -> Iterator[Worker]:
    made = Worker(60.0, complaints.append)
    yield made
    made.stop()
    assert not made._thread.is_alive()


class Step:
    """Work that waits to be let go on, and knows whether it was still wanted."""

    def __init__(self) -> None:
        self.begun, self.go, self.done = threading.Event(), threading.Event(), threading.Event()
        self.wanted: list[bool] = []

    def __call__(self, budget: Budget) -> None:
        self.begun.set()
        assert self.go.wait(WAIT)
        assert current() is budget
        self.wanted.append(not (current().spent() and is_superseded(budget)))
        self.done.set()


def test_what_waits_is_replaced_by_what_is_asked_after_it(worker: Worker) -> None:
    first, last = Step(), Step()
    worker.ask("busy", first)
    assert first.begun.wait(WAIT)
    done: list[int] = []
    for number in range(5):
        worker.ask("a", lambda budget, number=number: done.append(number))  # type: ignore[misc]
    worker.ask("b", last)
    first.go.set()
    last.go.set()
    assert last.done.wait(WAIT) and done == [4] and first.wanted == [True]


def test_what_runs_is_told_to_stop_by_what_is_asked_after_it(worker: Worker) -> None:
    first, second = Step(), Step()
    worker.ask("a", first)
    assert first.begun.wait(WAIT)
    worker.ask("a", second)
    first.go.set()
    second.go.set()
    assert second.done.wait(WAIT)
    assert (first.wanted, second.wanted) == ([False], [True])


def test_what_matters_less_gives_way_and_is_done_afterwards(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octad.lsp.worker.AGAIN", 0.01)
    less, more, again = Step(), Step(), Step()
    runs = iter((less, again))
    worker.ask("sweep", lambda budget: next(runs)(budget), rank=1)
    assert less.begun.wait(WAIT)
    worker.ask("a", more)
    for step in (less, more, again):
        step.go.set()
    assert more.done.wait(WAIT) and again.done.wait(WAIT)
    assert (less.wanted, more.wanted, again.wanted) == ([False], [True], [True])


def test_what_is_dropped_is_not_done(worker: Worker) -> None:
    first, last = Step(), Step()
    worker.ask("a", first)
    assert first.begun.wait(WAIT)
    worker.ask("b", lambda budget: pytest.fail("it was dropped"))
    worker.drop("b")
    worker.drop("a")
    worker.ask("c", last)
    first.go.set()
    last.go.set()
    assert last.done.wait(WAIT) and first.wanted == [False]


class Panic(BaseException):
    """As libraries in other languages raise."""


@pytest.mark.parametrize("error", [ValueError("no"), Panic("no"), RecursionError("deep")])
def test_an_error_ends_its_task_alone(
    worker: Worker, complaints: list[BaseException], error: BaseException
) -> None:
    def fail(budget: Budget) -> None:
        raise error

    after = Step()
    after.go.set()
    worker.ask("a", fail)
    worker.ask("b", after, delay=0.01)
    assert after.done.wait(WAIT) and complaints == [error]
