"""How well the debugger does by kind of fault, on simulated systems of other sorts than those of training.

    python benchmarks/fault_kinds.py [--many 40] [--weights FOLDER]

Systems of 20 to 34 services in chains, logged and traced, few requests a step, resources of machines, most
often another incident just before: none of training is drawn so. Beside the agent, one-line rules, each with
what it looks at, and told when the incident began. Simulated: it shows which kinds can be found, not how
well on real systems. Three minutes on one core.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.random import Generator

from octad.agents.debugger import agent
from octad.metrics.ranking import rank_of_first, top_k
from octad.runtime import Runner
from octad.signals.change_point import windows
from octad.signals.log_features import LOG_FEATURES, log_features
from octad.signals.log_shifts import Beginning
from octad.signals.root_cause_features import FEATURES, features
from octad.signals.system import observe
from octad.store.artefact import shipped
from octad_train.data.operations.cases import of_incident
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.incidents import of_recorded
from octad_train.evaluate.tables import machine, table
from octad_train.simulate import fault, simulations
from octad_train.simulate.simulations import simulate
from octad_train.simulate.system import SimulatedSystem, draw_system

SEED = 71
KINDS = {"delay": "network delay", "exception": "exception", "return": "wrong return", "cpu": "CPU",
         "lost": "traffic lost"}  # fmt: skip
Scores = dict[str, float]


def other_system(rng: Generator) -> SimulatedSystem:
    """A system of a sort that training does not draw."""
    n = int(rng.integers(20, 35))
    calls: list[dict[int, float]] = [{} for _ in range(n)]
    for callee in range(1, n):
        near = int(rng.integers(max(0, callee - 5), callee))
        calls[near][callee] = float(rng.choice([0.5, 1, 1, 2]))
        if rng.random() < 0.25:
            calls[int(rng.integers(0, callee))][callee] = 0.5
    drawn = draw_system(rng)
    arrays = {
        "own": np.exp(rng.normal(np.log(0.02), 0.8, n)),
        "errors": np.where(rng.random(n) < 0.1, 0.01, 0.0),
        "cpu": np.exp(rng.normal(1, 1, n)),
        "cpu_slope": rng.uniform(0.1, 0.9, n),
        "memory": np.exp(rng.normal(5, 0.5, n)),
        "swallow": np.where(rng.random(n) < 0.4, rng.uniform(0.5, 1, n), 0.0),
        "machine": rng.integers(0, 4, n),
    }
    shown = frozenset({"cpu", "memory", "network", "machines", "traces", "logs"})
    return replace(
        drawn, calls=tuple(calls), **arrays, rate=float(rng.uniform(8, 25)), counts=True, noise=0.2,
        observed=0.95, views=0.0, unawaited=False, percentiles=(), shown=shown,
    )  # fmt: skip


def cases(many: int) -> Iterator[Incident]:
    """So many incidents of each kind, most of them shortly after another one."""
    with patch.object(fault, "EARLIER", 0.6), patch.object(simulations, "STEPS", (60,)):
        for number, kind in enumerate(KINDS):
            for index in range(many):
                rng = np.random.default_rng((SEED, number, index))
                yield simulate(other_system(rng), kind, rng)


def by_feature(name: str) -> Callable[[Incident], Scores]:
    """A rule: the service with the largest number of one sort."""

    def scores(one: Incident) -> Scores:
        case = observe(one.series.series, one.graph)
        found = windows(case.system.level, int(np.searchsorted(case.times, one.time or 0.0)))
        numbers = features(case.system, found)[:, FEATURES.index(name)]
        return dict(zip(case.services, numbers.tolist(), strict=True))

    return scores


def by_logs(*names: str) -> Callable[[Incident], Scores]:
    """A rule: the service with the largest sum of numbers of its logs."""

    def scores(one: Incident) -> Scores:
        said = log_features(one.logs, Beginning(one.time or 0.0, 60.0))
        return {
            service: float(sum(row[LOG_FEATURES.index(name)] for name in names))
            for service, row in said.items()
        }

    return scores


RULES: dict[str, Callable[[Incident], Scores]] = {
    "ends of calls came apart": by_feature("gap-fit"),
    "largest latency": by_feature("latency-rises"),
    "largest CPU": by_feature("cpu-rises"),
    "calls lost": by_feature("call-lost"),
    "new grave lines": by_logs("new-grave-share"),
    "unusual lines": by_logs("unusual-share"),
    "lines beside the service's others": by_logs("beside-share"),
}


def rank(scores: Scores, one: Incident) -> float:
    """The rank of the service at fault; whoever a rule does not know comes last."""
    names = sorted(node.id for node in (one.graph.nodes if one.graph else ()))
    values = np.array([scores.get(name, -1.0) for name in names])
    return rank_of_first(values, np.array([name == one.service for name in names]))


def asked(runner: Runner[Any, Any], incidents: list[Incident]) -> list[float]:
    """The ranks that the agent gives, nobody saying when it began."""
    held = [of_incident(agent, of_recorded(one))[0] for one in incidents]
    choices = [answer.service for answer in runner.answers(held)]
    return [
        rank({found.name: found.probability for found in choice.ranked}, one)
        for choice, one in zip(choices, incidents, strict=True)
    ]


def main() -> None:
    """Draw, ask, print."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--many", type=int, default=40, help="incidents of each kind")
    parser.add_argument("--weights", type=Path, default=shipped(agent.name))
    arguments = parser.parse_args()
    incidents = list(cases(arguments.many))
    ranks = {"the agent": asked(Runner.load(agent, arguments.weights, threads=1), incidents)}
    ranks |= {name: [rank(rule(one), one) for one in incidents] for name, rule in RULES.items()}
    rows = []
    for name, found in ranks.items():
        by_kind: dict[str, list[float]] = defaultdict(list)
        for one, place in zip(incidents, found, strict=True):
            by_kind[one.kind or ""].append(place)
        firsts = [f"{top_k(by_kind[kind], 1):.2f} / {top_k(by_kind[kind], 3):.2f}" for kind in KINDS]
        rows.append((name, *firsts, f"{top_k(found, 1):.3f} / {top_k(found, 3):.3f}"))
    head = ("first / in three", *KINDS.values(), "all")
    sys.stdout.write(table(f"By kind, {arguments.many} simulated incidents of each", head, rows))
    sys.stdout.write(f"\nSeed {SEED}. {machine()}.\n")


if __name__ == "__main__":
    main()
