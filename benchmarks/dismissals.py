"""What a history of dismissals does: repeats of what was dismissed, and whether anything else is hidden.

    python benchmarks/dismissals.py --before OLD_WHEELS --after NEW_WHEELS

All that the bug head says of an earlier release from --least on is dismissed: read by hand, such findings
were nearly always wrong. Then the later release is reviewed without and with that history. A repeat is a
finding of the same rule on a line with the same text. For every rule the dismissals of that rule alone are
tried on all other rules: not one of their findings may change. Planted bugs of test packages show the cost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from octad.catalog import load
from octad.evaluate.noise import released
from octad.evaluate.tables import machine, table
from octad.inspection import pieces
from octad.records.code import Code
from octad.records.events import Event, Events
from octad.records.report import Finding
from octad.runtime import Runner

Answered = list[tuple[Any, Any]]


def answered(runner: Runner[Any, Any], codes: Sequence[Code]) -> Answered:
    """Every unit with the answer to it."""
    cases = [runner.agent.case(code=unit) for unit in pieces(codes)]
    return list(zip(cases, runner.answers(cases), strict=True))


def findings(
    runner: Runner[Any, Any], seen: Answered, least: float, history: Events | None = None
) -> Iterator[tuple[Any, Finding]]:
    """What the bug head says from `least` on, in the light of a history, and of which case."""
    rules = [rule for rule in (*runner.thresholds, *runner.silent) if rule.startswith("bug/")]
    for case, answer in seen:
        remembering = case.model_copy(update={"history": history})
        for claimed in runner.agent.findings(remembering, answer, dict.fromkeys(rules, least)):
            yield case, claimed.finding


def line_of(case: Any, finding: Finding) -> str:
    """The text that a finding is on."""
    text: str = case.code.text
    return text.split("\n")[finding.anchor.line - case.code.first_line].strip()


def dismissed(found: Sequence[tuple[Any, Finding]]) -> Events:
    """The history in which all findings were dismissed."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Events(
        events=tuple(
            Event(time=now, kind="dismissed", subject=f.rule, attributes={"line": line_of(case, f)})
            for case, f in found
        )
    )


def of_rule(history: Events, rule: str) -> Events:
    """Only what was dismissed of one rule."""
    return Events(events=tuple(event for event in history.events if event.subject == rule))


def others_changed(
    runner: Runner[Any, Any], seen: Answered, least: float, history: Events
) -> tuple[int, int]:
    """Findings of other rules that the dismissals of one change, summed over the rules; and of how many."""
    plain = list(findings(runner, seen, least))
    changed = total = 0
    for rule in sorted({event.subject for event in history.events}):
        other = [(f.rule, f.anchor, f.probability) for _, f in plain if f.rule != rule]
        now = {
            (f.rule, f.anchor, f.probability)
            for _, f in findings(runner, seen, least, of_rule(history, rule))
        }
        changed += sum(one not in now for one in other)
        total += len(other)
    return changed, total


def releases(runner: Runner[Any, Any], arguments: argparse.Namespace) -> tuple[Events, str]:
    """Repeats and new findings of the later releases, without and with the history."""
    old = answered(runner, [code for codes in released(arguments.before).values() for code in codes])
    new = answered(runner, [code for codes in released(arguments.after).values() for code in codes])
    history = dismissed(list(findings(runner, old, arguments.least)))
    known = {(event.subject, event.attributes["line"]) for event in history.events}
    rows: list[list[object]] = []
    for name, memory in (("without history", None), ("with history", history)):
        found = list(findings(runner, new, arguments.least, memory))
        repeats = sum((f.rule, line_of(case, f)) in known for case, f in found)
        rows.append([name, len(history.events), repeats, len(found) - repeats])
    changed, total = others_changed(runner, new, arguments.least, history)
    text = table("Findings on the later releases", ["review", "dismissed before", "repeats", "others"], rows)
    return (
        history,
        text + f"\nFindings of other rules changed by the dismissals of one: {changed} of {total}.\n",
    )


def cost(runner: Runner[Any, Any], arguments: argparse.Namespace, history: Events) -> str:
    """Planted bugs shown without and with the history of strangers' code."""
    cases = runner.agent.sources["valid"](arguments.data, "test", arguments.cases)
    planted = [(case, label) for case, label in cases if hasattr(label.bug, "kind")]
    seen = list(
        zip([case for case, _ in planted], runner.answers([case for case, _ in planted]), strict=True)
    )
    wanted = [
        (case.code.path, case.code.first_line, place)
        for case, label in planted
        for place in runner.agent.truth(case, label)
    ]
    rows: list[list[object]] = []
    for name, memory in (("without history", None), ("with history", history)):
        found = findings(runner, seen, arguments.least, memory)
        shown = {(case.code.path, case.code.first_line, (f.rule, f.anchor.line)) for case, f in found}
        rows.append([name, len(wanted), sum(one in shown for one in wanted)])
    return table("Planted bugs of test packages", ["review", "planted", "shown"], rows)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--before", type=Path, default=Path(".data/before"))
    parser.add_argument("--after", type=Path, default=Path(".data/released"))
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--least", type=float, default=0.5)
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(load(arguments.agent), arguments.weights)
    history, text = releases(runner, arguments)
    sys.stdout.write(text + "\n" + cost(runner, arguments, history))
    sys.stdout.write(f"\nFrom probability {arguments.least} on; seed 0. {machine()}.\n")


if __name__ == "__main__":
    main()
