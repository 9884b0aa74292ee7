"""How well the agent that assesses deployments does on what training never saw.

    OCTAD_DATA=<labelled sets> python benchmarks/deployments.py [risk] [rollback] [inputs] [noise]

risk: the newest fifth of every project, by the transformer, by the trees stacked with it, and by both;
rollback: regressions injected in the normal windows of `petshop`, asked after every third point, in the table
of `floors_rollback.py`; inputs: the same with every subset of what may be there; noise: logs of another case.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np
from floors_rollback import Scored, header, judged, row, threshold
from numpy.typing import NDArray

from octad.advice.metric_verdicts import metric_verdicts, worse
from octad.agents.deployment_specialist import Case, agent
from octad.metrics.calibration import expected_calibration_error
from octad.metrics.ranking import auc
from octad.records.series import Comparison
from octad.runtime import Runner
from octad.store.artefact import shipped
from octad_train.data.changes.labelled_changes import Risk
from octad_train.data.operations.cases import of_deployment
from octad_train.data.operations.deployments import DeploymentExample, held_changes, of_injected, of_risk
from octad_train.data.operations.normal_windows import normal_windows
from octad_train.evaluate.tables import machine, table
from octad_train.inject.regressions import Injected, Regressions
from octad_train.metrics.gate_curve import caught

Floats = NDArray[np.float64]
Row = tuple[Any, ...]
INPUTS = ("metrics", "logs", "graph")


def cases(held: Sequence[DeploymentExample]) -> list[Case]:
    return [of_deployment(agent, one)[0] for one in held]


def risk(folder: Path, data: Path) -> None:
    """Area under the curve and shares caught of every project, and their means by set."""
    held = held_changes(data, "test")
    said = stacked(folder, held)
    said["lines added"] = np.array([one.change.measures.la if one.change.measures else 0 for one in held])
    rows: list[Row] = []
    for name, at in sets(held).items():
        own = [held[i] for i in at]
        for model, chances in said.items():
            rows.append((name, len(own), model, *mean_over_projects(own, chances[at], model)))
    head = ("set", "changes", "model", "mean auc", "at 5 %", "at 10 %", "at 20 %", "calibration error")
    print(table("Risk, mean over projects", head, rows))
    projects = sorted({one.project for one in held})
    each = []
    for project in projects:
        at = [i for i, one in enumerate(held) if one.project == project]
        truth = np.array([held[i].label for i in at])
        areas = [auc(chances[at], truth) for chances in said.values()]
        each.append((project, len(at), int(truth.sum()), *areas))
    print(table("Risk by project, auc", ("project", "changes", "defective", *said), each))


def sets(held: Sequence[Risk]) -> dict[str, list[int]]:
    """Projects whose changes have a diff were mined, the others are of the public set of measures."""
    mined = {one.project for one in held if one.change.files}
    return {
        name: [i for i, one in enumerate(held) if (one.project in mined) == is_mined]
        for name, is_mined in (("mined", True), ("measures alone", False))
    }


def mean_over_projects(held: Sequence[Risk], chances: Floats, model: str) -> Row:
    found = []
    for project in sorted({one.project for one in held}):
        at = [i for i, one in enumerate(held) if one.project == project]
        truth, own = np.array([held[i].label for i in at]), chances[at]
        error = float("nan") if model == "lines added" else expected_calibration_error(own, truth)
        found.append((auc(own, truth), *(caught(own, truth, share) for share in (0.05, 0.1, 0.2)), error))
    return tuple(np.mean(found, axis=0))


def stacked(folder: Path, held: Sequence[Risk]) -> dict[str, Floats]:
    """What transformer and trees say by themselves, and stacked as they are stored."""
    import torch

    from octad.nn.stacked_trees import UNSTACKED
    from octad.store.artefact import load
    from octad_train.train.assemble import make_model, make_pieces, runner_of
    from octad_train.train.finish import start_from
    from octad_train.train.settings import Settings

    settings = Settings(examples=1, folder=Path())
    model = make_model(agent, settings)
    start_from(model, agent, folder)
    runner = runner_of(agent, model.eval(), make_pieces(settings))
    extension: Any = next(one for one in agent.extensions if one.name == "risk_trees")
    network: Any = model.core.extensions[extension.name]
    units = [runner.prepare(case) for case in cases([of_risk(one) for one in held])]
    a, b, c = network.weight[[extension.sort(unit) for unit in units]].numpy().T
    network.weight.copy_(torch.tensor(UNSTACKED))
    transformer = np.array([float(output["risk"][0][0]) for output in runner.run(units)])
    trees = network.trees(torch.from_numpy(np.stack([extension.row(unit) for unit in units]))).numpy()
    _, manifest = load(agent.name, folder)
    stacked = (a * transformer + b * trees + c) / manifest.temperatures["risk"]
    said = {"transformer": transformer, "trees": trees, "stacked": stacked}
    return {name: 1 / (1 + np.exp(-one)) for name, one in said.items()}


def windows(count: int) -> dict[str, list[Injected]]:
    """Injected, benign and clean windows of the unseen system, and of two that gave windows to train on."""
    found = {}
    stretches = normal_windows()
    for source in ("petshop", "nezha", "nab"):
        stream = Regressions([one for one in stretches if one.source == source], seed=1)
        number = count if source == "petshop" else count // 2
        found[source] = [one for index in range(number) for one in stream.triple(0, index)]
    return found


def judge(
    runner: Runner[Any, Any], absent: Sequence[str] = (), step: int = 3
) -> Callable[[Injected], Floats]:
    """The agent as a judge: what it says after every third point, held until the next."""
    nothing = dict.fromkeys(absent)

    def said(injected: Injected) -> Floats:
        length = len(injected.deployment.window) - injected.deployment.at
        points = [*range(step, length, step), length]
        asked = [of_injected(injected.until(n)) for n in points]
        answers = runner.answers([case.model_copy(update=nothing) for case in cases(asked)])
        found = np.zeros(length)
        for n, answer in zip(points, answers, strict=True):
            found[n - 1 :] = answer.rollback
        return found

    return said


def verdict(injected: Injected) -> Floats:
    """1 from the point on at which the first metric is certainly worse, 0 before, `[A]`."""
    times = injected.deployment.window.times[injected.deployment.at :]
    compared = Comparison(before=injected.before, after=injected.after)
    found = [one.since for one in worse(metric_verdicts(compared, injected.graph)) if one.since is not None]
    certain: Floats = (times >= min(found, default=np.inf)).astype(np.float64)
    return certain


def rollback(runner: Runner[Any, Any], count: int) -> None:
    """The table of the floors, with the shipped threshold, one of other systems and one of its own."""
    said = {source: judged(judge(runner), held) for source, held in windows(count).items()}
    own = [one for one in said["petshop"] if not one.injected.fault]
    others = [one for source in ("nezha", "nab") for one in said[source] if not one.injected.fault]
    stored = runner.manifest.thresholds.get("deployment/rollback")
    limits = {} if stored is None else {"shipped": stored}
    limits |= {"1 % of two others": threshold(others), "1 % of its own": threshold(own)}
    rows = [[name, f"{limit:.3f}", *row(said["petshop"], limit)] for name, limit in limits.items()]
    rows += [["at the end, 1 % of its own", *ended(said["petshop"])]]
    verdicts = judged(verdict, [one.injected for one in said["petshop"]])
    rows.append(["judges of single metrics alone", "", *row(verdicts, 1.0)])
    if stored is not None:
        either = [
            Scored(one.injected, np.maximum(one.said / stored, judge.said), one.onset)
            for one, judge in zip(said["petshop"], verdicts, strict=True)
        ]
        rows.append(["**either, as shipped**", f"{stored:.3f}", *row(either, 1.0)])
    title = "Rollback of unseen systems, asked after every third point"
    print(table(title, ["threshold", "from", *header()], rows))


def ended(test: Sequence[Scored]) -> list[str]:
    """The same where it is asked once, when all has been seen."""
    last = [Scored(one.injected, one.said[-1:], 0) for one in test]
    limit = threshold([one for one in last if not one.injected.fault])
    return [f"{limit:.3f}", *row(last, limit)]


def inputs(runner: Runner[Any, Any], count: int) -> None:
    """Area under the curve and caught at 1 % false with every subset; the best single input is the floor."""
    held = windows(count)["petshop"]
    rows: list[Row] = []
    for present in chain.from_iterable(combinations(INPUTS, n) for n in (1, 2, 3)):
        said = outputs(runner, held, set(INPUTS) - set(present))
        rows.append((" + ".join(present), *measured(held, said)))
    head = ("inputs", "auc", "caught at 1 % false, >= 2x", "smaller")
    print(table("Rollback by what is there, asked once, when all has been seen", head, rows))


def outputs(runner: Runner[Any, Any], held: Sequence[Injected], absent: set[str]) -> Floats:
    """The opinion of each, even where the agent would say that it has too little to go by."""
    made = cases(list(map(of_injected, held)))
    return logits(runner, [case.model_copy(update=dict.fromkeys(absent)) for case in made])


def logits(runner: Runner[Any, Any], made: Sequence[Case]) -> Floats:
    """The logit of each case, less what its own past raises."""
    units = [runner.prepare(case) for case in made]
    run = runner.run(units)
    pasts = [runner.placebo(case, unit, one) for case, unit, one in zip(made, units, run, strict=True)]
    return np.array(
        [float(one["rollback"][0][0]) - max(past.get("rollback", 0.0), 0.0)
         for one, past in zip(run, pasts, strict=True)]
    )  # fmt: skip


def measured(held: Sequence[Injected], said: Floats) -> Row:
    faulty = np.array([one.fault is not None for one in held])
    ratios = np.array([one.fault.ratio if one.fault else -1.0 for one in held])
    limit = np.quantile(said[~faulty], 0.99)
    large, small = faulty & (ratios >= 2), faulty & (ratios < 2)
    return auc(said, faulty), float((said[large] > limit).mean()), float((said[small] > limit).mean())


def noise(runner: Runner[Any, Any], count: int) -> None:
    """Gates and area under the curve where the logs are those of another case."""
    held = windows(count)["petshop"]
    made = cases(list(map(of_injected, held)))
    others = [made[(i + 3 * (1 + i % 5)) % len(made)].logs for i in range(len(made))]
    pairs = zip(made, others, strict=True)
    swapped = [case.model_copy(update={"logs": moved(logs, case.logs)}) for case, logs in pairs]
    truth = np.array([one.fault is not None for one in held])
    rows: list[Row] = []
    for name, asked in (("as they are", made), ("logs of another case", swapped),
                        ("without logs", [c.model_copy(update={"logs": None}) for c in made])):  # fmt: skip
        run = runner.run([runner.prepare(case) for case in asked])
        gates = np.mean([output["gates"][0] for output in run], axis=0)
        rows.append((name, auc(logits(runner, asked), truth), *gates[1:]))
    print(table("Gates and noise", ("logs", "auc", *agent.inputs), rows))


def moved(logs: Any, like: Any) -> Any:
    """Logs on the clock of others."""
    if logs is None or like is None:
        return logs
    return logs.model_copy(update={"start": like.start, "interval": like.interval})


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("what", nargs="*", default=["risk", "rollback", "inputs", "noise"])
    parser.add_argument("--data", type=Path, default=Path(".data/operations"))
    parser.add_argument("--windows", type=int, default=100)
    parser.add_argument("--weights", type=Path, default=shipped(agent.name))
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(agent, arguments.weights, threads=1)
    for what in arguments.what:
        if what == "risk":
            risk(arguments.weights, arguments.data)
        else:
            {"rollback": rollback, "inputs": inputs, "noise": noise}[what](runner, arguments.windows)
    print(f"\nSeed 1, {arguments.windows} windows three times each. {machine()}.")


if __name__ == "__main__":
    main()
