"""Questions to reports: answers in words, functions like one, groups of clones, each with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, cast

import numpy as np

from octad import __version__
from octad.errors import InputError
from octad.records.code import Code, Language
from octad.records.matches import Alike, Clones, Group, Match, Parts, Place, Search, Similar, Trace
from octad.records.skipped import Skipped
from octad.search.build import Built
from octad.search.evidence import Page, kind_of, longest_alike, near, shared, written
from octad.search.functions import Function, functions
from octad.search.index import Entry, Floats, Index, Pair, Progress, combined, groups
from octad.search.similarity import Similarity
from octad.search.words import Word, asked

LEAST_ANSWER = 0.12
"""Below it a function has no more to do with a question than any other."""
LONGEST_QUESTION = 2_000


class Finder:
    """Answers over one index; it reads a file again only to show why one of its functions was found."""

    def __init__(
        self, built: Built, codes: Sequence[Code], similarity: Similarity, skipped: Iterable[Skipped] = ()
    ) -> None:
        self.built = built
        self.index: Index = built.index
        self.similarity = similarity
        self.skipped = (*skipped, *built.skipped)
        self._codes = {code.path: code for code in codes}
        self._read = lru_cache(maxsize=64)(self._functions)

    def search(self, question: str, top: int = 10, least: float = LEAST_ANSWER) -> Search:
        """The functions that answer a question in words; raises InputError where no word says anything."""
        words = list({word.term: word for word in asked(question[:LONGEST_QUESTION])}.values())
        if not words:
            raise InputError(
                f"nothing to search for in {question[:60]!r}",
                hint='say what the function does, as in `octad search "parse a date"`',
            )
        meaning = self.similarity.meaning(Counter(word.word for word in words))
        scores = self.index.answers([word.term for word in words], meaning)
        rows = [row for row in _best(scores, top) if scores[row] >= least]
        matches = tuple(self._answer(row, words, float(scores[row]), meaning) for row in rows)
        return Search(
            agent="search", version=__version__, skipped=self.skipped, functions=len(self.index),
            computed=self.built.computed, question=question, matches=matches,
        )  # fmt: skip

    def similar(self, row: int, top: int = 10, least: float = 0.0) -> Similar:
        """The functions like one of the index, those inside or around it left out."""
        parts = self.index.parts(row)
        scores = combined(*parts)
        others = [r for r in _best(scores, len(scores)) if not self.index.overlap(row, r)]
        matches = tuple(
            self._like(row, other, float(scores[other]), [float(part[other]) for part in parts])
            for other in others[:top]
            if scores[other] >= least
        )
        return Similar(
            agent="similar", version=__version__, skipped=self.skipped, functions=len(self.index),
            computed=self.built.computed, of=_place(self.index.entries[row]), matches=matches,
        )  # fmt: skip

    def clones(self, least: float, progress: Progress | None = None) -> Clones:
        """Groups of functions of which every two are at least that alike."""
        pairs = list(self.index.pairs(least, progress))
        known = {(pair.one, pair.other): pair for pair in pairs}
        found = [self._group(rows, known) for rows in groups(pairs)]
        return Clones(
            agent="similar", version=__version__, skipped=self.skipped, functions=len(self.index),
            computed=self.built.computed, groups=tuple(sorted(found, key=_weight)),
        )  # fmt: skip

    def row_at(self, path: str, line: int | None) -> int:
        """The row of the function around a line, or of the only one of a file; raises InputError."""
        inside = [row for row, entry in enumerate(self.index.entries) if entry.path == path]
        if not inside:
            raise InputError(f"no named function in {path}", hint="name a file of code that has one")
        if line is None:
            if len(inside) == 1:
                return inside[0]
            entry = self.index.entries[inside[0]]
            hint = f"name a line of one, as in {path}:{entry.first} for `{entry.name}`"
            raise InputError(f"{path} has {len(inside):,} functions", hint=hint)
        entries = self.index.entries
        around = [row for row in inside if entries[row].first <= line <= entries[row].last]
        if not around:
            nearest = entries[min(inside, key=lambda row: abs(entries[row].first - line))]
            hint = f"the nearest is `{nearest.name}` on line {nearest.first}"
            raise InputError(f"no function at line {line} of {path}", hint=hint)
        return max(around, key=lambda row: (entries[row].start, -entries[row].end))

    def _answer(self, row: int, words: Sequence[Word], score: float, meaning: Floats) -> Match:
        function, page = self._look(row)
        bags = self.index.bags
        held = bags.held(row)
        rarity = {w.term: float(bags.rarity[bags.vocabulary[w.term]]) for w in words if w.term in held}
        traces = shared({word.term: word.name for word in words}, rarity, function, page)
        traces += near(words, function, page, self.similarity)
        parts = Parts(
            words=_share(bags.answers([word.term for word in words])[row]),
            meaning=_share(float(self.index.meaning[row] @ meaning)),
        )
        return Match(
            place=_place(self.index.entries[row]), score=_share(score), parts=parts, traces=tuple(traces)
        )

    def _like(self, row: int, other: int, score: float, parts: Sequence[float]) -> Match:
        traces, alike = self._why(row, other)
        words, meaning, structure = map(_share, parts)
        return Match(
            place=_place(self.index.entries[other]),
            score=_share(score),
            parts=Parts(words=words, meaning=meaning, structure=structure),
            traces=traces,
            alike=alike,
        )

    def _why(self, row: int, other: int) -> tuple[tuple[Trace, ...], Alike | None]:
        """The words that two functions share, where the other has them, and what they do alike."""
        (here, _), (there, page) = self._look(row), self._look(other)
        traces = shared(written(here), self.index.bags.shared(row, other), there, page)
        return tuple(traces), longest_alike(here, there)

    def _group(self, rows: Sequence[int], known: Mapping[tuple[int, int], Pair]) -> Group:
        least = min(known[a, b].score for i, a in enumerate(rows) for b in rows[i + 1 :])
        entries = [self.index.entries[row] for row in rows]
        first = self._look(rows[0])[0]
        kinds = [
            kind_of(first, self._look(row)[0], same_language=entry.language == entries[0].language)
            for row, entry in zip(rows[1:], entries[1:], strict=True)
        ]
        kind = next((k for k in ("similar", "renamed") if k in kinds), "identical")
        traces, alike = self._why(rows[0], rows[1])
        return Group(
            kind=cast(Literal["identical", "renamed", "similar"], kind),
            least=_share(least),
            members=tuple(map(_place, entries)),
            traces=traces,
            alike=alike,
        )

    def _look(self, row: int) -> tuple[Function, Page]:
        """A function of the index with its items, and the file it is in."""
        entry = self.index.entries[row]
        return self._read(entry.path)[entry.start, entry.name], Page(entry.path, self._codes[entry.path].text)

    def _functions(self, path: str) -> dict[tuple[int, str], Function]:
        return {(one.start, one.name): one for one in functions(self._codes[path])[0]}


def _best(scores: Floats, top: int) -> list[int]:
    """Rows by their score, best first, the earlier of equal ones first."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:top]]


def _weight(group: Group) -> tuple[int, str, int]:
    """Most repeated lines first."""
    lines = [place.end_line - place.line + 1 for place in group.members]
    return -(sum(lines) - max(lines)), group.members[0].path, group.members[0].line


def _share(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 4)


def _place(entry: Entry) -> Place:
    language = cast(Language, entry.language)
    return Place(path=entry.path, line=entry.first, end_line=entry.last, name=entry.name, language=language)
