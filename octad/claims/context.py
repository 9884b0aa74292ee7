"""Which sentences are claims about the project as it is: not its past, its plans, or what one must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from octad.budget import current
from octad.claims.tree import Tree
from octad.records.document import Document, Passage
from octad.records.report import Anchor, Evidence, Finding, Level, Repair

_FOREIGN = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|test[-_]data|fixtures?|vendor(?:ed)?|third[-_]?party|_?vendored|extern(?:al)?s?|"
    r"node_modules|templates?|cookiecutter|skeletons?|snapshots?|cassettes|\.github|newsfragments|news\.d|"
    r"changelog\.d|changes\.d|changelog)(?:/|$)|\{\{"
)
_ELSEWHEN = re.compile(
    r"\b(?:remov(?:e[ds]?|al|ing)|deprecat\w+|no longer|renamed?|replac(?:es?|ed)|obsolete\w*|former(?:ly)?|previous(?:ly)?|"
    r"used to|legacy|older|historical\w*|prior to|in the past|(?:before|until|since) (?:version |v)?\d|"
    r"migrat\w+|upgrad\w+|changelog|release notes|roadmap|todo|planned|plans?|proposal|proposed|upcoming|future|"
    r"not yet|not supported|unsupported|unavailable|unimplemented|no such|does ?n[o']t (?:exist|work)|instead of|"
    r"wrong|incorrect|invalid|counter-?examples?|hypothetical\w*|imagine)\b",
    re.IGNORECASE,
)
_ADMONITIONS = ("deprecated", "versionadded", "versionchanged", "versionremoved", "todo")
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


def is_judged(document: Document) -> bool:
    """Whether a document speaks of the project as it is now, in English, and people wrote it."""
    if document.language == "other" or {"history", "generated"} & set(document.flags):
        return False
    return _FOREIGN.search(document.path) is None


def passages(tree: Tree) -> Iterator[Said]:
    """All passages of the documents that are judged, as long as the budget lets."""
    for document in tree.documents:
        if not is_judged(document):
            continue
        if current().spent():
            return
        above: list[Passage] = []
        for passage in document.passages:
            yield Said(document, passage, tuple(above[-_BEFORE:]))
            above = [passage] if passage.kind == "heading" else [*above[-_BEFORE:], passage]


class Place(NamedTuple):
    """A line of a file of the project, as evidence: what it says and where."""

    path: str
    line: int
    text: str


def evidence_of(tree: Tree, path: str, line: int) -> tuple[Evidence, ...]:
    """A line of a file as what contradicts a text."""
    lines = (tree.text(path) or "").split("\n")
    if not 1 <= line <= len(lines):
        return ()
    text = lines[line - 1]
    anchor = Anchor(path=path, line=line, column=1, end_line=line, end_column=len(text) + 1)
    return (Evidence(anchor=anchor, text=text.strip(), weight=1.0),)


def finding(
    rule: str,
    message: str,
    anchor: Anchor,
    *,
    level: Level = "warning",
    evidence: tuple[Evidence, ...] = (),
    repairs: tuple[Repair, ...] = (),
) -> Finding:
    """What one sentence says that is not so."""
    return Finding(
        rule=rule,
        level=level,
        message=message,
        probability=None,
        anchor=anchor,
        evidence=evidence,
        repairs=repairs,
        source="claims",
    )
