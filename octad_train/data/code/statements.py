"""Statements outside functions, cut as a reviewer of the file cuts them, each a run of whole lines."""

from __future__ import annotations

from octad.records.code import Code
from octad.syntax.tokenizer import tokenize
from octad.syntax.units import units
from octad_train.data.code.functions import MAX_ITEMS, MAX_LINE, MIN_ITEMS, Function, function_lines
from octad_train.data.code.python_lexer import count


def statements(text: str) -> list[Function]:
    """The units of a file that touch no function, with 12 to 400 items; [] if it does not parse.

    Left out: those at which no edit is possible, since nothing could be wrong there (imports, documentation).
    """
    taken = function_lines(text)
    if taken is None:
        return []
    found = []
    for unit in units(Code(path="", text=text)):
        own = unit.text.rstrip("\n")
        last = unit.first_line + own.count("\n")
        if taken.intersection(range(unit.first_line, last + 1)) or max(map(len, own.split("\n"))) > MAX_LINE:
            continue
        if MIN_ITEMS <= count(own) <= MAX_ITEMS and len(tokenize(unit).edits):
            found.append(Function(unit.first_line, last, own))
    return found
