"""Limits of a run on the command line: how long it may take and how much memory it may hold.

Work stops by itself at nine tenths of the time and the report says what was left out. What does not ask the
budget is interrupted some seconds after the deadline; code that cannot be interrupted is ended by the system.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from octad.budget import MEGABYTES, SECONDS, Budget, current, running
from octad.host.terminal import say

GRACE = 10.0
"""Seconds after the deadline until what still runs is interrupted, where SHARE of it is not longer."""
SHARE = 0.2
CUT_SHORT = 2
"""The exit code of a run that found nothing wrong before its budget was spent: no praise, and no fault."""


def _limit(metavar: str, reached: str, usual: float) -> tuple[Any, Any]:
    """An option that ends a run early."""
    help_text = f"End {reached}, with what was done until then; 0 for no limit."
    shown = typer.Option(min=0, metavar=metavar, help=help_text, show_default=f"{usual:g}")
    return Annotated[float | None, shown], None


LIMITS: dict[str, tuple[Any, Any]] = {
    "deadline": _limit("SECONDS", "after so long", SECONDS),
    "max_memory": _limit("MB", "when so much is held", MEGABYTES),
}
"""The parameters of a verb that reads what a stranger may have written."""


class Interrupted(BaseException):
    """The deadline has passed and the work has not ended by itself."""


def limit(
    deadline: float | None, max_memory: float | None, own: tuple[float | None, float | None] = (None, None)
) -> None:
    """Give limits to this run: those asked for, else the project's `own`, else the usual ones."""
    seconds, megabytes = (
        next(one for one in found if one is not None)
        for found in ((deadline, own[0], SECONDS), (max_memory, own[1], MEGABYTES))
    )
    budget = current()
    budget.limit(seconds, megabytes)
    _arm(budget.seconds)


def limited(function: Callable[..., int]) -> Callable[..., int]:
    """A verb with the options that limit it, after its own."""

    @functools.wraps(function)
    def run(*arguments: Any, deadline: float | None, max_memory: float | None, **named: Any) -> int:
        limit(deadline, max_memory)
        return function(*arguments, **named)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    more = [inspect.Parameter(name, kind, annotation=a, default=d) for name, (a, d) in LIMITS.items()]
    signature = inspect.signature(function, eval_str=True)
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *more]
    )
    run.__annotations__ = {one.name: one.annotation for one in [*signature.parameters.values(), *more]}
    return run


@contextmanager
def one_run() -> Iterator[Budget]:
    """A run with a budget of its own, without limits until a verb gives some."""
    with running(Budget()) as budget:
        try:
            yield budget
        finally:
            _arm(None)


def ended(budget: Budget, code: int) -> int:
    """The exit code of a run that ended with `code`; what its budget was not enough for is said."""
    if not budget.reached:
        return code
    say(f"{budget.reached}: the report names what was not looked at; --deadline and --max-memory give more")
    return code or CUT_SHORT


def _arm(seconds: float | None) -> None:
    """Interrupt this process some time after the deadline; None takes that back."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return
    if seconds is None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        return
    grace = max(GRACE, SHARE * seconds)
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds + grace)
    # The default action of this one ends the process even inside code that Python cannot interrupt.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, (seconds + 2 * grace) * (os.cpu_count() or 1))


def _interrupt(number: int, frame: Any) -> None:
    raise Interrupted
