"""What the files of a commit are: of the program, or of its tests, documents, builds and releases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Place = Literal["program", "manifest", "tests", "documents", "builds", "dependencies", "news"]

_PATTERNS: tuple[tuple[Place, re.Pattern[str]], ...] = (
    (
        "news",
        re.compile(
            r"(?:^|/)(?:changelog|changes|news|history|releases?|release[-_]?notes?|whats?[-_]?new|"
            r"authors|contributors|"
            r"citation)(?:\.\w+)?$|(?:^|/)(?:newsfragments?|changelog\.d|changes\.d|news\.d|changesets?|"
            r"\.changeset|releasenotes|"
            r"whatsnew|release[-_]notes|changelogs?)/",
            re.IGNORECASE,
        ),
    ),
    (
        "dependencies",
        re.compile(
            r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+|poetry\.lock|uv\.lock|"
            r"pdm\.lock|pipfile(?:\.lock)?|"
            r"package-lock\.json|yarn\.lock|pnpm-lock\.yaml|cargo\.lock|go\.sum|gemfile\.lock|"
            r"composer\.lock|constraints[^/]*\.txt)$",
            re.IGNORECASE,
        ),
    ),
    (
        "manifest",
        re.compile(
            r"(?:^|/)(?:pyproject\.toml|setup\.py|package\.json|cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|"
            r"gemfile|[^/]+\.gemspec|composer\.json|__version__\.py|_?version\.py)$",
            re.IGNORECASE,
        ),
    ),
    (
        "tests",
        re.compile(
            r"(?:^|/)(?:tests?|testing|testdata|specs?|__tests__|__snapshots__|fixtures?|benches|"
            r"benchmarks?|bench|fuzz)/|"
            r"(?:^|/)(?:test_[^/]*|[^/]*[_.-](?:tests?|spec)\.\w+|conftest\.py|tests?\.\w+|[A-Z]\w*Tests?\.\w+|"
            r"bench[_-][^/]*)$"
        ),
    ),
    (
        "builds",
        re.compile(
            r"^\.(?!\.)[^/]*(?:/|$)|(?:^|/)(?:makefile|dockerfile[^/]*|tox\.ini|noxfile\.py|justfile|"
            r"\.[^/]+|appveyor\.yml|azure-pipelines[^/]*|"
            r"codecov\.yml|mypy\.ini|pytest\.ini|manifest\.in|setup\.cfg|renovate\.json|release\.toml|"
            r"rustfmt\.toml|clippy\.toml|"
            r"committed\.toml|deny\.toml|[^/]*\.lock)$|(?:^|/)(?:ci|scripts?|tools?/ci|\.github|hack)/",
            re.IGNORECASE,
        ),
    ),
    (
        "documents",
        re.compile(
            r"(?:^|/)(?:docs?|documentation|examples?|samples?|demos?|website|site|tutorials?)/|\.(?:md|"
            r"rst|adoc|markdown|tex|txt|png|svg|jpe?g|gif)$|"
            r"(?:^|/)(?:readme|contributing|licen[cs]e|copying|notice|security|code_of_conduct)[^/]*$",
            re.IGNORECASE,
        ),
    ),
)


def place_of(path: str) -> Place:
    """What one file is, by its path."""
    return next((name for name, pattern in _PATTERNS if pattern.search(path[:500])), "program")


def places_of(paths: Iterable[str]) -> frozenset[Place]:
    """What the files of a commit are."""
    return frozenset(map(place_of, paths))
