"""Invented releases: short, of a few sentences with gaps, for what must run without data."""

from __future__ import annotations

import hashlib

import numpy as np

from octad.records.release import Release, ReleaseCommit

_SENTENCES = (
    ("feature", True, "Add {} to the command line", "src/{}.py"),
    ("fix", True, "Fix a crash when {} is empty", "src/{}.py"),
    ("performance", True, "Make {} twice as fast", "src/{}.py"),
    ("security", True, "Reject unsafe {} (CVE-2026-0001)", "src/{}.py"),
    ("breaking", True, "Remove the old {} option", "src/{}.py"),
    ("deprecation", True, "Deprecate {} in favour of the new one", "src/{}.py"),
    ("documentation", False, "Correct a typo in the page on {}", "docs/{}.md"),
    ("internal", False, "Run tests of {} on the new machines", ".github/workflows/{}.yml"),
    ("internal", False, "Refactor the tests of {}", "tests/test_{}.py"),
)
_NAMES = ("parser", "cache", "output", "server", "client", "schema", "index", "token", "session", "queue")
_DAY = 86_400.0


def invented(seed: int) -> tuple[Release, dict[str, bool], dict[str, str]]:
    """A release, which of its commits are worth telling, and their kinds."""
    rng = np.random.default_rng(seed)
    commits, told, kinds = [], {}, {}
    for number in range(int(rng.integers(4, 12))):
        kind, is_told, sentence, path = _SENTENCES[int(rng.integers(len(_SENTENCES)))]
        name = _NAMES[int(rng.integers(len(_NAMES)))]
        revision = hashlib.sha1(f"{seed} {number}".encode(), usedforsecurity=False).hexdigest()
        lines = int(rng.integers(1, 60)), int(rng.integers(9))
        commit = ReleaseCommit(
            revision=revision,
            subject=sentence.format(name),
            time=1.7e9 - number * _DAY,
            paths=(path.format(name),),
            files=1,
            added=lines[0],
            removed=lines[1],
        )
        commits.append(commit)
        told[revision], kinds[revision] = is_told, kind
    return Release(version="1.1.0", previous="1.0.0", commits=tuple(commits)), told, kinds
