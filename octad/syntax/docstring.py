"""What a docstring says of parameters, exceptions and results, with the place of every word of it.

Reads the sections of Google and NumPy and the fields of Sphinx and Epytext from the lines of a file, so that
what is said has a line and a column there. What is not written as these styles have it is left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

EntryKind = Literal["parameter", "raises", "returns", "yields"]
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_PARAMETERS = "args arguments params parameters keyword_args keyword_arguments other_parameters other_args"
_SECTIONS: dict[str, EntryKind | None] = {
    **{name.replace("_", " "): "parameter" for name in _PARAMETERS.split()},
    **dict.fromkeys(("raises", "raise", "exceptions"), "raises"),
    **dict.fromkeys(("returns", "return"), "returns"),
    **dict.fromkeys(("yields", "yield"), "yields"),
    **dict.fromkeys(
        ("attributes", "example", "examples", "note", "notes", "see also", "references", "warning",
         "warnings", "warns", "todo", "methods", "usage", "receives", "call arguments"),
    ),
}  # fmt: skip
_FIELDS: dict[str, EntryKind] = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword", "kwarg"), "parameter"),
    **dict.fromkeys(("raises", "raise", "except", "exception"), "raises"),
    **dict.fromkeys(("return", "returns"), "returns"),
    **dict.fromkeys(("yield", "yields"), "yields"),
}  # fmt: skip
_FIELD = re.compile(r"^(?P<indent>\s*)(?P<mark>[:@])(?P<tag>\w+)(?:[ \t]+(?P<rest>[^:\n]+?))?:(?:\s|$)")
_GOOGLE = re.compile(r"^(?P<indent>\s*)(?P<name>[A-Za-z][A-Za-z ]*[a-z]):\s*$")
_GOOGLE_ITEM = re.compile(r"^\s*[\\*]*(?P<name>[A-Za-z_]\w*)(?:\s*\((?P<type>[^\n]*?)\))?\s*:(?:\s|$)")
_NUMPY_ITEM = re.compile(
    r"^\s*(?P<name>[\\*]*[A-Za-z_]\w*(?:\s*,\s*[\\*]*[A-Za-z_]\w*)*)(?:\s*:\s*(?P<type>\S[^\n]*?))?\s*$"
)
_RULE = re.compile(r"^\s*-{3,}\s*$")
_NAME = re.compile(r"[A-Za-z_]\w*")
LONGEST = 1_000
"""Characters of a line; a longer one says nothing of parameters."""
_OPENING = re.compile(r"[rRuUbBfF]{0,2}(?:'''|\"\"\"|'|\")")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is said: a parameter, an exception, a result.

    `line` and `column`, from 1, are those of the name in the file, of the first word where it has none;
    `last` is its last line. `type` is what is written as its type, `text` what is said of it.
    """

    kind: EntryKind
    name: str
    type: str
    text: str
    line: int
    column: int
    last: int


@dataclass(frozen=True, slots=True)
class Docstring:
    """The docstring of `node`: its lines, and what it says; `style` is empty where it says nothing."""

    node: Documented
    style: Literal["google", "numpy", "sphinx", ""]
    first: int
    last: int
    entries: tuple[Entry, ...]

    def of(self, kind: EntryKind) -> list[Entry]:
        """What it says of one kind."""
        return [one for one in self.entries if one.kind == kind]


def docstring_of(node: Documented, lines: Sequence[str]) -> Docstring | None:
    """The docstring of a definition in a file of these lines; None where it has none."""
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    if not isinstance(first.value.value, str):
        return None
    start, end = first.lineno, first.end_lineno or first.lineno
    own = [line if len(line) <= LONGEST else "" for line in lines[start - 1 : end]]
    if not own:
        return None
    opening = _OPENING.match(own[0], first.col_offset)
    blank = opening.end() if opening else first.col_offset
    own[0] = " " * blank + own[0][blank:]
    own[-1] = re.sub(r"(?:'''|\"\"\"|'|\")\s*;?\s*(?:#.*)?$", "", own[-1])
    for style, reader in (("sphinx", _sphinx), ("numpy", _numpy), ("google", _google)):
        entries = tuple(reader(own, start))
        if entries:
            return Docstring(node, style, start, end, entries)  # type: ignore[arg-type]
    return Docstring(node, "", start, end, ())


