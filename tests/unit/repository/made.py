"""Repositories of a few lines, and what is said of them in short."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from octad.records.code import Code
from octad.records.repo import Repo
from octad.records.skipped import Skipped
from octad.repository.build import repository
from octad.syntax.languages import language_of


def repo_of(files: Mapping[str, str]) -> Repo:
    """A repository of these files; an empty one was passed over by reading, as it is."""
    codes = [
        Code(path=path, text=dedent(text), language=language_of(path)) for path, text in files.items() if text
    ]
    return repository(codes, [Skipped(path=path, reason="empty file") for path in files if not files[path]])


def edges(repo: Repo) -> set[tuple[str, str]]:
    """Who imports whom."""
    return {(one.source, one.target) for one in repo.imports}


def used(repo: Repo, source: str) -> set[tuple[str, str]]:
    """Files and definitions that a file uses."""
    return {(one.target, one.name) for one in repo.references if one.source == source}


def called(repo: Repo, within: str) -> set[str]:
    """Definitions that a function calls."""
    return {one.name for one in repo.references if one.within == within and one.kind == "call"}
