"""What the changelog of a repository says of what is not released: its entries and its fragments.

Read are the section for what is unreleased of a changelog (Keep a Changelog, and files of its like in
reStructuredText), and the fragments of towncrier, scriv and reno, as they are in one commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from octad.errors import RepositoryError
from octad.read.git.blobs import read_blobs
from octad.read.git.sealed import Sealed
from octad.read.history.messages import refs_of
from octad.records.lines import lines_of
from octad.records.notes import Written
from octad.records.report import Anchor

MOST_BYTES, MOST_FRAGMENTS, MOST_ENTRIES = 5_000_000, 1_000, 2_000
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
_LABELLED = 9
"""The level of a heading that is a line in bold: below all others."""
_LABEL = re.compile(r"\*\*([^*]{3,60}?)\*\*:?\s*$")


class _Heading(NamedTuple):
    """A heading on a line, how deep it is, and the line on which what is under it begins."""

    line: int
    level: int
    title: str
    begins: int


def read_written(git: Sealed, base: str, tip: str) -> tuple[Written, ...]:
    """The entries that are not released at `tip`, with the commits since `base` that wrote each there."""
    files = _files(git, tip)
    logs = [path for path in files if _CHANGELOG.fullmatch(path)][:3]
    fragments = [path for path in files if _is_fragment(path)][:MOST_FRAGMENTS]
    contents = read_blobs(git, (files[path] for path in (*logs, *fragments)), MOST_BYTES)
    texts = {path: contents.get(files[path], b"").decode("utf-8", "replace") for path in (*logs, *fragments)}
    found: list[Written] = []
    for path in logs:
        entries = entries_of(path, texts[path])[: MOST_ENTRIES - len(found)]
        found += _with_commits(git, base, tip, entries) if entries else []
    added = _added(git, base, tip, fragments) if fragments else {}
    for path in fragments:
        found += [
            one.model_copy(update={"commits": added.get(path, ())}) for one in fragment_of(path, texts[path])
        ]
    return tuple(found[:MOST_ENTRIES])


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
    if found is None:
        return list(
            _items(
                path, lines := lines_of(text), (0, len(lines)), {one.line: one for one in _headings(lines)}
            )
        )
    ref = (f"#{found['ref']}",) if found["ref"].isdecimal() else ()
    plain = _plain(text)
    return [Written(text=plain, section=found["type"], refs=ref, anchor=_anchor(path, 0, 1))] if plain else []


def _of_reno(path: str, text: str) -> Iterator[Written]:
    """Lists under keys, as reno has them, read line by line."""
    section, item, first = "", list[str](), 0
    for number, line in enumerate([*lines_of(text)[:MOST_LINES], "end:"]):
        key = re.match(r"([a-z_]+):\s*(.*)$", line)
        bullet = re.match(r"\s{0,4}- (?:[|>]-?)?\s*(.*)$", line)
        if (key or bullet) and item:
            if section and section not in ("prelude", "other", "issues"):
                yield Written(
                    text=_plain(" ".join(item)), section=section, anchor=_anchor(path, first, number)
                )
            item = []
        if key:
            section = key[1]
        elif bullet:
            item, first = [bullet[1]], number
        elif item:
            item.append(line.strip())


def _is_fragment(path: str) -> bool:
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
        elif (
            at + 1 < len(lines)
            and (under := _UNDER.match(lines[at + 1]))
            and not line[0].isspace()
            and len(lines[at + 1].rstrip()) >= 3
        ):
            if not _UNDER.match(line):
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
    section, held, first, margin = "", list[str](), 0, None
    for at in range(span[0], span[1] + 1):
        line = lines[at] if at < span[1] else ""
        bullet = _BULLET.match(line)
        label = _LABEL.match(line)
        is_new = bullet is not None and (margin is None or len(bullet[1]) <= margin)
        ends = (
            at == span[1]
            or at in titles
            or is_new
            or bool(label)
            or (line[:1].strip() and not bullet and margin == 0)
        )
        if held and ends:
            if text := _plain(" ".join(held)):
                yield Written(
                    text=text,
                    section=section,
                    refs=refs_of("", text_refs(held), ""),
                    anchor=_anchor(path, first, at),
                )
            held = []
        if at in titles or label:
            section, margin = (titles[at].title if at in titles else label[1] if label else ""), None
        elif is_new and bullet:
            held, first, margin = [bullet[2]], at, len(bullet[1])
        elif held and (bullet or not line.strip()):
            held.append("\n")
        elif held and "\n" not in held:
            held.append(line.strip())


def text_refs(held: Iterable[str]) -> str:
    """The lines of an entry with the numbers that roles and links name written as `#12`."""
    text = " ".join(held)
    text = re.sub(r":(?:issue|pr|pull|gh|bug|ghissue|ghpull|user-issue):`#?(\d+)`", r" #\1 ", text)
    return re.sub(r"(?:issues|pull|merge_requests)/(\d+)", r" #\1 ", text)


def _plain(text: str) -> str:
    """An entry as one line in plain words: the first paragraph, links and roles by what they show."""
    text = text.partition("\n")[0] if " \n " in f" {text} " else " ".join(text.split())
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
    """Lines from `first` on, counted from 0, to before `last`."""
    return Anchor(path=path, line=first + 1, end_line=max(last, first + 1), end_column=1)


def _files(git: Sealed, tip: str) -> dict[str, str]:
    """Blobs of the files that may be changelogs or fragments, by path."""
    output = git.run("ls-tree", "-r", "-z", "--full-tree", tip).decode("utf-8", "replace")
    rows = (row.partition("\t") for row in output.split("\0") if row)
    return {
        path: meta.split()[2] for meta, _, path in rows if _CHANGELOG.fullmatch(path) or _is_fragment(path)
    }


def _with_commits(git: Sealed, base: str, tip: str, entries: list[Written]) -> list[Written]:
    """Entries with the commits that wrote their lines; those that were there at `base` are left out."""
    anchors = [one.anchor for one in entries if one.anchor]
    first, last = anchors[0].line, max(one.end_line for one in anchors)
    span = f"{base}..{tip}" if base else tip
    output = git.run("blame", "--porcelain", "-w", f"-L{first},{last}", span, "--", anchors[0].path)
    wrote: dict[int, str] = {}
    old = set[str]()
    name = ""
    for line in output.decode("utf-8", "replace").split("\n"):
        if found := re.match(r"([0-9a-f]{40}(?:[0-9a-f]{24})?) \d+ (\d+)", line):
            name = found[1]
            wrote[int(found[2])] = name
        elif line == "boundary" and base:
            old.add(name)
    made = []
    for one in entries:
        lines = range(one.anchor.line, one.anchor.end_line) if one.anchor else range(0)
        names = dict.fromkeys(
            wrote[at] for at in (*lines, one.anchor.line if one.anchor else 0) if at in wrote
        )
        new = tuple(each for each in names if each not in old)
        if new:
            made.append(one.model_copy(update={"commits": new}))
    return made


def _added(git: Sealed, base: str, tip: str, paths: list[str]) -> dict[str, tuple[str, ...]]:
    """The newest commit that added or changed each of some files since `base`."""
    span = f"{base}..{tip}" if base else tip
    try:
        output = git.run(
            "log", "-z", "--format=%x02%H", "--name-only", "--no-renames", span, "--", *paths[:400]
        )
    except RepositoryError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for field in output.decode("utf-8", "replace").split("\0"):
        text = field.strip("\n")
        if text.startswith("\x02"):
            name = text[1:].partition("\n")[0]
            text = text.partition("\n")[2].strip("\n")
        if text and name:
            found.setdefault(text, (name,))
    return found
