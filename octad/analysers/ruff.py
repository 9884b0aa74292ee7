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
import re
import shutil
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from octad.analysers.project import Group, by_project
from octad.analysers.workspace import (
    Analysis,
    Row,
    ToolFailed,
    anchored,
    answers,
    gravest,
    output,
    reviewable,
)
from octad.host.whole_file import put, temporary_folder
from octad.records.code import Code
from octad.records.report import Finding, Level, Repair
from octad.records.skipped import Skipped

SELECT = "E7,E9,F,B,S,PERF,PLE,PLW,N,SIM,UP,C4,RET"
IGNORE = (
    "E701,E702,E703,B905,C408,N802,N803,N806,N815,N999,PLW0603,PLW2901,RET504,RET505,RET506,RET507,RET508,"
    "S101,S311,S404,S603,S607,SIM102,SIM105,SIM108,UP006,UP007,UP030,UP031,UP032,UP035,UP036,UP037,UP045"
)
# Suggestions of UP hold from this version on; syntax of later versions is not an error.
TARGET = "py310"
TIMEOUT = 120.0
SILENCING = re.compile(r"noqa|\bruff:|\bflake8:", re.IGNORECASE)
"""What stands in every file in which a comment silences ruff."""
FILES = (".ruff.toml", "ruff.toml")
"""Files that configure ruff beside `[tool.ruff]` in pyproject.toml."""
NO_FAULT = frozenset({"B018", "E402", "F704", "PLE1142"})
"""Rules that do not hold in notebooks: a cell shows its last value, imports what it needs, and may await."""
GIVEN = ("__IPYTHON__", "display", "get_ipython")
"""Names that notebooks have."""

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


def analyse(codes: Sequence[Code], jobs: int = 0) -> Analysis:
    """Findings `ruff/CODE` in the whole Python files among `codes`, in one run for all of a project.

    A project that configures ruff is looked at as it says, others with the selection above. Where ruff is
    absent or fails, there are no findings and `skipped` says why. It runs on `jobs` threads, 0 for all.
    """
    return by_project(reviewable(codes), partial(_of_group, jobs=jobs), "ruff", FILES)


def _of_group(group: Group, jobs: int) -> Analysis:
    names = group.names
    quiet = [name for name, code in names.items() if SILENCING.search(code.text)]
    try:
        said, crashed = answers(partial(_ask, group, jobs), list(names))
    except (ToolFailed, json.JSONDecodeError) as error:
        return Analysis(skipped=(Skipped(path="ruff", reason=f"ruff: {error}"),))
    failed = [Skipped(path=names[name].path, reason=f"ruff: {why}") for name, why in crashed.items()]
    try:
        every = answers(partial(_ask, group, jobs, options=("--ignore-noqa",)), quiet)[0] if quiet else []
    except (ToolFailed, json.JSONDecodeError) as error:
        every = []
        failed.append(Skipped(path="ruff", reason=f"ruff, silenced: {error}"))
    heard = set(map(_identity, said))
    found, more = _placed(group, said, "ruff")
    unheard = (row for row in every if _identity(row) not in heard)
    silenced, others = _placed(group, unheard, "ruff, silenced")
    return Analysis(found, (*failed, *more, *others), silenced)


def _placed(
    group: Group, said: Iterable[dict[str, Any]], tool: str
) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
    """The gravest findings of what ruff says, and where there are more."""
    root = group.folder.resolve().as_posix() + "/"
    rows, more = gravest(_rows((group.names[row["filename"].removeprefix(root)], row) for row in said), tool)
    return tuple(map(_finding, rows)), more


def _identity(said: dict[str, Any]) -> tuple[str, str, int, int, str]:
    """What tells two findings of ruff apart."""
    place = said["location"]
    return said["filename"], said["code"] or "", place["row"], place["column"], said["message"]


