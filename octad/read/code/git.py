"""A revision, or a range of revisions, to the code that changed.

Every revision is resolved to a commit before it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from octad.errors import RepositoryError, UnreadableInput
from octad.host.files import MAX_BYTES
from octad.read.code.decode import decode
from octad.read.code.files import read_code, shown_path
from octad.read.code.hunks import changed_by_path, ranges
from octad.read.code.intake import Intake
from octad.read.git.blobs import read_blobs
from octad.read.git.revisions import commit_of
from octad.read.git.sealed import Sealed
from octad.read.git.untracked import untracked
from octad.read.git.work_tree import WorkTree
from octad.records.change import Change, FileChange
from octad.records.code import Code, Language
from octad.records.lines import lines_of
from octad.records.skipped import Skipped
from octad.syntax.languages import language_of

_DIFF = (
    "diff-tree", "-r", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--find-renames",
    "--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers",
)  # fmt: skip
PATHS_AT_ONCE = 400
_REGULAR = frozenset({"100644", "100755"})
_ADDED, _CONFLICT = "A", "U"
"""The status of a file that was not there, so that all its lines are new, and of one in conflict."""


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
    cwd: Repository | str | os.PathLike[str] | None = None,
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
    repository = cwd if isinstance(cwd, Repository) else Repository(cwd or os.getcwd())
    commits = repository.resolve(revision)
    in_tree = len(commits) == 1
    found = repository.entries(commits)
    if in_tree:
        found += repository.untracked(lambda path: _wanted(path, languages))
    inside = repository.within(paths, found)
    entries = [
        entry
        for entry in found
        if inside(entry.path) and any(_wanted(path, languages) for path in (entry.path, entry.old_path))
    ]
    changed = repository.changed(commits, entries)
    blobs = repository.blobs(entries, limit, in_tree=in_tree)
    files: list[FileChange] = []
    skipped: list[Skipped] = []
    for entry in entries:
        try:
            after = repository.after(entry, blobs, limit, in_tree=in_tree)
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
    """A repository with a work tree seen from one folder: revisions resolved to commits, and its files."""

    def __init__(self, cwd: str | os.PathLike[str]) -> None:
        self.cwd = os.path.abspath(cwd)
        self.git = Sealed(self.cwd)
        self.top = self.git.top
        self.run = self.git.run
        self.work_tree = WorkTree(self.git)

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
        return commit_of(self.git, name, repr(revision))

    def merge_base(self, left: str, right: str, revision: str) -> str:
        """The last commit that both have in common."""
        try:
            return self.run("merge-base", left, right).decode("ascii").split()[0]
        except RepositoryError as error:
            raise RepositoryError(
                f"no common history in {revision!r}", hint="use A..B instead of A...B"
            ) from error

    def ends(self, commits: Sequence[str]) -> tuple[str, str]:
        """Names of the trees to compare: of two commits, or of one and the files as they are now."""
        return commits[0], commits[1] if len(commits) == 2 else self.work_tree.tree

    def entries(self, commits: Sequence[str]) -> list[_Entry]:
        """The files of a diff, one entry per path; a conflict is one where the files show no difference."""
        output = self.run(*_DIFF, "--raw", "-z", "--no-abbrev", *self.ends(commits), "--")
        fields = iter(os.fsdecode(output).split("\0")[:-1])
        found: dict[str, _Entry] = {}
        for field in fields:
            old_mode, new_mode, old_blob, new_blob, status = field.removeprefix(":").split(" ")
            old_path = next(fields)
            path = next(fields) if status[0] in "RC" else old_path
            found[path] = _Entry(old_mode, new_mode, old_blob, new_blob, status[0], old_path, path)
        for path in self.work_tree.conflicts if len(commits) == 1 else ():
            found.setdefault(path, _Entry("000000", "000000", "", "", _CONFLICT, path, path))
        return list(found.values())

    def untracked(self, wanted: Callable[[str], bool]) -> list[_Entry]:
        """Files of wanted names in the work tree that git neither tracks nor ignores."""
        found = untracked(self.git, self.work_tree.listed, wanted)
        return [_Entry("000000", "100644", "", "", _ADDED, path, path) for path in found]

    def files(self, wanted: Callable[[str], bool]) -> list[str]:
        """Files of wanted names that git tracks or does not ignore, as seen from the current folder."""
        others = untracked(self.git, self.work_tree.listed, wanted)
        tracked = (one.path for one in self.work_tree.listed if wanted(one.path))
        return [self.shown(path) for path in (*others, *tracked)]

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
            patch = self.run(*_DIFF, "--text", "--unified=0", "--patch", *self.ends(commits), "--", *paths)
            found.update(changed_by_path(os.fsdecode(patch)))
        return found

    def blobs(self, entries: Sequence[_Entry], limit: int, *, in_tree: bool) -> dict[str, bytes]:
        """The contents before and after by blob name, up to `limit` bytes; new ones in the tree are files."""
        old = [entry.old_blob for entry in entries]
        return read_blobs(self.git, old if in_tree else [*old, *(entry.new_blob for entry in entries)], limit)

    def after(self, entry: _Entry, blobs: dict[str, bytes], limit: int, *, in_tree: bool) -> Code | None:
        """The new version; None for a deleted file; raises UnreadableInput with the reason."""
        if entry.status == "D":
            return None
        if entry.status == _CONFLICT:
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
