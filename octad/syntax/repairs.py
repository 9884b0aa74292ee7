"""An edit as a repair that a reader, an editor or a pull request can apply."""

from __future__ import annotations

from octad.records.code import Code
from octad.records.report import Anchor, Repair
from octad.syntax.edits import apply, describe
from octad.syntax.tokens import Tokens


def repair_of(
    code: Code, tokens: Tokens, item: int, edit: int, name: str | None, probability: float
) -> Repair:
    """The smallest replacement of text that makes the edit."""
    before, after = code.text, apply(code.text, tokens, item, edit, name)
    start, end = int(tokens.offsets[item, 0]), int(tokens.offsets[item, 1])
    tail = 0
    shortest = min(len(before), len(after)) - start
    while tail < shortest and before[len(before) - 1 - tail] == after[len(after) - 1 - tail]:
        tail += 1
    end = max(len(before) - tail, min(end, len(before)))
    return Repair(
        anchor=anchor(code, start, end),
        replacement=after[start : len(after) - (len(before) - end)],
        description=describe(edit, tokens.words[item], name),
        probability=probability,
    )


def anchor(code: Code, start: int, end: int) -> Anchor:
    """The place of characters `start` to `end` of a unit, in the numbering of the file."""

    def place(offset: int) -> tuple[int, int]:
        line = code.text.count("\n", 0, offset)
        return code.first_line + line, offset - (code.text.rfind("\n", 0, offset) + 1) + 1

    (line, column), (end_line, end_column) = place(start), place(end)
    return Anchor(path=code.path, line=line, column=column, end_line=end_line, end_column=end_column)


def anchor_of(tokens: Tokens, item: int, path: str) -> Anchor:
    """The place of an item."""
    line, column, end_line, end_column = map(int, tokens.spans[item])
    return Anchor(path=path, line=line, column=column, end_line=end_line, end_column=end_column)
