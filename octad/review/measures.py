"""What a finding and its file tell of whether people will act on it: some seventy numbers.

Only what is known when a review is made, and no width of a line: a long line is rewritten sooner whether or
not the finding on it is heard (`octad_train/data/changes/alert_fates.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding
from octad.syntax.python_source import KEPT, module_of

Function = ast.FunctionDef | ast.AsyncFunctionDef

_FOLDERS = {
    "in_tests": r"test", "in_docs": r"(^|/)docs?/", "in_examples": r"example|sample|tutorial|demo",
    "in_scripts": r"(^|/)(scripts?|tools?|ci|bench\w*|dev|contrib)/", "in_init": r"/__init__\.py$",
    "in_private": r"/_[a-z]\w*\.py$",
}  # fmt: skip
"""Asked of the path in small letters."""
_NAMES = {
    "method": r"(^|\.)[A-Z]\w*\.\w+$", "private": r"(^|\.)_(?!_)\w*$", "dunder": r"(^|\.)__\w+$",
    "test": r"(^|\.)test\w*$", "inner": r"(^|\.)[a-z_]\w*\.\w+$",
}  # fmt: skip
"""Asked of the name of the function with those of what it is in."""
_COUNTED = {
    "if": r"\bif\b", "else": r"\belse:|\belif\b", "for": r"\bfor\b", "return": r"\breturn\b",
    "try": r"\btry:",
    "raise": r"\braise\b", "except": r"\bexcept\b", "with": r"\bwith\b", "await": r"\bawait\b",
    "lambda": r"\blambda\b", "assert": r"\bassert", "self": r"\bself\.", "log": r"\blog(?:ger|ging)?\.",
    "comment": r"#", "noqa": r"noqa|pylint|nosec", "ignore": r"type: ?ignore", "todo": r"TODO|FIXME|XXX",
    "percent": r"[\"'] ?% ?[(\w]", "format": r"\.format\(", "fstring": r"\bf[\"']", "mock": r"[mM]ock|patch",
    "old": r"\bsix\b|basestring|xrange|super\(\w+, ?\w+\)", "abstract": r"NotImplementedError|abstract",
}  # fmt: skip
"""Counted in the text of the function."""
_LINE = {
    "def": r"(async )?def ", "return": r"return\b", "if": r"if ", "else": r"el(se|if)\b", "for": r"for ",
    "import": r"(import|from) ", "except": r"except\b", "raise": r"raise\b", "assert": r"(self\.)?assert",
    "with": r"with ", "call": r"[\w.]+\(", "assign": r"[\w., \[\]]+ = ", "comment": r".*#",
    "string": r".*[\"']", "lambda": r".*\blambda\b", "global": r"global ",
}  # fmt: skip
"""Asked of the line that the finding is on."""
_SIGNATURE = re.compile(r"def\s+\w+\s*\((.*?)\)\s*(->[^:]*)?:", re.DOTALL)
_BODY_TEXT = re.compile(r"\s*[rRuU]?(\"\"\"|''')")
_OVER = re.compile(r"\((\d+) > (\d+)\)")
_QUOTED = re.compile(r"`([^`]*)`")
_FIXES = {"": 0.0, "unsafe": 1.0, "safe": 2.0}


class Place(NamedTuple):
    """A finding and the function around it; `line` is its 0-based line in that, `fix` "", unsafe or safe."""

    rule: str
    message: str
    fix: str
    path: str
    function: str
    text: str
    first_line: int
    line: int


class _Span(NamedTuple):
    """A function by its name and those of what it is in, and its first and last line, decorators included."""

    name: str
    first: int
    last: int


def place_of(finding: Finding, code: Code) -> Place | None:
    """Where a finding is; None outside all functions, or where the file cannot be parsed."""
    line = finding.anchor.line - code.first_line + 1
    around = [one for one in _functions_of(code.text) if one.first <= line <= one.last]
    if not around:
        return None
    name, first, last = max(around, key=lambda one: one.first)
    return Place(
        rule=finding.rule.partition("/")[2],
        message=finding.message,
        fix=_fix(finding),
        path=finding.anchor.path,
        function=name,
        text="\n".join(lines_of(code.text)[first - 1 : last]),
        first_line=first + code.first_line - 1,
        line=line - first,
    )


def measures(place: Place) -> dict[str, float]:
    """The numbers by name, always in the same order."""
    lines = place.text.split("\n")
    line = lines[min(max(place.line, 0), len(lines) - 1)]
    head = next((text for text in lines if re.match(r"\s*(async\s+)?def\s", text)), lines[0])
    found: dict[str, float] = {
        "fix": _FIXES[place.fix],
        "line": place.line,
        "lines": len(lines),
        "position": place.line / len(lines),
        "first_line": place.first_line,
        "margin": _indent(head),
        "indent": _indent(line) - _indent(head),
        "words": len(set(re.findall(r"\w+", place.text))),
        "decorators": sum(text.lstrip().startswith("@") for text in lines[: lines.index(head)]),
        "async": "async def" in head,
        "depth": len(PurePosixPath(place.path).parts),
        "quotes": place.text.count('"') / (place.text.count('"') + place.text.count("'") + 1),
    }
    found |= _said(place) | _signature(place.text)
    path = place.path.lower()
    found |= {name: bool(re.search(asked, path)) for name, asked in _FOLDERS.items()}
    found |= {f"is_{name}": bool(re.search(asked, place.function)) for name, asked in _NAMES.items()}
    found |= {f"n_{name}": len(re.findall(asked, place.text)) for name, asked in _COUNTED.items()}
    found |= {f"on_{name}": bool(re.match(asked, line.strip())) for name, asked in _LINE.items()}
    return {name: float(value) for name, value in found.items()}


def spans(text: str) -> dict[str, list[tuple[int, int]]]:
    """First and last line of the functions of a file by their names; none where it cannot be parsed."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, first, last in _functions_of(text):
        found.setdefault(name, []).append((first, last))
    return found


