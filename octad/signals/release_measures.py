"""Measures of every commit of a release: of its words, paths and size, by itself and beside the others.

Legend: N commits, K measures.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from octad.records.notes import KINDS
from octad.records.release import Release, ReleaseCommit
from octad.signals.commit_paths import PATH_NUMBERS, READ, SORTS, path_numbers
from octad.signals.commit_words import (
    BODY_CUES,
    CUES,
    has_number,
    plain_subject,
    stated_kind,
    without_numbers,
)

Floats = NDArray[np.float32]
SUBJECT, BODY = 300, 300
"""Characters that are read of a subject and of a body."""
DAY = 86_400.0
_CODE = re.compile(r"`|\w_\w|\w\(\)|\b[a-z]+[A-Z]\w+|\b\w+\.\w+\.\w+|--\w")
_SCOPE = re.compile(r"^[\w./, -]{2,40}: ")
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(.*)")
_SHAPE = 16
_CONTEXT = 12
SIZE = len(KINDS) + len(CUES) + len(BODY_CUES) + _SHAPE + PATH_NUMBERS


def commit_numbers(commit: ReleaseCommit) -> list[float]:
    """What is known of a commit by itself."""
    subject, body = plain_subject(commit.subject[:SUBJECT]), commit.body[:BODY]
    stated, read = stated_kind(commit.subject[:SUBJECT]), without_numbers(commit.subject[:SUBJECT])
    return [
        *(float(stated == kind) for kind in KINDS),
        *(float(bool(cue.search(read))) for cue in CUES),
        *(float(bool(cue.search(body))) for cue in BODY_CUES),
        *_shape(commit, subject, body),
        *path_numbers(commit.paths[:READ]),
    ]


def _shape(commit: ReleaseCommit, subject: str, body: str) -> list[float]:
    words = subject.split()
    added, removed = commit.added or 0, commit.removed or 0
    return [
        math.log1p(len(subject)) / 4,
        min(len(words), 24) / 8,
        math.log1p(len(body)) / 4,
        float(bool(body)),
        float(subject[:1].isupper()),
        float(subject.endswith(".")),
        float(bool(_CODE.search(subject))),
        float(bool(_SCOPE.match(commit.subject[:SUBJECT]))),
        float(not commit.subject[:1].isascii()),
        float(has_number(commit.subject[:SUBJECT])),
        math.log1p(commit.files) / 2,
        math.log1p(added) / 4,
        math.log1p(removed) / 4,
        added / (added + removed + 1),
        float(added <= 2 and removed <= 2),
        math.log1p((added + removed) / max(commit.files, 1)) / 3,
    ]


def release_numbers(release: Release) -> Floats:
    """Measures of every commit `[N, K]`: its own, its place among the others, and what all have in common."""
    commits = release.commits
    if not commits:
        return np.zeros((0, MEASURES), np.float32)
    own = np.array([commit_numbers(one) for one in commits], np.float32)
    shared = np.concatenate([own.mean(0)[list(CONTEXT_COLUMNS)], _version(release), [np.log1p(len(own)) / 4]])
    return np.concatenate(
        [own, _beside(commits, own), np.broadcast_to(shared, (len(own), len(shared)))], axis=1
    ).astype(np.float32)


def _beside(commits: Sequence[ReleaseCommit], own: Floats) -> Floats:
    """How a commit compares with the others: ranks, repeated subjects and scopes, place and gaps in time."""
    n = len(commits)
    churn = np.array([(one.added or 0) + (one.removed or 0) for one in commits], np.float64)
    lengths = np.array([len(one.subject) for one in commits], np.float64)
    bodies = np.array([len(one.body[:BODY]) for one in commits], np.float64)
    files = np.array([one.files for one in commits], np.float64)
    subjects = Counter(plain_subject(one.subject[:SUBJECT]).lower() for one in commits)
    tops = Counter(_top(one) for one in commits)
    first = Counter(_lead(one) for one in commits)
    times = np.array([one.time for one in commits])
    gap = np.log1p(np.abs(np.diff(times, prepend=times[:1])) / DAY) / 3
    place = np.arange(n) / max(n - 1, 1)
    columns = [
        *(_ranks(values) for values in (churn, lengths, bodies, files)),
        churn / max(churn.sum(), 1.0),
        np.array([math.log1p(subjects[plain_subject(one.subject[:SUBJECT]).lower()] - 1) for one in commits]),
        np.array([tops[_top(one)] / n for one in commits]),
        np.array([first[_lead(one)] / n for one in commits]),
        place,
        gap,
        np.minimum(np.arange(n), 4) / 4,
        np.minimum(np.arange(n)[::-1], 4) / 4,
    ]
    return np.column_stack(columns).astype(np.float32)


def _top(commit: ReleaseCommit) -> str:
    return "/".join(commit.paths[0].split("/")[:2]) if commit.paths else ""


def _lead(commit: ReleaseCommit) -> str:
    return plain_subject(commit.subject[:SUBJECT]).lower().partition(" ")[0]


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of values that are smaller, ties counted half."""
    ordered = np.sort(values)
    low, high = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    ranks: NDArray[np.float64] = (low + high) / (2 * len(values))
    return ranks


def _version(release: Release) -> Floats:
    """Which part of the version rises: the first, the second, the third; whether it is before a release."""
    found = _VERSION.search(release.version)
    if found is None:
        return np.array([0, 0, 0, 0, 1], np.float32)
    minor, patch = int(found[2]), int(found[3] or 0)
    before = bool(re.match(r"[-.]?(a|b|rc|dev|alpha|beta|pre)", found[4]))
    return np.array([not minor and not patch, bool(minor) and not patch, patch > 0, before, 0], np.float32)


_FIRST = len(KINDS) + len(CUES) + len(BODY_CUES)
CONTEXT_COLUMNS = (
    *range(len(KINDS) + len(CUES)),
    _FIRST + 3,
    _FIRST + 7,
    _FIRST + 9,
    *range(_FIRST + _SHAPE, _FIRST + _SHAPE + 2 * len(SORTS)),
)
"""Of the measures of single commits those whose means say what a project is like."""
MEASURES = SIZE + _CONTEXT + len(CONTEXT_COLUMNS) + 6
"""How many measures a commit has."""
