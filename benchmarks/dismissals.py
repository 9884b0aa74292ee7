"""What a history of dismissals does: repeats of what was dismissed, and whether anything else is hidden.

    python benchmarks/dismissals.py --before OLD_WHEELS --after NEW_WHEELS

All that the bug head says of an earlier release from --least on is dismissed: read by hand, such findings
were nearly always wrong. Then the later release is reviewed without and with that history: a dismissed line
is not brought up again, and a rule that is mostly dismissed is silenced (`octad.feedback`). A repeat is a
finding of the same rule on a line with the same text. For every rule the dismissals of that rule alone are
tried on all other rules: not one of their findings may change. Injected bugs of test packages show the cost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from octad.ask import thresholds
from octad.catalog import load
from octad.feedback.heard import heard
from octad.heads.pointer import BugLabel
from octad.records.code import Code
from octad.records.events import Event, Events
from octad.records.lines import sources_of
from octad.records.report import Finding
from octad.review.pipeline import cases_of
from octad.runtime import Asked, Runner
from octad_train.evaluate.noise import released
from octad_train.evaluate.tables import machine, table
from octad_train.sources import source

Seen = Sequence[Asked[Any, Any]]


def asked(runner: Runner[Any, Any], packages: Mapping[str, Sequence[Code]]) -> Seen:
    """Every unit with the answer to it."""
    return runner.ask([case for codes in packages.values() for case in cases_of(runner.agent, codes)])


def findings(
    runner: Runner[Any, Any], seen: Seen, least: float, history: Events | None = None
) -> Iterator[tuple[Any, Finding]]:
    """What the bug head says from `least` on, in the light of a history, and of which case."""
    rules = [rule for rule in thresholds(runner.manifest, least) if rule.startswith("bug/")]
    known = heard(history.events if history is not None else ())
    for one in seen:
        said = [
            made for made, _ in runner.agent.candidates(one.case, one.answer, dict.fromkeys(rules, least))
        ]
        for finding in known.parted(said, sources_of([one.case.code])).findings:
            yield one.case, finding


def line_of(case: Any, finding: Finding) -> str:
    """The text that a finding is on."""
    code: Code = case.code
    return code.text.split("\n")[finding.anchor.line - code.first_line].strip()


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


def others_changed(runner: Runner[Any, Any], seen: Seen, least: float, history: Events) -> tuple[int, int]:
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
    old, new = (asked(runner, released(folder)) for folder in (arguments.before, arguments.after))
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
    """Injected bugs shown without and with the history of strangers' code."""
    cases = source(runner.agent, "valid")(arguments.data, "test", arguments.cases)
    injected = [(case, label) for case, label in cases if isinstance(label.bug, BugLabel)]
    seen = runner.ask([case for case, _ in injected])
    wanted = [
        (case.code.path, case.code.first_line, place)
        for case, label in injected
        for place in runner.agent.expected(case, label)
    ]
    rows: list[list[object]] = []
    for name, memory in (("without history", None), ("with history", history)):
        found = findings(runner, seen, arguments.least, memory)
        shown = {(case.code.path, case.code.first_line, (f.rule, f.anchor.line)) for case, f in found}
        rows.append([name, len(wanted), sum(one in shown for one in wanted)])
    return table("Injected bugs of test packages", ["review", "injected", "shown"], rows)


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
