"""The verb of an agent that reads code: what is wrong with files, a change or a patch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.options import Common, FailOn, Parameters, verb
from octad.cli.output import progress, say, write
from octad.cli.sources import filled
from octad.errors import InputError

if TYPE_CHECKING:
    from octad.agents.command import ReviewCommand
    from octad.catalog import Entry
    from octad.read.code.intake import Intake
    from octad.records.report import Report
    from octad.review.pipeline import Options
    from octad.review.settings import Settings

BASELINE = Path(".octad-baseline.json")

OWN: Parameters = {
    "paths": (
        Annotated[
            list[str] | None,
            typer.Argument(
                help="Files and folders; - for a patch on standard input, or for code with --stdin-filename.",
                show_default=".",
            ),
        ],
        None,
    ),
    "diff": (
        Annotated[
            str, typer.Option(metavar="REV", help="Only what changed since REV, or in A..B, in the paths.")
        ],
        "",
    ),
    "stdin_filename": (
        Annotated[str, typer.Option(metavar="PATH", help="Read the code of this file on standard input.")],
        "",
    ),
    "select": (
        Annotated[
            list[str] | None,
            typer.Option(metavar="RULES", help="Only these rules, families or beginnings of names."),
        ],
        None,
    ),
    "ignore": (
        Annotated[list[str] | None, typer.Option(metavar="RULES", help="Not these rules.")],
        None,
    ),
    "max_findings": (
        Annotated[int | None, typer.Option(min=1, help="Show the gravest so many, count the rest.")],
        None,
    ),
    "baseline": (
        Annotated[
            Path | None,
            typer.Option(help="Findings in this file are known and not shown.", show_default=str(BASELINE)),
        ],
        None,
    ),
    "write_baseline": (
        Annotated[bool, typer.Option("--write-baseline", help="Write what is found to the baseline.")],
        False,
    ),
    "analysers": (
        Annotated[bool, typer.Option("--analysers/--no-analysers", help="Ask ruff and bandit as well.")],
        True,
    ),
    "statistics": (
        Annotated[bool, typer.Option("--statistics", help="Count findings by rule, show none.")],
        False,
    ),
    "quiet": (
        Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing beside the report.")],
        False,
    ),
}


def function_of(entry: Entry, command: ReviewCommand) -> Callable[..., int]:
    """The function behind the verb of an agent that reads code."""

    def handle(context: typer.Context, values: dict[str, Any], common: Common) -> int:
        return _review(context.obj, entry, command, values, common)

    return verb(OWN, command.fail_on, handle, command.summary)


def _review(
    dependencies: Dependencies, entry: Entry, command: ReviewCommand, values: dict[str, Any], common: Common
) -> int:
    from octad.read.code.baseline import read_baseline
    from octad.records.lines import sources_of
    from octad.review.pipeline import Options

    tell = _silent if values["quiet"] else say
    asked = _settings(values)
    baseline, writes = values["baseline"], values["write_baseline"]
    if baseline is None and not writes and BASELINE.is_file():
        baseline = BASELINE
    options = Options(
        analysers=values["analysers"],
        settings=asked,
        least=common.min_probability,
        baseline=None if baseline is None or writes else read_baseline(baseline),
        explain=dependencies.explain if common.evidence and not writes else None,
    )
    intake = take(values["paths"] or [], values["diff"], command, values["stdin_filename"])
    intake = _without_excluded(intake, asked, values["paths"] or [])
    report = _report(dependencies, entry, intake, options, common, tell)
    _check_read(intake, report)
    if writes:
        return _write_baseline(report, baseline or BASELINE)
    if asked.fail_on is not None and not common.given("fail_on"):
        common = replace(common, fail_on=FailOn(asked.fail_on))
    if values["statistics"]:
        return _count(report, common)
    return common.written(_shortened(report, asked.max_findings), sources_of(intake.codes), report.findings)


def _silent(line: str) -> None:
    """Say nothing."""


def _settings(values: dict[str, Any]) -> Settings:
    """What the project asks, and what the command line asks instead of it or beside it."""
    from octad.review.settings import settings

    own = settings(Path.cwd())
    select, ignore = (
        tuple(rule for one in values[name] or () for part in one.split(",") if (rule := part.strip()))
        for name in ("select", "ignore")
    )
    update = {
        "select": select or own.select,
        "ignore": (*own.ignore, *ignore),
        "max_findings": values["max_findings"] or own.max_findings,
    }
    return own.model_copy(update=update)


def take(paths: list[str], diff: str, command: ReviewCommand, filename: str = "") -> Intake:
    """The code to look at; raises InputError for what cannot be read or is of another language.

    `filename` is that of code on standard input.
    """
    from octad.read.code.files import read_paths, read_text
    from octad.read.code.git import read_revision
    from octad.read.code.patch import read_patch

    languages = command.languages
    if "-" in paths and (diff or len(paths) > 1):
        raise InputError("paths or --diff and - exclude each other", hint="give one of them")
    if filename:
        if diff or paths not in ([], ["-"]):
            raise InputError("--stdin-filename is for one file alone", hint="leave out paths and --diff")
        return read_text(_standard_input(command), filename, languages)
    if diff:
        return read_revision(diff, languages=languages, paths=paths)
    if paths == ["-"]:
        return read_patch(_standard_input(command), languages)
    wanted = " or ".join(language.capitalize() for language in languages)
    return filled(read_paths(paths or ["."], languages), paths, f"{wanted} to {command.verb}")


def _standard_input(command: ReviewCommand) -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError("nothing on standard input", hint=f"try `git diff | octad {command.verb} -`")
    return sys.stdin.buffer.read()


def _without_excluded(intake: Intake, asked: Settings, named: list[str]) -> Intake:
    """The intake without files that the project excludes, unless they were named themselves."""
    if not asked.exclude:
        return intake
    kept = tuple(code for code in intake.codes if code.path in named or not asked.excludes(code.path))
    return intake.model_copy(update={"codes": kept})


def _report(
    dependencies: Dependencies,
    entry: Entry,
    intake: Intake,
    options: Options,
    common: Common,
    tell: Callable[[str], None],
) -> Report:
    """Review the code; where nothing changed no weights are needed to say so."""
    from octad import __version__
    from octad.records.report import Report
    from octad.review.pipeline import review

    if not intake.codes:
        tell(f"no changed code to {entry.verb}")
        return Report(agent=entry.name, version=__version__, skipped=intake.skipped)
    runner = dependencies.runner(entry.name, common.weights, cache=common.cache)
    with progress("reviewing" if tell is say else "") as advance:
        report = review(runner, intake.codes, options, advance)
    recalled = getattr(runner, "recalled", 0)
    if recalled:
        tell(f"{recalled:,} units as they were before, not looked at again (--no-cache looks at all)")
    return report.model_copy(update={"skipped": (*intake.skipped, *report.skipped)})


def _check_read(intake: Intake, report: Report) -> None:
    """Raise InputError where nothing of the code could be read: silence would look like praise."""
    from octad.review.pipeline import unparsable

    if intake.codes and not report.findings and not report.suppressed:
        reasons = [(code.path, unparsable(code)) for code in intake.codes]
        if all(reason for _, reason in reasons):
            path, reason = reasons[0]
            more = f" (and {len(reasons) - 1:,} more)" if len(reasons) > 1 else ""
            raise InputError(f"nothing could be read: {path}: {reason}{more}", hint="mend the syntax first")


def _shortened(report: Report, most: int | None) -> Report:
    """The gravest and likeliest findings of a report, and how many there are beside them."""
    from octad.records.report import Block

    over = len(report.findings) - most if most is not None else 0
    if most is None or over <= 0:
        return report
    said = f"{over:,} more, less grave or less likely, are not shown (--max-findings {most})."
    block = Block(kind="paragraph", title="", rows=((said,),))
    return report.model_copy(update={"findings": report.findings[:most], "blocks": (*report.blocks, block)})


def _count(report: Report, common: Common) -> int:
    """Write how many findings of each rule there are, commonest first."""
    import json
    from collections import Counter

    from octad.cli.options import exit_code

    counts = Counter(finding.rule for finding in report.findings).most_common()
    if common.form == "json":
        text = json.dumps(dict(counts), indent=2)
    else:
        text = "\n".join(f"{count:6,}  {rule}" for rule, count in counts) or "No findings"
    write(text + "\n", common.output)
    return exit_code(report.findings, common.fail_on)


def _write_baseline(report: Report, path: Path) -> int:
    from octad.read.code.baseline import write_baseline

    write_baseline(path, report.findings)
    count = "1 finding" if len(report.findings) == 1 else f"{len(report.findings)} findings"
    known = "known from now on" if path == BASELINE else f"pass --baseline {path} to leave them out"
    say(f"{count} written to {path}; {known}")
    return 0
