"""Small projects, and what checks of facts say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent

from octad.claims.tree import Tree, tree_of
from octad.records.report import Finding


def project(files: Mapping[str, str]) -> Tree:
    """A tree of these files."""
    data = {path: dedent(text).encode() for path, text in files.items()}
    return tree_of(tuple(sorted(data)), lambda path: data[path])


def said(check: Callable[[Tree], Iterator[Finding]], files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of each finding: the text that it is about, its place, and what is offered for it."""
    tree = project(files)
    found = []
    for one in check(tree):
        place = one.anchor
        line = (tree.text(place.path) or "").split("\n")[place.line - 1]
        offered = ",".join(repair.replacement for repair in one.repairs)
        found.append((line[place.column - 1 : place.end_column - 1], f"{place.path}:{place.line}", offered))
    return found
