"""What a review of a change says: known bugs that it brings in, and noise on changes that were released.

    python benchmarks/changes.py bugs noise --before OLD_WHEELS --after NEW_WHEELS

`bugs` needs the labelled sets (OCTAD_DATA): every program of QuixBugs and every Python program of DebugBench
that parses and holds one bug is a new file (every line changed), as it is and repaired. `noise` compares
wheels of two releases of packages that no part of training saw: what is said of changed lines there is noise.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from octad.ask import Thresholds, thresholds
from octad.catalog import load
from octad.read.code.hunks import ranges
from octad.records.code import Code
from octad.review.pipeline import cases_of
from octad.runtime import Runner
from octad_train.data.code.real_bugs import RealBug, debugbench, quixbugs
from octad_train.evaluate.localise import ScoredLine, alarms
from octad_train.evaluate.noise import released
from octad_train.evaluate.tables import machine, table


def levels(runner: Runner[Any, Any]) -> dict[str, Thresholds]:
    """The thresholds to compare."""
    return {
        "of whole files": thresholds(runner.manifest),
        "of changes": thresholds(runner.manifest, diff=True),
        "0.5 for every rule": thresholds(runner.manifest, 0.5),
    }


def said(
    runner: Runner[Any, Any], codes: Sequence[Code], wanted: Mapping[str, Thresholds]
) -> dict[str, list[list[ScoredLine]]]:
    """By thresholds and code the lines with a finding of the bug head; the model is asked once."""
    agent = runner.agent
    parts = [(at, case) for at, code in enumerate(codes) for case in cases_of(agent, [code])]
    found: dict[str, list[list[ScoredLine]]] = {name: [[] for _ in codes] for name in wanted}
    for (at, _), one in zip(parts, runner.ask([case for _, case in parts]), strict=True):
        for name, least in wanted.items():
            for finding, _ in agent.candidates(one.case, one.answer, least):
                if finding.rule.startswith("bug/"):
                    found[name][at].append(ScoredLine(finding.anchor.line, finding.probability))
    return found


def whole(code: Code) -> Code:
    """The code as a file that a change adds."""
    return code.model_copy(update={"changed": ranges(range(1, code.text.count("\n") + 2))})


def bugs(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Precision and recall of what is shown of new files with one known bug."""
    every = [bug for bug in debugbench() if bug.parses and bug.is_single]
    sets: dict[str, list[RealBug]] = {
        "quixbugs": quixbugs(),
        "debugbench, one token": [bug for bug in every if bug.edits == 1],
        "debugbench, more tokens": [bug for bug in every if bug.edits != 1],
    }
    sets["all"] = [bug for chosen in sets.values() for bug in chosen]
    rows = []
    wanted = levels(runner)
    for title, chosen in sets.items():
        buggy = said(runner, [whole(bug.buggy) for bug in chosen], wanted)
        fixed = said(runner, [whole(bug.fixed) for bug in chosen], wanted)
        rows += [
            [title, name, len(chosen), *alarms(chosen, buggy[name], fixed[name], 0.0)] for name in wanted
        ]
    header = ["set", "thresholds", "programs", "shown", "precision", "with repaired", "recall", "false"]
    return table("Known bugs in new files", header, rows)


def changed(before: Code, after: Code) -> Code:
    """The later text, with the lines that it does not share with the earlier one."""
    old, new = before.text.split("\n"), after.text.split("\n")
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    lines = [line for kind, _, _, c, d in blocks if kind != "equal" for line in range(c + 1, d + 1)]
    return after.model_copy(update={"changed": ranges(lines)})


def noise(runner: Runner[Any, Any], arguments: argparse.Namespace) -> str:
    """Findings on changed lines between two releases."""
    old = {name.partition(" ")[0]: codes for name, codes in released(arguments.before).items()}
    wanted = levels(runner)
    rows: list[list[object]] = []
    totals: Counter[str] = Counter()
    for name, codes in released(arguments.after).items():
        before = {code.path: code for code in old.get(name.partition(" ")[0], [])}
        nothing = Code(path="", text="")
        new = [changed(before.get(code.path, nothing), code) for code in codes]
        lines = sum(r.last - r.first + 1 for code in new for r in code.changed or ())
        counts = {key: sum(map(len, each)) for key, each in said(runner, new, wanted).items()}
        totals.update(counts | {"lines": lines})
        rows.append([name, lines, *counts.values()])
    rows.append(["all", totals["lines"], *(totals[key] for key in wanted)])
    rate = [1000 * totals[key] / max(totals["lines"], 1) for key in wanted]
    rows.append(["per 1,000 changed lines", "", *rate])
    return table("Findings on changes between releases", ["release", "changed lines", *wanted], rows)


PARTS = {"bugs": bugs, "noise": noise}


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--before", type=Path, default=Path(".data/before"))
    parser.add_argument("--after", type=Path, default=Path(".data/released"))
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(load(arguments.agent), arguments.weights)
    for part in arguments.parts:
        sys.stdout.write(PARTS[part](runner, arguments) + "\n")
    sys.stdout.write(f"No random numbers. {machine()}.\n")


if __name__ == "__main__":
    main()
