"""Small projects for tests of claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from octad.claims.tree import Tree, tree_of
from octad.errors import UnreadableInput
from octad.records.report import Finding


def project(files: Mapping[str, str], ignored: tuple[str, ...] = ()) -> Tree:
    """A tree of texts by their paths."""

    def contents(path: str) -> bytes:
        if path not in files:
            raise UnreadableInput("not here")
        return files[path].encode()

    tree = tree_of(tuple(sorted(files)), contents)
    object.__setattr__(tree, "ignores", lambda path: path.startswith(ignored) if ignored else False)
    return tree


def said(
    check: Callable[[Tree], Iterator[Finding]], files: Mapping[str, str], **more: tuple[str, ...]
) -> list[str]:
    """What a check says of a project, each with its place."""
    tree = project(files, **more)
    found = list(check(tree))
    for one in found:
        line = (tree.text(one.anchor.path) or "").split("\n")[one.anchor.line - 1]
        assert 1 <= one.anchor.column <= one.anchor.end_column <= len(line) + 1
        assert (one.probability, one.source) == (None, "claims")
    return [f"{one.anchor.path}:{one.anchor.line}: {one.message}" for one in found]
