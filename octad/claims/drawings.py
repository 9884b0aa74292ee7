"""Drawings of the folders of a project, as `tree` prints them, against what lies there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename
from typing import NamedTuple

from octad.claims.sites import bases, is_elsewhere, under
from octad.claims.tree import Tree, fact
from octad.records.document import Document, Passage
from octad.records.report import Anchor

FEWEST = 4
"""Entries that must be there before a drawing is taken for one of this project."""
SHARE = 0.6
"""And their share of all."""
_LANGUAGES = frozenset(
    {"", "text", "txt", "bash", "sh", "shell", "console", "tree", "plaintext", "none", "ini"}
)
_BRANCH = re.compile(r"^([\s│|]*)(?:[├└┣┗╰]|\||\+|`|\\)[─━\-\u2013\u2014_]{1,4}[ \t\u00a0]*(?=\S)")
_NAME = re.compile(r"[\w.@+-]+(?:/[\w.@+-]+)*/?(?=\s|$|,)")
_ANYWHERE = frozenset(
    (
        *(
            "src",
            "tests",
            "test",
            "docs",
            "doc",
            "lib",
            "app",
            "bin",
            "examples",
            "scripts",
            "data",
            "config",
        ),
        *(
            "readme.md",
            "readme.rst",
            "license",
            "license.md",
            "pyproject.toml",
            "setup.py",
            "setup.cfg",
            "makefile",
        ),
        *("package.json", "requirements.txt", "__init__.py", "main.py", "index.js", "index.html", "index.md"),
        *(".gitignore", ".github", "dockerfile", "conf.py", "__main__.py", "cargo.toml", "main.rs", "go.mod"),
        *("utils", "tox.ini", "mkdocs.yml", "conftest.py", "index.ts", "app.py", "main.go", "package", "pkg"),
    )
)
"""Names that every project has: they do not tell which one is drawn."""
_MADE = re.compile(
    r"\b(?:generat|creat|output|ignored|optional|example|your|built|cache|download)", re.IGNORECASE
)


class _Entry(NamedTuple):
    """A name in a drawing: its path from the top of it, and where it stands."""

    path: str
    anchor: Anchor
    is_open: bool


def drawn(tree: Tree, document: Document) -> Iterator[tuple[str, Anchor]]:
    """Every entry of a drawing of this project that is not there: its path, and where it stands."""
    for passage in document.passages:
        if passage.kind == "code" and passage.language in (
            "",
            "text",
            "txt",
            "bash",
            "sh",
            "console",
            "tree",
            "plaintext",
        ):
            entries = _entries(document, passage)
            if len(entries) >= FEWEST:
                yield from _absent(tree, document, entries)


def _entries(document: Document, passage: Passage) -> list[_Entry]:
    """The entries of a drawing, and what is below whom."""
    found: list[_Entry] = []
    above: list[tuple[int, str]] = []
    for number, line in enumerate(passage.text.split("\n"), passage.first):
        branch = _BRANCH.match(line)
        name = _NAME.match(line, branch.end()) if branch else None
        if branch is None or name is None:
            continue
        depth = len(branch[1].replace("\t", "    "))
        while above and above[-1][0] >= depth:
            above.pop()
        path = "/".join((*(one for _, one in above), name.group().rstrip("/")))
        above.append((depth, name.group().rstrip("/")))
        column = passage.indent + name.start() + 1
        place = document.place(number, column, len(name.group()))
        found.append(_Entry(path, place, bool(_MADE.search(line[name.end() :]))))
    return found


def _absent(tree: Tree, document: Document, entries: list[_Entry]) -> Iterator[tuple[str, Anchor]]:
    base = max(_tops(tree, document, entries), key=lambda one: _count(tree, one, entries))
    here = [one for one in entries if _is_there(tree, under(base, one.path))]
    own = [one for one in here if basename(one.path).lower() not in _ANYWHERE]
    if len(own) < FEWEST or len(here) < SHARE * len(entries):
        return
    reported: list[str] = []
    for entry in entries:
        path = under(base, entry.path)
        if _is_there(tree, path) or entry.is_open or is_elsewhere(tree, path) or tree.ignores(path + "/"):
            continue
        if not any(path.startswith(one + "/") for one in reported):
            reported.append(path)
            yield path, entry.anchor


def _count(tree: Tree, base: str, entries: list[_Entry]) -> int:
    return sum(_is_there(tree, under(base, one.path)) for one in entries)


def _is_there(tree: Tree, path: str) -> bool:
    return path in tree.paths or path in tree.folders


def _tops(tree: Tree, document: Document, entries: list[_Entry]) -> set[str]:
    """The folders that may be its top: those around the document, and those that hold its first name."""
    first = basename(entries[0].path)
    return {*bases(tree, document.path), *_holders(tree).get(first, ())}


@fact
def _holders(tree: Tree) -> dict[str, tuple[str, ...]]:
    """The folders that hold something of a name, a few of each."""
    found: dict[str, tuple[str, ...]] = {}
    for path in (*tree.files, *tree.folders):
        folder, _, name = path.rpartition("/")
        if len(found.get(name, ())) < 20:
            found[name] = (*found.get(name, ()), folder)
    return found
