"""Labels by an existing analyser: ruff's findings on whole files, as (line, rule) per file.

The rules chosen can be decided from the text of one function and are found often enough in released
packages. Rules about layout, docstrings, annotations and a file's imports are left to ruff itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from octad.errors import MissingExtra, UnreadableInput

#: Rule of ruff -> what it says, in words that stand alone.
STYLE_RULES: dict[str, str] = {
    "N802": "function name is not lowercase",
    "N803": "argument name is not lowercase",
    "N806": "variable in a function is not lowercase",
    "E711": "comparison to None with an equality operator",
    "E712": "comparison to True or False with an equality operator",
    "E721": "types compared with an equality operator",
    "E722": "bare except",
    "E731": "lambda assigned to a name",
    "E741": "ambiguous variable name",
    "F401": "imported but unused",
    "F541": "f-string without placeholders",
    "F841": "local variable assigned but never used",
    "B006": "mutable default argument",
    "B007": "loop variable not used in the loop",
    "B008": "call in a default argument",
    "B009": "getattr with a constant name",
    "B010": "setattr with a constant name",
    "B018": "expression without effect",
    "B023": "function made in a loop uses the loop variable",
    "B028": "warning without a stack level",
    "B904": "raise in an except clause without from",
    "B905": "zip without strict",
    "C405": "set made from a literal list or tuple",
    "C408": "call of dict, list or tuple where a literal would do",
    "SIM102": "nested ifs that could be one",
    "SIM103": "condition returned by way of if and else",
    "SIM105": "try, except and pass where contextlib.suppress would do",
    "SIM108": "if and else that could be a conditional expression",
    "SIM110": "loop that could be any or all",
    "SIM115": "file opened without a context manager",
    "SIM117": "nested with statements that could be one",
    "SIM118": "key tested against dict.keys()",
    "UP008": "super() called with arguments",
    "UP031": "percent formatting",
    "UP032": "str.format where an f-string would do",
    "RET503": "no explicit return at the end of a function that returns a value",
    "RET504": "assigned only to be returned",
    "RET505": "else after return",
    "RET506": "else after raise",
    "PIE790": "pass or ellipsis that is not needed",
    "PIE808": "range that starts at zero explicitly",
    "PLR0913": "too many arguments",
    "PLR1714": "repeated equality comparison",
    "PLR2004": "magic number in a comparison",
    "PLR5501": "else with a lone if inside",
    "PLW0603": "global statement",
    "PLW2901": "loop variable overwritten in the loop",
    "PLC0415": "import inside a function",
}
PERFORMANCE_RULES: dict[str, str] = {
    "PERF102": "dict.items() where only keys or only values are used",
    "PERF203": "try and except inside a loop",
    "PERF401": "list filled in a loop where a comprehension would do",
    "PERF402": "list copied in a loop",
    "PERF403": "dict filled in a loop where a comprehension would do",
    "C414": "call inside sorted, list or set that is not needed",
    "C416": "comprehension that only copies",
    "C417": "map with a lambda",
    "C419": "list built inside any or all",
    "RUF005": "list concatenation instead of unpacking",
    "RUF015": "list built only for its first element",
    "RUF017": "lists summed in quadratic time",
}
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
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode != 0:
        raise UnreadableInput(f"ruff failed on {root}: {result.stderr.strip()[-300:]}")
    found: dict[str, set[tuple[int, str]]] = {}
    for match in _LINE.finditer(result.stdout):
        found.setdefault(match["path"], set()).add((int(match["line"]), match["rule"]))
    return {path: sorted(items) for path, items in sorted(found.items())}


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    if found is None:
        raise MissingExtra("ruff is not installed", hint="pip install ruff")
    return found
