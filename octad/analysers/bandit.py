"""Ask bandit: security in Python, with the weakness (CWE) that a finding stands for.

Left out are its rules that flag every use of a feature (`assert`, importing `subprocess`, calling it
without a shell, `random`) and those on `except: pass`, which ruff reports as well as a question of style.
Bandit reads about 3,600 lines a second, so the files are dealt to one process per core.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

from octad.analysers.project import Group, by_project
from octad.analysers.silenced import NOSEC
from octad.analysers.workspace import (
    Analysis,
    Row,
    ToolFailed,
    anchored,
    gravest,
    output,
    reviewable,
)
from octad.budget import Threads
from octad.records.code import Code
from octad.records.report import Finding, Level
from octad.records.skipped import Skipped

SKIPS = "B101,B110,B112,B311,B403,B404,B603,B607"
TIMEOUT = 300.0
LEVELS: dict[str, Level] = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note", "UNDEFINED": "note"}
_UNPARSED = "syntax error while parsing"
"""Said of every file that Python cannot parse, which the review says itself."""

_Said = Mapping[str, Sequence[dict[str, Any]]]
_NOTHING: _Said = {"results": (), "errors": ()}


def analyse(codes: Sequence[Code], jobs: int = 0) -> Analysis:
    """Findings `bandit/B602` in the whole Python files among `codes`.

    A project that configures bandit is looked at as it says. Where bandit is absent or fails, there are no
    findings of that share of the files and `skipped` says why. It runs in `jobs` processes, 0 for all cores.
    """
    python = reviewable(codes)
    if not python:
        return Analysis()
    if find_spec("bandit") is None:
        return Analysis(skipped=(Skipped(path="bandit", reason="bandit: not installed"),))
    return by_project(python, partial(_of_group, jobs=jobs), "bandit")


def _of_group(group: Group, jobs: int) -> Analysis:
    names = group.names
    said, errors, failed = _asked(group, list(names), jobs)
    for error in errors:
        if _UNPARSED not in error["reason"]:
            path = names[error["filename"].removeprefix("./")].path
            failed.append(Skipped(path=path, reason=f"bandit: {error['reason']}"))
    quiet = [name for name, code in names.items() if NOSEC.search(code.text)]
    unsaid = _asked(group, quiet, jobs, "--ignore-nosec")[0] if quiet and not failed else []
    heard = set(map(_identity, said))
    rows, more = gravest((_row(names, row) for row in said), "bandit")
    silenced, others = gravest(
        (_row(names, row) for row in unsaid if _identity(row) not in heard), "bandit, silenced"
    )
    return Analysis(tuple(map(_finding, rows)), (*failed, *more, *others), tuple(map(_finding, silenced)))


def _asked(
    group: Group, names: Sequence[str], jobs: int, *options: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Skipped]]:
    """Bandit's results and errors for some files, and why there are none of some."""
    share = min(jobs or os.cpu_count() or 1, len(names))
    parts = [names[start::share] for start in range(share)]
    with Threads(share) as pool:
        answers = list(pool.map(lambda part: _ask(group, part, options), parts))
    reasons = dict.fromkeys(reason for _, reason in answers if reason)
    results, errors = ([row for said, _ in answers for row in said[key]] for key in ("results", "errors"))
    return results, errors, [Skipped(path="bandit", reason=f"bandit: {reason}") for reason in reasons]


def _identity(said: Mapping[str, Any]) -> tuple[str, str, int, int]:
    """What tells two findings of bandit apart."""
    return said["filename"], said["test_id"], said["line_number"], said["col_offset"]


def _ask(group: Group, names: Sequence[str], options: Sequence[str]) -> tuple[_Said, str]:
    """Bandit's results and errors for some files, or none and the reason."""
    # -P: a module of the reviewed code is never imported in place of one of bandit's.
    command = [sys.executable, "-P", "-m", "bandit", "--quiet", "--format", "json", "--exit-zero"]
    try:
        rules = ["--skip", SKIPS] if group.configuration is None else ["-c", str(group.configuration)]
        said = output([*command, *rules, *options, *names], group.folder, TIMEOUT)
        answer = json.loads(said)
        return {"results": answer["results"], "errors": answer["errors"]}, ""
    except ToolFailed as error:
        return _NOTHING, str(error)
    except (json.JSONDecodeError, KeyError):
        return _NOTHING, "gave an answer that is not its JSON"


def _row(names: Mapping[str, Code], said: dict[str, Any]) -> Row:
    code = names[said["filename"].removeprefix("./")]
    return Row(code, said["line_number"], LEVELS[said["issue_severity"]], said)


def _finding(row: Row) -> Finding:
    code, line, level, said = row
    rule = f"bandit/{said['test_id']}"
    text = row.lines[min(line, len(row.lines)) - 1]
    start = _character(text, said["col_offset"])
    one_line = said["line_range"][-1:] == [line]
    end = _character(text, said.get("end_col_offset") or 0) if one_line else len(text) + 1
    weakness = said.get("issue_cwe", {}).get("id")
    return Finding(
        rule=rule,
        level=level,
        message=said["issue_text"].rstrip(".") + (f" (CWE-{weakness})" if weakness else ""),
        probability=None,
        anchor=anchored(code, (line, start), (line, end if end > start else len(text) + 1)),
        reference=said["more_info"],
        source="bandit",
    )


def _character(line: str, offset: int) -> int:
    """The 1-based character at a 0-based offset in UTF-8 bytes, as `ast` counts columns."""
    return len(line.encode("utf-8", "replace")[: max(0, offset)].decode("utf-8", "ignore")) + 1
