"""What a repository has to do with an incident: the changes since a revision, the code in stack traces."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from octad.read.code.git import Repository
from octad.read.git.sealed import sealed
from octad.read.history.diffs import FilePatch, file_of, read_patches
from octad.read.history.log import Commit, read_log
from octad.read.logs.frames import Frame, frames_of
from octad.records.change import Change, Changes
from octad.records.lines import encodable
from octad.records.logs import Logs
from octad.records.region import Region, Regions

NEWEST = 200
"""Changes that are read: an incident that is older than so many is nobody's."""
REACH = 5
"""Frames from the innermost on that are looked at."""
NEAR = 10
"""Lines that a region reaches beyond its frame."""
_LIBRARY = re.compile(r"(?:site|dist)-packages|node_modules|python\d\.\d+")
"""Folders of other people's code: a file of the same name here is another one."""


def changes_since(revision: str, folder: Path) -> Changes:
    """The newest changes that `revision` lacks, with their changed lines; raises RepositoryError."""
    repository = sealed(folder)
    commits = read_log(repository, f"{revision}..HEAD", most=NEWEST)
    patches = dict(read_patches(repository, [commit.revision for commit in commits]))
    return Changes(changes=tuple(_change(one, patches.get(one.revision, ())) for one in commits))


def regions_of(logs: Logs | None, folder: Path, changes: Changes | None) -> Regions:
    """Code of the repository that the stack traces of logs pass through, with the changes that touched it."""
    listed = Repository(folder).work_tree.listed
    files = [os.fsencode(one.path).decode("utf-8", "replace") for one in listed]
    passed: Counter[tuple[str, int, str]] = Counter()
    top: Counter[tuple[str, int, str]] = Counter()
    services: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for template in logs.templates if logs else ():
        frames = frames_of(template.example)[:REACH]
        keys = ((resolved(frame, files), frame.line, frame.function) for frame in frames)
        own = dict.fromkeys(key for key in keys if key[0])  # a recursion passes through a place again
        for place, key in enumerate(own):
            passed[key] += template.count
            top[key] += template.count * (place == 0)
            services[key] |= {template.service} - {""}
    touched = _touched(changes)
    return Regions(
        regions=tuple(
            Region(
                path=path, first=line, last=line + NEAR, function=name, frames=count,
                top=top[path, line, name], services=tuple(sorted(services[path, line, name])),
                revisions=tuple(sorted(touched[path])),
            )
            for (path, line, name), count in sorted(passed.items())
        )
    )  # fmt: skip


def resolved(frame: Frame, files: Iterable[str]) -> str:
    """The file of the repository that a frame speaks of: the one that shares most of its path's end."""
    wanted = [part for part in frame.path.replace("\\", "/").split("/") if part not in ("", ".")]
    best, shared = "", 0
    for path in files:
        parts = path.split("/")
        if not wanted or parts[-1] != wanted[-1]:
            continue
        same = 0
        while same < min(len(parts), len(wanted)) and parts[-1 - same] == wanted[-1 - same]:
            same += 1
        if same > shared:
            best, shared = path, same
    foreign = [at for at, part in enumerate(reversed(wanted)) if _LIBRARY.fullmatch(part)]
    return best if not foreign or shared > foreign[0] else ""


def _change(commit: Commit, patches: Sequence[FilePatch]) -> Change:
    return Change(
        files=tuple(file_of(patch) for patch in patches if patch.path or patch.old_path),
        message=encodable(commit.message),
        revision=commit.revision,
        author=encodable(commit.author),
        time=commit.written,
    )


def _touched(changes: Changes | None) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for change in changes.changes if changes else ():
        for file in change.files:
            held = file.after or file.before
            if held is not None:
                found[held.path].add(change.revision)
    return found
