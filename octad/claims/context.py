"""Which sentences are claims about the project as it is: not its past, its plans, or what one must not do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from itertools import islice
from typing import NamedTuple

from octad.budget import FINDINGS, current
from octad.claims.judged import read_in_english
from octad.claims.tree import Tree, fact
from octad.records.document import Document, Passage
from octad.records.report import Anchor, Finding, Repair

_ELSEWHEN = re.compile(
    r"\b(?:remov(?:e[ds]?|al|ing)|deprecat\w+|no longer|renamed?|replac(?:es?|ed)|obsolete\w*|former(?:ly)?|"
    r"previous(?:ly)?|used to|legacy|older|historical\w*|prior to|in the past|migrat\w+|upgrad\w+|changelog|"
    r"(?:before|until|since) (?:version |v)?\d|release notes|roadmap|todo|planned|plans?|proposal|proposed|"
    r"upcoming|future|not yet|not supported|unsupported|unavailable|unimplemented|no such|instead of|wrong|"
    r"does ?n[o']t (?:exist|work)|incorrect|invalid|counter-?examples?|hypothetical\w*|imagine|"
    r"would|could|suppos\w+|let.?s say|say you)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"(?:^|/)(?:plans?|designs?|specs?|ideas|decisions|tasks?|todo)(?:[-_./]|$)", re.IGNORECASE
)
"""Documents of what may be built."""
_ADMONITIONS = ("deprecated", "versionadded", "versionchanged", "versionremoved", "todo")
CLOSE = 0.8
"""How alike two names must be, from 0 to 1, for one to be offered for the other."""
_APART, _MOST_LETTERS, _MOST_NAMES = 6, 80, 1_000
MOST_LINES = 1_000
"""Lines of a passage that somebody wrote to be read; more are data."""
_BEFORE = 2
"""Paragraphs above a block of code that introduce it."""


class Said(NamedTuple):
    """A passage, the document that it stands in, and the passages above it that introduce it."""

    document: Document
    passage: Passage
    before: tuple[Passage, ...] = ()

    @property
    def is_of_now(self) -> bool:
        """Whether it speaks of what is: nothing around it tells of another time, or of what is not."""
        if any(name in _ADMONITIONS for name in self.passage.within):
            return False
        around = [*self.passage.section, *(one.text for one in self.before)]
        around += [self.passage.text] if self.passage.kind != "code" else []
        return not any(_ELSEWHEN.search(text) for text in around)


@fact
def said(tree: Tree) -> tuple[Said, ...]:
    """The passages of the documents that speak of the project as it is, as far as the budget lets."""
    found: list[Said] = []
    for document in read_in_english(tree):
        if current().spent():
            break
        if _PLANNED.search(document.path):
            continue
        above: list[Passage] = []
        for passage in document.passages:
            if passage.last - passage.first > MOST_LINES:
                continue
            found.append(Said(document, passage, tuple(above[-_BEFORE:])))
            above = [passage] if passage.kind == "heading" else [*above[-_BEFORE:], passage]
    return tuple(found)


@fact
def said_of_now(tree: Tree) -> tuple[Said, ...]:
    """Those of them that tell of no other time."""
    return tuple(one for one in said(tree) if one.is_of_now)


def bounded(check: Callable[[Tree], Iterator[Finding]]) -> Callable[[Tree], Iterator[Finding]]:
    """Mark a check that stops after as many findings as anyone reads: a generated text has more."""

    @wraps(check)
    def some(tree: Tree) -> Iterator[Finding]:
        return islice(check(tree), FINDINGS)

    return some


def nearest(word: str, names: Iterable[str], cutoff: float = CLOSE) -> str:
    """The name most like a word, "" where none is like it; of very many names nothing is said."""
    alike = [name for name in set(names) if abs(len(name) - len(word)) <= _APART and name != word]
    if len(word) > _MOST_LETTERS or len(alike) > _MOST_NAMES:
        return ""
    return next(iter(difflib.get_close_matches(word, sorted(alike), n=1, cutoff=cutoff)), "")


def offered(anchor: Anchor, near: str) -> tuple[Repair, ...]:
    """The nearest name as a repair that is never certain."""
    return (Repair(anchor=anchor, replacement=near, description=f"write {near}"),) if near else ()


def meant(near: str) -> str:
    """The end of a message that says what may have been meant."""
    return f"; the nearest is `{near}`" if near else ""
