"""The Python of a Jupyter notebook (nbformat 4) as one text, numbered like the file.

Each line of code has the number of the line of the file that holds it, so that findings lie where editors and
code hosts show them; a comment above a cell says which it is. Where the file does not keep lines of code on
lines of their own, they are counted one after the other. Magics of IPython become comments, or statements
that do nothing, of the same length.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from octad.errors import UnreadableInput

FLAG = "notebook"
"""Flag of code that was read from a notebook."""
SUFFIX = ".ipynb"
TIMES_LARGER = 10
"""How much larger than other files a notebook may be: most of it are pictures and tables."""

_MARK = "# cell {} of the notebook"
_IS_MARK = re.compile(r"# cell (\d+) of the notebook")
_SPACE = re.compile(r"[ \t\r\n]*")
_MAGIC = re.compile(r"(?P<margin>[ \t]*)(?:%{1,2}[A-Za-z_]|!(?!=)|\?|[\w.*]+\?{1,2}[ \t]*$)")
_ASSIGNED = re.compile(r"(?P<before>[\w., \t]+=[ \t]*)(?:%[A-Za-z_]|!(?!=))")
_CELL_MAGIC = re.compile(r"%%(\w+)")
PYTHON_MAGICS = frozenset(
    {"capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"}
)
"""Cell magics below which Python stands."""
_DECODER = json.JSONDecoder()


class _Cell(NamedTuple):
    """A code cell: its number among all cells from 1, its lines, and the line of the file of each."""

    number: int
    lines: list[str]
    places: list[int]


def python_of(data: bytes) -> str:
    """The code cells of a notebook; raises UnreadableInput with the reason where it has none to read."""
    try:
        text = data.decode("utf-8-sig")
        notebook = _DECODER.decode(text)
        reason = _problem_of(notebook)
        cells = [] if reason else list(_cells(text, notebook["cells"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableInput("not a notebook that can be read") from error
    if reason:
        raise UnreadableInput(reason)
    return _in_place(cells) or _one_after_the_other(cells)


class Cells:
    """Which cell each line of such a text is in."""

    def __init__(self, text: str) -> None:
        marks = enumerate(map(_IS_MARK.fullmatch, text.split("\n")), 1)
        self._marks = [(line, int(match[1])) for line, match in marks if match is not None]

    def at(self, line: int) -> tuple[int, int] | None:
        """The cell that a line is in, and the line of the cell; None above the first."""
        number = bisect_left(self._marks, (line + 1,)) - 1
        if number < 0:
            return None
        above, cell = self._marks[number]
        return cell, line - above


def _problem_of(notebook: Any) -> str:
    """Why a notebook is not read, empty where it is."""
    metadata = notebook.get("metadata", {})
    about = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language")
    if notebook["nbformat"] != 4:
        return f"a notebook of format {notebook['nbformat']:d}, not 4"
    if about and about.lower() not in ("python", "ipython", "python3"):
        return "a notebook of another language than Python"
    return ""


def _cells(text: str, cells: list[dict[str, Any]]) -> Iterator[_Cell]:
    """The code cells, with the lines of the file that their code stands on."""
    start = dict(_members(text, _begin(text, 0)))["cells"]
    ends = [match.start() for match in re.finditer("\n", text)]
    for number, (cell, at) in enumerate(zip(cells, _items(text, start), strict=True), 1):
        if cell["cell_type"] == "code":
            source = dict(_members(text, at))["source"]
            starts = list(_items(text, source)) if text[source] == "[" else [source]
            pieces = cell["source"] if text[source] == "[" else [cell["source"]]
            if "".join(pieces).strip():
                yield _code_cell(number, pieces, [bisect_left(ends, start) + 1 for start in starts])


def _code_cell(number: int, pieces: list[str], places: list[int]) -> _Cell:
    """A cell of the strings of its source; a line of code is where its first character is."""
    lines: list[list[str]] = [[]]
    of_line, is_open = [places[0]], False
    for piece, place in zip(pieces, places, strict=True):
        for part in re.split(r"(\r?\n)", piece):
            if part in ("\n", "\r\n"):
                lines.append([])
                of_line.append(place)
                is_open = False
            elif part:
                of_line[-1] = of_line[-1] if is_open else place
                lines[-1].append(part)
                is_open = True
    return _Cell(number, _without_magics(["".join(parts) for parts in lines]), of_line)


def _in_place(cells: list[_Cell]) -> str:
    """The code on the lines of the file; empty where two lines of it share one."""
    placed: list[str] = []
    for cell in cells:
        for line, place in zip([_MARK.format(cell.number), *cell.lines], [0, *cell.places], strict=True):
            if not line.strip():
                continue
            at = (place or cell.places[0] - 1) - 1
            if at < len(placed):
                return ""
            placed += [""] * (at - len(placed)) + [line]
    return "".join(f"{line}\n" for line in placed)


def _one_after_the_other(cells: list[_Cell]) -> str:
    marked = ([_MARK.format(cell.number), *cell.lines] for cell in cells)
    return "".join(f"{line}\n" for lines in marked for line in lines)


def _without_magics(lines: list[str]) -> list[str]:
    """The lines of a cell as Python, each as long as before; a cell of another language is all comments."""
    match = _CELL_MAGIC.match(next((line for line in lines if line.strip()), ""))
    if match is not None and match[1] not in PYTHON_MAGICS:
        return [_comment(line) for line in lines]
    if match is None and _parses("\n".join(lines)):
        return lines
    found: list[str] = []
    goes_on = False
    for line in lines:
        plain = _comment(line) if goes_on else _plain(line)
        goes_on = (goes_on or plain != line) and line.endswith("\\")
        found.append(plain)
    return found


def _plain(line: str) -> str:
    """A line without its magic."""
    if (match := _MAGIC.match(line)) is not None:
        margin = match["margin"]
        return margin + _nothing(len(line) - len(margin)) if margin else _comment(line)
    if (match := _ASSIGNED.match(line)) is not None:
        return match["before"] + _nothing(len(line) - len(match["before"]))
    return line


def _comment(line: str) -> str:
    """A line of the same length that is a comment."""
    body = line.lstrip(" \t")
    return f"{line[: len(line) - len(body)]}#{body[1:]}" if body else line


def _nothing(length: int) -> str:
    """An expression of some length that has no effect."""
    return ("None" if length >= 4 else "0").ljust(length)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the JSON object that starts there, and where their values start."""
    at = _begin(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _begin(text, _begin(text, at) + 1)
        yield key, at
        at = _next(text, at)


def _items(text: str, at: int) -> Iterator[int]:
    """Where the items of the JSON array that starts there start."""
    at = _begin(text, at + 1)
    while text[at] != "]":
        yield at
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """What follows a JSON value and its comma."""
    at = _begin(text, _DECODER.raw_decode(text, at)[1])
    return _begin(text, at + 1) if text[at] == "," else at


def _begin(text: str, at: int) -> int:
    """Where white space ends."""
    match = _SPACE.match(text, at)
    return match.end() if match is not None else at
