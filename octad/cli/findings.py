"""What a verb does with the findings of a report beside showing them: count, cut, remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from octad.cli.limits import limit
from octad.cli.options import Common, FailOn, exit_code
from octad.cli.output import write
from octad.cli.review_input import settings_of
from octad.cli.review_options import BASELINE
from octad.errors import InputError
from octad.host.terminal import say

if TYPE_CHECKING:
    from octad.catalog import Entry
    from octad.feedback.heard import Heard
    from octad.read.code.baseline import Baseline
    from octad.records.report import Report
    from octad.review.settings import Settings


def asked_of(
    context: typer.Context, entry: Entry, values: dict[str, Any], common: Common
) -> tuple[Settings, Common]:
    """What the project and the command line ask, within the limits of the run.

    Raises InputError for a rule that no report of the agent may show, and for what has no counts.
    """
    settings = settings_of(values, entry.name)
    source = context.get_parameter_source("fail_on")
    if settings.fail_on is not None and source is not None and source.name == "DEFAULT":
        common = replace(common, fail_on=FailOn(settings.fail_on))
    limit(common.deadline, common.max_memory, (settings.deadline, settings.max_memory))
    if values["statistics"] and common.form not in ("terminal", "json", "concise"):
        raise InputError(f"--statistics has no format {common.form}", hint="choose terminal or json")
    return settings, common


def known_before(values: Mapping[str, Any]) -> Baseline | None:
    """The baseline that is named or lies here; None where there is none, or a new one is written."""
    from octad.read.code.baseline import read_baseline

    path: Path | None = values["baseline"]
    if path is None and BASELINE.is_file():
        path = BASELINE
    return None if path is None or values["write_baseline"] else read_baseline(path)


def heard_here(common: Common) -> Heard | None:
    """What was said of findings in the project of this folder; None where nothing was, or it is not asked.

    Verdicts that cannot be read cost no report: that they are left out is said.
    """
    from octad.errors import StoreError
    from octad.feedback.project import project_of
    from octad.feedback.store import existing

    try:
        feedback = existing() if common.feedback else None
        return None if feedback is None else feedback.heard(project_of(Path.cwd()))
    except StoreError as error:
        say(f"warning: what was said of findings is left out: {error.message}")
        return None


def shortened(report: Report, most: int | None) -> Report:
    """The gravest and likeliest findings of a report, and how many there are beside them."""
    from octad.records.report import Block

    over = len(report.findings) - most if most is not None else 0
    if most is None or over <= 0:
        return report
    said = f"{over:,} more, less grave or less likely, are not shown (--max-findings {most})."
    block = Block(kind="paragraph", title="More", rows=((said,),))
    return report.model_copy(update={"findings": report.findings[:most], "blocks": (*report.blocks, block)})


def count(report: Report, common: Common) -> int:
    """Write how many findings of each rule there are, commonest first."""
    import json
    from collections import Counter

    counts = Counter(finding.rule for finding in report.findings).most_common()
    if common.form == "json":
        text = json.dumps(dict(counts), indent=2)
    else:
        text = "\n".join(f"{count:6,}  {rule}" for rule, count in counts) or "No findings"
    write(text + "\n", common.output)
    return exit_code(report.findings, common.fail_on)


def store_baseline(report: Report, path: Path) -> int:
    """Write what is found to a baseline, and say how many; the exit code."""
    from octad.read.code.baseline import write_baseline

    write_baseline(path, report.findings)
    many = "1 finding" if len(report.findings) == 1 else f"{len(report.findings)} findings"
    known = "known from now on" if path == BASELINE else f"pass --baseline {path} to leave them out"
    say(f"{many} written to {path}; {known}")
    return 0
