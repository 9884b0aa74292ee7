"""A revision, or a range of revisions, to the code that changed.

Every revision is resolved to a commit before it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from octad.errors import RepositoryError, UnreadableInput
from octad.read.code.decode import decode
from octad.read.code.files import MAX_BYTES, read_code, shown_path
from octad.read.code.hunks import changed_by_path, ranges
from octad.read.code.intake import Intake
from octad.read.history.git_command import git
from octad.records.change import Change, FileChange
from octad.records.code import Code, Language
from octad.records.lines import lines_of
from octad.records.skipped import Skipped
from octad.syntax.languages import language_of

_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--find-renames",
    "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers",
)  # fmt: skip
PATHS_AT_ONCE = 400
_REGULAR = frozenset({"100644", "100755"})
_ADDED = "A"
"""The status of a file that was not there: all its lines are new."""


class _Entry(NamedTuple):
    """One file of a diff: modes and blob names before and after, and paths from the top folder."""

    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str
    status: str
    old_path: str
    path: str


def read_revision(
    revision: str,
    cwd: str | os.PathLike[str] | None = None,
    languages: Collection[Language] | None = None,
    *,
    paths: Sequence[str] = (),
    limit: int = MAX_BYTES,
) -> Intake:
    """What changed between `revision` and the working tree, or within a range `A..B` or `A...B`.

    The codes are the new versions of the files with their changed lines; the change has both versions,
    deleted and renamed files too. Against the working tree, files that git neither tracks nor ignores are
    new. `paths` are files and folders that it is restricted to. Raises RepositoryError without git, a
    repository or the revision, and UnreadableInput for a path that is nowhere.
    """
    repository = Repository(os.path.abspath(cwd or os.getcwd()))
    commits = repository.resolve(revision)
    found = [*repository.entries(commits), *(repository.untracked() if len(commits) == 1 else ())]
    inside = repository.within(paths, found)
    entries = [
        entry
        for entry in found
        if inside(entry.path) and any(_wanted(path, languages) for path in (entry.path, entry.old_path))
    ]
    changed = repository.changed(commits, entries)
    blobs = repository.blobs([blob for entry in entries for blob in (entry.old_blob, entry.new_blob)], limit)
    files: list[FileChange] = []
    skipped: list[Skipped] = []
    for entry in entries:
        try:
            after = repository.after(entry, blobs, limit, in_tree=len(commits) == 1)
        except UnreadableInput as error:
            skipped.append(Skipped(path=repository.shown(entry.path), reason=error.message))
            continue
        if after is not None:
            last = len(lines_of(after.text))
            new = range(1, last + 1) if entry.status == _ADDED else changed.get(entry.path, ())
            lines = ranges(min(line, last) for line in new)
            after = after.model_copy(update={"changed": lines})
        files.append(FileChange(before=repository.before(entry, blobs), after=after))
    codes = [file.after for file in files if file.after is not None and file.after.changed]
    codes = [code for code in codes if _wanted(code.path, languages)]
    return Intake(
        codes=tuple(codes), skipped=tuple(skipped), change=Change(files=tuple(files), revision=revision)
    )


def _is_below(path: str, top: str) -> bool:
    return not top or path == top or path.startswith(f"{top}/")


def _wanted(path: str, languages: Collection[Language] | None) -> bool:
    """Whether files of this name are reviewed."""
    language = language_of(path)
    return language != "unknown" and (languages is None or language in languages)


class Repository:
    """A repository seen from one folder: git in it, revisions resolved to commits."""

    def __init__(self, cwd: str) -> None:
        self.cwd = cwd
        self.top = cwd
        try:
            top = self.run("rev-parse", "--show-toplevel")
        except RepositoryError as error:
            if "not a git repository" in error.message:
                raise RepositoryError(
                    "no git repository here", hint="go into one, or name files to review"
                ) from error
            raise
        self.top = os.fsdecode(top).removesuffix("\n")

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Output of one git command; raises RepositoryError with git's own reason."""
        return git(self.top, *arguments, stdin=stdin)

    def resolve(self, revision: str) -> tuple[str, ...]:
        """One commit (to compare with the working tree) or two."""
        for dots in ("...", ".."):
            left, found, right = revision.partition(dots)
            if found:
                commits = self.commit(left or "HEAD", revision), self.commit(right or "HEAD", revision)
                return (self.merge_base(*commits, revision), commits[1]) if dots == "..." else commits
        return (self.commit(revision, revision),)

    def commit(self, name: str, revision: str) -> str:
        """The full name of a commit; raises RepositoryError when git knows none of that name."""
        unknown = RepositoryError(
            f"unknown revision {revision!r}", hint="name a commit, branch, tag or range such as main..HEAD"
        )
        if name.startswith("-") or not name.isprintable() or not name.strip():
            raise unknown
        try:
            return self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode("ascii").strip()
        except RepositoryError as error:
            raise unknown from error

    def merge_base(self, left: str, right: str, revision: str) -> str:
        """The last commit that both have in common."""
        try:
            return self.run("merge-base", left, right).decode("ascii").split()[0]
        except RepositoryError as error:
            raise RepositoryError(
                f"no common history in {revision!r}", hint="use A..B instead of A...B"
            ) from error

    def entries(self, commits: Sequence[str]) -> list[_Entry]:
        """The files of a diff, one entry per path; a conflict that hides behind another entry is dropped."""
        output = self.run(*_DIFF, "--raw", "-z", "--no-abbrev", *commits, "--")
        fields = iter(os.fsdecode(output).split("\0")[:-1])
        found: dict[str, _Entry] = {}
        for field in fields:
            old_mode, new_mode, old_blob, new_blob, status = field.removeprefix(":").split(" ")
            old_path = next(fields)
            path = next(fields) if status[0] in "RC" else old_path
            if path not in found or found[path].status == "U":
                found[path] = _Entry(old_mode, new_mode, old_blob, new_blob, status[0], old_path, path)
        return list(found.values())

    def untracked(self) -> list[_Entry]:
        """Files of the working tree that git neither tracks nor ignores."""
        output = self.run("ls-files", "--others", "--exclude-standard", "-z")
        return [
            _Entry("000000", "100644", "", "", _ADDED, path, path)
            for path in os.fsdecode(output).split("\0")[:-1]
        ]

    def files(self) -> list[str]:
        """Files of the working tree that git tracks or does not ignore, as seen from the current folder."""
        output = self.run("ls-files", "--cached", "--others", "--exclude-standard", "-z")
        return [self.shown(path) for path in dict.fromkeys(os.fsdecode(output).split("\0")[:-1])]

    def within(self, paths: Sequence[str], entries: Sequence[_Entry]) -> Callable[[str], bool]:
        """Whether a file lies in one of the paths, seen from here; raises UnreadableInput for one nowhere."""
        tops = []
        for path in paths:
            top = os.path.relpath(os.path.realpath(os.path.join(self.cwd, path)), os.path.realpath(self.top))
            if top.split(os.sep)[0] == os.pardir:
                raise UnreadableInput(f"{path} is not in this repository", hint="name a path in it")
            tops.append("" if top == "." else top.replace(os.sep, "/"))
            gone = any(_is_below(entry.path, tops[-1]) for entry in entries)
            if not gone and not os.path.lexists(os.path.join(self.cwd, path)):
                raise UnreadableInput(f"no such file or folder: {path}", hint="check the path")
        return lambda name: not paths or any(_is_below(name, top) for top in tops)

    def changed(self, commits: Sequence[str], entries: Sequence[_Entry]) -> dict[str, list[int]]:
        """Changed lines by path from the top folder, also of files that git takes for binary (UTF-16)."""
        entries = [entry for entry in entries if entry.status != _ADDED]
        found: dict[str, list[int]] = {}
        for start in range(0, len(entries), PATHS_AT_ONCE):
            some = entries[start : start + PATHS_AT_ONCE]
            paths = sorted({path for entry in some for path in (entry.old_path, entry.path)})
            patch = self.run(*_DIFF, "--text", "--unified=0", "--patch", *commits, "--", *paths)
            found.update(changed_by_path(os.fsdecode(patch)))
        return found

    def blobs(self, names: Sequence[str], limit: int) -> dict[str, bytes]:
        """Contents by blob name; those that are absent or larger than `limit` bytes are left out."""
        wanted = sorted({name for name in names if name.strip("0")})
        checked = self.run(
            "cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in wanted).encode()
        )
        rows = [line.split() for line in checked.decode("ascii", "replace").splitlines()]
        small = [row[0] for row in rows if len(row) == 3 and row[1] == "blob" and int(row[2]) <= limit]
        output = self.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in small).encode())
        contents: dict[str, bytes] = {}
        position = 0
        for name in small:
            end = output.index(b"\n", position)
            size = int(output[position:end].split()[2])
            contents[name] = output[end + 1 : end + 1 + size]
            position = end + 1 + size + 1
        return contents

    def after(self, entry: _Entry, blobs: dict[str, bytes], limit: int, *, in_tree: bool) -> Code | None:
        """The new version; None for a deleted file; raises UnreadableInput with the reason."""
        if entry.status == "D":
            return None
        if entry.status == "U":
            raise UnreadableInput("has merge conflicts")
        if entry.new_mode not in _REGULAR:
            raise UnreadableInput("not a regular file")
        language = language_of(entry.path)
        if in_tree:
            path = os.path.join(self.top, entry.path)
            return read_code(path, self.shown(entry.path), language, limit, follow=False)
        if entry.new_blob not in blobs:
            raise UnreadableInput(f"larger than {limit:,} bytes, or not in this clone")
        text, flags = decode(blobs[entry.new_blob], language)
        if not text.strip():
            raise UnreadableInput("empty file")
        return Code(path=self.shown(entry.path), text=text, language=language, flags=flags)

    def before(self, entry: _Entry, blobs: dict[str, bytes]) -> Code | None:
        """The old version; None for a new file and for one that cannot be read."""
        if entry.status == _ADDED or entry.old_mode not in _REGULAR or entry.old_blob not in blobs:
            return None
        language = language_of(entry.old_path)
        try:
            text, flags = decode(blobs[entry.old_blob], language)
        except UnreadableInput:
            return None
        return Code(path=self.shown(entry.old_path), text=text, language=language, flags=flags)

    def shown(self, path: str) -> str:
        """A path from the top folder as one from the current folder."""
        return shown_path(os.path.join(self.top, path), os.path.realpath(self.cwd))