def _sphinx(lines: list[str], start: int) -> Iterator[Entry]:
    """Fields such as `:param int x: ...`, with the types that fields `:type x:` and `:rtype:` give."""
    found: list[tuple[re.Match[str], int, int]] = []
    for at, line in enumerate(lines):
        match = _FIELD.match(line)
        if match is not None:
            end = at + 1
            while end < len(lines) and lines[end].strip() and not _FIELD.match(lines[end]):
                end += 1
            found.append((match, at, end))
    types = {
        (match["rest"] or "").strip(): lines[at][match.end() :].strip()
        for match, at, _ in found
        if match["tag"] in ("type", "rtype", "kwtype")
    }
    for match, at, end in found:
        kind = _FIELDS.get(match["tag"])
        if kind is None:
            continue
        text = " ".join(one.strip() for one in (lines[at][match.end() :], *lines[at + 1 : end])).strip()
        written, _, name = (
            (match["rest"] or "").rpartition(" ") if kind == "parameter" else ("", "", match["rest"] or "")
        )
        column = match.start("rest") + len(match["rest"]) - len(name) if match["rest"] else match.start("tag")
        column += len(name) - len(name.lstrip("\\*"))
        name = name.lstrip("\\*").partition("=")[0]
        known = types.get(name, "")
        if kind == "returns":
            known = types.get("", "")
        yield Entry(
            kind, name.strip(), written.strip() or known, text, start + at, column + 1, start + end - 1
        )


def _numpy(lines: list[str], start: int) -> Iterator[Entry]:
    """Sections with a rule below their title, their items at its own indentation."""
    titles = [at for at in range(len(lines) - 1) if lines[at].strip() and _RULE.match(lines[at + 1])]
    for number, at in enumerate(titles):
        kind = _SECTIONS.get(lines[at].strip().lower())
        end = titles[number + 1] if number + 1 < len(titles) else len(lines)
        if kind is not None:
            indent = _indent(lines[at])
            for first, last in _items(lines, at + 2, end, indent):
                yield from _numpy_item(lines, first, last, kind, start)


def _numpy_item(lines: list[str], first: int, last: int, kind: EntryKind, start: int) -> Iterator[Entry]:
    text = " ".join(one.strip() for one in lines[first + 1 : last]).strip()
    line, indent = lines[first], _indent(lines[first])
    if kind != "parameter":
        named, colon, written = line.strip().partition(" : ")
        name = line.strip() if kind == "raises" else named if colon else ""
        yield Entry(
            kind, name, written if colon else line.strip(), text, start + first, indent + 1, start + last - 1
        )
        return
    match = _NUMPY_ITEM.match(line)
    if match is None:
        return
    for one in _NAME.finditer(line, match.start("name"), match.end("name")):
        yield Entry(
            kind, one.group(), match["type"] or "", text, start + first, one.start() + 1, start + last - 1
        )


def _google(lines: list[str], start: int) -> Iterator[Entry]:
    """Sections with a colon behind their title, their items further in."""
    at = 0
    while at < len(lines):
        match = _GOOGLE.match(lines[at])
        at += 1
        if match is None or match["name"].lower() not in _SECTIONS:
            continue
        outer = len(match["indent"])
        end = at
        while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > outer):
            end += 1
        kind = _SECTIONS[match["name"].lower()]
        body = next((one for one in range(at, end) if lines[one].strip()), end)
        if kind in ("returns", "yields") and body < end:
            text = " ".join(one.strip() for one in lines[body:end]).strip()
            yield Entry(
                kind, "", _result_type(text), text, start + body, _indent(lines[body]) + 1, start + end - 1
            )
        elif kind is not None and body < end:
            for first, last in _items(lines, body, end, _indent(lines[body])):
                yield from _google_item(lines, first, last, kind, start)
        at = end


def _google_item(lines: list[str], first: int, last: int, kind: EntryKind, start: int) -> Iterator[Entry]:
    line = lines[first]
    match = _GOOGLE_ITEM.match(line) if kind == "parameter" else re.match(r"^\s*(?P<name>[\w.]+)\s*:", line)
    if match is None:
        return
    text = " ".join(one.strip() for one in (line[match.end() :], *lines[first + 1 : last])).strip()
    written = (match["type"] or "") if kind == "parameter" else ""
    yield Entry(kind, match["name"], written, text, start + first, match.start("name") + 1, start + last - 1)


def _result_type(text: str) -> str:
    """The type in front of a Google-style result, as in `bool: whether ...`."""
    match = re.match(r"^([\w.\[\], |]+):(?:\s|$)", text)
    return match.group(1) if match else ""


def _items(lines: list[str], at: int, end: int, indent: int) -> Iterator[tuple[int, int]]:
    """The first line of each item and the line behind it; what belongs to an item is further in."""
    starts = [one for one in range(at, end) if lines[one].strip() and _indent(lines[one]) == indent]
    for number, first in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else end
        while last > first + 1 and not lines[last - 1].strip():
            last -= 1
        yield first, last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
