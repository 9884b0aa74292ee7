"""The rollout as a state machine: what follows from an observation, or from what a person wants.

Nothing here waits, writes or reads a clock. What is over stays over: an aborted rollout, and one that was
rolled back, has no traffic for ever. Data that is missing is never in favour of the candidate: it holds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from octad.errors import OctadError
from octad.rollout.collect import BAD, FEWEST_BAD, LAST
from octad.rollout.evidence import Tally, added, against, harm_in, harm_of, mismatch, rarer
from octad.rollout.plan import METRICS, Decision, Observation, Plan, Rollout, State, Transition, Votes

HARM = math.log(100)
"""Evidence at which a candidate is rolled back: one harmless one in a hundred ever is."""
REFUTED = math.log(20)
"""Evidence at which a ratio is refuted: of candidates that are so bad one in twenty ever gets there."""
MISMATCH = math.log(1000)
"""Evidence at which the arms do not get the traffic that they should."""
GAP = 120.0
"""Seconds that may lie between two looks; of a longer time nobody saw the rest."""
RECENT = 200
"""Answers whose order is kept."""
ROW = 8
"""Answers of the candidate that fail one after the other are a crash loop."""
FEWEST_STABLE = 5
"""Answers of the stable version that tell how it does."""
TOO_BAD = "the stable version fails as well"
Advanced = tuple[Rollout, tuple[Transition, ...]]


class Conflict(OctadError):
    """Somebody else decided first, or the rollout is not where this could be done."""

    code = "conflict"


class _Held(NamedTuple):
    """Why a rollout waits; `is_late` where only time is up, and enough evidence would still do."""

    reason: str
    is_late: bool = False


def advance(rollout: Rollout, observation: Observation, now: float) -> Advanced:
    """What an observation makes of a rollout; `now` is a monotonic clock of this process, in seconds."""
    if rollout.is_over:
        return rollout, ()
    seen = _added(rollout, observation, _between(rollout.clock, now), now)
    if rollout.state == "promoting":
        return seen, ()
    stop = observation.hard or _crash_loop(seen.recent, seen.weight)
    if stop and _is_stable_bad(seen.recent):
        return _alerted(seen, f"{TOO_BAD}: not rolled back although the candidate cannot be used: {stop}")
    if stop:
        return moved(seen, "rolled back", "roll back", stop)
    if harm_of(seen.tallies, METRICS) >= HARM:
        return moved(seen, "rolled back", "roll back", _harm_in_words(seen))
    return (seen, ()) if seen.state == "paused" else _judged(seen)


def ready(rollout: Rollout, factor: float | None = None) -> str:
    """What is missing before the step can be left, "" where nothing is."""
    plan = rollout.plan
    least = plan.refuted[rollout.step] if factor is None else factor
    if rollout.in_step < plan.least_seconds:
        return f"{plan.least_seconds - rollout.in_step:.0f} s are to pass in this step"
    for name in plan.needed:
        count = rollout.since.get(name, (0, 0))[1]
        if count < plan.least_requests:
            return f"{count} of {plan.least_requests} answers of the candidate were measured ({name})"
    for name in plan.needed:
        tally = rollout.tallies.get(name, Tally())
        if least and not is_refuted(tally, least, plan.rare):
            return f"it is not refuted that it is {least:g} times as bad ({name})"
    return ""


def is_refuted(tally: Tally, factor: float, rare: float) -> bool:
    """Whether a version is not so many times as bad, or what is bad of it is rare.

    What is rare is said of twice as bad; where something graver is refuted it may be as much less so.
    """
    if float(against(np.array(tally.log), factor)) >= REFUTED:
        return True
    return rarer(tally.measured[1], tally.bad[1], min(rare * factor / 2, 0.5)) >= REFUTED


def moved(
    rollout: Rollout, state: State, decision: Decision, reason: str, *, actor: str = "octad", step: int = -1
) -> Advanced:
    """The rollout in another state, or in another step, and the transition that tells of it."""
    is_other = step >= 0 and step != rollout.step
    update: dict[str, object] = {
        "state": state,
        "reason": reason,
        "revision": rollout.revision + 1,
        "alert": reason if decision in ("hold", "alert", "roll back") else "",
    }
    if is_other:
        update |= {"step": step, "in_step": 0.0, "since": {}, "silent": {}}
    after = rollout.model_copy(update=update)
    told = Transition(
        decision=decision, was=rollout.state, now=state, weight=after.weight, reason=reason, actor=actor,
        measured=numbers(rollout),
    )  # fmt: skip
    return after, (told,)


def numbers(rollout: Rollout) -> dict[str, float]:
    """All numbers that a decision is made on, by name; evidence as decimal logarithms."""
    found = {
        "weight": float(rollout.weight),
        "seconds in step": round(rollout.in_step, 3),
        "harm": _decimal(harm_of(rollout.tallies, METRICS)),
        "other shares of traffic": _decimal(float(mismatch(np.array(rollout.sample.log)))),
        "compared": float(rollout.compared[0]),
        "answered differently": float(rollout.compared[1]),
    }
    for name, tally in sorted(rollout.tallies.items()):
        log = np.array(tally.log)
        for place, arm in enumerate(("stable", "candidate")):
            found[f"{name}: measured, {arm}"] = float(tally.measured[place])
            found[f"{name}: bad, {arm}"] = float(tally.bad[place])
            found[f"{name}: votes, {arm}"] = float(tally.votes[place])
        found[f"{name}: harm"] = _decimal(harm_in(name, tally))
        found[f"{name}: not twice as bad"] = _decimal(float(against(log, 2)))
        found[f"{name}: rare"] = _decimal(rarer(tally.measured[1], tally.bad[1], rollout.plan.rare))
    return found


def restarted(rollout: Rollout, stable: str) -> Advanced:
    """The same from its first step, without what was known: what it is compared with is another version."""
    if rollout.is_over:
        return rollout, ()
    plan = rollout.plan.model_copy(update={"stable": stable})
    after, told = moved(rollout, first_state(plan), "restart", "the stable version is another one")
    update: dict[str, object] = {"plan": plan, "step": 0, "in_step": 0.0, "recent": "", "compared": (0, 0)}
    update |= {"since": {}, "silent": {}, "tallies": {}, "sample": Tally()}
    after = after.model_copy(update=update)
    return after, (told[0].model_copy(update={"weight": after.weight}),)


def first_state(plan: Plan, step: int = 0) -> State:
    """The state of a step while nothing holds it."""
    return "canary" if plan.steps[step] else "shadow"


def _between(clock: float | None, now: float) -> float:
    """Seconds since the last look; of another process, backwards, or for long, it tells nothing."""
    if clock is None or not math.isfinite(now):
        return 0.0
    return min(max(now - clock, 0.0), GAP)


def _added(rollout: Rollout, seen: Observation, seconds: float, now: float) -> Rollout:
    """The sums after an observation."""
    tallies, since, silent = dict(rollout.tallies), dict(rollout.since), dict(rollout.silent)
    for name, measured in seen.measured.items():
        tallies[name] = tallies.get(name, Tally()).with_counts(measured, seen.bad.get(name, (0, 0)))
        since[name] = added(since.get(name, (0, 0)), measured)
    for vote in seen.votes:
        known = tallies.get(vote.metric, Tally())
        tallies[vote.metric] = known.with_votes(vote.share, vote.stable, vote.candidate)
    for name in rollout.plan.needed:
        fresh = seen.measured.get(name, (0, 0))[1]
        silent[name] = 0.0 if fresh else silent.get(name, 0.0) + seconds
    update = {
        "tallies": tallies,
        "since": since,
        "silent": silent,
        "sample": _routed(rollout.sample, seen.routed),
        "recent": (rollout.recent + seen.order)[-RECENT:],
        "compared": added(rollout.compared, seen.compared),
        "in_step": rollout.in_step + seconds,
        "clock": now if math.isfinite(now) else rollout.clock,
    }
    return rollout.model_copy(update=update)


def _routed(sample: Tally, routed: tuple[Votes, ...]) -> Tally:
    for vote in routed:
        sample = sample.with_votes(vote.share, vote.stable, vote.candidate)
    return sample


def _judged(rollout: Rollout) -> Advanced:
    """Hold, go on, or stay, of a rollout that nobody paused and that does no harm that is known."""
    held, missing = _why_held(rollout), ready(rollout)
    if held is not None and not (held.is_late and not missing):
        is_told = rollout.state == "held" and _kind(rollout.reason) == _kind(held.reason)
        return (rollout, ()) if is_told else moved(rollout, "held", "hold", held.reason)
    if missing:
        if rollout.state != "held":
            return rollout, ()
        return moved(rollout, first_state(rollout.plan, rollout.step), "resume", "what it waited for came")
    step = rollout.step + 1
    if step == len(rollout.plan.steps):
        return moved(rollout, "promoting", "promote", f"{_since(rollout)} at all traffic")
    reason = f"{_since(rollout)} at {rollout.weight} %"
    return moved(rollout, first_state(rollout.plan, step), "step", reason, step=step)


def _since(rollout: Rollout) -> str:
    """What was measured in a step, in words."""
    counts = (f"{rollout.since[name][1]} answers measured ({name})" for name in rollout.plan.needed)
    return ", ".join(counts)


def _why_held(rollout: Rollout) -> _Held | None:
    """What a rollout waits for; None where it goes on."""
    if float(mismatch(np.array(rollout.sample.log))) >= MISMATCH:
        stable, candidate = rollout.sample.votes
        return _Held(f"shares of traffic: {stable} to {candidate} units are not the shares they should be")
    silent = [name for name in rollout.plan.needed if rollout.silent.get(name, 0) >= rollout.plan.silence]
    if silent:
        return _Held(f"no data: nothing of the candidate was measured in {', '.join(silent)} for too long")
    if rollout.weight < 100 and _is_stable_bad(rollout.recent):
        return _Held(f"{TOO_BAD}: nothing is decided against it")
    if rollout.in_step >= 3600 * rollout.plan.most_hours:
        return _Held(f"no decision: {ready(rollout)} after {rollout.in_step / 3600:.3g} hours", is_late=True)
    return None


def _kind(reason: str) -> str:
    return reason.partition(":")[0]


def _alerted(rollout: Rollout, reason: str) -> Advanced:
    """Stay, and call somebody, once."""
    if rollout.alert == reason:
        return rollout, ()
    return moved(rollout, rollout.state, "alert", reason)


def _crash_loop(recent: str, weight: int) -> str:
    """Why the last answers are a crash loop, "" where they are none."""
    own = [at for at, one in enumerate(recent) if one in "cC"][-ROW:]
    if len(own) < ROW or any(recent[at] == "c" for at in own):
        return ""
    beside = [one for one in recent[own[0] :] if one in "sS"]
    failed = beside.count("S")
    if weight < 100 and (len(beside) < FEWEST_STABLE or failed >= BAD * len(beside)):
        return ""
    return (
        f"the last {ROW} answers of the candidate failed, of {len(beside)} stable ones beside them {failed}"
    )


def _is_stable_bad(recent: str) -> bool:
    """Whether the stable version cannot be called sound now."""
    last = [one for one in recent if one in "sS"][-LAST:]
    return len(last) >= FEWEST_STABLE and last.count("S") >= max(BAD * len(last), FEWEST_BAD)


def _harm_in_words(rollout: Rollout) -> str:
    """What is worse, of the metric that says so the loudest."""
    own = {name: harm_in(name, one) for name, one in rollout.tallies.items() if name in METRICS}
    worst = max(own, key=lambda name: own[name])
    tally = rollout.tallies[worst]
    shown = " and ".join(
        f"{bad} of {measured} {arm}"
        for bad, measured, arm in zip(tally.bad, tally.measured, ("stable", "candidate"), strict=True)
    )
    return f"harm: {worst}: {shown} answers"


def _decimal(log: float) -> float:
    """A natural logarithm as a decimal one that JSON can hold."""
    return round(max(min(log / math.log(10), 1e6), -1e6), 4)
