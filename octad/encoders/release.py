"""A release as items: its commits, each with what was written of it and measures beside the other commits.

Legend: N commits.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.records.release import Release, ReleaseCommit
from octad.records.report import Anchor
from octad.signals.commit_words import first_sentence, plain_subject
from octad.signals.release_measures import BODY, MEASURES, release_numbers

MOST = 1_024
"""Commits that are read together: attention grows with their square."""
NAMED = 3
"""Paths of a commit whose folders tie it to others."""
SUBJECT, SENTENCE = 120, 60
"""Characters that are read of a subject, and of the first sentence of a body."""


def parts_of(release: Release) -> tuple[Release, ...]:
    """A release in parts of at most MOST commits, as equal as they can be, in their order."""
    n = len(release.commits)
    count = max(1, -(-n // MOST))
    bounds = [n * index // count for index in range(count + 1)]
    return tuple(
        release.model_copy(update={"commits": release.commits[first:last]})
        for first, last in pairwise(bounds)
    )


def text_of(commit: ReleaseCommit) -> str:
    """What is read of a commit: its subject and how the body begins; of its paths the measures speak."""
    said = (
        plain_subject(commit.subject[: 2 * SUBJECT])[:SUBJECT],
        first_sentence(commit.body[:BODY])[:SENTENCE],
    )
    return ". ".join(one for one in said if one)


class ReleaseEncoder(Encoder):
    """One item per commit; edges lead from each to the one before it and back."""

    size = MEASURES
    relations = 2

    def items(self, release: Release | None) -> Items | None:
        """The commits, the newest first; those beyond MOST are left out."""
        if release is None or not release.commits:
            return None
        held = release.commits[:MOST]
        order = np.arange(len(held) - 1)
        forward = np.column_stack([order, order + 1, np.zeros_like(order)])
        back = np.column_stack([order + 1, order, np.ones_like(order)])
        more = len(release.commits) - len(held)
        return Items(
            names=tuple(one.revision for one in held),
            anchors=tuple(map(anchor_of, held)),
            texts=tuple(map(text_of, held)),
            numbers=release_numbers(release.model_copy(update={"commits": held})),
            subjects=("",) * len(held),
            links=tuple(map(_links, held)),
            candidates=(True,) * len(held),
            edges=np.concatenate([forward, back]).astype(np.int32),
            left_out=f"{more} older commits: at most {MOST} are read together" if more else "",
        )


def anchor_of(commit: ReleaseCommit) -> Anchor:
    """The place of a commit: the first line of its message."""
    return Anchor(path=commit.revision, line=1, end_line=1, end_column=len(commit.subject) + 1)


def _links(commit: ReleaseCommit) -> tuple[str, ...]:
    """What ties commits: the folders of the first files, and what the message names."""
    folders = {path.rpartition("/")[0] for path in commit.paths[:NAMED]} - {""}
    return (*sorted(folders), *commit.refs[:2])
