"""What commits changed, line by line, without context: one run of git for many commits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from octad.read.code.hunks import ranges
from octad.read.git.sealed import Where, sealed
from octad.records.change import FileChange
from octad.records.code import Code
from octad.records.lines import encodable
from octad.syntax.languages import language_of

AT_ONCE = 100
TIMEOUT_S = 600
_SHOWN = (
    "--patch", "--unified=0", "--ignore-all-space", "--find-renames", "--no-ext-diff", "--no-textconv",
    "--no-color", "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip
_PATCH = ("diff-tree", "--stdin", "--root", "-r", *_SHOWN)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?$")


@dataclass(slots=True)
class Hunk:
    """Lines that went, from line `old` of the old file, and that came, from line `new` of the new one."""

    old: int
    new: int
    deleted: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FilePatch:
    """The hunks of one file; `old_path` is "" for a new file, `path` for a deleted one."""

    old_path: str = ""
    path: str = ""
    hunks: list[Hunk] = field(default_factory=list)


def read_patches(where: Where, revisions: Sequence[str]) -> Iterator[tuple[str, list[FilePatch]]]:
    """Revisions, in their order, with what they changed against their parent, whitespace aside."""
    repository = sealed(where)
    for start in range(0, len(revisions), AT_ONCE):
        wanted = "".join(f"{revision}\n" for revision in revisions[start : start + AT_ONCE])
        output = repository.run(*_PATCH, stdin=wanted.encode("ascii"), timeout=TIMEOUT_S)
        yield from patches_of(output.decode("utf-8", "surrogateescape"))


def read_diff(where: Where, before: str, after: str) -> list[FilePatch]:
    """What differs between two commits or trees, whitespace aside."""
    command = ("diff-tree", "-r", "--no-relative", *_SHOWN, before, after, "--")
    output = sealed(where).run(*command, timeout=TIMEOUT_S)
    marked = f"{'0' * 40}\n{output.decode('utf-8', 'surrogateescape')}"
    return [patch for _, patches in patches_of(marked) for patch in patches]


def file_of(patch: FilePatch) -> FileChange:
    """The lines that went and came, without what is around them."""
    path = patch.path or patch.old_path
    went = [line for hunk in patch.hunks for line in hunk.deleted]
    came = [line for hunk in patch.hunks for line in hunk.added]
    before, after = (
        Code(path=path, text=encodable("\n".join(lines)), language=language_of(path)) if lines else None
        for lines in (went, came)
    )
    if before is None and after is None:
        after = Code(path=path, text="", language=language_of(path))
    return FileChange(before=before, after=after)


def with_lines(file: FileChange, patch: FilePatch | None) -> FileChange:
    """A file with both versions whole, and which lines of either the patch changes; none without a patch."""
    hunks = patch.hunks if patch else []
    went = [line for one in hunks for line in range(one.old, one.old + len(one.deleted))]
    came = [line for one in hunks for line in range(one.new, one.new + len(one.added))]
    return FileChange(before=_marked(file.before, went), after=_marked(file.after, came))


def _marked(code: Code | None, lines: list[int]) -> Code | None:
    return None if code is None else code.model_copy(update={"changed": ranges(lines)})


def patches_of(output: str) -> Iterator[tuple[str, list[FilePatch]]]:
    """Revisions and patches of the output of `git diff-tree --stdin --patch --unified=0`."""
    revision = ""
    files: list[FilePatch] = []
    n_old = n_new = 0
    for line in output.split("\n"):
        if n_old and line.startswith("-"):  # a line of a hunk may look like a header
            files[-1].hunks[-1].deleted.append(line[1:])
            n_old -= 1
        elif n_new and line.startswith("+"):
            files[-1].hunks[-1].added.append(line[1:])
            n_new -= 1
        elif found := _HUNK.match(line):
            old, new = int(found[1]), int(found[3])
            n_old, n_new = (int(found[group] or 1) for group in (2, 4))
            files[-1].hunks.append(Hunk(old, new))
        elif line.startswith("diff --git "):
            files.append(FilePatch())
        elif line.startswith(("--- ", "+++ ")):
            _name(files[-1], line)
        elif _NAME.match(line):
            if revision:
                yield revision, files
            revision, files = line, []
    if revision:
        yield revision, files


def _name(file: FilePatch, line: str) -> None:
    path = line[4:].split("\t")[0]
    named = "" if path == "/dev/null" else path.strip('"')[2:]
    if line.startswith("-"):
        file.old_path = named
    else:
        file.path = named
