"""What checks of facts say of small projects, with what they offer instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent

from octad.claims.tree import Tree
from octad.records.report import Finding
from tests.unit.claims.projects import project as written


def project(files: Mapping[str, str]) -> Tree:
    """A tree of these files, which may be indented as a whole."""
    return written({path: dedent(text) for path, text in files.items()})


def said(check: Callable[[Tree], Iterator[Finding]], files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of each finding: the text that it is about, its place, and what is offered for it."""
    tree = project(files)
    found = []
    for one in check(tree):
        place = one.anchor
        line = (tree.text(place.path) or "").split("\n")[place.line - 1]
        offered = ",".join(repair.replacement for repair in one.repairs)
        about = line[place.column - 1 : place.end_column - 1]
        found.append((about, f"{place.path}:{place.line}", offered))
    return found
