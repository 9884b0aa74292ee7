"""The one entry point: a text becomes items, edges between them and edits allowed at them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from octad.records.code import Code
from octad.syntax.dataflow import dataflow
from octad.syntax.edit_candidates import candidates
from octad.syntax.parsed import tree_of_part
from octad.syntax.structure import layout, names, structure
from octad.syntax.token_reader import Draft, lexical, read_tokens
from octad.syntax.tokens import MOST, Ints, Tokens, shape
from octad.syntax.tree import Tree

CHARACTERS_PER_ITEM = 200
NODES_PER_ITEM = 24
KEPT = 256
"""Texts whose items are kept, about 0.1 MB each at most: preparing and reporting ask for the same ones."""


def tokenize(code: Code, limit: int = MOST) -> Tokens:
    """The items of `code`, at most `limit` with the summary, never failing and in bounded time.

    Text far beyond what `limit` items cover is not looked at; text that no grammar reads (another language,
    a parse that takes too long, nesting too deep) is cut into words and marks, without syntax edges.
    Raises MissingExtra when the installed tree-sitter or grammar cannot be used.
    """
    return _kept(code, limit)


def forget() -> None:
    """Forget the texts whose items are kept."""
    _kept.cache_clear()


@lru_cache(maxsize=KEPT)
def _kept(code: Code, limit: int) -> Tokens:
    """The items of a text. The cache tells `f(code)` from `f(code, MOST)`: it is asked in one way alone."""
    text, cut = code.text, False
    if len(text) > limit * CHARACTERS_PER_ITEM:
        text, cut = text[: limit * CHARACTERS_PER_ITEM], True
    tree = None if code.language == "unknown" else tree_of_part(text, code.language, limit * NODES_PER_ITEM)
    draft = _draft(tree, text, code, limit)
    draft.truncated |= cut
    edges = names(draft)
    edits: list[int] = []
    arguments: list[int] = []
    if tree is not None and len(draft.node) > 1 and draft.node[-1] >= 0:
        edges += structure(tree, draft)
        if code.language == "python":
            edges += dataflow(tree, draft)
            edits, arguments = candidates(tree, draft, text)
    return _finish(code, text, draft, edges, edits, arguments)


def _draft(tree: Tree | None, text: str, code: Code, limit: int) -> Draft:
    """Items from the tree, or from the bare text where the tree gives too few."""
    if tree is not None:
        draft = read_tokens(tree, text, code.language, limit)
        if tree.complete or len(draft.word) > limit // 4:
            return draft
    draft = Draft()
    lexical(draft, text, (0, len(text)), -1, limit)
    return draft


def _finish(
    code: Code,
    text: str,
    draft: Draft,
    edges: Sequence[int],
    edits: Sequence[int],
    arguments: Sequence[int],
) -> Tokens:
    """Lists to arrays; lines and columns; ids of names."""
    offsets = np.array([draft.start, draft.end], dtype=np.int32).T
    spans, lines = _spans(text, draft, code.first_line)
    first = np.ones(len(draft.word), dtype=np.bool_)
    first[2:] = lines[2:] != lines[1:-1]
    first[0] = False
    edges = [*edges, *layout(np.flatnonzero(first).tolist())]
    changed = np.zeros(len(draft.word), dtype=np.bool_)
    for part in code.changed or ():
        changed[1:] |= (spans[1:, 0] >= part.first) & (spans[1:, 0] <= part.last)
    ids: dict[tuple[int, str], int] = {}
    name = [
        ids.setdefault((role, word), len(ids)) if role else -1
        for role, word in zip(draft.role, draft.word, strict=True)
    ]
    return Tokens(
        words=tuple(draft.word),
        offsets=offsets,
        spans=spans,
        kind=np.array(draft.kind, dtype=np.uint8),
        shape=np.array([shape(word) for word in draft.word], dtype=np.uint8),
        depth=np.array(draft.depth, dtype=np.uint8),
        first=first,
        changed=changed,
        role=np.array(draft.role, dtype=np.uint8),
        name=np.array(name, dtype=np.int32),
        edges=_table(edges, 3),
        edits=_table(edits, 2),
        truncated=draft.truncated,
        arguments=_table(arguments, 6),
        use=np.array(draft.use, dtype=np.uint8),
    )


def _table(flat: Sequence[int], columns: int) -> Ints:
    """A flat list as rows."""
    return np.array(flat, dtype=np.int32).reshape(-1, columns)


def _spans(text: str, draft: Draft, first_line: int) -> tuple[Ints, Ints]:
    """Line, column, end line and end column of each item, and the lines alone; no item crosses a line."""
    breaks = [0]
    at = text.find("\n")
    while at >= 0:
        breaks.append(at + 1)
        at = text.find("\n", at + 1)
    starts = np.array(breaks, dtype=np.int64)
    start = np.array(draft.start, dtype=np.int64)
    end = np.array(draft.end, dtype=np.int64)
    line = np.searchsorted(starts, start, side="right") - 1
    column = start - starts[line] + 1
    number = line + first_line
    spans = np.stack([number, column, number, column + end - start], axis=1).astype(np.int32)
    spans[0] = 0
    return spans, line.astype(np.int32)
