"""How a server does, as one JSON document: what the status page shows, and a program may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from octad import __version__
from octad.registry.base import BASELINE, CANDIDATE, PREVIOUS, STABLE
from octad.serve.alerts import Alert
from octad.serve.drift import ALARM, REFERENCE, UNUSUAL, DriftState
from octad.serve.gauges import SHORT, State
from octad.serve.recent import Recent, Tally, total
from octad.serve.views import RateView, RolloutView, ServiceView, VersionView

Document = dict[str, Any]
Noted = tuple[float, float, float]
"""When, the evidence of harm, the share of the candidate."""
MOST_POINTS, MOST_RULES, MOST_FACTS, MOST_TURNS = 120, 40, 12, 40
HOUR, RECENT_S, COARSE_S, FINE_S = 3_600.0, 300.0, 60.0, 10.0


def document(
    *,
    state: State,
    recent: Recent,
    versions: Sequence[VersionView],
    evidence: Mapping[str, Sequence[Noted]],
    alerts: Sequence[Alert],
    problems: Sequence[str],
    now: float,
    uptime: float,
) -> Document:
    """All of it; what is not there is empty or null."""
    hour = recent.over(HOUR)
    lately = recent.over(RECENT_S)
    span = recent.span(RECENT_S)
    names = sorted({*hour, *(one.agent for one in versions)})
    whole = total(hour.values())
    return {
        "time": now,
        "version": __version__,
        "uptime": uptime,
        "alerts": [one._asdict() for one in alerts],
        "problems": list(problems),
        "service": _service(state.service),
        "now": _tally(total(lately.values()), span),
        "hour": _tally(whole, recent.span(HOUR)),
        "series": _series(recent, uptime),
        "errors": [{"code": code, "count": count} for code, count in whole.codes.most_common()],
        "agents": [
            {"name": name, **_tally(lately.get(name, Tally()), span),
             "versions": _versions(name, versions, lately.get(name, Tally()))}
            for name in names
        ],
        "rollouts": [_rollout(one, evidence.get(one.id, ())) for one in state.rollouts],
        "drift": {"alarm": dict(ALARM), "unusual": UNUSUAL, "watched": [_drift(one) for one in state.drift]},
        "rules": _rules(whole, state.feedback),
    }  # fmt: skip


def _service(service: ServiceView | None) -> Document | None:
    if service is None:
        return None
    workers = [
        {"pid": one.pid, "restarts": one.restarts, "memory": one.rss,
         "loaded": [digest[:SHORT] for digest in one.loaded]}
        for one in service.workers
    ]  # fmt: skip
    return {
        "ready": bool(service.ready),
        "in_flight": service.in_flight,
        "queued": service.queued,
        "queued_cost": service.queued_cost,
        "capacity": service.capacity,
        "workers": workers,
    }


def _tally(tally: Tally, span: float) -> Document:
    return {
        "asked": tally.asked,
        "rate": tally.asked / span,
        "failed": tally.failed,
        "refused": tally.codes.total() - tally.failed,
        "degraded": tally.degraded,
        "cached": tally.cached,
        **tally.percentiles._asdict(),
    }


def _series(recent: Recent, uptime: float) -> Document:
    """The last hour by minutes; of a server that runs for less than ten minutes, by ten seconds."""
    step = FINE_S if uptime < FINE_S * 60 else COARSE_S
    tallies = recent.series(step, 60)
    speeds = [one.percentiles for one in tallies]
    return {
        "step": step,
        "rate": [one.asked / step for one in tallies],
        "failed": [one.failed / step for one in tallies],
        "degraded": [one.degraded / step for one in tallies],
        **{name: [getattr(one, name) for one in speeds] for name in ("p50", "p95", "p99")},
    }


def _versions(agent: str, versions: Sequence[VersionView], lately: Tally) -> list[Document]:
    """The versions of an agent by alias with their share of its answers, then others that answered."""
    known = sorted((one for one in versions if one.agent == agent), key=_rank)
    first = {one.digest: at for at, one in reversed(list(enumerate(known)))}  # counted once
    found = [
        {"alias": one.alias, "digest": one.digest[:SHORT], "version": one.version, "created": one.created,
         "note": one.note, "answers": lately.versions[one.digest] if at == first[one.digest] else 0}
        for at, one in enumerate(known)
    ]  # fmt: skip
    named = {one.digest for one in known}
    found += [
        {"alias": "", "digest": digest[:SHORT], "version": "", "created": None, "note": "", "answers": count}
        for digest, count in lately.versions.most_common()
        if digest and digest not in named
    ]
    return found


def _rank(one: VersionView) -> tuple[int, str]:
    """The aliases that the server knows before others, as they come into service."""
    order = (STABLE, CANDIDATE, PREVIOUS, BASELINE)
    return (order.index(one.alias) if one.alias in order else len(order)), one.alias


def _rollout(one: RolloutView, noted: Sequence[Noted]) -> Document:
    return {
        "id": one.id,
        "agent": one.agent,
        "stable": one.stable[:SHORT],
        "candidate": one.candidate[:SHORT],
        "state": one.state,
        "weight": one.weight,
        "steps": list(one.steps),
        "step": one.step,
        "since": one.since,
        "reason": one.reason,
        "harm": one.harm,
        "harm_limit": one.harm_limit,
        "refuted": one.refuted,
        "refuted_limit": one.refuted_limit,
        "by_metric": dict(one.by_metric),
        "arms": [arm._asdict() for arm in one.arms],
        "history": [turn._asdict() for turn in one.history[-MOST_TURNS:]],
        "evidence": thinned(noted),
    }


def thinned(noted: Sequence[Noted]) -> list[Noted]:
    """Some of many notes, the first and the last among them."""
    if len(noted) <= MOST_POINTS:
        return list(noted)
    step = (len(noted) - 1) / (MOST_POINTS - 1)
    return [noted[round(place * step)] for place in range(MOST_POINTS)]


def _drift(one: DriftState) -> Document:
    unlike = one.unlike
    return {
        "agent": one.agent,
        "version": one.version[:SHORT],
        "reference": one.reference,
        "needed": REFERENCE,
        "window": one.window,
        "cases": unlike.cases if unlike else None,
        "answers": unlike.answers if unlike else None,
        "unusual": one.unusual if unlike else None,
        "alarms": list(one.alarms),
        "facts": [fact._asdict() for fact in unlike.facts[:MOST_FACTS]] if unlike else [],
    }


def _rules(hour: Tally, rates: Sequence[RateView]) -> list[Document]:
    """Findings of the last hour by rule beside what people said of the rule, the most dismissed first."""
    said = {one.name: one for one in rates}
    found = [_rule(rule, hour.rules[rule], said.get(rule)) for rule in sorted({*said, *hour.rules})]
    worst = sorted(found, key=lambda one: (one["approval"] is None, one["approval"] or 0, -one["findings"]))
    return worst[:MOST_RULES]


def _rule(rule: str, findings: int, rate: RateView | None) -> Document:
    return {
        "rule": rule,
        "findings": findings,
        "accepted": rate.accepted if rate else 0,
        "corrected": rate.corrected if rate else 0,
        "dismissed": rate.dismissed if rate else 0,
        "approval": rate.approval if rate else None,
        "low": rate.low if rate else None,
        "high": rate.high if rate else None,
        "silenced": len(rate.silenced) if rate else 0,
    }
