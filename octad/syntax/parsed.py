"""Files parsed once for all who ask, and the trees of their parts, cut out of the tree of the file.

A part has the tree that it would have if it were parsed alone; where that is not certain, it is parsed alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from octad.records.code import Language
from octad.syntax.subtree import UNDER, Cut, cut_out, place
from octad.syntax.tree import Tree, parse

LONGEST_TEXT = 1_000_000
"""Characters of a file that are looked at."""
MOST_NODES = 600_000
"""Nodes of a file that are looked at."""
KEPT_NODES = 500_000
"""Nodes of the files that are kept, about 170 bytes each."""


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The tree of a file, and where its parts begin, by their text."""

    tree: Tree | None
    parts: dict[str, int] = field(default_factory=dict)


class Part(NamedTuple):
    """A part of a file: the text of the file, its tree, the first character of the part, and its nodes."""

    file: str
    tree: Tree
    first: int
    cut: Cut


_kept: OrderedDict[tuple[str, Language], ParsedFile] = OrderedDict()
_lock = Lock()


def tree_of_file(text: str, language: Language) -> Tree | None:
    """The tree of a file, at most the longest text of it; None when no grammar reads it in time.

    Nobody may change it. Raises as `languages.grammar` does.
    """
    return _file(text, language).tree


def note_parts(text: str, language: Language, spans: Iterable[tuple[int, int]]) -> None:
    """Let parts of a file be found again: each from one character to another, whole lines."""
    held = _file(text, language)
    with _lock:
        held.parts.update({text[start:end]: start for start, end in spans})


def tree_of_part(text: str, language: Language, most: int) -> Tree | None:
    """The tree of a part of a file, or of any text, at most `most` nodes; None when none is made in time."""
    found = part_of_file(text) if language == "python" else None
    if found is not None and len(found.cut.nodes) + len(UNDER) < most:
        return cut_out(found.tree, found.first, found.cut)
    return parse(text, language, most)


def part_of_file(text: str) -> Part | None:
    """Where a part of a Python file stands in it; None where it is no such part of one that is kept."""
    with _lock:
        held = next((one for one in _kept.items() if text in one[1].parts), None)
    if held is None or held[1].tree is None:
        return None
    (file, _), parsed = held
    assert parsed.tree is not None
    first = parsed.parts[text]
    cut = place(parsed.tree, text, first)
    return None if cut is None else Part(file, parsed.tree, first, cut)


def _file(text: str, language: Language) -> ParsedFile:
    key = (text, language)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = ParsedFile(None if language == "unknown" else parse(text[:LONGEST_TEXT], language, MOST_NODES))
    with _lock:
        _kept[key] = made
        while len(_kept) > 1 and sum(len(one.tree.kind) for one in _kept.values() if one.tree) > KEPT_NODES:
            _kept.popitem(last=False)
    return made
