"""What a person may want of a rollout, and what comes of it."""

from __future__ import annotations

from typing import Literal

from octad.rollout.plan import Rollout
from octad.rollout.state import Advanced, Conflict, first_state, moved, ready

Command = Literal["pause", "resume", "promote", "promote by hand", "abort"]
"""`promote` needs the evidence that a step before all traffic needs; `promote by hand` none."""


def commanded(rollout: Rollout, wanted: Command, actor: str, *, seen: int | None = None) -> Advanced:
    """The rollout after a command; raises Conflict where it is too late or out of place.

    `seen` is the revision that the person saw. Whatever else was decided since then, an abort holds, unless
    the rollout is over.
    """
    if rollout.is_over:
        raise Conflict(f"the rollout is {rollout.state}", hint="start another one")
    if wanted == "abort":
        return moved(rollout, "aborted", "abort", f"aborted by {actor}", actor=actor)
    if seen is not None and seen != rollout.revision:
        raise Conflict("somebody else decided first", hint="look at the rollout, then ask again")
    if rollout.state == "promoting":
        raise Conflict("the rollout is being promoted", hint="an abort would still stop it")
    if wanted == "pause":
        if rollout.state == "paused":
            raise Conflict("the rollout is paused already")
        return moved(rollout, "paused", "pause", f"paused by {actor}", actor=actor)
    if wanted == "resume":
        if rollout.state != "paused":
            raise Conflict(f"the rollout is not paused but {rollout.state}")
        state = first_state(rollout.plan, rollout.step)
        return moved(rollout, state, "resume", f"resumed by {actor}", actor=actor)
    missing = "" if wanted == "promote by hand" else ready(rollout, 2.0)
    if missing:
        raise Conflict(f"not promoted: {missing}", hint="--by-hand promotes it nevertheless")
    reason = f"promoted by {actor}" + (" by hand" if wanted == "promote by hand" else "")
    return moved(rollout, "promoting", "promote", reason, actor=actor)


def finished(rollout: Rollout) -> Advanced:
    """A rollout that was being promoted, after `stable` names its candidate; raises Conflict for another."""
    if rollout.state != "promoting":
        raise Conflict(f"the rollout is {rollout.state}, not promoted", hint="an abort beats a promotion")
    return moved(rollout, "done", "finish", "stable names the candidate")
