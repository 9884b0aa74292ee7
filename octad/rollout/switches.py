"""What people switch per agent: whether it answers, whether it says why, whether its rollout goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Switch = Literal["enabled", "evidence", "rollout"]
IsOn = Callable[[str, Switch], bool]


def everything(agent: str, switch: Switch) -> bool:
    """Nothing is switched off."""
    return True


class Switches:
    """The switches of all agents; `is_on` tells of one, and may be asked for every question."""

    def __init__(self, is_on: IsOn = everything) -> None:
        self._is_on = is_on

    def enabled(self, agent: str) -> bool:
        """Whether it answers at all."""
        return self._is_on(agent, "enabled")

    def evidence(self, agent: str) -> bool:
        """Whether it may be asked what moved it, which takes longer."""
        return self._is_on(agent, "evidence")

    def paused(self, agent: str) -> bool:
        """Whether its rollout waits."""
        return not self._is_on(agent, "rollout")
