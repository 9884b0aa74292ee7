"""Graphs in JSON: lists of nodes and edges (or links, as networkx writes), or a map of names to names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from octad.errors import UnreadableInput
from octad.read.graphs.builder import GraphBuilder, wrong
from octad.records.graph import Graph

_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*', re.DOTALL)
_HINT = 'write {"nodes": [{"id": "a"}], "edges": [{"source": "a", "target": "b"}]} or {"a": ["b"]}'
_IDENTITY = ("id", "name", "key")
_LISTS = ("nodes", "edges", "links")


def read_json(text: str, source: str) -> Graph:
    """The graph of a JSON document; an edge's source depends on its target."""
    found = _document(text, source)
    builder = GraphBuilder(source)
    lines = _first_lines(text)
    if not isinstance(found, dict):
        raise UnreadableInput(f"{source}: line 1: a graph is an object, not a list or a value", hint=_HINT)
    if _is_node_link(found):
        _node_link(found, builder, lines)
    else:
        _adjacency(found, builder, lines)
    return builder.graph()


def _document(text: str, source: str) -> object:
    """The document, its numbers left as they are written, since they are names here."""
    try:
        found: object = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise wrong(source, error.lineno, f"not JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise UnreadableInput(f"{source}: JSON nested too deep for a graph", hint=_HINT) from error
    return found


def _first_lines(text: str) -> dict[str, int]:
    """The line on which each string or number stands first."""
    lines: dict[str, int] = {}
    line, counted = 1, 0
    for match in _SCALAR.finditer(text):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        written = match.group()
        lines.setdefault(json.loads(written) if written.startswith('"') else written, line)
    return lines


def _is_node_link(found: Mapping[str, object]) -> bool:
    """Whether these are lists of nodes and edges, and not services that happen to bear such names."""
    lists = [value for name in _LISTS if isinstance(value := found.get(name), list)]
    return len(lists) > 1 or any(isinstance(one, dict | list) for value in lists for one in value)


def _node_link(found: Mapping[str, object], builder: GraphBuilder, lines: Mapping[str, int]) -> None:
    for place, entry in _entries(found, ("nodes",)):
        fields = entry if isinstance(entry, dict) else {"id": entry}
        name = next((value for key in _IDENTITY if isinstance(value := fields.get(key), str)), "")
        if not name:
            raise UnreadableInput(f"{builder.source}: {place} has no id", hint=_HINT)
        rest = {key: value for key, value in fields.items() if isinstance(value, str) and value != name}
        kind = rest.pop("kind", "") or rest.pop("type", "")
        builder.node(name, lines.get(name, 1), kind=kind, attributes=rest)
    for place, entry in _entries(found, ("edges", "links")):
        ends, kind = _ends(entry)
        if ends is None:
            raise UnreadableInput(f"{builder.source}: {place} has no source and target", hint=_HINT)
        builder.edge(*ends, min(lines.get(end, 1) for end in ends), kind=kind)
    if found.get("directed") is False:
        builder.flag("undirected")


def _entries(found: Mapping[str, object], names: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Every entry of these lists, with its place."""
    for name in names:
        value = found.get(name)
        for number, entry in enumerate(value if isinstance(value, list) else ()):
            yield f"{name}[{number}]", entry


def _ends(entry: object) -> tuple[tuple[str, str] | None, str]:
    """Source and target of an edge, as an object or a pair, and its kind."""
    fields = entry if isinstance(entry, dict) else {}
    pair = (fields.get("source"), fields.get("target")) if fields else entry
    if not isinstance(pair, list | tuple) or len(pair) < 2:
        return None, ""
    source, target = pair[:2]
    if not (isinstance(source, str) and isinstance(target, str)):
        return None, ""
    kind = fields.get("kind", fields.get("type"))
    return (source, target), kind if isinstance(kind, str) else ""


def _adjacency(found: Mapping[str, object], builder: GraphBuilder, lines: Mapping[str, int]) -> None:
    for name, targets in found.items():
        builder.node(name, lines.get(name, 1))
        if not isinstance(targets, list | dict):
            raise wrong(builder.source, lines.get(name, 1), f"{name!r} maps to no list of names", hint=_HINT)
        for target in targets:
            if not isinstance(target, str):
                raise wrong(
                    builder.source, lines.get(name, 1), f"{name!r} depends on what is no name", hint=_HINT
                )
            builder.node(target, lines.get(target, 1))
            builder.edge(name, target, lines.get(name, 1))
