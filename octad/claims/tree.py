"""A project as its documentation speaks of it: what lies in it, its documents and its code."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from posixpath import dirname
from typing import Any, TypeVar

from octad.budget import current
from octad.errors import UnreadableInput
from octad.host.files import MAX_BYTES, listed, read_bytes
from octad.read.code.decode import decode
from octad.read.code.ignore import Ignore, ignore_above, ignore_in
from octad.read.documents.files import format_of, read_document
from octad.records.code import Code
from octad.records.document import Document
from octad.records.skipped import Skipped
from octad.syntax.languages import language_of

_VENDORED = frozenset({"vendor", "third_party", "_vendor", "bower_components"})
"""Folders of what somebody else wrote: their files are there, and are not read."""
MOST_FILES = 200_000
FOREIGN = "written in another language than English: its sentences are not judged"
_LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", "site-packages", "bower_components"}
)

T = TypeVar("T")
Contents = Callable[[str], bytes]
"""The bytes of a file of the tree by its path; raises UnreadableInput."""


@dataclass(frozen=True, eq=False)
class Tree:
    """A project at one time; paths are relative to its root, with slashes.

    `files` is everything in it that git does not ignore, hidden files too; `ignores` says of a path whether
    git would: such a file is made by whoever builds the project. What a check finds out and others
    need is a function of the tree in its own module, marked as a `fact`.
    """

    root: str
    files: tuple[str, ...]
    documents: tuple[Document, ...] = ()
    codes: tuple[Code, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    contents: Contents = field(default=lambda path: _absent(path), repr=False)
    ignores: Callable[[str], bool] = field(default=lambda path: False, repr=False)
    facts: dict[object, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def paths(self) -> frozenset[str]:
        """All files."""
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, and those around them, the root as an empty name."""
        found: set[str] = {""}
        for path in self.files:
            folder = dirname(path)
            while folder not in found:
                found.add(folder)
                folder = dirname(folder)
        return frozenset(found)

    @cached_property
    def code(self) -> dict[str, Code]:
        """Code by its path."""
        return {one.path: one for one in self.codes}

    def text(self, path: str) -> str | None:
        """The text of any file; None where it is none, or too large."""
        if path not in self.paths:
            return None
        if path in self.code:
            return self.code[path].text
        try:
            return decode(self.contents(path)).text
        except UnreadableInput:
            return None


def fact(made: Callable[[Tree], T]) -> Callable[[Tree], T]:
    """Mark a function of a tree whose result is kept with the tree."""

    @wraps(made)
    def kept(tree: Tree) -> T:
        if made not in tree.facts:
            tree.facts[made] = made(tree)
        found: T = tree.facts[made]
        return found

    return kept


def read_tree(root: str) -> Tree:
    """The tree of a folder; raises UnreadableInput where that cannot be listed."""
    root = os.path.abspath(root)
    skipped: list[Skipped] = []
    rules: dict[str, Ignore | None] = {}
    files = tuple(_files(root, skipped, rules))

    def contents(path: str) -> bytes:
        return read_bytes(os.path.join(root, path), MAX_BYTES, follow=False)

    tree = tree_of(files, contents, root=root)
    return replace(tree, skipped=(*skipped, *tree.skipped), ignores=lambda path: _ignores(root, rules, path))


def tree_of(files: tuple[str, ...], contents: Contents, *, root: str = "") -> Tree:
    """The tree of some files, of a revision for one."""
    skipped: list[Skipped] = []
    documents: list[Document] = []
    codes: list[Code] = []
    for path in files:
        is_document, language = format_of(path) is not None, language_of(path)
        if (not is_document and language == "unknown") or not _VENDORED.isdisjoint(path.split("/")):
            continue
        if reason := current().unlooked():
            skipped.append(Skipped(path=path, reason=reason))
            continue
        try:
            data = contents(path)
            if is_document:
                documents.append(read_document(data, path))
            else:
                text, flags = decode(data, language)
                codes.append(Code(path=path, text=text, language=language, flags=flags))
        except UnreadableInput as error:
            skipped.append(Skipped(path=path, reason=error.message))
    skipped += [Skipped(path=one.path, reason=FOREIGN) for one in documents if one.language == "other"]
    return Tree(root, files, tuple(documents), tuple(codes), tuple(skipped), contents)


def _ignores(root: str, rules: dict[str, Ignore | None], path: str) -> bool:
    """Whether git ignores a path that is not there, or a folder around it."""
    parts = path.strip("/").split("/")
    known = ""
    for at in range(1, len(parts) + 1):
        shown = "/".join(parts[:at])
        found = rules.get(known)
        is_folder = at < len(parts) or path.endswith("/")
        if found is not None and found.ignores(os.path.join(root, shown), is_folder):
            return True
        known = shown if shown in rules else known
    return False


def _files(root: str, skipped: list[Skipped], known: dict[str, Ignore | None]) -> Iterator[str]:
    """Files below a folder as git would list them, in a stable order, never through a link."""
    stack: list[tuple[str, Ignore | None]] = [("", ignore_above(root))]
    count = 0
    while stack:
        folder, above = stack.pop()
        absolute = os.path.join(root, folder) if folder else root
        rules = known[folder] = ignore_in(absolute, above)
        try:
            entries = listed(absolute)
        except UnreadableInput as error:
            if not folder:
                raise
            skipped.append(Skipped(path=folder, reason=error.message))
            continue
        inner = []
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in _LEFT_OUT or (rules and rules.ignores(entry.path, is_folder)):
                continue
            shown = os.fsencode(f"{folder}/{entry.name}" if folder else entry.name).decode("utf-8", "replace")
            if is_folder and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                inner.append((shown, rules))
            elif not is_folder:
                count += 1
                if count > MOST_FILES:
                    skipped.append(Skipped(path=shown, reason=f"more than {MOST_FILES:,} files"))
                    return
                yield shown
        stack.extend(reversed(inner))


def _absent(path: str) -> bytes:
    raise UnreadableInput("not here")
