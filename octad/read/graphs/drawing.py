"""What a diagram draws: named things, arrows between them, and frames around some of them.

The label of a thing is its attribute `label`. An arrow to a frame is one to each thing in it, so that names
are told from frames only at the end: an arrow may come before the frame that it points at.
"""

from __future__ import annotations

from itertools import product

from octad.read.graphs.builder import MAX_EDGES, GraphBuilder, wrong
from octad.records.graph import Graph

MAX_DEPTH = 64


class Drawing:
    """Things, arrows and frames of one diagram; the first to give a thing a label or a kind decides it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._things: dict[str, tuple[int, str, str]] = {}
        self._arrows: list[tuple[str, str, int]] = []
        self._frames: dict[str, dict[str, None]] = {}
        self._open: list[str] = []
        self._flags: set[str] = set()

    def flag(self, name: str) -> None:
        """Say that something was read otherwise than written."""
        self._flags.add(name)

    def thing(self, name: str, line: int, *, label: str = "", kind: str = "") -> str:
        """A thing, inside the frames that are open; its name."""
        first, known, sort = self._things.get(name, (line, "", ""))
        self._things[name] = (first, known or label, sort or kind)
        for frame in self._open:
            self._frames[frame][name] = None
        return name

    def kind(self, name: str) -> str:
        """What sort of thing it was said to be so far."""
        return self._things[name][2] if name in self._things else ""

    def arrow(self, source: str, target: str, line: int) -> None:
        """`source` depends on `target`; raises UnreadableInput beyond the bound."""
        self._arrows.append((source, target, line))
        if len(self._arrows) > MAX_EDGES:
            raise wrong(self.source, line, f"more than {MAX_EDGES:,} edges", hint="cut the graph")

    def open(self, name: str, line: int) -> None:
        """Begin a frame, or go on with the one of that name; raises UnreadableInput beyond the bound."""
        name = name or f"frame {len(self._frames)}"
        self._frames.setdefault(name, {})
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise wrong(self.source, line, f"nested deeper than {MAX_DEPTH}")

    def close(self) -> bool:
        """End the innermost frame; False where none is open."""
        return bool(self._open and self._open.pop())

    @property
    def unclosed(self) -> str:
        """The innermost frame that is open, empty where none is."""
        return self._open[-1] if self._open else ""

    def graph(self) -> Graph:
        """What was drawn; raises UnreadableInput where nothing was."""
        builder = GraphBuilder(self.source)
        for name, (line, label, kind) in self._things.items():
            if not self._frames.get(name):
                builder.node(name, line, kind=kind, attributes={"label": label} if label else None)
        for source, target, line in self._arrows:
            for pair in product(self._inside(source), self._inside(target)):
                builder.edge(*pair, line)
        for name in self._flags:
            builder.flag(name)
        return builder.graph()

    def _inside(self, name: str) -> list[str]:
        """The things in a frame, or the thing itself."""
        inner = self._frames.get(name)
        return [one for one in inner if not self._frames.get(one)] if inner else [name]
