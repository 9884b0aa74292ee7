"""What git would ignore: `.gitignore` files at every level and `.git/info/exclude`."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from octad.errors import UnreadableInput
from octad.host.files import read_bytes

_STARS = re.compile(r"\*+")
MAX_STARS = 3
MAX_PATTERN = 1_000


@dataclass(frozen=True, slots=True)
class Ignore:
    """The rules in force in `folder`: its own, then those of the folders above, up to the repository."""

    folder: str
    spec: GitIgnoreSpec
    above: Ignore | None = None

    def ignores(self, path: str, is_folder: bool) -> bool:
        """Whether git ignores the absolute `path`, which lies in `folder`; the deepest rule decides."""
        rules: Ignore | None = self
        while rules is not None:
            relative = os.path.relpath(path, rules.folder).replace(os.sep, "/")
            verdict = rules.spec.check_file(relative + "/" if is_folder else relative).include
            if verdict is not None:
                return verdict
            rules = rules.above
        return False


def ignore_above(folder: str) -> Ignore | None:
    """The rules that the repository around `folder` sets from outside; None where there is no repository."""
    chain = [folder]
    while not os.path.exists(os.path.join(chain[-1], ".git")):
        parent = os.path.dirname(chain[-1])
        if parent == chain[-1]:
            return None
        chain.append(parent)
    root = chain[-1]
    rules = ignore_from(root, os.path.join(root, ".git", "info", "exclude"), None)
    for level in reversed(chain[1:]):
        rules = ignore_in(level, rules)
    return rules


def ignore_in(folder: str, above: Ignore | None) -> Ignore | None:
    """The rules in force in `folder`, with its own `.gitignore` on top of those from above."""
    return ignore_from(folder, os.path.join(folder, ".gitignore"), above)


def ignore_from(folder: str, path: str, above: Ignore | None) -> Ignore | None:
    """The rules that the file at `path` sets for `folder`, on top of those from above."""
    lines = _lines(path)
    return Ignore(folder, _spec(lines), above) if lines else above


def is_pattern(line: str) -> bool:
    """Whether a line of a rules file means something, and no more than takes a short time to look for."""
    return _pattern(line) is not None


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """What patterns match; raises ValueError or re.error for a line that is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a range in a range means something else to a Python of the future
        return GitIgnoreSpec.from_lines(lines)


def _pattern(line: str) -> GitIgnoreSpec | None:
    """What one line matches; None where it is no pattern, or could take exponential time as an expression."""
    stars = max(len(_STARS.findall(part)) for part in line.split("/"))
    if stars > MAX_STARS or len(line) > MAX_PATTERN:
        return None
    try:
        return spec_of([line])
    except (ValueError, re.error):
        return None


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """The patterns of a rules file; as for git, a line that is none matches nothing."""
    return GitIgnoreSpec([one for found in map(_pattern, lines) if found for one in found.patterns])


def _lines(path: str) -> list[str]:
    """Lines of a rules file; an absent, odd or unreadable one has none."""
    try:
        return read_bytes(path).decode("utf-8", "replace").splitlines()
    except UnreadableInput:
        return []
