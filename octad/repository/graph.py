"""Questions to a graph of imports: cycles, a shortest way round one, and what is reached from where."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Edges = Mapping[str, Sequence[str]]

MOST_STARTS = 200
"""Nodes of a cycle from which a way round is sought."""


@dataclass(slots=True)
class _Search:
    """The state of Tarjan's search: numbers by which nodes were reached, and those not yet in a component."""

    edges: Edges
    number: dict[str, int] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    is_open: set[str] = field(default_factory=set)

    def meet(self, node: str) -> tuple[str, Iterator[str]]:
        """Number a node."""
        self.number[node] = self.lowest[node] = len(self.number)
        self.open.append(node)
        self.is_open.add(node)
        return node, iter(self.edges.get(node, ()))

    def close(self, node: str) -> tuple[str, ...]:
        """The component whose first node this is."""
        found = [self.open.pop()]
        while found[-1] != node:
            found.append(self.open.pop())
        self.is_open.difference_update(found)
        return tuple(found)


def components(edges: Edges) -> list[tuple[str, ...]]:
    """The strongly connected components (Tarjan 1972), what is imported before what imports it."""
    search = _Search(edges)
    done: list[tuple[str, ...]] = []
    for start in edges:
        way = [search.meet(start)] if start not in search.number else []
        while way:
            node, targets = way[-1]
            for target in targets:
                if target not in search.number:
                    way.append(search.meet(target))
                    break
                if target in search.is_open:
                    search.lowest[node] = min(search.lowest[node], search.number[target])
            else:
                way.pop()
                if way:
                    above = way[-1][0]
                    search.lowest[above] = min(search.lowest[above], search.lowest[node])
                if search.lowest[node] == search.number[node]:
                    done.append(search.close(node))
    return done


def strongly_connected(edges: Edges) -> list[tuple[str, ...]]:
    """Components of more than one node, each in the order of names."""
    return sorted(tuple(sorted(one)) for one in components(edges) if len(one) > 1)


def circle(cycle: Sequence[str], edges: Edges, through: Sequence[tuple[str, str]] = ()) -> list[str]:
    """A shortest way round in a cycle, each node once; with `through`, one that takes one of those edges."""
    members = set(cycle)
    inside = {node: [one for one in edges.get(node, ()) if one in members and one != node] for node in cycle}
    best: list[str] = []
    for start, second in (through or [(node, node) for node in cycle])[:MOST_STARTS]:
        way = _way(second, start, inside)
        if way and through:
            way = [start, *way]
        if way and (not best or len(way) < len(best)):
            best = way
        if len(best) == 2:
            break
    return best


def _way(start: str, goal: str, edges: Edges) -> list[str]:
    """The nodes of a shortest way from `start` to `goal`, which is left out; it has at least one step."""
    before: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target in edges[node]:
            if target == goal:
                way = [node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if target not in before:
                before[target] = node
                waiting.append(target)
    return []


def reached(start: str, edges: Edges, depth: int | None = None) -> dict[str, tuple[int, str]]:
    """Every node that `start` leads to in at most `depth` steps: how many, and the node before it."""
    found: dict[str, tuple[int, str]] = {}
    waiting = deque([(start, 0)])
    while waiting:
        node, steps = waiting.popleft()
        for target in edges.get(node, ()) if depth is None or steps < depth else ():
            if target != start and target not in found:
                found[target] = (steps + 1, node)
                waiting.append((target, steps + 1))
    return found
