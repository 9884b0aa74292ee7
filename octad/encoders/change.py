"""A change as items: its measures, the sentences of its message, its files and their runs of changed lines.

Legend: N items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.encoders.links import endings
from octad.read.history.churn import CHURN, churn_numbers
from octad.records.change import Change, FileChange
from octad.records.report import Anchor
from octad.signals.change_history import BEFOREHAND
from octad.signals.changed_lines import changed, sides

FILES, RUNS, SENTENCES = 16, 24, 4
"""Items of each kind at most: the first of the message, the largest of the files, runs spread over them."""
CHARACTERS = 240
"""Of a run of changed lines, as the backbone reads it: its beginning."""
_TEST = re.compile(r"(^|[/_.])(tests?|spec|specs|__tests__)([/_.]|$)", re.IGNORECASE)
_PROSE = re.compile(r"\.(md|rst|txt|adoc)$|(^|/)(docs?|changelog|licen[cs]e|readme)", re.IGNORECASE)
_BRANCH = re.compile(r"\b(if|else|elif|for|while|switch|case|match|try|catch|except|return|throw|raise)\b")


class Kind(IntEnum):
    """The sorts of items."""

    CHANGE = 0
    SENTENCE = 1
    FILE = 2
    ADDED = 3
    REMOVED = 4


class _Row(NamedTuple):
    kind: Kind
    text: str
    numbers: list[float]
    link: str
    anchor: Anchor | None
    parent: int


class ChangeEncoder(Encoder):
    """One change; edges lead from files and runs to what holds them and back, and between runs."""

    size = 2 * len(BEFOREHAND) + len(CHURN) + 8
    kinds = len(Kind)
    relations = 3

    def items(self, change: Change | None) -> Items | None:
        """The change first, then its message, files and runs of changed lines."""
        if change is None:
            return None
        rows = list(_rows(change))
        edges = [(i, row.parent, 0) for i, row in enumerate(rows) if row.parent >= 0]
        edges += [(parent, i, 1) for i, parent, _ in edges]
        edges += [
            (i, i + 1, 2)
            for i, (row, after) in enumerate(pairwise(rows))
            if row.kind >= Kind.ADDED and after.kind >= Kind.ADDED and row.parent == after.parent
        ]
        numbers = np.zeros((len(rows), self.size), np.float32)
        numbers[0, :-8] = [*_past(change), *churn_numbers(map(sides, change.files))]
        for i, row in enumerate(rows):
            numbers[i, -8:] = row.numbers
        return Items(
            texts=tuple(row.text for row in rows),
            numbers=numbers,
            kinds=tuple(int(row.kind) for row in rows),
            names=tuple(" ".join(row.text.split())[:120] for row in rows),
            anchors=tuple(row.anchor for row in rows),
            subjects=("",) * len(rows),
            links=tuple(endings(row.link) for row in rows),
            candidates=tuple(row.kind is Kind.FILE for row in rows),
            edges=np.array(edges, np.int32).reshape(-1, 3),
        )


def _rows(change: Change) -> Iterator[_Row]:
    subject, _, body = change.message.partition("\n")
    yield _Row(Kind.CHANGE, subject, _counted(change), change.revision, None, -1)
    sentences = [line for line in body.splitlines() if line.strip()][:SENTENCES]
    for place, sentence in enumerate(sentences):
        yield _Row(Kind.SENTENCE, sentence, [place / SENTENCES, *[0.0] * 7], "", None, 0)
    files = sorted(change.files, key=lambda file: (-_size(file), file.path))[:FILES]
    share = max(1, RUNS // max(len(files), 1))
    at = 1 + len(sentences)
    for file in files:
        yield _Row(Kind.FILE, file.path, _file_numbers(file), file.path, _anchor(file), 0)
        runs = _runs(file, share)
        for kind, line, lines in runs:
            last = line + len(lines) - 1
            anchor = Anchor(path=file.path, line=line, end_line=last, end_column=len(lines[-1]) + 1)
            text = " ".join(" ".join(lines).split())[:CHARACTERS]
            yield _Row(kind, text, _run_numbers(lines), "", anchor, at)
        at += 1 + len(runs)


def _past(change: Change) -> list[float]:
    """What the history says of the change, and which of it is known; what is missing is not."""
    past = (*change.past, *(None,) * len(BEFOREHAND))[: len(BEFOREHAND)]
    return [*(value or 0.0 for value in past), *(float(value is not None) for value in past)]


def _counted(change: Change) -> list[float]:
    """Whether measures are known, and what can be counted without them."""
    added = sum(len(changed(file.after)) for file in change.files)
    removed = sum(len(changed(file.before)) for file in change.files)
    return [
        float(bool(change.past)),
        np.log1p(added) / 5,
        np.log1p(removed) / 5,
        np.log1p(len(change.files)) / 3,
        np.log1p(len(change.message)) / 6,
        sum(bool(_TEST.search(file.path)) for file in change.files) / max(len(change.files), 1),
        sum(bool(_PROSE.search(file.path)) for file in change.files) / max(len(change.files), 1),
        float(change.time is not None),
    ]


def _file_numbers(file: FileChange) -> list[float]:
    path = file.path
    return [
        np.log1p(len(changed(file.after))) / 5,
        np.log1p(len(changed(file.before))) / 5,
        float(file.before is None),
        float(file.after is None),
        float(bool(_TEST.search(path))),
        float(bool(_PROSE.search(path))),
        path.count("/") / 5,
        0.0,
    ]


def _run_numbers(lines: Sequence[str]) -> list[float]:
    text, n = "\n".join(lines), len(lines)
    comments = sum(line.strip().startswith(("#", "//", "*", "/*", "--")) for line in lines)
    return [
        np.log1p(len(text)) / 5,
        min(len(line) - len(line.lstrip()) for line in lines) / 20,
        np.log1p(len(_BRANCH.findall(text))),
        comments / n,
        text.count("(") / (5 * n),
        sum("=" in line for line in lines) / n,
        np.log1p(n) / 3,
        0.0,
    ]


def _runs(file: FileChange, most: int) -> list[tuple[Kind, int, list[str]]]:
    """Runs of removed and of added lines that are not blank, by their first line; the longest `most`."""
    found: list[tuple[Kind, int, list[str]]] = []
    for kind, side in ((Kind.REMOVED, file.before), (Kind.ADDED, file.after)):
        last = None
        for number, text in changed(side):
            if not text.strip():
                continue
            if last is not None and number == last + 1:
                found[-1][2].append(text)
            else:
                found.append((kind, number, [text]))
            last = number
    longest = sorted(found, key=lambda run: -sum(map(len, run[2])))[:most]
    return sorted(longest, key=lambda run: (run[1], run[0] == Kind.ADDED))


def _size(file: FileChange) -> int:
    return len(changed(file.before)) + len(changed(file.after))


def _anchor(file: FileChange) -> Anchor:
    lines = changed(file.after) or changed(file.before)
    line = lines[0][0] if lines else 1
    return Anchor(path=file.path, line=line, end_line=line, end_column=1)
