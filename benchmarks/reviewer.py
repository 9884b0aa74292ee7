"""What the shipped code-reviewer is worth, beside its floors; each part prints one table.

    python benchmarks/reviewer.py injected great real noise security faithfulness speed

`injected` needs the corpus (--data), `great`, `real` and `security` the labelled sets (OCTAD_DATA),
`noise` wheels of released packages that no part of training saw (--released).
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from changes import said

from octad.agents.agent import EvidenceTarget
from octad.ask import found, thresholds
from octad.catalog import load
from octad.encoders.code import tokens_of
from octad.explain.deletion import Explanation, explain
from octad.heads.pointer import BugLabel
from octad.metrics.ranking import auc, pairwise_accuracy
from octad.records.code import Code
from octad.records.report import Finding
from octad.review.pipeline import cases_of
from octad.runtime import Runner
from octad.store.artefact import shipped
from octad.syntax.edits import RULE_KINDS
from octad.syntax.units import units
from octad_train.data.code.great import read_great
from octad_train.data.code.real_bugs import RealBug, debugbench, quixbugs
from octad_train.data.code.sven import security_pairs
from octad_train.data.public_sets import folder
from octad_train.evaluate import gradients
from octad_train.evaluate.figures import figures
from octad_train.evaluate.localise import alarms, localisation, located
from octad_train.evaluate.noise import noise, released
from octad_train.evaluate.suites import varmisuse
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.classification import confusion
from octad_train.sources import source

COMMAND = (sys.executable, "-c", "from octad.cli.main import main; main()")
EVERY_BUG = {f"bug/{kind}": 0.0 for kind in RULE_KINDS}
Work = Callable[[Runner[Any, Any], argparse.Namespace], str]
FAMILIES = ("bug", "uses", "security", "performance", "style")
"""Findings whose noise is counted apart."""


def injected(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Every head on the test packages, commits and problems."""
    cases = source(runner.agent, "valid")(arguments.data, "test", arguments.cases)
    rows = [(*key.split("/"), value) for key, value in figures(runner, cases).items()]
    return table(
        f"Held-out test parts, {arguments.cases:,} injected functions", ("head", "figure", "value"), rows
    )


