"""The answers about the newest units of code, so that one key asks about one unit.

What the output cache keeps on the disk still has to be read, unpacked and decoded; of a unit that stands
where it stood, with the definitions that it had, the answer is held as it is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from octad.ask import Asking
from octad.runtime import Asked, Progress

MOST = 2_000
"""Units that are held: those of some tens of files; what was asked about longest ago goes first."""


class Remembering:
    """A runner that is not asked twice about the same case."""

    def __init__(self, runner: Asking) -> None:
        self.agent, self.manifest = runner.agent, runner.manifest
        self._runner = runner
        self._held: OrderedDict[Any, Asked[Any, Any]] = OrderedDict()

    def ask(self, cases: Sequence[Any], progress: Progress | None = None) -> list[Asked[Any, Any]]:
        """Each case with its answer, without those that the budget of the run was not enough for."""
        new = [one for one in dict.fromkeys(cases) if one not in self._held]
        self._held.update((one.case, one) for one in (self._runner.ask(new, progress) if new else ()))
        found = []
        for case in cases:
            if (held := self._held.get(case)) is not None:
                self._held.move_to_end(case)
                found.append(held)
        while len(self._held) > MOST:
            self._held.popitem(last=False)
        return found
