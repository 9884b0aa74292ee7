"""Lines of text, numbered as editors number them."""

from __future__ import annotations

from collections.abc import Iterable

from octad.records.code import Code


def lines_of(text: str) -> list[str]:
    """Lines without their ends, split at line feeds only: a form feed or U+2028 starts no line of a file.

    An end of line at the end of the text starts no further line.
    """
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def encodable(text: str) -> str:
    """The text as a record can hold it: bytes that were no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def sources_of(codes: Iterable[Code]) -> dict[str, str]:
    """Text by path, numbered like the file; lines that no unit of a path covers are empty."""
    found: dict[str, list[str]] = {}
    for code in codes:
        lines = found.setdefault(code.path, [])
        new = lines_of(code.text)
        first = code.first_line - 1
        lines.extend([""] * (first + len(new) - len(lines)))
        lines[first : first + len(new)] = new
    return {path: "\n".join([*lines, ""]) for path, lines in found.items()}
