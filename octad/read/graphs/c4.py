"""C4 diagrams, Mermaid's and those of C4-PlantUML: containers, systems and persons, and who uses whom.

Both are written as calls: `Container(alias, "label", ...)`, `Rel(from, to, "label")`, and a boundary is a
frame, `System_Boundary(alias, "label") { ... }`. https://github.com/plantuml-stdlib/C4-PlantUML
"""

from __future__ import annotations

import re

from octad.read.graphs.cursor import Cursor
from octad.read.graphs.drawing import Drawing
from octad.read.graphs.mermaid_words import ASIDES, label

CALL = re.compile(r'(\w+)[ \t]*\(((?:"[^"]*"|[^()"]|\([^()"]*\))*)\)[ \t\r]*(\{)?')
CLOSE = re.compile(r"\}")
_ASIDE = re.compile(rf"{ASIDES}|(?:title|direction)(?=[ \t])[^\n]*")
_SPACE = re.compile(r"\s+")
_ELEMENT = re.compile(r"(Person|System|Container|Component)(Db|Queue)?(_Ext)?\Z")
_RELATION = re.compile(
    r"(Bi)?Rel(Index)?(_Back)?(?:_Neighbor)?(?:_(?:[UDLR]|Up|Down|Left|Right))?(_b)?\Z", re.IGNORECASE
)
_ARGUMENT = re.compile(r'\s*(?:(\$\w+)\s*=\s*)?(?:"([^"]*)"|([^,"]*))[^,]*(?:,|\Z)')
_KINDS = {"Db": "database", "Queue": "queue", "_Ext": "external", "Person": "person"}


def draw_c4(here: Cursor, drawing: Drawing) -> None:
    """What stands below the head of Mermaid's C4 diagrams; raises UnreadableInput for what is none."""
    calls = Calls(here, drawing)
    kinds = ((_SPACE, None), (_ASIDE, None), (CALL, calls.take), (CLOSE, lambda _: calls.close()))
    here.statements(kinds, "an element, a boundary or a relation")
    if drawing.unclosed:
        raise here.error(f"boundary {drawing.unclosed!r} has no end")


class Calls:
    """Draws what calls say; those that only style and lay out are passed over."""

    def __init__(self, here: Cursor, drawing: Drawing) -> None:
        self._here, self._drawing = here, drawing

    def take(self, match: re.Match[str]) -> None:
        """One call, with the brace behind it."""
        name, written, brace = match.groups()
        places, named = _arguments(written)
        if brace:
            self._drawing.open(named.get("$alias") or next(iter(places), ""), self._here.line)
        elif element := _ELEMENT.match(name):
            self._element(element, places, named)
        elif relation := _RELATION.match(name):
            self._relation(relation, places, named)

    def close(self) -> None:
        """The brace that ends a boundary; raises UnreadableInput where none is open."""
        if not self._drawing.close():
            raise self._here.error("a '}' without a boundary")

    def _element(self, match: re.Match[str], places: list[str], named: dict[str, str]) -> None:
        alias, shown = _first_two(places, named, ("$alias", "$label"))
        if not alias:
            raise self._here.error(f"{match.group()} without an alias")
        sort, store, external = match.groups()
        kind = next((_KINDS[one] for one in (store, sort, external) if one in _KINDS), "")
        self._drawing.thing(alias, self._here.line, label=label(shown), kind=kind)

    def _relation(self, match: re.Match[str], places: list[str], named: dict[str, str]) -> None:
        both, index, back, turned = match.groups()
        numbered = bool(index) and "$e_index" not in named
        source, target = _first_two(places[numbered:], named, ("$from", "$to"))
        if not (source and target):
            raise self._here.error(f"{match.group()} without two ends")
        if back or turned:
            source, target = target, source
        self._drawing.arrow(source, target, self._here.line)
        if both:
            self._drawing.arrow(target, source, self._here.line)


def _arguments(written: str) -> tuple[list[str], dict[str, str]]:
    """Arguments by place, and those that are given by name, `$label="x"`."""
    places: list[str] = []
    named: dict[str, str] = {}
    for key, quoted, plain in _ARGUMENT.findall(written):
        value = quoted or plain.strip()
        if key:
            named[key] = value
        else:
            places.append(value)
    return places, named


def _first_two(places: list[str], named: dict[str, str], keys: tuple[str, str]) -> tuple[str, str]:
    """Two arguments that come first, each by its name where it is given so."""
    rest = iter(places)
    first, second = (named.get(key) or next(rest, "") for key in keys)
    return first, second
