"""What the hunks of a unified diff say: which lines of the new file changed, and how paths are quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from octad.records.code import LineRange

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_ESCAPE = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)


def ranges(lines: Iterable[int]) -> tuple[LineRange, ...]:
    """Line numbers, in any order, as ranges without gaps between them."""
    found: list[LineRange] = []
    for line in sorted(set(lines)):
        if found and line == found[-1].last + 1:
            found[-1] = LineRange(first=found[-1].first, last=line)
        else:
            found.append(LineRange(first=line, last=line))
    return tuple(found)


def unquoted(path: str) -> str:
    """A path of a diff header without git's C-style quotes; bytes that are no UTF-8 stay surrogates."""
    if len(path) < 2 or not (path.startswith('"') and path.endswith('"')):
        return path
    parts: list[bytes] = []
    position = 0
    inner = path[1:-1]
    for match in _ESCAPE.finditer(inner):
        parts.append(inner[position : match.start()].encode("utf-8", "surrogateescape"))
        code = match.group(1)
        value = int(code, 8) & 255 if len(code) == 3 else _ESCAPES.get(code, ord(code) & 255)
        parts.append(bytes([value]))
        position = match.end()
    parts.append(inner[position:].encode("utf-8", "surrogateescape"))
    return b"".join(parts).decode("utf-8", "surrogateescape")


def changed_by_path(patch: str) -> dict[str, list[int]]:
    """Changed lines by new path, from a patch that git made with no lines of context and prefix `b/`.

    Where lines were only taken away, the line that follows them counts as changed (it may lie past the
    end of the file): what it does may have become wrong.
    """
    found: dict[str, list[int]] = {}
    path = ""
    n_left = 0
    for line in patch.split("\n"):
        if n_left and not line.startswith("\\"):  # a removed or added line may look like a header
            n_left -= 1
        elif line.startswith("+++ "):
            path = unquoted(line[4:].split("\t")[0]).removeprefix("b/")
        elif (match := _HUNK.match(line)) is not None:
            n_old, start, n_new = (int(group) if group is not None else 1 for group in match.groups())
            found.setdefault(path, []).extend(range(start, start + n_new) if n_new else (start + 1,))
            n_left = n_old + n_new
    return found
