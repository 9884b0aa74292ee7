"""Tags that name versions, in the order of the versions, and what lies between two of them.

A tag is a version behind what all tags of a package begin with: `v1.2`, `release-1.2`, `api/v1.2`,
`@ui/core@1.2`, `1.2.0rc1`, `2026.11`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from octad.errors import InputError, RepositoryError
from octad.read.git.revisions import commit_of
from octad.read.git.sealed import Sealed
from octad.read.history.shallow import UNSHALLOW, is_shallow

MOST_TAGS = 20_000
"""The newest tags; more are not looked at."""
_VERSION = (
    r"(?P<number>\d{4}-\d\d-\d\d|\d+(?:[._]\d+){0,6})"
    r"(?P<rest>(?:[-._+]?[A-Za-z][\w.+-]*|[-+][\w.+-]+)?)"
)
_TAG = re.compile(
    rf"(?P<prefix>(?:v|ver|version|rel|release|releases|tags?)[-_/.]?)?[vV]?{_VERSION}", re.IGNORECASE
)
_OF_PACKAGE = re.compile(rf"(?P<prefix>.+?)[-_/@][vV]?{_VERSION}")
_NO_PACKAGE = frozenset({"v", "ver", "version", "rel", "release", "releases", "tag", "tags"})
_EARLY = re.compile(
    r"[-._]?(dev|alpha|a|beta|b|preview|pre|rc|cr|c|m|next|canary|nightly|snapshot)[-._]?(\d*)", re.I
)
_RANK = {"dev": 0, "nightly": 0, "snapshot": 0, "canary": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "m": 2}
_LISTED = (
    "for-each-ref", "--sort=-creatordate", f"--count={MOST_TAGS}",
    "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(objecttype)%00%(*objecttype)",
)  # fmt: skip
_HINT = "name a range: A..B, A.. or a tag"


class Version(NamedTuple):
    """A tag as a version: what its package's tags begin with, its numbers, and how early it is.

    `early` is (3, 0) for a release, less for what comes before one, more for what comes after.
    """

    prefix: str
    numbers: tuple[int, ...]
    early: tuple[int, int]
    tag: str
    commit: str

    @property
    def is_final(self) -> bool:
        """Whether it is no preview of a release."""
        return self.early[0] >= 3

    @property
    def order(self) -> tuple[tuple[int, ...], tuple[int, int]]:
        """What versions of one package are ordered by."""
        return self.numbers, self.early


class Span(NamedTuple):
    """From which commit to which, with the tags that name them; `base` is "" for everything before `tip`."""

    base: str
    tip: str
    previous: str
    version: str
    prefix: str


def version_of(tag: str, commit: str = "") -> Version | None:
    """A tag as a version; None where it names none."""
    found = _TAG.fullmatch(tag[:200]) or _OF_PACKAGE.fullmatch(tag[:200])
    if found is None:
        return None
    numbers = [int(one[:18]) for one in re.split(r"[-._]", found["number"])]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    package = (found["prefix"] or "").rstrip("-_/@. ")
    prefix = "" if package.lower() in _NO_PACKAGE else package
    return Version(prefix, tuple(numbers), _early(found["rest"]), tag, commit)


def _early(rest: str) -> tuple[int, int]:
    """How early what stands behind the numbers makes a version."""
    found = _EARLY.match(rest)
    if found is None or rest[found.end() : found.end() + 1].isalpha():
        number = re.search(r"\d+", rest)
        after = bool(rest) and not rest.startswith("+") and number is not None
        return (4, int(number[0][:9])) if after and number else (3, 0)
    return _RANK.get(found[1].lower(), 2), int(found[2][:9] or 0)


def versions(git: Sealed, *merged: str) -> list[Version]:
    """The versions that tags of commits name, the newest tag first; `merged`: only those before a commit."""
    output = git.run(*_LISTED, *(f"--merged={one}" for one in merged), "refs/tags")
    found = []
    for line in output.decode("utf-8", "replace").split("\n")[:-1]:
        tag, own, peeled, kind, inner = line.split("\0")
        version = version_of(tag, peeled or own)
        if version is not None and (inner or kind) == "commit":
            found.append(version)
    return found


def span_of(git: Sealed, revisions: str, prefix: str = "") -> Span:
    """What a range `A..B`, `A..`, `A...`, a tag, or "" for what came after the last version, stands for.

    `prefix` chooses the package in a repository of several. Raises InputError and RepositoryError in one line
    for no version, no common history, and nothing in between.
    """
    left, dots, right = revisions.strip().partition("..")
    right = right.removeprefix(".")
    tip_name = (right or "HEAD") if dots else (left or "HEAD")
    tip = commit_of(git, tip_name, repr(revisions) if revisions else "")
    known = versions(git)
    named = _named(known, tip_name, tip, exact=bool(dots and right) or bool(left and not dots))
    if dots and left:
        base = commit_of(git, left, repr(revisions))
        span = Span(base, tip, left, named.tag if named else "", _package(known, named) or prefix)
        _check(git, span, left, tip_name)
        return span
    before = versions(git, tip)
    package = prefix or (before[0].prefix if before else "")
    previous = _previous(git, before, known, named, package, tip)
    if previous is None and named is None:
        raise _no_version(git, prefix)
    base = previous.commit if previous else ""
    name = previous.tag if previous else ""
    of_package = _package(known, named or previous)
    span = Span(base, tip, name, named.tag if named else "", of_package)
    _check(git, span, name, tip_name)
    return span


def change_span(git: Sealed, revision: str) -> Span:
    """A commit against the first of its parents, or a range; raises RepositoryError and InputError."""
    if ".." in revision:
        return span_of(git, revision)
    tip = commit_of(git, revision)
    parents = git.run("rev-list", "--parents", "--max-count=1", tip, "--").decode("ascii").split()[1:]
    return Span(parents[0] if parents else "", tip, "", "", "")


def _package(known: Iterable[Version], version: Version | None) -> str:
    """What the tags of a version's package begin with, "" where the repository has no other package."""
    return version.prefix if version and len({one.prefix for one in known}) > 1 else ""


