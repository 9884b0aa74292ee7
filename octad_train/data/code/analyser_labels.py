"""Labels by an existing analyser: ruff's findings on whole files, as (line, rule) per file.

The rules chosen can be decided from the text of one function and are found often enough in released
packages. Rules about layout, docstrings, annotations and a file's imports are left to ruff itself.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from octad.errors import MissingExtra, ProcessError, UnreadableInput
from octad.host import processes
from octad.rules.ruff_rules import PERFORMANCE_RULES, STYLE_RULES

#: Rule of ruff (bandit's number) -> number of the weakness in the Common Weakness Enumeration.
SECURITY_RULES: dict[str, int] = {
    "S102": 95, "S103": 732, "S104": 605, "S105": 259, "S106": 259, "S107": 259, "S108": 377,
    "S113": 400, "S201": 94, "S202": 22, "S301": 502, "S302": 502, "S303": 327, "S304": 327,
    "S305": 327, "S306": 377, "S307": 95, "S308": 79, "S310": 22, "S311": 330, "S312": 319,
    "S313": 611, "S314": 611, "S315": 611, "S316": 611, "S317": 611, "S318": 611, "S319": 611,
    "S321": 319, "S323": 295, "S324": 327, "S501": 295, "S502": 327, "S503": 327, "S504": 327,
    "S505": 326, "S506": 502, "S507": 295, "S508": 319, "S509": 319, "S601": 78, "S602": 78,
    "S604": 78, "S605": 78, "S608": 89, "S609": 78, "S610": 89, "S611": 89, "S612": 94,
    "S701": 79, "S702": 79, "S704": 79,
}  # fmt: skip
RULES = (*STYLE_RULES, *PERFORMANCE_RULES, *SECURITY_RULES)

TIMEOUT_S = 3_600
"""Seconds for a corpus, of which there are large ones."""
_LINE = re.compile(r"^(?P<path>.+?\.py):(?P<line>\d+):\d+: (?P<rule>[A-Z]+\d+) ", re.MULTILINE)


def marks(root: Path, rules: tuple[str, ...] = RULES) -> dict[str, list[tuple[int, str]]]:
    """Findings of ruff in every Python file below a folder: relative path -> sorted (line, rule).

    Configuration files and suppressions in the code are ignored. Python 3.10 is the target, because
    from 3.11 on an exception handler costs nothing and PERF203 is silent.

    Raises MissingExtra without ruff, UnreadableInput when ruff fails.
    """
    command = [
        _ruff(), "check", "--isolated", "--ignore-noqa", "--no-cache", "--quiet", "--exit-zero",
        "--target-version", "py310", "--config", "exclude=[]", "--config", "respect-gitignore=false",
        "--output-format", "concise", "--select", ",".join(rules), ".",
    ]  # fmt: skip
    try:
        result = processes.run(command, root, processes.Bounds(TIMEOUT_S))
    except ProcessError as error:
        raise UnreadableInput(f"ruff failed on {root}: {error.message}") from error
    if result.status != 0:
        said = result.stderr.decode("utf-8", "replace").strip()
        raise UnreadableInput(f"ruff failed on {root}: {said[-300:]}")
    found: dict[str, set[tuple[int, str]]] = {}
    for match in _LINE.finditer(result.stdout.decode("utf-8", "replace")):
        found.setdefault(match["path"], set()).add((int(match["line"]), match["rule"]))
    return {path: sorted(items) for path, items in sorted(found.items())}


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    if found is None:
        raise MissingExtra("ruff is not installed", hint="pip install ruff")
    return found
