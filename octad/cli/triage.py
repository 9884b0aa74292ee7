"""`octad triage`: what people are likely to act on among the findings of any tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from octad.cli.options import TERMINAL, FailOn, Format, exit_code
from octad.cli.output import check_writable, write
from octad.errors import InputError, UnreadableInput

if TYPE_CHECKING:
    from octad.records.code import Code
    from octad.records.report import Finding

NAME = "triage"


def triage(
    files: Annotated[list[str], typer.Argument(help="SARIF files of any tools.", show_default=False)],
    every: Annotated[
        bool, typer.Option("--all", help="Show what few people act on as well, instead of a count.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = TERMINAL,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")] = FailOn.warning,
) -> int:
    """Order the findings of any tool by the chance that people act on them, and fold the unlikely away."""
    from octad import __version__
    from octad.read.sarif import read_sarif
    from octad.records.fingerprint import with_fingerprints
    from octad.records.lines import sources_of
    from octad.records.report import Report
    from octad.render.renderers import render
    from octad.review.triage import triaged

    check_writable(output)
    if not files:
        raise InputError("no SARIF file", hint="name what a tool wrote, as in `octad triage results.sarif`")
    results = [read_sarif(path) for path in files]
    found = [one for result in results for one in result.findings]
    codes = _codes(found)
    sources = sources_of(codes)
    findings, folded = triaged(with_fingerprints(found, sources), codes, folds=not every)
    ranked = sorted(findings, key=lambda one: -1.0 if one.acted_on is None else -one.acted_on)
    report = Report(
        agent=NAME,
        version=__version__,
        findings=tuple(ranked),
        skipped=tuple(skipped for result in results for skipped in result.skipped),
        suppressed=folded,
    )
    write(render(form, report, sources), output)
    return exit_code(report.findings, fail_on)


def _codes(findings: list[Finding]) -> list[Code]:
    """The files below the current folder that findings are in, as far as they can be read."""
    from octad.read.code.files import read_code
    from octad.syntax.languages import language_of

    found = []
    here = Path.cwd().resolve()
    for path in sorted({one.anchor.path for one in findings} - {""}):
        whole = here.joinpath(path)
        try:
            if whole.resolve().is_relative_to(here):
                found.append(read_code(str(whole), path, language_of(path), follow=False))
        except (UnreadableInput, OSError, ValueError):
            continue  # a finding in it stands without its code
    return found
