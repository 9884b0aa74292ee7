"""What ruff and bandit alone say of pieces of code: the baseline of every head that finds places."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from octad.records.code import Code

# Rules that speak of bugs and not of looks, the surest first: the order ranks the findings.
SUREST = ("E9", "invalid-syntax", "F82", "F63", "F70", "PLE", "F5", "F6", "F7", "F8", "B", "PLW", "F")
GRADES = ("HIGH", "MEDIUM", "LOW", "UNDEFINED")
SECONDS = 300


class Reference(NamedTuple):
    """A finding of an analyser: line in the numbering of the file, rule, its message."""

    line: int
    rule: str
    message: str


def ruff(codes: Sequence[Code], builtins: Sequence[str] = ()) -> list[list[Reference]]:
    """Run ruff's bug rules over each code; findings in order of how sure the rule is, then of line.

    `builtins` are names that the surroundings of the code define. Raises CalledProcessError when
    ruff fails, and TimeoutExpired after five minutes.
    """
    options = ["--isolated", "--no-cache", "--exit-zero", "--ignore-noqa", "--output-format", "json"]
    rules = ["--select", "E9,F,B,PLE,PLW", "--config", f"builtins = {json.dumps(list(builtins))}"]
    items = _run(codes, ["ruff", "check", *options, *rules])
    found: list[list[Reference]] = [[] for _ in codes]
    for item in items:
        at = _number(item["filename"])
        line = item["location"]["row"] + _shift(codes[at])
        found[at].append(Reference(line, item["code"] or "E999", item["message"]))
    return [sorted(each, key=lambda reference: (_sureness(reference.rule), reference.line)) for each in found]


def bandit(codes: Sequence[Code]) -> list[list[Reference]]:
    """Run bandit over each code; findings by severity, confidence and line.

    Code that bandit cannot parse has none. Raises as `ruff` does.
    """
    options = ["--quiet", "--recursive", "--format", "json", "--exit-zero", "--ignore-nosec"]
    items = _run(codes, ["bandit", *options])["results"]
    items.sort(key=lambda item: (*(GRADES.index(item[f"issue_{of}"]) for of in ("severity", "confidence")),
                                 item["line_number"]))  # fmt: skip
    found: list[list[Reference]] = [[] for _ in codes]
    for item in items:
        at = _number(item["filename"])
        line = item["line_number"] + _shift(codes[at])
        found[at].append(Reference(line, item["test_id"], item["issue_text"]))
    return found


def _run(codes: Sequence[Code], command: Sequence[str]) -> Any:
    """Write the codes to a folder, run a tool of this Python on it, and read the JSON it prints."""
    with tempfile.TemporaryDirectory() as folder:
        for at, code in enumerate(codes):
            text = "if 1:\n" + code.text if _indented(code) else code.text
            (Path(folder) / f"case_{at}.py").write_text(text, encoding="utf-8", errors="replace")
        whole = [sys.executable, "-m", *command, folder]
        done = subprocess.run(whole, capture_output=True, check=True, timeout=SECONDS, cwd=folder)
        return json.loads(done.stdout)


def _indented(code: Code) -> bool:
    """Whether the code is cut out of a block, so that it needs a block around it to parse."""
    first = next((line for line in code.text.split("\n") if line.strip()), "")
    return first[:1].isspace()


def _shift(code: Code) -> int:
    return code.first_line - 1 - _indented(code)


def _number(path: str) -> int:
    return int(Path(path).stem.removeprefix("case_"))


def _sureness(rule: str) -> int:
    return next((at for at, prefix in enumerate(SUREST) if rule.startswith(prefix)), len(SUREST))
