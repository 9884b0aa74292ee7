"""How well the agent that debugs incidents does on what training never saw.

    OCTAD_DATA=<labelled sets> python benchmarks/incidents.py [rootcause] [injected] [inputs] [noise]

rootcause: the incidents of two real systems, none of which is in training, nor any normal hour of theirs,
nobody saying when they began; injected: what was injected in normal hours of the second, and simulated, every
sort of candidate; inputs: the service with every subset of what may be there; noise: logs of another case.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np

from octad.agents.debugger import Case, Label, agent
from octad.records.logs import Logs
from octad.runtime import Runner
from octad.store.artefact import shipped
from octad_train.data.operations import incidents as incident
from octad_train.data.operations.cases import of_incident
from octad_train.data.operations.nezha import nezha_incidents
from octad_train.data.operations.petshop import petshop_incidents
from octad_train.evaluate.figures import figures
from octad_train.evaluate.tables import machine, table
from octad_train.sources import source

Pairs = Sequence[tuple[Case, Label]]
Row = tuple[Any, ...]
INPUTS = ("metrics", "logs", "graph", "changes")
TOPS = (1, 3, 5)


def rootcause(runner: Runner[Any, Any], _: Pairs) -> None:
    """First places of the true service, and how often the kind of incident is right."""
    rows: list[Row] = []
    for name, incidents in (("OnlineBoutique", nezha_incidents()), ("PetShop", petshop_incidents())):
        held = [of_incident(agent, incident.of_recorded(one)) for one in incidents]
        found = figures(runner, held)
        chance = np.mean(
            [[k / len(case.graph.nodes) for k in TOPS] for case, _ in held if case.graph], axis=0
        )
        kind = [found.get(f"kind/{figure}", float("nan")) for figure in ("accuracy", "majority")]
        rows.append((name, len(held), *(found[f"service/top{k}"] for k in TOPS), *chance, *kind))
    head = ("system", "incidents", *(f"top-{k}" for k in TOPS), *(f"chance {k}" for k in TOPS),
            "kind", "commonest kind")  # fmt: skip
    print(table("Root cause, incidents of systems that training never saw", head, rows))


def injected(runner: Runner[Any, Any], held: Pairs) -> None:
    """Every head on injected and simulated incidents."""
    found = figures(runner, held)
    heads = [name for name in agent.heads if f"{name}/top1" in found]
    shown = ("top1", "top3", "top5", "false_alarms", "calibration_error")
    rows = [(name, *(found[f"{name}/{figure}"] for figure in shown)) for name in heads]
    head = ("of", "top-1", "top-3", "top-5", "false alarms", "calibration error")
    print(table(f"Injected and simulated, {len(held)} cases", head, rows))
    kind = [(found["kind/accuracy"], found["kind/majority"], found["kind/calibration_error"])]
    print(table("Kind of incident", ("accuracy", "commonest", "calibration error"), kind))


def inputs(runner: Runner[Any, Any], held: Pairs) -> None:
    """First places of the service, and changes, with every subset of inputs."""
    full = [(case, label) for case, label in held if case.logs and case.graph and case.changes]
    rows: list[Row] = [("chance", *chance(full), float("nan"))]
    for present in chain.from_iterable(combinations(INPUTS, n) for n in range(1, len(INPUTS) + 1)):
        nothing = dict.fromkeys(set(INPUTS) - set(present))
        found = figures(runner, [(case.model_copy(update=nothing), label) for case, label in full])
        rows.append((" + ".join(present), *(found.get(f"service/top{k}", float("nan")) for k in TOPS),
                     found.get("change/top1", float("nan"))))  # fmt: skip
    head = ("inputs", *(f"service, top-{k}" for k in TOPS), "change, top-1")
    print(table(f"By what is there, {len(full)} injected cases with everything", head, rows))


def chance(held: Pairs) -> list[float]:
    """How often a service drawn at random is a true one, among so many that are drawn."""
    guilty = [(case, label.service) for case, label in held if label.service and case.graph]
    shares = [
        [min(1.0, k * len(names) / max(len(case.graph.nodes), 1)) for k in TOPS]
        for case, names in guilty
        if case.graph
    ]
    return [float(np.mean(column)) for column in zip(*shares, strict=True)]


def noise(runner: Runner[Any, Any], held: Pairs) -> None:
    """Gates and first places where the logs are those of another case."""
    full = [(case, label) for case, label in held if case.logs]
    others = [full[(i + 1) % len(full)][0].logs for i in range(len(full))]
    rows: list[Row] = []
    for name, said in (
        ("as they are", [case.logs for case, _ in full]),
        ("of another case", [moved(one, case.logs) for one, (case, _) in zip(others, full, strict=True)]),
        ("none", [None] * len(full)),
    ):
        pairs = zip(full, said, strict=True)
        asked = [(case.model_copy(update={"logs": logs}), label) for (case, label), logs in pairs]
        run = runner.run([runner.prepare(case) for case, _ in asked])
        gates = np.mean([output["gates"][0] for output in run], axis=0)
        rows.append((name, figures(runner, asked)["service/top1"], *gates[1:]))
    print(table("Gates and noise", ("logs", "service, top-1", *agent.inputs), rows))


def moved(logs: Logs | None, like: Logs | None) -> Logs | None:
    """Logs on the clock of others."""
    clock = {"start": like.start, "interval": like.interval} if like else {}
    return logs.model_copy(update=clock) if logs else None


PARTS = {"rootcause": rootcause, "injected": injected, "inputs": inputs, "noise": noise}


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("what", nargs="*", default=list(PARTS))
    parser.add_argument("--cases", type=int, default=800)
    parser.add_argument("--data", type=Path, default=Path(".data/operations"))
    parser.add_argument("--weights", type=Path, default=shipped(agent.name))
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(agent, arguments.weights, threads=1)
    real = len(incident.real())
    held = source(agent, "valid")(arguments.data, "test", arguments.cases)
    held = held[: len(held) - real]
    for what in arguments.what:
        PARTS[what](runner, held)
    print(f"\nSeed 2. {machine()}.")


if __name__ == "__main__":
    main()
