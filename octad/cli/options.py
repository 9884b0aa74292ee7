"""Options that all verbs that ask an agent share, in one list."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.limits import LIMITS, limit
from octad.cli.output import check_writable, write
from octad.render.renderers import REPORTS, names, render

if TYPE_CHECKING:
    from octad.records.report import Finding, Report


def choice(*folders: str) -> Any:
    """The renderers of some folders as an enumeration that typer reads."""
    return StrEnum("Format", {name: name for name in names(*folders)})


Format: Any = choice(REPORTS)
"""How a report is written."""
TERMINAL = Format("terminal")


class FailOn(StrEnum):
    """The mildest level that makes the exit code 1."""

    error = "error"
    warning = "warning"
    note = "note"
    never = "never"


@dataclass(frozen=True, slots=True)
class Common:
    """What was chosen of the options that all verbs share."""

    form: str
    output: Path | None
    min_probability: float | None
    fail_on: FailOn
    evidence: bool
    cache: bool
    weights: Path | None
    deadline: float | None
    max_memory: float | None
    feedback: bool = True
    folders: tuple[str, ...] = (REPORTS,)
    template: tuple[Callable[[Path, Any], str], Path] | None = None

    def written(
        self, report: Report, sources: Mapping[str, str], findings: tuple[Finding, ...] | None = None
    ) -> int:
        """Write a report; 1 where a finding, of `findings` if not of the report, is as grave as `fail_on`."""
        if self.template is not None:
            by_template, path = self.template
            write(by_template(path, report), self.output)
        else:
            write(render(self.form, report, sources, self.folders), self.output)
        return exit_code(report.findings if findings is None else findings, self.fail_on)


Parameters = dict[str, tuple[Any, Any]]
"""Parameters of a verb by name: the annotation that typer reads, and the default."""


def common(fail_on: str = "warning", form: str = "terminal", folders: tuple[str, ...] = ()) -> Parameters:
    """The options that all verbs share; `folders` hold renderers beside those of any report."""
    formats = choice(*folders, REPORTS) if folders else Format
    return {
        "form": (
            Annotated[formats, typer.Option("--format", help="How to write the report.")],
            formats(form),
        ),
        "output": (Annotated[Path | None, typer.Option(help="Write to this file.")], None),
        "min_probability": (
            Annotated[
                float | None,
                typer.Option(
                    min=0, max=1, help="Make findings from here on, instead of the shipped thresholds."
                ),
            ],
            None,
        ),
        "fail_on": (
            Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")],
            FailOn(fail_on),
        ),
        "evidence": (
            Annotated[
                bool, typer.Option("--evidence/--no-evidence", help="Say what moved the model; slower.")
            ],
            True,
        ),
        "cache": (
            Annotated[
                bool, typer.Option("--cache/--no-cache", help="Compute only what is not known from before.")
            ],
            True,
        ),
        "weights": (
            Annotated[Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")],
            None,
        ),
        "feedback": (
            Annotated[
                bool,
                typer.Option(
                    "--feedback/--no-feedback", help="Leave out what was dismissed with `octad feedback`."
                ),
            ],
            True,
        ),
        **LIMITS,
    }


Handle = Callable[[typer.Context, dict[str, Any], Common], int]
"""What a verb does with the values of its own parameters and of those that all verbs share."""


def verb(
    own: Parameters, handle: Handle, doc: str, shared: Parameters, folders: tuple[str, ...] = ()
) -> Callable[..., int]:
    """A function that typer reads as a verb: its own parameters, then those that all verbs share.

    `folders` hold renderers that come before those of any report.
    """

    def run(context: typer.Context, **values: Any) -> int:
        given = {name: values.pop(name) for name in shared}
        chosen = Common(**given, folders=(*folders, REPORTS))
        check_writable(chosen.output)
        limit(chosen.deadline, chosen.max_memory)
        return handle(context, values, chosen)

    parameters = {"context": (typer.Context, inspect.Parameter.empty), **own, **shared}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(n, kind, annotation=a, default=d) for n, (a, d) in parameters.items()]
    )
    run.__annotations__ = {name: annotation for name, (annotation, _) in parameters.items()}
    run.__doc__ = doc
    return run


def exit_code(findings: tuple[Finding, ...], fail_on: FailOn) -> int:
    """1 where a finding is at least as grave as `fail_on`, else 0."""
    levels = list(FailOn)
    return int(
        any(levels.index(FailOn(f.level)) <= levels.index(fail_on) for f in findings) and fail_on != "never"
    )
