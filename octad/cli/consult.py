"""What verbs that ask an agent about one case have in common: load, judge, write, exit code."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from octad.cli.options import FailOn, Format
from octad.cli.output import check_writable, write
from octad.cli.review import exit_code
from octad.cli.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whom, and how the answer is wanted."""

    verb: str
    form: Format
    output: Path | None
    least: float | None
    fail_on: FailOn
    evidence: bool
    weights: Path | None


def answer(surroundings: Surroundings, asked: Asked, fields: Mapping[str, Any]) -> int:
    """Judge the case that the fields make, write the report; 1 where a finding is as grave as asked."""
    from octad import catalog
    from octad.judgement import Options, judge

    check_writable(asked.output)
    runner: Any = surroundings.load(catalog.by_verb(asked.verb).name, asked.weights)
    case = runner.agent.case(**fields)
    report = judge(runner, case, Options(asked.least, asked.evidence))
    render = importlib.import_module(f"octad.render.{asked.form}").render
    write(render(report, {}), asked.output)
    return exit_code(report.findings, asked.fail_on)