def family(rule: str) -> str:
    """The letters that a rule's number follows, as `PLR` of `PLR0913`."""
    return rule.rstrip("0123456789")


def _said(place: Place) -> dict[str, float]:
    """Of the message: by how much a limit is passed, and the first name that it quotes."""
    quoted = _QUOTED.findall(place.message)
    name = quoted[0] if quoted else ""
    over = _OVER.search(place.message)
    return {
        "over": int(over[1]) / max(int(over[2]), 1) if over else 0.0,
        "quoted": len(quoted),
        "name_hidden": name.startswith("_"),
        "name_rest": name in ("args", "kwargs"),
        "name_used": len(re.findall(rf"\b{name}\b", place.text)) if name.isidentifier() else -1,
    }


def _signature(text: str) -> dict[str, float]:
    """Of the head of the function: its arguments, how many of them are annotated or have a default."""
    match = _SIGNATURE.search(text)
    head = match[1] if match else ""
    arguments = head.count(",") + 1 if head.strip() else 0
    body = text[match.end() :] if match else ""
    return {
        "arguments": arguments,
        "annotated": head.count(":") / max(arguments, 1),
        "defaults": head.count("=") / max(arguments, 1),
        "result": bool(match and match[2]),
        "docstring": bool(_BODY_TEXT.match(body)),
        "empty": len([text for text in body.split("\n") if text.strip()]) <= 1,
    }


def _fix(finding: Finding) -> str:
    """Whether there is a repair, and whether its tool vouches for it."""
    return ("safe" if finding.repairs[0].safe else "unsafe") if finding.repairs else ""


@lru_cache(maxsize=KEPT)
def _functions_of(text: str) -> tuple[_Span, ...]:
    """The functions of a file, found once for all its findings; none where it cannot be parsed."""
    return tuple(_functions(module_of(text) or ast.Module([], [])))


def _functions(tree: ast.AST, outer: str = "") -> Iterator[_Span]:
    """Every function with its name and those of what it is in."""
    for node in ast.iter_child_nodes(tree):
        inner = outer
        if isinstance(node, Function | ast.ClassDef):
            inner = f"{outer}.{node.name}".lstrip(".")
            if not isinstance(node, ast.ClassDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                yield _Span(inner, first, node.end_lineno or node.lineno)
        yield from _functions(node, inner)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
