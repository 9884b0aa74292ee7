"""What the paths of a commit say: of tests, documentation, continuous integration, news, or the product."""

from __future__ import annotations

import re
from collections.abc import Sequence

from octad.records.notes import KINDS
from octad.signals.commit_words import PREFIXES

READ = 8
"""Paths of one commit that are read, the first by name."""
SORTS = (
    "news", "changelog", "tests", "docs", "ci", "packaging", "version", "examples", "source", "config",
)  # fmt: skip
"""What a path is of, the first that fits."""
_SORTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(^|/)(news|newsfragments?|changes|changelog\.d|changelogs?|upcoming_changes|release-?notes?)/"
        r"|\.(feature|bugfix|bug|doc|docs|removal|deprecation|breaking|misc|trivial|improvement|change)"
        r"(\.\d+)?\.(rst|md|txt)$|(^|/)\.changes?/",
        r"(^|/)(changelog|changes|history|news|release[-_]?notes?|whats?_?new)[\w.-]*(\.(md|rst|txt))?$"
        r"|(^|/)(changelog|whatsnew|release-?notes?)(/|[^/]*$)",
        r"(^|/)(tests?|testing|specs?|__tests__|testdata|benchmarks?|fixtures)/|(^|/)(test_|conftest)|_test\.\w+$"
        r"|\.(spec|test)\.\w+$",
        r"(^|/)(docs?|documentation|man)/|\.(md|rst|adoc)$|(^|/)(readme|authors|contributors|mkdocs|contributing)",
        r"(^|/)\.(github|circleci|azure|gitlab|travis|buildkite|semaphore)|azure-pipelines|appveyor|(^|/)(ci|tools?|scripts?)/"
        r"|(^|/)(tox\.ini|noxfile|jenkinsfile|dockerfile|makefile|codecov)|pre-commit",
        r"(^|/)(setup\.(py|cfg)|pyproject\.toml|requirements?[^/]*|manifest\.in|poetry\.lock|uv\.lock|package(-lock)?\.json"
        r"|go\.(mod|sum)|cargo\.(toml|lock)|constraints?[^/]*|environment[^/]*\.ya?ml|yarn\.lock|pdm\.lock)$",
        r"(^|/)(_?_?version_?_?|__about__|__init__|about)\.\w+$|(^|/)VERSION$",
        r"(^|/)(examples?|samples?|demos?|tutorials?|notebooks?)/|\.ipynb$",
        r"\.(py|pyx|pyi|go|rs|c|cc|cpp|h|hpp|js|jsx|ts|tsx|java|rb|php|cs|swift|kt|scala|kv|vue|m|mm)$",
        r"\.(toml|ya?ml|json|ini|cfg|txt|in|lock|css|html|svg|png)$|(^|/)\.[^/]+$",
    )
)
_ENDING = re.compile(
    r"\.([a-z]+)(?:\.\d+)?\.(?:rst|md|txt)$|(?:^|/)\d+\.([a-z]+)$|/(?:\d+)[-.]([a-z]+)\.", re.IGNORECASE
)


def sort_of(path: str) -> str:
    """What a path is of, one of SORTS; "" where nothing fits."""
    return next((name for name, pattern in zip(SORTS, _SORTS, strict=True) if pattern.search(path)), "")


def stated_by_paths(paths: Sequence[str]) -> str:
    """The kind that the ending of a file of news states, "" where none does."""
    for path in paths:
        found = _ENDING.search(path)
        if found is not None and sort_of(path) == "news":
            kind = PREFIXES.get(next(filter(None, found.groups())).lower(), "")
            if kind:
                return kind
    return ""


def path_numbers(paths: Sequence[str]) -> list[float]:
    """The share of each sort, which sorts there are, whether all are of one, folders, and stated kinds."""
    sorts = [sort_of(path) for path in paths[:READ]]
    n = max(len(sorts), 1)
    shares = [sorts.count(name) / n for name in SORTS]
    stated = stated_by_paths(paths[:READ])
    tops = {path.partition("/")[0] for path in paths[:READ]}
    inner = {"tests", "docs", "ci", "changelog", "examples", "packaging", "version", "config", ""}
    return [
        *shares,
        *(float(share > 0) for share in shares),
        float(bool(sorts) and set(sorts) <= inner),
        float(bool(sorts) and set(sorts) <= {"tests", "source"} and "tests" in sorts),
        float(not sorts),
        min(len(tops), 8) / 4,
        max((path.count("/") for path in paths[:READ]), default=0) / 5,
        *(float(stated == kind) for kind in KINDS),
    ]


PATH_NUMBERS = len(path_numbers(()))
"""How many numbers there are of paths."""
