"""What holds what in code: items, statements, functions, classes, files, the repository.

Legend: N_t nodes of level t.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.records.code import Code
from octad.syntax.relations import Relation
from octad.syntax.tokens import Kind, Tokens

Indices = NDArray[np.int64]
LEVELS = ("items", "statements", "functions", "classes", "files", "repository")


class Nesting(NamedTuple):
    """`parents[t]` `[N_t]` are the nodes of level t + 1 that hold those of level t.

    `kinds[t]` `[N_t+1]` are the sorts of the nodes of level t + 1: of a statement the kind of its first item,
    folded; of a function whether it is one, and whether it is indented; of a class whether it is one.
    """

    parents: tuple[Indices, ...]
    kinds: tuple[Indices, ...]


def nesting(units: Sequence[Code], tokens: Sequence[Tokens], sorts: int) -> Nesting:
    """The levels of all units of some files, in the order of `syntax.units`; at most `sorts` sorts."""
    statements: list[Indices] = []
    kinds: list[Indices] = []
    for one in tokens:
        heads = np.arange(len(one))
        first = one.edges[one.edges[:, 2] == Relation.SAME_STATEMENT_HEAD]
        heads[first[:, 0]] = first[:, 1]
        found, place = np.unique(heads, return_inverse=True)
        statements.append(place + sum(map(len, kinds)))
        kinds.append(one.kind[found].astype(np.int64) % sorts)
    functions = np.repeat(np.arange(len(units)), [len(kind) for kind in kinds])
    shapes = [
        2 * int(bool((one.kind == Kind.DEFINITION).any())) + int(unit.text[:1] in " \t")
        for unit, one in zip(units, tokens, strict=True)
    ]
    classes = _classes(units)
    files = _files(units, classes)
    held = np.bincount(classes)
    return Nesting(
        (np.concatenate(statements), functions, classes, files, np.zeros(files.max() + 1, np.int64)),
        (
            np.concatenate(kinds),
            np.array(shapes, np.int64) % sorts,
            (held > 1).astype(np.int64),
            np.zeros(files.max() + 1, np.int64),
            np.zeros(1, np.int64),
        ),
    )


def _classes(units: Sequence[Code]) -> Indices:
    """Units in a row that are indented belong to the one before them, where its class begins."""
    found: list[int] = []
    path = None
    for unit in units:
        same = path == unit.path and unit.text[:1] in " \t"
        found.append(found[-1] if same and found else len(set(found)))
        path = unit.path
    return np.array(found, np.int64)


def _files(units: Sequence[Code], classes: Indices) -> Indices:
    """The file of each class."""
    paths = [
        next(rows)[0] for _, rows in groupby(zip(map(_path, units), classes, strict=True), lambda row: row[1])
    ]
    names = {path: number for number, path in enumerate(dict.fromkeys(paths))}
    return np.array([names[path] for path in paths], np.int64)


def _path(unit: Code) -> str:
    return unit.path
