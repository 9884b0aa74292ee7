"""Floors of the root cause: rules such as the largest deviation, and a conditional logit of injected faults.

Run: OCTAD_DATA=<folder> python benchmarks/floors_rootcause.py   (a minute)
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from octad.errors import InputError
from octad.metrics.ranking import rank_of_first, top_k
from octad.signals.change_point import Window, deviations, windows
from octad.signals.root_cause_features import FEATURES, features, reachable
from octad.signals.system import Observed, observe
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.nezha import nezha_incidents
from octad_train.data.operations.petshop import petshop_incidents
from octad_train.evaluate.tables import machine, table
from octad_train.simulate.simulations import Simulations

Scores = NDArray[np.float64]
Rule = Callable[[Observed, list[Window]], Scores]
INJECTED, RIDGE, SEED = 2500, 3.0, 0


def largest_z(case: Observed, found: list[Window]) -> Scores:
    """Mean in the window minus mean before, in standard deviations before, of the raw values."""
    first = max(found, key=lambda window: window.weight).first
    stop = max(found, key=lambda window: window.weight).stop
    before, after = case.system.values[:, :first], case.system.values[:, first:stop]
    with np.errstate(all="ignore"):
        shift = np.abs(_mean(after) - _mean(before))
        spread = np.sqrt(_mean((before - _mean(before)[:, None]) ** 2))
    return _per_service(case, np.nan_to_num(shift / (spread + 1e-9), posinf=0.0))


def change_point(case: Observed, found: list[Window]) -> Scores:
    """The strongest change point of a service's series."""
    return _per_service(case, deviations(case.system.level, found)[:, 6])


def evidence(case: Observed, found: list[Window]) -> Scores:
    """The largest evidence: a shift that is large in itself and against the noise."""
    return _per_service(case, np.abs(deviations(case.system.level, found)[:, 2]))


def traversal(case: Observed, found: list[Window]) -> Scores:
    """Anomalous services (symptom above 1) none of whose callees is; ties by the symptom's size."""
    own = features(case.system, found)[:, [FEATURES.index(f"{q}-rises") for q in ("latency", "failure")]]
    size = own.max(axis=1)
    anomalous = size > 1
    below = reachable(case.system.calls)
    deepest = anomalous & ~(below & anomalous[None, :]).any(axis=1)
    return np.asarray(size + 10 * deepest)


def explained(case: Observed, found: list[Window]) -> Scores:
    """The share of the system's symptoms in a service and in all that depend on it, minus that beneath."""
    numbers = features(case.system, found)
    explains, beneath, own = (
        numbers[:, FEATURES.index(f"symptom-{name}")] for name in ("explains", "beneath", "relative")
    )
    return explains - beneath + own


RULES: dict[str, Rule] = {
    "largest z": largest_z,
    "largest change point": change_point,
    "largest evidence": evidence,
    "deepest anomalous": traversal,
    "explains most": explained,
}


def injected_only() -> Rule:
    """A conditional logit over the features of simulated incidents; it has seen no real one."""
    weights = conditional_logit(list(injected(INJECTED)))
    return lambda case, found: np.asarray(features(case.system, found) @ weights)


def injected(count: int) -> Iterator[tuple[Scores, int]]:
    """Features `[n, 64]` of simulated incidents, and which service was at fault."""
    simulations, index = Simulations(SEED), 0
    while count:
        incident, index = simulations.example(0, index), index + 1
        if incident.service is not None and len(incident.series.series) > 3:
            case = observe(incident.series.series, incident.graph)
            yield features(case.system, windows(case.system.level)), case.services.index(incident.service)
            count -= 1


def conditional_logit(cases: list[tuple[Scores, int]]) -> Scores:
    """Weights that make the service at fault the likeliest of its case, with a ridge."""
    rows = np.concatenate([numbers for numbers, _ in cases])
    scale = rows.std(axis=0) + 1e-6
    rows = rows / scale
    sizes = np.array([len(numbers) for numbers, _ in cases])
    starts = np.cumsum(sizes) - sizes
    guilty = starts + np.array([at for _, at in cases])

    def loss(weights: Scores) -> tuple[float, Scores]:
        scores = rows @ weights
        scores = scores - np.repeat(np.maximum.reduceat(scores, starts), sizes)
        total = np.add.reduceat(np.exp(scores), starts)
        chances = np.exp(scores) / np.repeat(total, sizes)
        value = np.log(total).sum() - scores[guilty].sum() + RIDGE / 2 * (weights @ weights)
        return float(value), rows.T @ chances - rows[guilty].sum(axis=0) + RIDGE * weights

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def ranks(incidents: Iterable[Incident], rule: Rule, *, known: bool) -> dict[str, list[float]]:
    """Rank of the service at fault per system; `known`: the rule is told when it began."""
    found: dict[str, list[float]] = defaultdict(list)
    for incident in incidents:
        case = observe(incident.series.series, incident.graph)
        first = begin(incident, case) if known else None
        scores = rule(case, windows(case.system.level, first))
        actual = np.array([name == incident.service for name in case.services])
        found[incident.system].append(rank_of_first(scores, actual))
    return found


def begin(incident: Incident, case: Observed) -> int:
    """The first step of the incident; a reading just before it was noticed shows it already."""
    margin = np.diff(case.times[:2])[0] / 4
    return int(np.searchsorted(case.times + margin, incident.time or 0.0))


def _mean(values: Scores) -> Scores:
    seen = np.isfinite(values)
    count = seen.sum(axis=1)
    return np.where(count > 0, np.where(seen, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _per_service(case: Observed, numbers: Scores) -> Scores:
    best = np.zeros(len(case.services))
    known = case.system.owner >= 0
    np.maximum.at(best, case.system.owner[known], numbers[known])
    return best


def chance(incidents: list[Incident]) -> Iterator[list[object]]:
    """What drawing a service at random is expected to give."""
    for system in sorted({incident.system for incident in incidents}):
        sizes = [len(one.graph.nodes) for one in incidents if one.graph and one.system == system]
        yield ["chance", "", system, len(sizes), *(float(np.mean(k / np.array(sizes))) for k in (1, 3, 5))]


def rows(incidents: list[Incident]) -> Iterator[list[object]]:
    """Each rule on each system, told when it began or not."""
    for name, rule in {**RULES, "conditional logit, injected only": injected_only()}.items():
        for known in (True, False):
            for system, found in sorted(ranks(incidents, rule, known=known).items()):
                told = "told" if known else "found"
                yield [name, told, system, len(found), *(top_k(found, k) for k in (1, 3, 5))]


def main() -> int:
    """Print the table."""
    try:
        incidents = [*nezha_incidents(), *petshop_incidents()]
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    header = ["rule", "time", "system", "cases", "top-1", "top-3", "top-5"]
    lines = [*chance(incidents), *rows(incidents)]
    sys.stdout.write(table("Service at fault: rules, and a model without real incidents", header, lines))
    sys.stdout.write(f"\nSeed of the injected incidents: {SEED}. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
