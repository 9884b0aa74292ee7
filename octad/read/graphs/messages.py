"""Messages of a sequence diagram, Mermaid's or PlantUML's, to calls: one that answers a call is none."""

from __future__ import annotations

import re

from octad.read.graphs.drawing import Drawing

_ANSWER = re.compile(
    r"\s*[\"'`(\[]?\s*(?:[2-5]\d\d\b|ok\b|ack\w*|repl(?:y|ies)\b|respon[ds]\w*|returns?\b|results?\b)",
    re.IGNORECASE,
)


class Messages:
    """Takes messages in their order.

    What goes back to a caller is its answer where it is dashed, ends an activation, or says so (`200 OK`,
    `returns …`). Dashed without a call before it, it is a call: many draw events so.
    """

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._called: set[tuple[str, str]] = set()

    def message(self, ends: tuple[str, str], line: int, *, back: bool, text: str = "") -> None:
        """A message from the first end to the second; `back` where it is drawn as answers are."""
        source, target = ends
        if (target, source) in self._called and (back or _ANSWER.match(text)):
            return
        if source != target:
            self._called.add(ends)
            self._drawing.arrow(source, target, line)
