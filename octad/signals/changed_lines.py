"""The changed lines of a file of a change."""

from __future__ import annotations

from octad.records.change import FileChange
from octad.records.code import Code
from octad.records.lines import lines_of


def sides(file: FileChange) -> tuple[str, list[str], list[str]]:
    """Path, lines that came, lines that went."""
    came, went = ([text for _, text in changed(side)] for side in (file.after, file.before))
    return file.path, came, went


def changed(code: Code | None) -> list[tuple[int, str]]:
    """Changed lines with their numbers; all of them where nobody says which."""
    if code is None:
        return []
    lines = lines_of(code.text)
    if code.changed is None:
        return list(enumerate(lines, code.first_line))
    last = code.first_line + len(lines) - 1
    return [
        (n, lines[n - code.first_line])
        for run in code.changed
        for n in range(max(run.first, code.first_line), min(run.last, last) + 1)
    ]
