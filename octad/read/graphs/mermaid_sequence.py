"""Mermaid's sequence diagrams: who sends a message to another depends on it, answers apart.

https://mermaid.js.org/syntax/sequenceDiagram.html
"""

from __future__ import annotations

import re

from octad.read.graphs.cursor import Cursor
from octad.read.graphs.drawing import Drawing
from octad.read.graphs.mermaid_words import ASIDES, BETWEEN, label
from octad.read.graphs.messages import Messages

_WORDS = (
    "box|end|loop|alt|else|opt|par|par_over|and|critical|option|break|rect|activate|deactivate|destroy|note"
    "|title|autonumber|links?|properties|details"
)
_ASIDE = re.compile(rf"{ASIDES}|(?:{_WORDS})(?=[\s:;]|\Z)[^\n]*", re.IGNORECASE)
_PARTICIPANT = re.compile(
    r"(?:create[ \t]+)?(participant|actor)[ \t]+([^\s;@][^\n;@]{0,199}?)[ \t]*(?:@(\{[^\n}]*\}))?"
    r"(?:[ \t]+as[ \t]+([^\n]*?))?[ \t\r]*(?=[\n;]|\Z)"
)
_NAME = r"[^\s:;<>,+-][^\n:;<>,]{0,199}?"
_ARROW = r"(?:\(\))?(<<)?(--?)(?:>>|>|x|\))(?:\(\))?"
_MESSAGE = re.compile(
    rf"({_NAME})[ \t]*{_ARROW}[ \t]*([+-]?)[ \t]*({_NAME})[ \t\r]*(?::([^\n]*)|(?=[\n;]|\Z))"
)
_TYPE = re.compile(r"\btype\W{1,9}(actor|database|queue)\b")
_KINDS = {"actor": "person", "database": "database", "queue": "queue"}


def draw_sequence(here: Cursor, drawing: Drawing) -> None:
    """What stands below the head of a sequence diagram; raises UnreadableInput for what is none."""
    _Sequence(here, drawing).read()


class _Sequence:
    def __init__(self, here: Cursor, drawing: Drawing) -> None:
        self._here, self._drawing = here, drawing
        self._messages = Messages(drawing)

    def read(self) -> None:
        kinds = (
            (BETWEEN, None),
            (_ASIDE, None),
            (_PARTICIPANT, self._participant),
            (_MESSAGE, self._message),
        )
        self._here.statements(kinds, "a participant or a message")

    def _participant(self, match: re.Match[str]) -> None:
        sort, name, fields, shown = match.groups()
        found = _TYPE.search(fields or "")
        kind = _KINDS.get(found.group(1) if found else sort, "")
        self._drawing.thing(name, self._here.line, label=label(shown or ""), kind=kind)

    def _message(self, match: re.Match[str]) -> None:
        source, both, dashes, activity, target, text = match.groups()
        for name in (source, target):
            self._drawing.thing(name, self._here.line)
        back = len(dashes) > 1 or activity == "-"
        self._messages.message((source, target), self._here.line, back=back, text=text or "")
        if both:
            self._messages.message((target, source), self._here.line, back=False)
