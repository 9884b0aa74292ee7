"""The text of changelogs and of their fragments as entries.

Read are the section for what is unreleased of a changelog (Keep a Changelog, and files of its like in
reStructuredText), and the fragments of towncrier, scriv and reno.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from octad.read.history.messages import refs_of
from octad.records.lines import lines_of
from octad.records.notes import Written
from octad.records.report import Anchor

MOST_LINES = 20_000
"""Lines of a section that are read."""
_CHANGELOG = re.compile(
    r"(?:(?:docs?|doc/source|docs/source)/)?(?:changelog|changes|history|news|release[-_]?notes|"
    r"whats?[-_]?new|versionhistory)"
    r"(?:\.(?:md|rst|txt|markdown))?",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"(?:[\w.-]+/){0,3}(?:newsfragments?|news|changes|changelog\.d|changes\.d|news\.d|towncrier|"
    r"upcoming_changes|changelog|releasenotes/notes)/"
    r"(?:[\w.-]+/)?([^/]+)\.(\w+)"
)
_TYPE = re.compile(r"^(?P<ref>[+\w-]+)\.(?P<type>[a-z]+)(?:\.\d+)?$")
_TYPES = frozenset(
    [
        "feature",
        "bugfix",
        "bug",
        "fix",
        "doc",
        "docs",
        "removal",
        "misc",
        "breaking",
        "deprecation",
        "security",
        "change",
        "changed",
        "added",
        "removed",
        "fixed",
        "deprecated",
        "enhancement",
        "improvement",
        "internal",
        "performance",
        "perf",
        "packaging",
        "contrib",
        "api",
        "new",
        "trivial",
        "vendor",
        "process",
        "build",
    ]
)
_UNRELEASED = re.compile(
    r"\[?(?:un-?released|upcoming|next(?: release| version)?|in progress|development|dev|master|main|"
    r"head|tbd|tba|x\.y\.z)\]?\b|"
    r".*[\[( -](?:un-?released|tbd|tba|in development|not (?:yet )?released|unreleased changes|"
    r"[xy?]{2,4}-[xy?]{2}-[xy?]{2})\b",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\W*(?:un-?released|release date:? un-?released|in development|not yet released|tbd|"
    r"release date:? tbd)\W*",
    re.I,
)
_VERSION = re.compile(r"\W*(?:version\s+|release\s+|v\.?\s*)?\[?v?\d+\.\d+", re.I)
_HASHES = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_UNDER = re.compile(r"([=\-~^\"'*+#`:.])\1{2,}\s*$")
_BULLET = re.compile(r"(\s*)(?:[*+-]|\d+[.)])\s+(\S.*)$")
_CREDIT = re.compile(
    r"\s*\((?:(?:[\w/-]*#\d+|GH-\d+|(?:PR |pull request )?(?:by|thanks to|contributed by) @?[\w .@-]{1,60}|"
    r"PR #?\d+)[;,.& ]*(?:and )?){1,8}\)[.\s]*$",
    re.IGNORECASE,
)
"""Numbers and names in brackets at the end of an entry."""
_NOTHING = re.compile(r"\W*(?:none|nothing|no changes?|tbd|tba|n/a|todo)(?: yet| so far)?\W*", re.IGNORECASE)
_LABELLED = 9
"""The level of a heading that is a line in bold: below all others."""
_LABEL = re.compile(r"\*\*([^*]{3,60}?)\*\*:?\s*$")


class _Heading(NamedTuple):
    """A heading on a line, how deep it is, and the line on which what is under it begins."""

    line: int
    level: int
    title: str
    begins: int


def is_changelog(path: str) -> bool:
    """Whether a file is the changelog of a repository, by its path."""
    return bool(_CHANGELOG.fullmatch(path))


def entries_of(path: str, text: str) -> list[Written]:
    """The entries of a changelog under its heading for what is not released; none where it has no such."""
    lines = lines_of(text)
    heads = list(_headings(lines))
    at = next((number for number, one in enumerate(heads) if _is_unreleased(one, lines)), None)
    if at is None:
        return []
    own = heads[at]
    end = next((one.line for one in heads[at + 1 :] if one.level <= own.level), len(lines))
    if any(_VERSION.match(one.title) for one in heads[:at] if one.level == own.level):
        return []  # a version that was told above it is newer: it was never renamed
    titles = {one.line: one for one in heads if own.line < one.line < end}
    return list(_items(path, lines, (own.begins, min(end, own.begins + MOST_LINES)), titles))


def fragment_of(path: str, text: str) -> list[Written]:
    """The entries of a fragment: of towncrier by the type in its name, of scriv and reno by its headings."""
    if path.endswith((".yaml", ".yml")):
        return list(_of_reno(path, text))
    name = path.rpartition("/")[2]
    found = _TYPE.match(name.rpartition(".")[0]) or _TYPE.match(name)
    if found is None or found["type"] not in _TYPES:
        lines = lines_of(text)
        titles = {one.line: one for one in _headings(lines)}
        return list(_items(path, lines, (0, len(lines)), titles))
    ref = (f"#{found['ref']}",) if found["ref"].isdecimal() else ()
    plain = _plain(text)
    return [Written(text=plain, section=found["type"], refs=ref, anchor=_anchor(path, 0, 0))] if plain else []


def _of_reno(path: str, text: str) -> Iterator[Written]:
    """Lists under keys, as reno has them, read line by line."""
    section, item, first = "", list[str](), 0
    for number, line in enumerate([*lines_of(text)[:MOST_LINES], "end:"]):
        key = re.match(r"([a-z_]+):\s*(.*)$", line)
        bullet = re.match(r"\s{0,4}- (?:[|>]-?)?\s*(.*)$", line)
        if (key or bullet) and item:
            if section and section not in ("prelude", "other", "issues"):
                yield Written(
                    text=_plain(" ".join(item)), section=section, anchor=_anchor(path, first, number - 1)
                )
            item = []
        if key:
            section = key[1]
        elif bullet:
            item, first = [bullet[1]], number
        elif item:
            item.append(line.strip())


def is_fragment(path: str) -> bool:
    """Whether a file is an entry that is to be put into a changelog, by its path."""
    found = _FRAGMENT.fullmatch(path)
    if found is None or found[1].lower() in ("readme", "template", "_template", ".gitignore"):
        return False
    typed = _TYPE.match(f"{found[1]}.{found[2]}") or _TYPE.match(found[1])
    is_typed = typed is not None and typed["type"] in _TYPES
    return (
        is_typed
        or ("releasenotes/notes/" in path and found[2] in ("yaml", "yml"))
        or (".d/" in path and found[2] in ("md", "rst"))
    )


def _headings(lines: list[str]) -> Iterator[_Heading]:
    """Headings by their marks: `#`, or a line under them; levels of lines in the order in which they come."""
    levels: dict[str, int] = {}
    fenced = False
    for at, line in enumerate(lines):
        if line.startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or not line.strip():
            continue
        if (label := _LABEL.match(line)) and (_VERSION.match(label[1]) or _UNRELEASED.match(label[1])):
            yield _Heading(at, _LABELLED, label[1], at + 1)
        elif found := _HASHES.match(line):
            yield _Heading(at, len(found[1]), found[2], at + 1)
        elif not line[0].isspace() and not _UNDER.match(line):
            below = lines[at + 1] if at + 1 < len(lines) else ""
            if under := _UNDER.match(below):
                yield _Heading(at, levels.setdefault(under[1], len(levels) + 1), line.strip(), at + 2)


def _is_unreleased(head: _Heading, lines: list[str]) -> bool:
    """Whether a heading, or the line under it, says that what follows is not released."""
    below = next((line for line in lines[head.begins : head.begins + 3] if line.strip()), "")
    versioned = bool(_VERSION.match(head.title))
    return bool(_UNRELEASED.match(head.title)) or (versioned and bool(_STATUS.fullmatch(below)))


def _items(
    path: str, lines: list[str], span: tuple[int, int], titles: dict[int, _Heading]
) -> Iterator[Written]:
    """The bullets of the first level in some lines, each under the heading above it."""
    section, margin = "", -1
    item: _Item | None = None
    for at in range(*span):
        line = lines[at]
        bullet, label = _BULLET.match(line), _LABEL.match(line)
        is_new = bullet is not None and (margin < 0 or len(bullet[1]) <= margin)
        is_prose = bool(line[:1].strip()) and not bullet and margin == 0
        if item and (at in titles or label or is_new or is_prose):
            yield from item.written(path, section)
            item = None
        if at in titles or label:
            section, margin = (titles[at].title if at in titles else label[1] if label else ""), -1
        elif is_new and bullet:
            item, margin = _Item(at, [bullet[2]]), len(bullet[1])
        elif item:
            item.add(at, line.strip(), is_part=bullet is None)
    if item:
        yield from item.written(path, section)


class _Item:
    """An entry while it is read: its first paragraph, and where it begins and ends."""

    def __init__(self, first: int, told: list[str]) -> None:
        self._first = self._last = first
        self._told, self._all = told, list(told)
        self._is_open = True

    def add(self, at: int, line: str, *, is_part: bool) -> None:
        """One more line; the first paragraph ends at a blank line or an item below it."""
        self._is_open = self._is_open and is_part and bool(line)
        if self._is_open:
            self._told.append(line)
        if line:
            self._all.append(line)
            self._last = at

    def written(self, path: str, section: str) -> Iterator[Written]:
        """The entry, unless it says nothing."""
        text = _plain(" ".join(self._told))
        if text and not _NOTHING.fullmatch(text):
            refs = refs_of("", _with_refs(self._all), "")
            yield Written(
                text=text, section=section, refs=refs, anchor=_anchor(path, self._first, self._last)
            )


def _with_refs(held: Iterable[str]) -> str:
    """The lines of an entry with the numbers that roles and links name written as `#12`."""
    text = " ".join(held)
    text = re.sub(r":(?:issue|pr|pull|gh|bug|ghissue|ghpull|user-issue):`#?(\d+)`", r" #\1 ", text)
    return re.sub(r"(?:issues|pull|merge_requests)/(\d+)", r" #\1 ", text)


def _plain(text: str) -> str:
    """An entry as one line in plain words: links and roles by what they show."""
    text = " ".join(text.split())
    text = re.sub(
        r"\(?(?:\[#?\d+\]\([^)\s]*\)|:(?:issue|pr|pull|gh|bug|user|ghsa|ghissue|ghpull):`[^`]*`|"
        r"\[@[\w-]+\]\([^)\s]*\))[,.)\s]*",
        " ",
        text,
    )
    text = re.sub(r"\[([^\]]{1,200})\]\([^)\s]{1,300}\)", r"\1", text)
    text = re.sub(r"`([^`<]{1,200}?)\s*<[^>`]{1,300}>`__?", r"\1", text)
    text = re.sub(r":[\w:+-]{1,40}:`~?([^`]{1,200})`", r"`\1`", text)
    return _CREDIT.sub("", " ".join(text.replace("``", "`").split()))


def _anchor(path: str, first: int, last: int) -> Anchor:
    """Lines `first` to `last`, both counted from 0 and included."""
    return Anchor(path=path, line=first + 1, end_line=last + 2, end_column=1)
