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
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from octad.analysers.workspace import (
    Analysis,
    ToolFailed,
    anchored,
    of_interest,
    output,
    precision_of,
    reviewable,
    written,
)
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding, Level, Skipped

SKIPS = "B101,B110,B112,B311,B403,B404,B603,B607"
TIMEOUT = 300.0
LEVELS: dict[str, Level] = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note", "UNDEFINED": "note"}


def analyse(codes: Sequence[Code], precision: Mapping[str, float] | None = None) -> Analysis:
    """Findings `bandit/B602` in the whole Python files among `codes`.

    `precision` gives the share of right findings by rule or for the tool (`bandit`). Where bandit is
    absent or fails, there are no findings of that share of the files and `skipped` says why.
    """
    python = reviewable(codes)
    if not python:
        return Analysis()
    if find_spec("bandit") is None:
        return Analysis(skipped=(Skipped(path="bandit", reason="bandit: not installed"),))
    with written(python) as (folder, names):
        share = min(os.cpu_count() or 1, len(python))
        parts = [list(names)[start::share] for start in range(share)]
        with ThreadPoolExecutor(share) as pool:
            answers = list(pool.map(lambda part: _ask(folder, part), parts))
    rows = [row for answer, _ in answers for row in answer]
    reasons = dict.fromkeys(reason for _, reason in answers if reason)
    found = (_finding(names[row["filename"].removeprefix("./")], row, precision or {}) for row in rows)
    return Analysis(
        findings=tuple(finding for finding in found if finding is not None),
        skipped=tuple(Skipped(path="bandit", reason=f"bandit: {reason}") for reason in reasons),
    )


def _ask(folder: Path, names: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    """Bandit's results for some files, or none and the reason. Files it cannot parse it passes over."""
    # -P: a module of the reviewed code is never imported in place of one of bandit's.
    command = [sys.executable, "-P", "-m", "bandit", "--quiet", "--format", "json", "--exit-zero"]
    try:
        said = output([*command, "--skip", SKIPS, *names], folder, TIMEOUT)
        return json.loads(said)["results"], ""
    except ToolFailed as error:
        return [], str(error)
    except (json.JSONDecodeError, KeyError):
        return [], "gave an answer that is not its JSON"


def _finding(code: Code, row: dict[str, Any], precision: Mapping[str, float]) -> Finding | None:
    rule, line = f"bandit/{row['test_id']}", row["line_number"]
    lines = lines_of(code.text)
    text = lines[min(line, len(lines)) - 1]
    start = _character(text, row["col_offset"])
    one_line = row["line_range"][-1:] == [line]
    end = _character(text, row.get("end_col_offset") or 0) if one_line else len(text) + 1
    anchor = anchored(code, (line, start), (line, end if end > start else len(text) + 1))
    if not of_interest(code, anchor):
        return None
    weakness = row.get("issue_cwe", {}).get("id")
    return Finding(
        rule=rule,
        level=LEVELS[row["issue_severity"]],
        message=row["issue_text"].rstrip(".") + (f" (CWE-{weakness})" if weakness else ""),
        probability=precision_of(rule, precision),
        anchor=anchor,
        reference=row["more_info"],
        source="bandit",
    )


def _character(line: str, offset: int) -> int:
    """The 1-based character at a 0-based offset in UTF-8 bytes, as `ast` counts columns."""
    return len(line.encode("utf-8", "replace")[: max(0, offset)].decode("utf-8", "ignore")) + 1
