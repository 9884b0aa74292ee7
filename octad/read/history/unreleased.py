"""What the changelog of a repository says of what is not released, as it is in one commit."""

from __future__ import annotations

import re

from octad.errors import RepositoryError
from octad.read.git.blobs import read_blobs
from octad.read.git.sealed import Sealed
from octad.read.history.changelog import entries_of, fragment_of, is_changelog, is_fragment
from octad.records.notes import Written

MOST_BYTES, MOST_FRAGMENTS, MOST_ENTRIES = 5_000_000, 1_000, 2_000


def read_written(git: Sealed, base: str, tip: str) -> tuple[Written, ...]:
    """The entries that are not released at `tip`, with the commits since `base` that wrote each there."""
    files = _files(git, tip)
    logs = [path for path in files if is_changelog(path)][:3]
    fragments = [path for path in files if is_fragment(path)][:MOST_FRAGMENTS]
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


def _files(git: Sealed, tip: str) -> dict[str, str]:
    """Blobs of the files that may be changelogs or fragments, by path."""
    output = git.run("ls-tree", "-r", "-z", "--full-tree", tip).decode("utf-8", "replace")
    rows = (row.partition("\t") for row in output.split("\0") if row)
    return {path: meta.split()[2] for meta, _, path in rows if is_changelog(path) or is_fragment(path)}


def _with_commits(git: Sealed, base: str, tip: str, entries: list[Written]) -> list[Written]:
    """Entries with the commits that wrote their lines; those that were there at `base` are left out."""
    anchors = [one.anchor for one in entries if one.anchor]
    first, last = anchors[0].line, max(one.end_line for one in anchors) - 1
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
        names = dict.fromkeys(wrote[at] for at in lines if at in wrote)
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