def _named(known: Iterable[Version], name: str, commit: str, *, exact: bool) -> Version | None:
    """The version that a revision was named by, or that its commit has where one was named."""
    same = [one for one in known if one.commit == commit]
    chosen = next((one for one in same if one.tag == name.removeprefix("refs/tags/")), None)
    return chosen or (max(same, key=lambda one: one.order) if same and exact and name != "HEAD" else None)


def _previous(
    git: Sealed, before: list[Version], known: list[Version], named: Version | None, package: str, tip: str
) -> Version | None:
    """The version before another one, or the last before a commit that has none.

    Some projects tag commits beside the branch: such a version is taken where what it has in common with the
    commit is younger than the last version that lies before it.
    """
    merged, every = (_lower(tags, named, package, tip) for tags in (before, known))
    if merged is None or every is None or merged.commit == every.commit:
        return merged or (every if named else None)
    common = _common(git, every.commit, tip)
    is_younger = common and common != merged.commit and _common(git, merged.commit, common) == merged.commit
    return every if is_younger else merged


def _lower(tags: Iterable[Version], named: Version | None, package: str, tip: str) -> Version | None:
    """The highest version of a package that is lower than the one that is named."""
    own = (one for one in tags if one.prefix == (named.prefix if named else package))
    if named is not None:
        own = (
            one
            for one in own
            if one.order < named.order and one.commit != tip and (one.is_final or not named.is_final)
        )
    return max(own, key=lambda one: one.order, default=None)


def _common(git: Sealed, one: str, other: str) -> str:
    """The last commit that two have in common, "" where they have none."""
    try:
        return git.run("merge-base", one, other).decode("ascii").strip()
    except RepositoryError:
        return ""


def _no_version(git: Sealed, prefix: str) -> InputError:
    if is_shallow(git):
        return InputError("no tag of a version here: this clone is shallow", hint=UNSHALLOW)
    of = f" that begins with {prefix!r}" if prefix else " of a version here"
    return InputError(f"no tag{of}", hint=_HINT)


def _check(git: Sealed, span: Span, left: str, right: str) -> None:
    """Raise InputError for ends without a common history, or with nothing in between."""
    if not span.base:
        return
    if span.base == span.tip:
        raise InputError(f"nothing between {left} and {right}: they are the same commit", hint=_HINT)
    try:
        common = git.run("merge-base", span.base, span.tip).decode("ascii").split()[0]
    except RepositoryError as error:
        if is_shallow(git):
            said = f"{left} and {right} have no common history in this clone, which is shallow"
            raise InputError(said, hint=UNSHALLOW) from error
        raise InputError(f"{left} and {right} have no common history", hint=_HINT) from error
    if common == span.tip:
        raise InputError(
            f"nothing between {left} and {right}: {left} is the later one", hint=f"try {right}..{left}"
        )
