"""Why a function was found: the words that speak for it, each in its line, and what it does alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np

from octad.records.code import LineRange
from octad.records.matches import Alike, Trace
from octad.records.report import Anchor
from octad.search.functions import Function
from octad.search.similarity import Similarity
from octad.search.structure import steps_of
from octad.search.words import Word, words_of
from octad.syntax.tokens import Kind

MOST = 6
"""Traces of one match."""
NEAR = 0.45
"""The cosine from which on two words are called near in meaning."""
FEWEST_STEPS = 4
"""A shorter run of steps shows nothing."""


class Page:
    """The lines of a file, to find words in."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")

    def anchor(self, word: Word) -> Anchor:
        """Where a word's name stands."""
        line = self.lines[word.line - 1] if 0 < word.line <= len(self.lines) else ""
        start = max(line.find(word.name), 0) + 1
        return Anchor(
            path=self.path,
            line=word.line,
            column=start,
            end_line=word.line,
            end_column=start + len(word.name),
        )


def shared(
    asked: Mapping[str, str], weights: Mapping[str, float], function: Function, page: Page
) -> list[Trace]:
    """The words that both sides have, heaviest first; `asked` says how the other side writes a word."""
    first: dict[str, Word] = {}
    for word in sorted(words_of(function), key=lambda word: (word.kind != Kind.DEFINITION, word.line)):
        first.setdefault(word.term, word)
    whole = sum(weights.values()) or 1.0
    ranked = sorted(weights, key=lambda term: (-weights[term], term))
    found = (
        _trace(asked[term], first[term], page, True, weights[term] / whole)
        for term in ranked
        if term in first and term in asked
    )
    return list(found)[:MOST]


def near(asked: Sequence[Word], function: Function, page: Page, similarity: Similarity) -> list[Trace]:
    """For each word of a question that the function lacks, its word that is nearest in meaning, if any is."""
    words = list({word.term: word for word in reversed(words_of(function)) if word.word}.values())
    known = {word.term for word in words}
    missing = [word for word in asked if word.term not in known]
    if not words or not missing:
        return []
    theirs = np.stack([similarity.raw_meaning({word.word: 1}) for word in words])
    found = []
    for word in missing:
        cosines = theirs @ similarity.raw_meaning({word.word: 1})
        best = int(cosines.argmax())
        if cosines[best] >= NEAR:
            found.append(_trace(word.name, words[best], page, False, float(cosines[best]) / len(asked)))
    return found


def longest_alike(here: Function, there: Function) -> Alike | None:
    """The longest run of steps that both take; None where it is short."""
    ours, theirs = list(steps_of(here)), list(steps_of(there))
    matcher = SequenceMatcher(None, [s.what for s in ours], [s.what for s in theirs], autojunk=False)
    a, b, size = matcher.find_longest_match()
    if size < FEWEST_STEPS:
        return None
    return Alike(
        steps=size,
        here=LineRange(first=ours[a].line, last=ours[a + size - 1].line),
        there=LineRange(first=theirs[b].line, last=theirs[b + size - 1].line),
    )


def written(function: Function) -> dict[str, str]:
    """How a function writes each of its words, names before prose."""
    found: dict[str, str] = {}
    for word in sorted(words_of(function), key=lambda word: word.kind in (Kind.COMMENT, Kind.STRING)):
        found.setdefault(word.term, word.name)
    return found


def kind_of(one: Function, other: Function, *, same_language: bool) -> str:
    """`identical` but for layout, comments and their own names; `renamed`; or only `similar`."""
    if same_language:
        a, b = list(_code(one)), list(_code(other))
        if a == b:
            return "identical"
        if len(a) == len(b) and _renamed(a, b):
            return "renamed"
    return "similar"


def _code(function: Function) -> Iterator[tuple[Kind, str]]:
    for item in function.items:
        if item.kind != Kind.COMMENT:
            yield item.kind, "" if item.word == function.name else item.word


def _renamed(one: Sequence[tuple[Kind, str]], other: Sequence[tuple[Kind, str]]) -> bool:
    """Whether names and literals of one become those of the other, each always the same way."""
    way: dict[str, str] = {}
    free = {Kind.NUMBER, Kind.STRING}
    for (kind, word), (kind_there, there) in zip(one, other, strict=True):
        if kind != kind_there:
            return False
        if kind in free:
            continue
        named = word.isidentifier() and there.isidentifier() and kind not in (Kind.KEYWORD, Kind.CONSTANT)
        if not (named and way.setdefault(word, there) == there) and word != there:
            return False
    return max(Counter(way.values()).values(), default=1) == 1


def _trace(asked: str, word: Word, page: Page, exact: bool, weight: float) -> Trace:
    return Trace(asked=asked, text=word.name, anchor=page.anchor(word), exact=exact, weight=min(weight, 1.0))
