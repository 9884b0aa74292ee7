"""What a finding and its file tell of whether people will act on it: some seventy numbers.

Only what is known when a review is made, and no width of a line: a long line is rewritten sooner whether or
not the finding on it is heard (`octad_train/data/changes/alert_fates.py`).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding
from octad.syntax.python_source import KEPT, module_of

FUNCTIONS = 16
"""Functions whose measures are kept: findings are asked for in the order of their lines."""
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
_HEAD = re.compile(r"def\s+\w+\s*\(")
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
    file = _file(code.text)
    around = file.around(line)
    if around is None:
        return None
    name, first, _ = around
    return Place(
        rule=finding.rule.partition("/")[2],
        message=finding.message,
        fix=_fix(finding),
        path=finding.anchor.path,
        function=name,
        text=file.text_of(around),
        first_line=first + code.first_line - 1,
        line=line - first,
    )


def measures(place: Place) -> dict[str, float]:
    """The numbers by name, always in the same order."""
    around = _around(place.text)
    lines = around.lines
    line = lines[min(max(place.line, 0), len(lines) - 1)]
    found: dict[str, float] = {
        "fix": _FIXES[place.fix],
        "line": place.line,
        "lines": len(lines),
        "position": place.line / len(lines),
        "first_line": place.first_line,
        "margin": around.margin,
        "indent": _indent(line) - around.margin,
        "words": len(around.words),
        "decorators": around.decorators,
        "async": around.is_async,
        "depth": len(PurePosixPath(place.path).parts),
        "quotes": around.quotes,
    }
    found |= _said(place, around.words) | around.signature
    path = place.path.lower()
    found |= {name: bool(re.search(asked, path)) for name, asked in _FOLDERS.items()}
    found |= {f"is_{name}": bool(re.search(asked, place.function)) for name, asked in _NAMES.items()}
    found |= around.counted
    found |= {f"on_{name}": bool(re.match(asked, line.strip())) for name, asked in _LINE.items()}
    return {name: float(value) for name, value in found.items()}


class _Around(NamedTuple):
    """What the text of a function tells of every finding in it."""

    lines: list[str]
    margin: int
    words: Counter[str]
    decorators: int
    is_async: bool
    quotes: float
    signature: dict[str, float]
    counted: dict[str, float]


@lru_cache(maxsize=FUNCTIONS)
def _around(text: str) -> _Around:
    """What a function tells, found once for all findings in it."""
    lines = text.split("\n")
    head = next((line for line in lines if re.match(r"\s*(async\s+)?def\s", line)), lines[0])
    return _Around(
        lines=lines,
        margin=_indent(head),
        words=Counter(re.findall(r"\w+", text)),
        decorators=sum(line.lstrip().startswith("@") for line in lines[: lines.index(head)]),
        is_async="async def" in head,
        quotes=text.count('"') / (text.count('"') + text.count("'") + 1),
        signature=_signature(text),
        counted={f"n_{name}": len(re.findall(asked, text)) for name, asked in _COUNTED.items()},
    )


def spans(text: str) -> dict[str, list[tuple[int, int]]]:
    """First and last line of the functions of a file by their names; none where it cannot be parsed."""
    found: dict[str, list[tuple[int, int]]] = {}
    for name, first, last in _file(text).functions:
        found.setdefault(name, []).append((first, last))
    return found


def family(rule: str) -> str:
    """The letters that a rule's number follows, as `PLR` of `PLR0913`."""
    return rule.rstrip("0123456789")


def _said(place: Place, words: Mapping[str, int]) -> dict[str, float]:
    """Of the message: by how much a limit is passed, and the first name that it quotes."""
    quoted = _QUOTED.findall(place.message)
    name = quoted[0] if quoted else ""
    over = _OVER.search(place.message)
    return {
        "over": int(over[1]) / max(int(over[2]), 1) if over else 0.0,
        "quoted": len(quoted),
        "name_hidden": name.startswith("_"),
        "name_rest": name in ("args", "kwargs"),
        "name_used": words.get(name, 0) if name.isidentifier() else -1,
    }


def _signature(text: str) -> dict[str, float]:
    """Of the head of the function: its arguments, how many of them are annotated or have a default."""
    start = _HEAD.search(text)
    match = _SIGNATURE.match(text, start.start()) if start else None
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


class _File:
    """The functions of a file, and which of them each line is in."""

    def __init__(self, text: str) -> None:
        self.functions = tuple(_functions(module_of(text) or ast.Module([], [])))
        self._lines = lines_of(text)
        self._inner = np.full(len(self._lines) + 1, -1, np.int32)
        for number, (_, first, last) in enumerate(self.functions):  # what is inside another comes later
            self._inner[first : last + 1] = number
        self._texts: dict[_Span, str] = {}

    def around(self, line: int) -> _Span | None:
        """The innermost function that a line is in."""
        number = self._inner[line] if 0 < line < len(self._inner) else -1
        return self.functions[number] if number >= 0 else None

    def text_of(self, function: _Span) -> str:
        """The lines of a function, the same object for all who ask."""
        if function not in self._texts:
            _, first, last = function
            self._texts[function] = "\n".join(self._lines[first - 1 : last])
        return self._texts[function]


@lru_cache(maxsize=KEPT)
def _file(text: str) -> _File:
    """The functions of a file, found once for all its findings; none where it cannot be parsed."""
    return _File(text)


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
