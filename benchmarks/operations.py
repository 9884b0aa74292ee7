"""How well the agents that read operations do on what training never saw, and how fast.

    OCTAD_DATA=<labelled sets> python benchmarks/operations.py [risk] [rollback] [rootcause] [inputs] [speed]

risk: newest fifth of every project; rollback: regressions planted in the quiet windows of `petshop`;
rootcause: the incidents of two real systems, nobody saying when they began; inputs: rollback with every
subset of what may be there; speed: a case of 60 minutes × 50 series, warm. Floors: `floors_*.py`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np

from octad import catalog
from octad.data import deliveries, troubles
from octad.data.nezha import nezha_incidents
from octad.data.petshop import petshop_incidents
from octad.data.regressions import Planted, Regressions
from octad.evaluate.tables import table
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.gating import caught
from octad.metrics.ranking import auc, top_k
from octad.runtime import Runner

DELIVERY, INCIDENT = "assess", "debug"
Row = tuple[Any, ...]


def runner(verb: str) -> Runner[Any, Any]:
    return Runner.load(catalog.load(catalog.by_verb(verb).name), threads=1)


def cases(agent: Any, held: Sequence[Any]) -> list[Any]:
    """The cases of deliveries or incidents, in the agent's own words."""
    module = __import__(type(agent.example).__module__, fromlist=["labelled"])
    return [module.labelled(one)[0] for one in held]


def risk(made: Runner[Any, Any], data: Path) -> None:
    rows: list[Row] = []
    held = [*deliveries._mined(data, "test"), *deliveries._measured("test")]
    for project in sorted({one.project for one in held}):
        own = [one for one in held if one.project == project]
        truth = np.array([one.label for one in own])
        said = np.array(
            [a.risk for a in made.answers(cases(made.agent, [deliveries.of_risk(o) for o in own]))]
        )
        added = np.array([one.change.measures.la if one.change.measures else 0 for one in own])
        shares = [caught(said, truth, share) for share in (0.05, 0.1, 0.2)]
        rows.append((project, len(own), auc(said, truth), auc(added, truth), *shares,
                     expected_calibration_error(said, truth)))  # fmt: skip
    head = ("project", "changes", "auc", "lines added", "at 5 %", "at 10 %", "at 20 %", "calibration error")
    print(table("Risk, newest fifth", head, rows))


def planted(count: int) -> list[tuple[Planted, Planted, Planted]]:
    source = Regressions(deliveries.stretches("test"), seed=1)
    return [source.triple(0, index) for index in range(count)]


def rollback(made: Runner[Any, Any], triples: Sequence[tuple[Planted, Planted, Planted]]) -> None:
    faulty, harmless, clean = (
        np.array(
            [a.rollback for a in made.answers(cases(made.agent, list(map(deliveries.of_planted, side))))]
        )
        for side in zip(*triples, strict=True)
    )
    threshold = made.thresholds["deployment/rollback"]
    good = np.concatenate([harmless, clean])
    tuned = float(np.quantile(good, 0.99))
    ratios = np.array([one.fault.ratio for one, _, _ in triples if one.fault])
    rows: list[Row] = []
    for name, least in (("shipped", threshold), ("1 % false here", tuned)):
        large = ratios >= 2
        right, wrong = (faulty >= least).sum(), (good >= least).sum()
        rows.append((name, least, (clean >= least).mean(), (harmless >= least).mean(),
                     (faulty[large] >= least).mean(), (faulty[~large] >= least).mean(),
                     right / max(right + wrong, 1)))  # fmt: skip
    head = ("threshold", "from", "false, clean", "false, harmless", "caught >= 2x", "smaller", "precision")
    print(table(f"Rollback, unseen systems, auc {_auc(faulty, good):.3f}", head, rows))


def inputs(made: Runner[Any, Any], triples: Sequence[tuple[Planted, Planted, Planted]]) -> None:
    names = ("metrics", "logs", "graph")
    sides = [cases(made.agent, list(map(deliveries.of_planted, side))) for side in zip(*triples, strict=True)]
    rows: list[Row] = []
    for held in chain.from_iterable(combinations(names, n) for n in (1, 2, 3)):
        absent = dict.fromkeys(set(names) - set(held))
        if "metrics" not in held:
            continue
        said = [
            np.array([a.rollback for a in made.answers([c.model_copy(update=absent) for c in side])])
            for side in sides
        ]
        rows.append((" + ".join(held), _auc(said[0], np.concatenate(said[1:]))))
    print(table("Rollback by what is there", ("inputs", "auc"), rows))


def rootcause(made: Runner[Any, Any]) -> None:
    rows: list[Row] = []
    for name, incidents in (("OnlineBoutique", nezha_incidents()), ("PetShop", petshop_incidents())):
        held = [troubles.trouble_of(one) for one in incidents]
        answers = made.answers(cases(made.agent, held))
        ranks = []
        for one, answer in zip(held, answers, strict=True):
            places = [i for i, r in enumerate(answer.service.ranked, 1) if r.name in (one.services or ())]
            ranks.append(float(places[0]) if places else float("inf"))
        rows.append((name, len(held), *(top_k(ranks, k) for k in (1, 3, 5))))
    print(table("Root cause, real incidents", ("system", "incidents", "top-1", "top-3", "top-5"), rows))


def speed(made: Runner[Any, Any]) -> None:
    triple = max(planted(40), key=lambda t: len(t[0].before.series))
    (case,) = cases(made.agent, [deliveries.of_planted(triple[0])])
    spent = []
    for _ in range(30):
        started = time.perf_counter()
        made.answers([case])
        spent.append(1000 * (time.perf_counter() - started))
    rows = [(len(triple[0].before.series), made.prepare(case).cost, *np.quantile(spent, (0.5, 0.95)))]
    print(table("Speed, warm, one thread", ("series", "items", "P50 ms", "P95 ms"), rows))


def _auc(worse: Any, better: Any) -> float:
    return auc(np.concatenate([worse, better]), np.arange(len(worse) + len(better)) < len(worse))


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("what", nargs="*", default=["risk", "rollback", "rootcause", "inputs", "speed"])
    parser.add_argument("--data", type=Path, default=Path(".data/operations"))
    parser.add_argument("--windows", type=int, default=150)
    arguments = parser.parse_args()
    first, second = runner(DELIVERY), runner(INCIDENT)
    windows = planted(arguments.windows) if {"rollback", "inputs"} & set(arguments.what) else []
    for what in arguments.what:
        if what == "risk":
            risk(first, arguments.data)
        elif what == "rootcause":
            rootcause(second)
        elif what == "speed":
            speed(first)
        else:
            {"rollback": rollback, "inputs": inputs}[what](first, windows)


if __name__ == "__main__":
    main()
