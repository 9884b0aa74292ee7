"""What a review reads: files, a change, a patch or standard input, and what the project asks of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from octad.cli.sources import filled, only_empty
from octad.errors import InputError
from octad.host.files import is_piped, standard_input

if TYPE_CHECKING:
    from octad.agents.command import ReviewCommand
    from octad.read.code.intake import Intake
    from octad.records.report import Report
    from octad.review.settings import Settings


MAX_INPUT_BYTES = 64_000_000
"""Bytes of a patch, or of code, on standard input."""


class Wanted(NamedTuple):
    """Which code to look at: paths, the revision it changed since, the name of code on standard input."""

    paths: list[str]
    diff: str = ""
    filename: str = ""


def take(wanted: Wanted, command: ReviewCommand, asked: Settings | None = None) -> Intake:
    """The code to look at, without what the project excludes and nobody named.

    Raises InputError for what cannot be read or is of another language.
    """
    from octad.read.pyproject import whole_path

    intake = _taken(wanted, command)
    if asked is None or not asked.exclude:
        return intake
    named = {whole_path(path) for path in wanted.paths}
    kept = tuple(
        code for code in intake.codes if whole_path(code.path) in named or not asked.excludes(code.path)
    )
    return intake.model_copy(update={"codes": kept})


def _taken(wanted: Wanted, command: ReviewCommand) -> Intake:
    from octad.read.code.files import read_paths, read_text
    from octad.read.code.git import read_revision
    from octad.read.code.patch import read_patch

    paths, diff, filename = wanted
    if "" in paths:
        raise InputError("a path is empty", hint="name a file or a folder, or none for this folder")
    languages = command.languages
    if "-" in paths and (diff or len(paths) > 1):
        raise InputError("- excludes paths and --diff", hint="give one of them")
    if filename:
        if diff or paths not in ([], ["-"]):
            raise InputError("--stdin-filename is for one file alone", hint="leave out paths and --diff")
        return read_text(_standard_input(command), filename, languages)
    if diff:
        return read_revision(diff, languages=languages, paths=paths)
    if paths == ["-"]:
        return read_patch(_standard_input(command), languages)
    language = " or ".join(language.capitalize() for language in languages)
    intake = read_paths(paths or ["."], languages, notebooks=True)
    return intake if only_empty(intake, paths) else filled(intake, paths, f"{language} to {command.verb}")


def _standard_input(command: ReviewCommand) -> bytes:
    if not is_piped():
        raise InputError("nothing on standard input", hint=f"try `git diff | octad {command.verb} -`")
    return standard_input(MAX_INPUT_BYTES)


def settings_of(values: dict[str, Any], agent: str) -> Settings:
    """What the project asks, and what the command line asks instead of it or beside it.

    Raises InputError for a rule that no review by the agent may show.
    """
    from octad.review.settings import check_rules, settings

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
    asked = own.model_copy(update=update)
    check_rules(asked, _families(agent))
    return asked


def _families(agent: str) -> set[str]:
    """The first parts of the names of all rules that a review by an agent may show."""
    from octad import catalog
    from octad.analysers import every
    from octad.rules.rule import names

    own = {name.partition("/")[0] for name in names()}
    return {*own, *catalog.load(agent).heads, *every.NAMES, "octad"}


def check_read(intake: Intake, report: Report) -> None:
    """Raise InputError where nothing of the code could be read: silence would look like praise."""
    from octad.review.pipeline import unparsable

    if intake.codes and not report.findings and not report.suppressed:
        reasons = [(code.path, unparsable(code)) for code in intake.codes]
        if all(reason for _, reason in reasons):
            path, reason = reasons[0]
            more = f" (and {len(reasons) - 1:,} more)" if len(reasons) > 1 else ""
            raise InputError(f"nothing could be read: {path}: {reason}{more}", hint="mend the syntax first")