def _ask(group: Group, jobs: int, names: Sequence[str], options: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What ruff says of some files, which are listed in a file: a command line has room for few."""
    with temporary_folder() as folder:
        listed = folder / "names"
        put(listed, "\n".join(names).encode("utf-8"))
        command = [*_command(group), *options, f"@{listed}"]
        said: list[dict[str, Any]] = json.loads(output(command, group.folder, TIMEOUT, threads=jobs))
    return said


def _command(group: Group) -> list[str]:
    """The command line: by the configuration of the project or, without one, by none; `# noqa` holds."""
    options = ["--no-cache", "--no-respect-gitignore", "--exit-zero", "--quiet", "--output-format", "json"]
    if group.configuration is None:
        own = ["--isolated", "--select", SELECT, "--ignore", IGNORE, "--target-version", TARGET]
    elif group.in_place:
        own = ["--force-exclude"]
    else:  # imports cannot be sorted where most of the project is not
        own = ["--force-exclude", "--config", str(group.configuration), "--ignore", "I"]
    return [program(), "check", *options, *own]


def program() -> str:
    """The ruff that is installed beside, else whichever is found."""
    return shutil.which("ruff", path=sysconfig.get_path("scripts")) or "ruff"


def _rows(placed: Iterable[tuple[Code, dict[str, Any]]]) -> Iterator[Row]:
    unparsed: set[str] = set()
    for code, row in placed:
        name = row["code"] or "invalid-syntax"
        if name == "invalid-syntax":
            # One is enough: what follows the first error is noise.
            if "(syntax was " in row["message"] or code.path in unparsed:
                continue
            unparsed.add(code.path)
        if "notebook" not in code.flags or not _is_usual(name, row["message"]):
            yield Row(code, row["location"]["row"], _level(name), row)


def _is_usual(name: str, message: str) -> bool:
    """Whether what ruff says of a file is no fault in a notebook."""
    return name in NO_FAULT or (name == "F821" and any(f"`{given}`" in message for given in GIVEN))


def _finding(row: Row) -> Finding:
    code, said = row.code, row.said
    rule = f"ruff/{said['code'] or 'invalid-syntax'}"
    return Finding(
        rule=rule,
        level=row.level,
        message=said["message"],
        probability=None,
        anchor=anchored(code, _place(said["location"]), _place(said["end_location"])),
        reference=said["url"] or "",
        repairs=_repairs(row),
        source="ruff",
    )


def _level(name: str) -> Level:
    fitting = [prefix for prefix in LEVELS if name.startswith(prefix)]
    return LEVELS[max(fitting, key=len)] if fitting else "note"


def _place(location: dict[str, int]) -> tuple[int, int]:
    return location["row"], location["column"]


def _repairs(row: Row) -> tuple[Repair, ...]:
    """Ruff's fix as one edit from its first to its last place."""
    fix, lines = row.said["fix"], row.lines
    if not fix or not fix["edits"]:
        return ()
    edits = sorted((_place(e["location"]), _place(e["end_location"]), e["content"]) for e in fix["edits"])
    start, end = edits[0][0], max(edit[1] for edit in edits)
    pieces, position = [], start
    for first, last, content in edits:
        pieces += [_between(lines, position, first), content]
        position = last
    replacement = "".join(pieces)
    if end[0] > len(lines):
        # Ruff deletes the last line up to the start of a next one that is not there.
        end = (len(lines), len(lines[-1]) + 1)
        replacement = replacement.removesuffix("\n")
    return (
        Repair(
            anchor=anchored(row.code, start, end),
            replacement=replacement,
            description=fix["message"] or "as ruff suggests",
            safe=fix["applicability"] == "safe",
        ),
    )


def _between(every: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one 1-based (line, column) up to another."""
    lines = [*every[start[0] - 1 : end[0]], *([""] if start[0] <= end[0] == len(every) + 1 else [])]
    if not lines:
        return ""
    if end[0] - start[0] < len(lines):
        lines[-1] = lines[-1][: end[1] - 1]
    lines[0] = lines[0][start[1] - 1 :]
    return "\n".join(lines)
