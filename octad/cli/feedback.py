"""`octad feedback`: say of a finding that it helped or not, and see what that comes to."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.groups import SETTINGS, Form, or_help
from octad.cli.output import check_writable, write
from octad.errors import InputError
from octad.host.terminal import say, show

if TYPE_CHECKING:
    from octad.feedback.verdict import Verdict

verbs = typer.Typer(**SETTINGS)

Fingerprint = Annotated[str, typer.Argument(help="Of the finding; with --report its first 8 characters.")]
Rule = Annotated[str, typer.Option(metavar="RULE", help="Its rule, where there is no report.")]
Note = Annotated[str, typer.Option(help="What else is to be said; never code.")]
FromReport = Annotated[
    Path | None, typer.Option(metavar="REPORT.json", help="The report that shows it, from --format json.")
]
Output = Annotated[Path | None, typer.Option(help="Write to this file.")]
Everywhere = Annotated[bool, typer.Option("--all-projects", help="Of every project, not of this one.")]


class Reason(StrEnum):
    """Why a finding is dismissed."""

    wrong = "wrong"
    not_worth_it = "not-worth-it"
    intended = "intended"


class By(StrEnum):
    """What rates are of."""

    rule = "rule"
    agent = "agent"
    version = "version"
    project = "project"


@verbs.callback(invoke_without_command=True)
def feedback(context: typer.Context) -> None:
    """Say of a finding that it helped or not, and see what that comes to."""
    or_help(context)


@verbs.command()
def accept(fingerprint: Fingerprint, rule: Rule = "", note: Note = "", report: FromReport = None) -> int:
    """Say that a finding helped."""
    return _record(fingerprint, rule, report, decision="accepted", note=note)


@verbs.command()
def dismiss(
    fingerprint: Fingerprint,
    reason: Annotated[
        Reason, typer.Option(help="Not so, so and small, or so and meant.", show_default=False)
    ],
    rule: Rule = "",
    note: Note = "",
    report: FromReport = None,
) -> int:
    """Say that a finding did not help, and why: it is not brought up again."""
    return _record(fingerprint, rule, report, decision="dismissed", reason=reason.value, note=note)


@verbs.command()
def correct(
    fingerprint: Fingerprint,
    to: Annotated[str, typer.Option(help="What it should have been.", show_default=False)],
    rule: Rule = "",
    note: Note = "",
    report: FromReport = None,
) -> int:
    """Say what a finding should have been: something is wrong there, but not that."""
    return _record(fingerprint, rule, report, decision="corrected", correction=to, note=note)


@verbs.command("list")
def list_verdicts(report: FromReport = None, everywhere: Everywhere = False, output: Output = None) -> int:
    """List what was said of findings here, or with --report the findings of a report."""
    from octad.feedback.reports import read_report
    from octad.feedback.store import existing

    check_writable(output)
    if report is not None:
        found = read_report(report).findings
        rows = [
            (one.fingerprint[:8], one.rule, f"{one.anchor.path}:{one.anchor.line}", one.message)
            for one in found
        ]
        write(_columns(rows) or "No findings\n", output)
        return 0
    kept = existing()
    verdicts = kept.standing(None if everywhere else _here()) if kept else []
    write(_columns([_row(one) for one in verdicts]) or "Nothing was said\n", output)
    return 0


@verbs.command()
def rates(
    by: Annotated[By, typer.Option(help="What the rates are of.")] = By.rule,
    form: Annotated[Form, typer.Option("--format", help="How to write them.")] = Form.terminal,
    everywhere: Everywhere = False,
    output: Output = None,
) -> int:
    """Show how often findings are approved, with intervals at 95 %, and which rules are silenced."""
    import json

    from octad.feedback.rates import rates as rates_of
    from octad.feedback.store import existing

    check_writable(output)
    kept, project = existing(), None if everywhere or by is By.project else _here()
    held = kept.standing(project) if kept else []
    counting = kept.standing(project, counting=True) if kept else []
    found = rates_of(held, by.value, counting)
    if form is Form.json:
        text = json.dumps([one.model_dump(mode="json") for one in found], indent=2) + "\n"
    else:
        head = [(by.value, "approved", "95 %", "accepted", "corrected", "dismissed", "")]
        rows = [
            (
                one.name,
                f"{one.approval:.0%}",
                f"{one.low:.0%} to {one.high:.0%}",
                f"{one.accepted:,}",
                f"{one.corrected:,}",
                f"{one.dismissed:,}",
                _silence(one.silenced, everywhere),
            )
            for one in found
        ]
        text = _columns([*head, *rows]) if rows else "Nothing was said\n"
    write(text, output)
    return 0


@verbs.command()
def restore(rule: Annotated[str, typer.Argument(help="A rule that is silenced here.")]) -> int:
    """Let what was said of a rule up to now silence it no longer in this project."""
    from octad.audit import actor_here
    from octad.feedback.store import existing

    kept = existing()
    done = kept.restore(_here(), rule, actor_here()) if kept else None
    if done is None or not done.verdicts:
        raise InputError(f"nothing was said of {rule} here", hint="`octad feedback rates` shows the rules")
    say(f"{done.verdicts:,} verdicts on {rule} no longer count; findings that were dismissed stay so")
    return 0


@verbs.command()
def export(everywhere: Everywhere = False, output: Output = None) -> int:
    """Write what was said as events in JSON: labels to train on, without any code."""
    from octad.feedback.store import existing
    from octad.feedback.verdict import as_event
    from octad.records.events import Events

    check_writable(output)
    kept = existing()
    verdicts = kept.standing(None if everywhere else _here()) if kept else []
    events = Events(events=tuple(as_event(one) for one in verdicts))
    write(events.model_dump_json(indent=2) + "\n", output)
    return 0


def _record(beginning: str, rule: str, report: Path | None, **said: Any) -> int:
    """Keep a verdict of this user; raises InputError where it is on nothing, or says what it may not."""
    from pydantic import ValidationError

    from octad.audit import actor_here
    from octad.feedback.store import Feedback, now
    from octad.feedback.verdict import Verdict
    from octad.records.base import reason_of

    kept, project = Feedback(), _here()
    about = _about(beginning.lower(), rule, report, kept.history(project, beginning.lower()))
    try:
        verdict = Verdict(**about, **said, project=project, actor=actor_here(), time=now())
    except ValidationError as error:
        raise InputError(reason_of(error), hint="see `octad feedback --help`") from error
    news = kept.record(verdict)
    show(f"{verdict.fingerprint[:8]} {verdict.rule}: {verdict.decision}{'' if news else ', as before'}\n")
    return 0


def _about(beginning: str, rule: str, report: Path | None, before: list[Verdict]) -> dict[str, Any]:
    """What a verdict is on: a finding of a report, one of which something was said, or one by its rule."""
    from octad.feedback.reports import finding_of, read_report, said_of
    from octad.feedback.verdict import SHORTEST

    if report is not None:
        reported = read_report(report)
        return said_of(reported, finding_of(reported, beginning))
    known = {one.fingerprint: one for one in before} if len(beginning) >= SHORTEST else {}
    if len(known) == 1:
        (one,) = known.values()
        same = ("fingerprint", "rule", "agent", "version", "path", "line_digest")
        return one.model_dump(include=set(same))
    if not rule:
        raise InputError(
            f"nothing is known of a finding {beginning!r}", hint="name its --report, or its --rule"
        )
    return {"fingerprint": beginning, "rule": rule}


def _here() -> str:
    from octad.feedback.project import project_of

    return project_of(Path.cwd())


def _row(one: Verdict) -> tuple[str, ...]:
    said = " ".join(filter(None, (one.decision, one.reason, one.correction)))
    return one.fingerprint[:8], one.rule, said, one.path, one.actor, f"{one.time:%Y-%m-%d}", one.note


def _silence(projects: tuple[str, ...], everywhere: bool) -> str:
    if not projects:
        return ""
    where = f"in {', '.join(projects)}" if everywhere else "here"
    return f"silenced {where}: mostly dismissed (`octad feedback restore`)"


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as lines with columns under each other."""
    if not rows:
        return ""
    flat = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*flat, strict=True)]
    lines = ("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in flat)
    return "".join(f"{line.rstrip()}\n" for line in lines)
