"""`octad review`: what is wrong with files, a change or a patch."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from octad.cli.options import LANGUAGES, VERB, FailOn, Format
from octad.cli.output import check_writable, progress, say, write
from octad.cli.sources import filled
from octad.cli.surroundings import Surroundings
from octad.errors import InputError

if TYPE_CHECKING:
    from octad.inspection import Answering, Options
    from octad.read.intake import Intake
    from octad.records.report import Finding, Report

BASELINE = Path(".octad-baseline.json")


def review(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files and folders, or - for a patch on standard input.", show_default="."),
    ] = None,
    diff: Annotated[str, typer.Option(metavar="REV", help="Only what changed since REV, or in A..B.")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Findings in this file are known and not shown.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help=f"Write what is found to --baseline (or {BASELINE}).")
    ] = False,
    min_probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Show findings from here on, instead of the shipped thresholds."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")] = FailOn.warning,
    analysers: Annotated[
        bool, typer.Option("--analysers/--no-analysers", help="Ask ruff and bandit as well.")
    ] = True,
    evidence: Annotated[
        bool, typer.Option("--evidence/--no-evidence", help="Say what moved the model; slower.")
    ] = True,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Look anew only at what has changed since.")
    ] = True,
) -> int:
    """Say what is wrong with code, where, how surely and why."""
    from octad.inspection import Options
    from octad.read.baseline import read_baseline
    from octad.records.lines import sources_of

    check_writable(output)
    known = None if baseline is None or write_baseline else read_baseline(baseline)
    intake = take(paths or [], diff)
    surroundings: Surroundings = context.obj
    options = Options(
        analysers=analysers,
        least=min_probability,
        baseline=known,
        explain=surroundings.explain if evidence and not write_baseline else None,
    )
    report = _report(lambda name: surroundings.load(name, weights), intake, options, cache)
    if write_baseline:
        return _remember(report.findings, baseline or BASELINE)
    render = importlib.import_module(f"octad.render.{form}").render
    write(render(report, sources_of(intake.codes)), output)
    return exit_code(report.findings, fail_on)


def take(paths: list[str], diff: str) -> Intake:
    """The code to look at; raises InputError for what cannot be read or is no Python."""
    from octad.read.files import read_paths
    from octad.read.git import read_revision
    from octad.read.patch import read_patch

    if (diff and paths) or ("-" in paths and len(paths) > 1):
        raise InputError("paths, --diff and - exclude each other", hint="give one of them")
    if diff:
        return read_revision(diff, languages=LANGUAGES)
    if paths == ["-"]:
        if sys.stdin is None or sys.stdin.isatty():
            raise InputError("no patch on standard input", hint="try `git diff | octad review -`")
        return read_patch(sys.stdin.buffer.read(), LANGUAGES)
    return filled(read_paths(paths or ["."], LANGUAGES), paths, "Python to review")


def exit_code(findings: Sequence[Finding], fail_on: FailOn) -> int:
    """1 where a finding is at least as grave as `fail_on`, else 0."""
    levels = list(FailOn)
    return int(
        any(levels.index(FailOn(f.level)) <= levels.index(fail_on) for f in findings) and fail_on != "never"
    )


def _report(load: Callable[[str], Answering], intake: Intake, options: Options, cache: bool) -> Report:
    """Inspect the code; where nothing changed no weights are needed to say so."""
    from octad import __version__, catalog
    from octad.inspection import inspect
    from octad.records.report import Report
    from octad.runtime import Runner
    from octad.store.memory import Memory

    name = catalog.by_verb(VERB).name
    if not intake.codes:
        say("no changed Python to review")
        return Report(agent=name, version=__version__, skipped=intake.skipped)
    runner = load(name)
    if cache and isinstance(runner, Runner):
        runner.memory = Memory()
    with progress("reviewing") as advance:
        report = inspect(runner, intake.codes, options, advance)
    if isinstance(runner, Runner) and runner.recalled:
        say(f"{runner.recalled:,} units as they were before, not looked at again (--no-cache looks at all)")
    return report.model_copy(update={"skipped": (*intake.skipped, *report.skipped)})


def _remember(findings: Sequence[Finding], path: Path) -> int:
    from octad.read.baseline import write_baseline

    write_baseline(path, findings)
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    say(f"{count} written to {path}; pass --baseline {path} to leave them out")
    return 0