def great(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Variable misuse in the public set's own terms."""
    rows = list(read_great(folder() / "great_varmisuse" / "functions.jsonl.xz"))
    return table("great_varmisuse", ("figure", "value"), list(varmisuse(runner, rows).items()))


def real(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """The right function and line of known bugs, ranked; and what the shipped thresholds show."""
    every = [bug for bug in debugbench() if bug.parses]
    sets: dict[str, list[RealBug]] = {
        "quixbugs": quixbugs(),
        "debugbench, one bug, one token": [bug for bug in every if bug.is_single and bug.edits == 1],
        "debugbench, one bug, more tokens": [bug for bug in every if bug.is_single and bug.edits != 1],
    }
    wanted = {"all": EVERY_BUG, "shown": thresholds(runner.manifest)}
    rows: list[list[object]] = []
    shown: list[list[object]] = []
    for name, bugs in sets.items():
        buggy = said(runner, [bug.buggy for bug in bugs], wanted)
        fixed = said(runner, [bug.fixed for bug in bugs], wanted)
        where = localisation([located(bug, each) for bug, each in zip(bugs, buggy["all"], strict=True)])
        rows.append([name, *where])
        shown.append([name, "shipped", *alarms(bugs, buggy["shown"], fixed["shown"], 0.0)])
        shown += [[name, p, *alarms(bugs, buggy["all"], fixed["all"], p)] for p in (0.5, 0.8, 0.95)]
    header = ["set", "programs", "function@1", "line@1", "line@3", "line@5"]
    text = table("Known bugs, ranked by the bug head alone", header, rows)
    header = ["set", "from probability", "shown", "precision", "with repaired", "recall", "false"]
    return text + "\n" + table("Known bugs, shown", header, shown)


def noisy(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Findings per 1,000 lines of released code, and a sample of them to read."""
    seen: list[Finding] = []
    least = thresholds(runner.manifest)

    def find(codes: Sequence[Code]) -> Sequence[Finding]:
        findings = [one.finding for one in found(runner, cases_of(runner.agent, codes), lambda _: least)]
        seen.extend(finding for finding in findings if finding.rule.startswith("bug/"))
        return findings

    rows = []
    for item in noise(released(arguments.released), find):
        families = Counter(rule.split("/")[0] for rule, count in item.by_rule for _ in range(count))
        shares = [1000 * families[name] / max(item.lines, 1) for name in FAMILIES]
        rows.append([item.package, item.files, item.lines, *shares])
    header = ["package", "files", "lines", *FAMILIES]
    text = table("Findings of the model alone per 1,000 lines", header, rows)
    sample = random.Random(0).sample(seen, min(30, len(seen)))
    read = [(f.anchor.path, f.anchor.line, f.rule, f"{f.probability:.2f}", f.message) for f in sample]
    return text + "\n" + table("Sample to read", ("file", "line", "rule", "probability", "message"), read)


def security(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """The security head on commits that training never saw (fold 0 of SVEN)."""
    rows = []
    for language in ("python", "c", "cpp"):
        pairs = [p for p in security_pairs() if p.language == language and p.fold == 0]
        halves = [half for pair in pairs for half in (pair.before, pair.after)]
        answers = runner.answers([runner.agent.case(code=half) for half in halves])
        scores = np.array([max(a.security.unit.values()) for a in answers]).reshape(-1, 2)
        truth = np.tile([True, False], len(pairs))
        counts = confusion(scores.ravel() > np.median(scores), truth)
        rows.append(
            [
                language,
                len(pairs),
                counts.accuracy,
                pairwise_accuracy(scores[:, 0], scores[:, 1]),
                auc(scores.ravel(), truth),
            ]
        )
    header = ["language", "pairs", "accuracy at the median", "pairwise", "AUC"]
    return table("Security head alone, SVEN fold 0", header, rows)


def in_torch(runner: Runner[Any, Any], weights: Path) -> Runner[Any, Any]:
    """The same agent with its weights in torch, where there are gradients."""
    from octad_train.train.assemble import make_model, make_pieces, runner_of
    from octad_train.train.finish import start_from
    from octad_train.train.settings import Settings

    settings = Settings(examples=0, folder=weights)
    model = make_model(runner.agent, settings)
    start_from(model, runner.agent, weights)
    return runner_of(runner.agent, model.eval(), make_pieces(settings))


def faithfulness(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Evidence by deletion and by gradients against as much at random, on injected bugs that are found."""
    other = in_torch(runner, arguments.weights or shipped(runner.agent.name))
    cases = source(runner.agent, "valid")(arguments.data, "test", 2000)
    made: dict[str, list[Explanation]] = {"deletion": [], "gradients": []}
    names: list[str | None] = []
    for case, label in cases:
        if len(names) == arguments.explained or not isinstance(label.bug, BugLabel):
            continue
        (asked,) = runner.ask([case])
        first = next(iter(asked.answer.bug.suspects), None)
        offsets = tokens_of(asked.unit).offsets
        if first and first.probability >= 0.5 and offsets[first.item, 0] == label.bug.offset:
            target = EvidenceTarget("bug", first.item)
            made["deletion"].append(explain(runner, asked.unit, case.code.path, target))
            made["gradients"].append(gradients.explain(other, asked.unit, case.code.path, target))
            names.append(label.bug.name)
    rows = []
    for method, every in made.items():
        each = [one.faithfulness for one in every]
        mean = [
            float(np.mean([getattr(one, name) for one in each]))
            for name in ("comprehensiveness", "random", "sufficiency")
        ]
        better = float(np.mean([one.comprehensiveness > one.random for one in each]))
        hits = [
            name in [e.text for e in one.evidence] for name, one in zip(names, every, strict=True) if name
        ]
        rows.append([method, len(each), *mean, better, float(np.mean(hits))])
    header = [
        "by",
        "findings",
        "comprehensiveness",
        "random evidence",
        "sufficiency",
        "better than random",
        "names the repair",
    ]
    return table("Evidence, six items", header, rows)


def speed(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Warm answers, cold start of the command, and memory."""
    source = Path(argparse.__file__).read_text(encoding="utf-8")
    lines = source.split("\n")
    parts = sorted(units(Code(path="argparse.py", text=source)), key=lambda unit: len(unit.text))
    longest = parts[-1]
    median = parts[len(parts) // 2]
    cases = {
        "one function, median": [median],
        "one unit of the most items": [longest],
        "a diff of 30 lines": units(Code(path="a.py", text="\n".join(lines[1700:1730]) + "\n")),
        "a file of 500 lines": units(Code(path="a.py", text="\n".join(lines[:500]) + "\n")),
    }
    rows: list[list[object]] = []
    for name, chosen in cases.items():
        items = sum(runner.prepare(runner.agent.case(code=unit)).cost for unit in chosen)
        times = []
        for _ in range(arguments.repeats):
            started = time.perf_counter()
            runner.answers([runner.agent.case(code=unit) for unit in chosen])
            times.append(1000 * (time.perf_counter() - started))
        rows.append([name, items, statistics.median(times), float(np.percentile(times, 95))])
    starts = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(
            [*COMMAND, "review", "--no-analysers", "--no-evidence", __file__],
            capture_output=True,
            check=False,
        )
        starts.append(1000 * (time.perf_counter() - started))
    rows.append(["cold: octad review of one file, no analysers", 0, statistics.median(starts), max(starts)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(["peak memory, MB", 0, peak, peak])
    return table("Milliseconds", ("what", "items", "P50", "P95"), rows)


PARTS: dict[str, Work] = {
    "injected": injected, "great": great, "real": real, "noise": noisy, "security": security,
    "faithfulness": faithfulness, "speed": speed,
}  # fmt: skip


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=["speed"])
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--released", type=Path, default=Path(".data/released"))
    parser.add_argument("--cases", type=int, default=3_000)
    parser.add_argument("--explained", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=40)
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(load(arguments.agent), arguments.weights)
    for part in arguments.parts:
        sys.stdout.write(PARTS[part](runner, arguments) + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"Seed 0. {machine()}, load {os.getloadavg()[0]:.1f}.\n")


if __name__ == "__main__":
    main()
