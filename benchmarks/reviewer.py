"""What the shipped code-reviewer is worth, beside its floors; each part prints one table.

    python benchmarks/reviewer.py planted great real noise security faithfulness speed

`planted` needs the corpus (--data), `great`, `real` and `security` the labelled sets (OCTAD_DATA),
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

from octad.agent import Claim
from octad.catalog import load
from octad.data.advice import ADVICE
from octad.data.great import read_great
from octad.data.labelled import folder
from octad.data.realbugs import RealBug, debugbench, quixbugs
from octad.data.security import security_pairs
from octad.evaluate.figures import figures
from octad.evaluate.localise import Blame, alarms, localisation, located
from octad.evaluate.noise import noise, released
from octad.evaluate.suites import varmisuse
from octad.evaluate.tables import machine, table
from octad.explain import gradients
from octad.explain.deletion import Explanation, explain
from octad.metrics.classification import confusion
from octad.metrics.ranking import auc, pairwise_accuracy
from octad.records.code import Code
from octad.records.report import Finding
from octad.runtime import Runner
from octad.store.artefact import shipped
from octad.syntax.units import units

COMMAND = (sys.executable, "-c", "from octad.cli.main import main; main()")
EVERY_BUG = {f"bug/{kind}": 0.0 for kind in ADVICE}
Work = Callable[[Runner[Any, Any], argparse.Namespace], str]
FAMILIES = ("bug", "uses", "security", "performance", "style")
"""Findings whose noise is counted apart."""


def planted(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Every head on the test packages, commits and problems."""
    found = figures(runner, runner.agent.sources["valid"](arguments.data, "test", arguments.cases))
    rows = [(*key.split("/"), value) for key, value in found.items()]
    return table(
        f"Held-out test parts, {arguments.cases:,} planted functions", ("head", "figure", "value"), rows
    )


def great(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Variable misuse in the public set's own terms."""
    rows = list(read_great(folder() / "great_varmisuse" / "functions.jsonl.xz"))
    return table("great_varmisuse", ("figure", "value"), list(varmisuse(runner, rows).items()))


def judged(runner: Runner[Any, Any], codes: Sequence[Code]) -> tuple[list[list[Blame]], list[list[Blame]]]:
    """Lines of whole files that the bug head suspects, and those with a finding at the thresholds."""
    parts = [(at, runner.agent.case(code=unit)) for at, code in enumerate(codes) for unit in units(code)]
    ranked: list[list[Blame]] = [[] for _ in codes]
    found: list[list[Blame]] = [[] for _ in codes]
    for (at, case), answer in zip(parts, runner.answers([case for _, case in parts]), strict=True):
        for each, thresholds in ((ranked, EVERY_BUG), (found, runner.thresholds)):
            for claimed in runner.agent.findings(case, answer, thresholds):
                finding = claimed.finding
                if finding.rule.startswith("bug/"):
                    each[at].append(Blame(finding.anchor.line, finding.probability))
    return ranked, found


def said_of(runner: Runner[Any, Any], codes: Sequence[Code]) -> list[Finding]:
    """Findings of the model above its thresholds, the whole file cut into units."""
    cases = [runner.agent.case(code=unit) for code in codes for unit in units(code)]
    answers = runner.answers(cases)
    return [
        claimed.finding
        for case, answer in zip(cases, answers, strict=True)
        for claimed in runner.agent.findings(case, answer, runner.thresholds)
    ]


def real(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """The right function and line of known bugs, ranked; and what the shipped thresholds show."""
    every = [bug for bug in debugbench() if bug.parses]
    sets: dict[str, list[RealBug]] = {
        "quixbugs": quixbugs(),
        "debugbench, one bug, one token": [bug for bug in every if bug.is_single and bug.edits == 1],
        "debugbench, one bug, more tokens": [bug for bug in every if bug.is_single and bug.edits != 1],
    }
    rows: list[list[object]] = []
    shown: list[list[object]] = []
    for name, bugs in sets.items():
        ranked, said = judged(runner, [bug.buggy for bug in bugs])
        twins, said_of_twins = judged(runner, [bug.fixed for bug in bugs])
        where = localisation([located(bug, each) for bug, each in zip(bugs, ranked, strict=True)])
        rows.append([name, *where])
        shown.append([name, "shipped", *alarms(bugs, said, said_of_twins, 0.0)])
        shown += [[name, least, *alarms(bugs, ranked, twins, least)] for least in (0.5, 0.8, 0.95)]
    header = ["set", "programs", "function@1", "line@1", "line@3", "line@5"]
    text = table("Known bugs, ranked by the bug head alone", header, rows)
    header = ["set", "from probability", "shown", "precision", "with twins", "recall", "false"]
    return text + "\n" + table("Known bugs, shown", header, shown)


def noisy(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Findings per 1,000 lines of released code, and a sample of them to read."""
    seen: list[Finding] = []

    def find(codes: Sequence[Code]) -> Sequence[Finding]:
        found = said_of(runner, codes)
        seen.extend(f for f in found if f.rule.startswith("bug/"))
        return found

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
        said = confusion(scores.ravel() > np.median(scores), truth)
        rows.append(
            [
                language,
                len(pairs),
                said.accuracy,
                pairwise_accuracy(scores[:, 0], scores[:, 1]),
                auc(scores.ravel(), truth),
            ]
        )
    header = ["language", "pairs", "accuracy at the median", "pairwise", "AUC"]
    return table("Security head alone, SVEN fold 0", header, rows)


def in_torch(runner: Runner[Any, Any], weights: Path) -> Runner[Any, Any]:
    """The same agent with its weights in torch, where there are gradients."""
    from octad.train.assemble import make_model, make_pieces, runner_of, width_of
    from octad.train.finish import start_from
    from octad.train.settings import Settings

    settings = Settings(examples=0, folder=weights)
    model = make_model(runner.agent, settings)
    start_from(model, runner.agent, weights)
    return runner_of(runner.agent, model.eval(), make_pieces(settings), width_of(model))


def faithfulness(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Evidence by deletion and by gradients against as much at random, on planted bugs that are found."""
    other = in_torch(runner, arguments.weights or shipped(runner.agent.name))
    cases = runner.agent.sources["valid"](arguments.data, "test", 2000)
    found: dict[str, list[Explanation]] = {"deletion": [], "gradients": []}
    names: list[str | None] = []
    for case, label in cases:
        if len(names) == arguments.explained or not hasattr(label.bug, "offset"):
            continue
        unit = runner.prepare(case)
        suspects = runner.finish(case, unit, runner.run([unit])[0]).bug.suspects
        if (
            suspects
            and suspects[0].probability >= 0.5
            and unit.tokens.offsets[suspects[0].item, 0] == label.bug.offset
        ):
            claim = Claim("bug", suspects[0].item)
            found["deletion"].append(explain(runner, unit, case.code.path, claim))
            found["gradients"].append(gradients.explain(other, unit, case.code.path, claim))
            names.append(label.bug.name)
    rows = []
    for method, every in found.items():
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
    "planted": planted, "great": great, "real": real, "noise": noisy, "security": security,
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
