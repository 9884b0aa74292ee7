"""The verb of an agent that reads code: what is wrong with files, a change or a patch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.options import Common, Parameters, verb
from octad.cli.output import progress, say
from octad.cli.sources import filled, only_empty
from octad.errors import InputError

if TYPE_CHECKING:
    from octad.agents.command import ReviewCommand
    from octad.catalog import Entry
    from octad.read.code.intake import Intake
    from octad.records.report import Finding, Report
    from octad.review.pipeline import Options

BASELINE = Path(".octad-baseline.json")

OWN: Parameters = {
    "paths": (
        Annotated[
            list[str] | None,
            typer.Argument(help="Files and folders, or - for a patch on standard input.", show_default="."),
        ],
        None,
    ),
    "diff": (
        Annotated[str, typer.Option(metavar="REV", help="Only what changed since REV, or in A..B.")],
        "",
    ),
    "baseline": (
        Annotated[Path | None, typer.Option(help="Findings in this file are known and not shown.")],
        None,
    ),
    "write_baseline": (
        Annotated[
            bool, typer.Option("--write-baseline", help=f"Write what is found to --baseline (or {BASELINE}).")
        ],
        False,
    ),
    "analysers": (
        Annotated[bool, typer.Option("--analysers/--no-analysers", help="Ask ruff and bandit as well.")],
        True,
    ),
    "fix": (
        Annotated[bool, typer.Option("--fix", help="Make the safe repairs in the files first.")],
        False,
    ),
    "show_fixes": (
        Annotated[bool, typer.Option("--show-fixes", help="Only print what --fix would change, as a patch.")],
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
    from octad.cli.fixes import check_fixable, make_fixes, show_fixes
    from octad.read.code.baseline import read_baseline
    from octad.records.lines import sources_of
    from octad.review.pipeline import Options

    baseline, writes = values["baseline"], values["write_baseline"]
    options = Options(
        analysers=values["analysers"],
        least=common.min_probability,
        baseline=None if baseline is None or writes else read_baseline(baseline),
        explain=dependencies.explain if common.evidence and not (writes or values["show_fixes"]) else None,
    )
    if values["fix"]:
        check_fixable(values["paths"] or [], values["diff"])
    intake = take(values["paths"] or [], values["diff"], command)
    report = _report(dependencies, entry, intake, options, common)
    if values["show_fixes"]:
        return show_fixes(report, intake.codes, common)
    if values["fix"] and make_fixes(report, intake.codes):
        # Lines have moved, and a repair may settle more than its own finding.
        intake = _left(values, command)
        report = _report(dependencies, entry, intake, options, common)
    if writes:
        return _write_baseline(report.findings, baseline or BASELINE)
    return common.written(report, sources_of(intake.codes))


def take(paths: list[str], diff: str, command: ReviewCommand) -> Intake:
    """The code to look at; raises InputError for what cannot be read or is of another language."""
    from octad.read.code.files import read_paths
    from octad.read.code.git import read_revision
    from octad.read.code.patch import read_patch

    languages = command.languages
    if (diff and paths) or ("-" in paths and len(paths) > 1):
        raise InputError("paths, --diff and - exclude each other", hint="give one of them")
    if diff:
        return read_revision(diff, languages=languages)
    if paths == ["-"]:
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError("no patch on standard input", hint=f"try `git diff | octad {command.verb} -`")
        return read_patch(sys.stdin.buffer.read(), languages)
    wanted = " or ".join(language.capitalize() for language in languages)
    intake = read_paths(paths or ["."], languages, notebooks=True)
    return intake if only_empty(intake, paths) else filled(intake, paths, f"{wanted} to {command.verb}")


def _left(values: dict[str, Any], command: ReviewCommand) -> Intake:
    """The same input after fixes; nothing where they left no code in it."""
    from octad.read.code.intake import Intake

    try:
        return take(values["paths"] or [], values["diff"], command)
    except InputError:
        return Intake()


def _report(
    dependencies: Dependencies, entry: Entry, intake: Intake, options: Options, common: Common
) -> Report:
    """Review the code; where nothing changed no weights are needed to say so."""
    from octad import __version__
    from octad.records.report import Report
    from octad.review.pipeline import review

    if not intake.codes:
        say(f"no changed code to {entry.verb}")
        return Report(agent=entry.name, version=__version__, skipped=intake.skipped)
    runner = dependencies.runner(entry.name, common.weights, cache=common.cache)
    with progress("reviewing") as advance:
        report = review(runner, intake.codes, options, advance)
    recalled = getattr(runner, "recalled", 0)
    if recalled:
        say(f"{recalled:,} units as they were before, not looked at again (--no-cache looks at all)")
    return report.model_copy(update={"skipped": (*intake.skipped, *report.skipped)})


def _write_baseline(findings: tuple[Finding, ...], path: Path) -> int:
    from octad.read.code.baseline import write_baseline

    write_baseline(path, findings)
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    say(f"{count} written to {path}; pass --baseline {path} to leave them out")
    return 0
