"""Small projects for tests of claims, and what checks say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent

from octad.claims.tree import Tree, tree_of
from octad.errors import UnreadableInput
from octad.records.report import Finding

Check = Callable[[Tree], Iterator[Finding]]


def project(files: Mapping[str, str], ignored: tuple[str, ...] = ()) -> Tree:
    """A tree of texts by their paths, of which some are ignored."""
    data = {path: dedent(text).encode() for path, text in files.items()}

    def contents(path: str) -> bytes:
        if path not in data:
            raise UnreadableInput("not here")
        return data[path]

    tree = tree_of(tuple(sorted(data)), contents)
    object.__setattr__(tree, "ignores", lambda path: path.startswith(ignored) if ignored else False)
    return tree


def said(check: Check, files: Mapping[str, str], **more: tuple[str, ...]) -> list[str]:
    """What a check says of a project, each with its place."""
    tree = project(files, **more)
    found = list(check(tree))
    for one in found:
        line = (tree.text(one.anchor.path) or "").split("\n")[one.anchor.line - 1]
        assert 1 <= one.anchor.column <= one.anchor.end_column <= len(line) + 1
        assert (one.probability, one.source) == (None, "claims")
    return [f"{one.anchor.path}:{one.anchor.line}: {one.message}" for one in found]


def marked(check: Check, files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Of each finding: the text that it is about, its place, and what is offered for it."""
    tree = project(files)
    found = []
    for one in check(tree):
        place = one.anchor
        line = (tree.text(place.path) or "").split("\n")[place.line - 1]
        offered = ",".join(repair.replacement for repair in one.repairs)
        found.append((line[place.column - 1 : place.end_column - 1], f"{place.path}:{place.line}", offered))
    return found
