"""PlantUML's component, deployment and sequence diagrams, and C4 diagrams drawn with it.

What has an alias is called by it. A line without a head is read in the written direction, but an interface
depends on who provides it. Lines that are nothing of these are passed over, with the flag `unknown-lines`.
"""

from __future__ import annotations

import re

from octad.errors import UnreadableInput
from octad.read.graphs import plantuml_words as words
from octad.read.graphs.builder import wrong
from octad.read.graphs.c4 import CALL, Calls
from octad.read.graphs.cursor import Cursor
from octad.read.graphs.drawing import Drawing
from octad.read.graphs.join import joined
from octad.read.graphs.messages import Messages
from octad.records.graph import Graph

MAX_DIAGRAMS = 100
_HINT = "draw a component, deployment or sequence diagram"
_MARKUP = re.compile(r"</?\w[^<>]*>|\*\*|//")
_KINDS = {
    "actor": "person", ":": "person", "database": "database", "queue": "queue", "interface": "interface",
    "()": "interface",
}  # fmt: skip


def is_plantuml(text: str) -> bool:
    """Whether a text holds a diagram of PlantUML."""
    return words.DIAGRAM.search(text) is not None


def read_plantuml(text: str, source: str, line: int = 1) -> Graph:
    """The graph of every diagram, as one; `line` is the one that the text begins on."""
    found = list(words.DIAGRAM.finditer(text))
    if not found:
        return _Diagram(text, source, line).graph()
    if len(found) > MAX_DIAGRAMS:
        raise UnreadableInput(f"{source}: more than {MAX_DIAGRAMS} diagrams", hint="cut it in parts")
    graphs = []
    counted, at = line, 0
    for match in found:
        counted, at = counted + text.count("\n", at, match.start(2)), match.start(2)
        if match.group(1) != "uml":
            raise wrong(source, counted, f"@start{match.group(1)} is no diagram of services", hint=_HINT)
        graphs.append(_Diagram(match.group(2), source, counted).graph())
    return graphs[0] if len(graphs) == 1 else joined(graphs, source)


class _Diagram:
    def __init__(self, text: str, source: str, line: int) -> None:
        text = words.without_asides(text)
        self._here = Cursor(text, source, words.BLANK, line)
        self._drawing = Drawing(source)
        self._messages = Messages(self._drawing)
        is_sequence = bool(words.MESSAGES.search(text))
        self._components = not is_sequence and words.COMPONENTS.search(text) is not None
        if not (is_sequence or self._components) and (other := words.OTHERS.search(text)):
            shown = other.group().strip()
            raise wrong(
                source, line + text.count("\n", 0, other.start()), f"{shown!r} is no service", hint=_HINT
            )

    def graph(self) -> Graph:
        calls = Calls(self._here, self._drawing)
        kinds = (
            (words.BETWEEN, None),
            (words.ARROW, self._arrow),
            (CALL, calls.take),
            (words.FRAME, self._frame),
            (words.THING, self._thing),
            (words.SHORT_THING, self._short_thing),
            (words.CLOSE, lambda _: calls.close()),
            (words.ASIDE, None),
            (words.BLOCK, lambda _: self._drawing.open("", self._here.line)),
            (words.REST, lambda _: self._drawing.flag("unknown-lines")),
        )
        self._here.statements(kinds, "a statement")
        return self._drawing.graph()

    def _frame(self, match: re.Match[str]) -> None:
        """A frame with nothing in it is a thing, as a database drawn with braces."""
        sort, named, alias = match.groups()
        name, shown = _called(named, alias) if named else ("", "")
        if name:
            self._drawing.thing(name, self._here.line, label=shown, kind=_KINDS.get(sort.lower(), ""))
        self._drawing.open(name, self._here.line)

    def _thing(self, match: re.Match[str]) -> None:
        sort, named, alias = match.groups()
        name, shown = _called(named, alias)
        self._drawing.thing(name, self._here.line, label=shown, kind=_KINDS.get(sort.lower(), ""))

    def _short_thing(self, match: re.Match[str]) -> None:
        name, shown = _called(*match.groups())
        self._drawing.thing(name, self._here.line, label=shown, kind=_kind(match.group(1)))

    def _arrow(self, match: re.Match[str]) -> None:
        """The dependencies that an arrow, or a message, shows."""
        left, tail, body, head, sign, right, activity, text = match.groups()
        ends = (_plain(left), _plain(right))
        for name, written in zip(ends, (left, right), strict=True):
            if written != "]":
                self._drawing.thing(name, self._here.line, kind=_kind(written))
        if right == "]":
            return
        forward, backward = bool(head) and head[0] in "|>(/\\", bool(tail) and tail[-1] in "<|)/\\"
        pairs = [ends] * forward + [ends[::-1]] * backward or [self._line(ends)]
        for pair in pairs:
            if self._components:
                self._drawing.arrow(*pair, self._here.line)
            else:
                back = len(re.sub(r"\[.*\]", "", body)) > 1 or "--" in (sign, activity)
                self._messages.message(pair, self._here.line, back=back, text=text or "")

    def _line(self, ends: tuple[str, str]) -> tuple[str, str]:
        """A line without a head, in the direction in which it is read."""
        interfaces = [self._drawing.kind(name) == "interface" for name in ends]
        if any(interfaces):
            return ends if interfaces[0] else (ends[1], ends[0])
        self._drawing.flag("undirected")
        return ends


def _kind(written: str) -> str:
    """The kind that a short way to write a thing gives it."""
    return _KINDS.get("()" if written.startswith("()") else written[0], "")


def _called(named: str, alias: str | None) -> tuple[str, str]:
    """Name and label: of `"The shop" as shop` and `shop as "The shop"` the name is `shop`."""
    if alias is None:
        return _plain(named), ""
    if alias.startswith(('"', "[")):
        named, alias = alias, named
    return _plain(alias), _plain(named, between="\n")


def _plain(written: str, between: str = " ") -> str:
    """A name without what stands around it, and with this between its lines."""
    bare = written.removeprefix("()").strip()
    if bare[:1] in '"[(:' and len(bare) > 1:
        bare = bare[1:-1]
    return _MARKUP.sub("", bare.replace("\\n", between)).strip() or bare
