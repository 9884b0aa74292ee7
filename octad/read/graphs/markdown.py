"""Diagrams in fenced blocks of Markdown, Mermaid's, PlantUML's and Graphviz's, to one graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from octad.errors import UnreadableInput
from octad.read.graphs.dot import read_dot
from octad.read.graphs.join import joined
from octad.read.graphs.mermaid import is_mermaid, read_mermaid
from octad.read.graphs.plantuml import read_plantuml
from octad.read.graphs.unread import Unread
from octad.records.graph import Graph

MAX_DIAGRAMS = 200

_OPEN = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,}|:{3,})[ \t]*\{?\.?([\w-]+)")
_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_HINT = "fence a flowchart, a sequence diagram or a C4 diagram as ```mermaid, ```plantuml or ```dot"
_READERS: dict[str, Callable[[str, str, int], Graph]] = {
    **dict.fromkeys(("mermaid", "mmd"), read_mermaid),
    **dict.fromkeys(("plantuml", "puml", "uml", "c4plantuml"), read_plantuml),
    **dict.fromkeys(("dot", "graphviz", "gv"), read_dot),
}


def has_diagrams(text: str) -> bool:
    """Whether a text holds a fenced diagram."""
    return next(_diagrams(text), None) is not None


def read_markdown(text: str, source: str) -> Graph:
    """The graph of all diagrams of services; what is another diagram or wrong is skipped."""
    graphs, unread = [], Unread(source)
    for number, (language, line, body) in enumerate(_diagrams(text)):
        if number == MAX_DIAGRAMS:
            raise UnreadableInput(f"{source}: more than {MAX_DIAGRAMS} diagrams", hint="cut it in parts")
        try:
            graphs.append(_READERS[language](body, source, line))
        except UnreadableInput as error:
            unread.add(error)
    if not graphs and is_mermaid(text):
        return read_mermaid(text, source)
    if not graphs:
        raise unread.error(UnreadableInput(f"{source}: no fenced diagram", hint=_HINT))
    linked = [graph for graph in graphs if graph.edges] or graphs  # one without an edge is a legend
    graph = linked[0] if len(linked) == 1 else joined(linked, source)
    return graph.model_copy(update={"skipped": unread.skipped})


def _diagrams(text: str) -> Iterator[tuple[str, int, str]]:
    """Language, first line and text of every fenced diagram; one without an end goes on to the last line."""
    fence, language, first = "", "", 0
    body: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not fence:
            if opened := _OPEN.match(line):
                fence, language = opened.group(1), opened.group(2).lower()
                first, body = number + 1, []
        elif _ends(line, fence):
            if language in _READERS:
                yield language, first, "\n".join(body)
            fence = ""
        else:
            body.append(_QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line)
    if fence and language in _READERS:
        yield language, first, "\n".join(body)


def _ends(line: str, fence: str) -> bool:
    """Whether a line ends a fence: its sign alone, as often or more."""
    bare = line.strip(" \t\r>")
    return len(bare) >= len(fence) and not bare.strip(fence[0])
