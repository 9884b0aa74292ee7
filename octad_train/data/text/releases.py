"""Published releases as cases: which commits people told, and of which kind they said each is.

An entry names its commits by numbers, and not every entry has any: that a commit is not named is taken for
untold only as often as the entries of its release name commits. Kinds are those of the headings that entries
stand under, else those that a commit states itself; in half of the cases what it states is taken away, so
that the kind has to be read, and the numbers too, so that a project without any is not told nothing of.
"""

from __future__ import annotations

import calendar
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from octad.agents.agent import Agent
from octad.records.release import Release, ReleaseCommit
from octad.signals.commit_paths import sort_of, stated_by_paths
from octad.signals.commit_words import stated_kind, without_numbers, without_stated
from octad_train.data.public_sets import rows
from octad_train.data.text.headings import kinds_of
from octad_train.data.text.invented_releases import invented

FILE = "releases/releases.jsonl.xz"
Pair = tuple[Any, Any]
SIXTH = 6
"""Of the projects to train on every so many-th, by name, is held out to choose and calibrate by."""
PART = 256
"""Commits of one release that are read, the newest."""
PROJECT = 500
"""Commits of one project that are read, about: a few large ones would drown the others."""
LEAST = 0.3
"""The least share of the unnamed commits of a release that are taken for untold."""
_ENDING = re.compile(r"\.[a-z]+(?:\.\d+)?(\.(?:rst|md|txt))$")


class Published(NamedTuple):
    """A release, which of its commits were told, and the kinds of those of which it is known.

    `named` is the share of published entries that name a commit; `told` is empty where none does. `headed`
    are the kinds that published headings say, `kinds` these and those that commits state.
    """

    part: str
    release: Release
    named: float
    told: Mapping[str, bool]
    headed: Mapping[str, str]
    kinds: Mapping[str, str]


@cache
def published() -> tuple[Published, ...]:
    """Every release of the labelled set."""
    held = [row for row in rows(FILE) if row["commits"]]
    names = sorted(
        {row["repo"] for row in held if row["split"] == "train" and any(e["commits"] for e in row["entries"])}
    )
    held_out = set(names[::SIXTH])
    return tuple(_published(row, held_out) for row in held)


def _published(row: Mapping[str, Any], held_out: set[str]) -> Published:
    commits = row["commits"]
    made = Release(
        repository=row["repo"],
        previous=row["previous"] or "",
        version=row["tag"],
        time=_seconds(row["date"]),
        commits=tuple(_commit(one) for one in commits),
    )
    entries = row["entries"]
    named = {number for entry in entries for number in entry["commits"]}
    told = {one["sha"]: i in named for i, one in enumerate(commits)} if 0 < len(named) < len(commits) else {}
    headed: dict[str, str] = {}
    for entry, kind in zip(
        entries, kinds_of(row["section"], [entry["text"] for entry in entries]), strict=True
    ):
        if kind is not None:
            headed |= {commits[number]["sha"]: kind for number in entry["commits"]}
    stated = {one.revision: kind for one in made.commits if (kind := _states(one))}
    part = "test" if row["split"] != "train" else "valid" if row["repo"] in held_out else "train"
    share = sum(bool(entry["commits"]) for entry in entries) / max(len(entries), 1)
    return Published(part, made, share, told, headed, {**stated, **headed})


def _commit(one: Mapping[str, Any]) -> ReleaseCommit:
    return ReleaseCommit(
        revision=one["sha"], subject=one["subject"], body=one["body"], time=_seconds(one["date"]),
        paths=tuple(one["files"]), files=one["n_files"], added=one["added"], removed=one["deleted"],
    )  # fmt: skip


def _seconds(day: str) -> float:
    return float(calendar.timegm(time.strptime(day, "%Y-%m-%d")))


def _states(commit: ReleaseCommit) -> str:
    return stated_kind(commit.subject) or stated_by_paths(commit.paths)


def newest(release: Release) -> Release:
    """The newest commits of a release, at most PART."""
    return release.model_copy(update={"commits": release.commits[:PART]})


def unstated(release: Release) -> Release:
    """The release without numbers, and what its commits state of their kinds: prefixes, names of files."""
    commits = tuple(
        one.model_copy(
            update={
                "subject": without_numbers(without_stated(one.subject)),
                "paths": tuple(map(_neutral, one.paths)),
            }
        )
        for one in release.commits
    )
    return release.model_copy(update={"commits": commits})


def _neutral(path: str) -> str:
    return _ENDING.sub(r"\1", path) if sort_of(path) == "news" else path


class Releases:
    """Parts of releases without end: every project by the root of its commits.

    Of every project about `most` commits are read.
    """

    def __init__(self, agent: Agent[Any, Any], most: int = PROJECT) -> None:
        self.agent = agent
        self.held = chosen("train", most)
        sizes = Counter(one.release.repository for one in self.held for _ in one.release.commits[:PART])
        self.read = [(newest(one.release), unstated(newest(one.release))) for one in self.held]
        weights = np.array([sizes[one.release.repository] ** -0.5 for one in self.held])
        self.shares = weights / weights.sum()

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[Pair]:
        """Pairs of case and label of one shard, the same for the same seed."""
        rng = np.random.default_rng((seed, shard))
        while True:
            number = int(rng.choice(len(self.held), p=self.shares))
            one, read = self.held[number], self.read[number][int(rng.integers(2))]
            kept = max(LEAST, one.named)
            told = {name: is_so for name, is_so in one.told.items() if is_so or rng.random() < kept}
            yield self.agent.case(release=read), self.agent.label(told=told or None, kind=one.kinds or None)


def chosen(part: str, most: int) -> list[Published]:
    """The releases of one part of which anything is known, of every project about so many commits."""
    found: list[Published] = []
    read: Counter[str] = Counter()
    for one in sorted(published(), key=lambda one: not one.told):
        name = one.release.repository
        if one.part == part and (one.told or one.headed) and read[name] < most:
            read[name] += min(len(one.release.commits), PART)
            found.append(one)
    return found


def training(agent: Agent[Any, Any], folder: Path, most: int = PROJECT) -> Releases:
    """Labelled releases without end; of every project about `most` commits."""
    return Releases(agent, most)


def validation(agent: Agent[Any, Any], folder: Path, part: str = "valid", size: int = 2_000) -> list[Pair]:
    """Held-out releases of projects that training never saw, at most `size`; kinds by headings alone.

    What commits state of their kinds, and their numbers, are taken away; of valid in every other release, as
    in training. `part` may be test: other projects than those of valid.
    """
    found: list[Pair] = []
    for one in chosen(part, PROJECT):
        label = agent.label(told=one.told or None, kind=one.headed or None)
        read = newest(one.release)
        is_whole = part == "valid" and len(found) % 2
        found.append((agent.case(release=read if is_whole else unstated(read)), label))
    return spread(found, size)


def spread(found: Sequence[Pair], size: int) -> list[Pair]:
    """At most `size` pairs, evenly from all."""
    step = max(1.0, len(found) / max(size, 1))
    return [found[int(i * step)] for i in range(min(size, len(found)))]


def sample(agent: Agent[Any, Any], size: int) -> list[Pair]:
    """So many labelled releases that need no data."""
    return [
        (agent.case(release=release), agent.label(told=told, kind=kinds))
        for release, told, kinds in (invented(seed) for seed in range(size))
    ]
