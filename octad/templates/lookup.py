"""Finding the template of a message, and the values in its slots."""

from __future__ import annotations

import re
from collections.abc import Mapping

from octad.records.logs import VARIES
from octad.templates.masks import Shape, mask, numbered

_AGAIN = re.compile(rf"{re.escape(VARIES)}(?:{re.escape(VARIES)})+")
_SPACE = re.compile(r"\s+")


def text(template: Shape) -> str:
    """A template as one line."""
    return _AGAIN.sub(VARIES, "".join(template))


def slots(template: str, message: str) -> tuple[str, ...] | None:
    """The values of a message in the slots of a template, the shortest first; None when it does not fit."""
    message = _SPACE.sub(" ", message.strip())
    head, *rest = template.split(VARIES)
    if not rest:
        return () if message == head else None
    *middle, tail = rest
    end = len(message) - len(tail)
    if not message.startswith(head) or not message.endswith(tail) or end < len(head):
        return None
    values, at = [], len(head)
    for piece in middle:
        found = message.find(piece, at, end)
        if found < 0:
            return None
        values.append(message[at:found])
        at = found + len(piece)
    return (*values, message[at:end])


class Lookup:
    """Templates by the shapes they stand for."""

    def __init__(self, templates: Mapping[Shape, Shape]) -> None:
        self.templates = {shape: text(template) for shape, template in templates.items()}
        # What says most is tried first; without a word a template would fit anything.
        self._ordered = sorted(
            {template for template in self.templates.values() if _says(template)},
            key=lambda template: (-len(template.replace(VARIES, "")), template),
        )

    def template_of(self, message: str) -> str | None:
        """The template of a message: that of its shape, else the fullest that fits."""
        known = self.templates.get(mask(numbered(message)))
        if known is not None:
            return known
        return next((each for each in self._ordered if slots(each, message) is not None), None)


def _says(template: str) -> bool:
    return any(character.isalpha() for character in template)
