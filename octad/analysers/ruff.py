"""Ask ruff: bugs, security, performance and the part of style that a reviewer would speak about.

Selected are pyflakes (F), bugbear (B), errors and warnings of pylint (PLE, PLW), syntax (E9), security
(S), performance (PERF), and of style the comparisons and names of E7 and N, simplifications (SIM), needless
comprehensions (C4), mixed returns (RET) and outdated idioms (UP). Nothing on format or docstrings: a
formatter settles those, and a review that repeats it is not read.

Left out of these are rules that mostly fire on code its authors mean: on five released packages of 88,000
lines the ignored rules gave 3,158 of 3,609 hits. They depend on the oldest Python of the project, which one
file does not tell (annotations of UP), on its conventions (N80x), or on taste (`else` after `return`), or
they flag every use of a feature (`assert`, `subprocess`, `random`).
"""

from __future__ import annotations

import json
import shutil
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from octad.analysers.workspace import (
    Analysis,
    Row,
    ToolFailed,
    anchored,
    answers,
    gravest,
    output,
    precision_of,
    reviewable,
    written,
)
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding, Level, Repair, Skipped

SELECT = "E7,E9,F,B,S,PERF,PLE,PLW,N,SIM,UP,C4,RET"
IGNORE = (
    "E701,E702,E703,B905,C408,N802,N803,N806,N815,N999,PLW0603,PLW2901,RET504,RET505,RET506,RET507,RET508,"
    "S101,S311,S404,S603,S607,SIM102,SIM105,SIM108,UP006,UP007,UP030,UP031,UP032,UP035,UP036,UP037,UP045"
)
# Suggestions of UP hold from this version on; syntax of later versions is not an error.
TARGET = "py310"
TIMEOUT = 120.0
NAMES = "names"
"""The file in the temporary folder that lists the files to look at."""

# The longest prefix decides. Errors fail when they are reached; notes are matters of taste.
LEVELS: dict[str, Level] = {
    "invalid-syntax": "error",
    "B": "warning", "B007": "note", "B008": "note", "B009": "note", "B010": "note", "B028": "note",
    "B904": "note", "C4": "note", "E7": "note", "E722": "warning", "E9": "error",
    "F": "warning", "F401": "note", "F403": "note", "F405": "note", "F541": "note", "F50": "error",
    "F63": "error", "F7": "error", "F82": "error", "N": "note", "PERF": "note", "PLE": "error",
    "PLW": "warning", "RET": "note", "S": "warning", "S105": "note", "S106": "note", "S107": "note",
    "S110": "note", "S112": "note", "SIM": "note", "UP": "note",
}  # fmt: skip


def analyse(codes: Sequence[Code], precision: Mapping[str, float] | None = None) -> Analysis:
    """Findings `ruff/CODE` in the whole Python files among `codes`, in one run for all.

    `precision` gives the share of right findings by rule (`ruff/F841`) or for the tool (`ruff`). Where
    ruff is absent or fails, there are no findings and `skipped` says why.
    """
    python = reviewable(codes)
    if not python:
        return Analysis()
    with written(python) as (folder, names):
        try:
            said, crashed = answers(partial(_ask, folder), list(names))
        except (ToolFailed, json.JSONDecodeError) as error:
            return Analysis(skipped=(Skipped(path="ruff", reason=f"ruff: {error}"),))
        root = folder.resolve().as_posix() + "/"
        placed = [(names[row["filename"].removeprefix(root)], row) for row in said]
    rows, more = gravest(_rows(placed), "ruff")
    failed = (Skipped(path=names[name].path, reason=f"ruff: {why}") for name, why in crashed.items())
    return Analysis(findings=tuple(_finding(row, precision or {}) for row in rows), skipped=(*failed, *more))


def _ask(folder: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """What ruff says of some files, which are listed in a file: a command line has room for few."""
    Path(folder, NAMES).write_text("\n".join(names), "utf-8")
    said: list[dict[str, Any]] = json.loads(output([*_command(), f"@{NAMES}"], folder, TIMEOUT))
    return said


def _command() -> list[str]:
    """The command line; configuration of user and repository is ignored, comments `# noqa` are not."""
    ruff = shutil.which("ruff", path=sysconfig.get_path("scripts")) or "ruff"
    options = ["--isolated", "--no-cache", "--no-respect-gitignore", "--exit-zero", "--quiet"]
    rules = ["--select", SELECT, "--ignore", IGNORE, "--target-version", TARGET]
    return [ruff, "check", *options, *rules, "--output-format", "json"]


def _rows(placed: Iterable[tuple[Code, dict[str, Any]]]) -> Iterator[Row]:
    unparsed: set[str] = set()
    for code, row in placed:
        name = row["code"] or "invalid-syntax"
        if name == "invalid-syntax":
            # One is enough: what follows the first error is noise.
            if "(syntax was " in row["message"] or code.path in unparsed:
                continue
            unparsed.add(code.path)
        yield Row(code, row["location"]["row"], _level(name), row)


def _finding(row: Row, precision: Mapping[str, float]) -> Finding:
    code, said = row.code, row.said
    rule = f"ruff/{said['code'] or 'invalid-syntax'}"
    probability = precision_of(rule, precision)
    return Finding(
        rule=rule,
        level=row.level,
        message=said["message"],
        probability=probability,
        anchor=anchored(code, _place(said["location"]), _place(said["end_location"])),
        reference=said["url"] or "",
        repairs=_repairs(code, said["fix"], probability),
        source="ruff",
    )


def _level(name: str) -> Level:
    fitting = [prefix for prefix in LEVELS if name.startswith(prefix)]
    return LEVELS[max(fitting, key=len)] if fitting else "note"


def _place(location: dict[str, int]) -> tuple[int, int]:
    return location["row"], location["column"]


def _repairs(code: Code, fix: dict[str, Any] | None, probability: float) -> tuple[Repair, ...]:
    """Ruff's fix as one edit from its first to its last place; one that it calls unsafe is half as likely."""
    if not fix or not fix["edits"]:
        return ()
    edits = sorted((_place(e["location"]), _place(e["end_location"]), e["content"]) for e in fix["edits"])
    start, end = edits[0][0], max(edit[1] for edit in edits)
    pieces, position = [], start
    for first, last, content in edits:
        pieces += [_between(code.text, position, first), content]
        position = last
    replacement = "".join(pieces)
    lines = lines_of(code.text)
    if end[0] > len(lines):
        # Ruff deletes the last line up to the start of a next one that is not there.
        end = (len(lines), len(lines[-1]) + 1)
        replacement = replacement.removesuffix("\n")
    return (
        Repair(
            anchor=anchored(code, start, end),
            replacement=replacement,
            description=fix["message"] or "as ruff suggests",
            probability=probability if fix["applicability"] == "safe" else probability / 2,
        ),
    )


def _between(text: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one 1-based (line, column) up to another."""
    lines = text.split("\n")[start[0] - 1 : end[0]]
    if not lines:
        return ""
    if end[0] - start[0] < len(lines):
        lines[-1] = lines[-1][: end[1] - 1]
    lines[0] = lines[0][start[1] - 1 :]
    return "\n".join(lines)
