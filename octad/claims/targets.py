"""Targets, scripts, environments, sessions and recipes that documentation asks for, against those that exist."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from octad.claims.context import evidence_of, finding, passages
from octad.claims.project import KEPT, manifests
from octad.claims.shell import Typed, Word, typed
from octad.claims.tree import Tree
from octad.records.report import Finding, Repair
from octad.repository.targets import READERS, Targets

RULE = "docs/target"
_NAME = re.compile(r"[A-Za-z_][\w:.-]*\Z")
_KINDS: Mapping[str, str] = {
    "make": "target of make",
    "npm": "script of a package.json",
    "tox": "environment of tox",
    "nox": "session of nox",
    "just": "recipe of just",
}
_VALUED = frozenset(
    {"-C", "-f", "-j", "-I", "-o", "-W", "--directory", "--file", "--makefile", "--jobs", "-l"}
)
_DOCUMENTS = re.compile(
    r"readme|contribut|develop|hacking|install|build|test|agents|claude|copilot|maintain|setup|getting[-_ ]?started|"
    r"quick[-_ ]?start|workflow|packaging|docs?/readme",
    re.IGNORECASE,
)
"""Documents that speak to who works on the project itself, rather than on one of their own."""
_PYTHON = re.compile(r"(?:py|pypy)\d*(?:\.?\d+)?t?\Z|\d(?:\.\d+)?\Z")
_CLOSE = 0.75


class Defined(NamedTuple):
    """A file that defines names, and what it defines."""

    path: str
    targets: Targets


class _Asked(NamedTuple):
    """Names that a command asks a tool for; `folder` where it says so itself, None where it is somewhere else."""

    tool: str
    names: tuple[Word, ...]
    folder: str | None = ""


@lru_cache(maxsize=KEPT)
def defined(tree: Tree) -> Mapping[str, tuple[Defined, ...]]:
    """The files of each tool that define something."""
    found: dict[str, list[Defined]] = {}
    for path in tree.files:
        reader = READERS.get(posixpath.basename(path))
        text = tree.text(path) if reader is not None else None
        if reader is None or text is None:
            continue
        targets = reader[1](text)
        if targets.names or targets.patterns or targets.factors or targets.is_open:
            found.setdefault(reader[0], []).append(Defined(path, targets))
    return {tool: tuple(one) for tool, one in found.items()}


def check(tree: Tree) -> Iterator[Finding]:
    """Names that documented commands ask of make, npm, tox, nox and just, and that no file defines."""
    files = defined(tree)
    if not files:
        return
    own = {manifest.name.lower() for manifest in manifests(tree)}
    for said in passages(tree):
        if not said.is_of_now or not _DOCUMENTS.search(said.document.path):
            continue
        for command in typed(said):
            asked = _asked(command)
            if asked is None or asked.folder is None or asked.tool not in files or asked.tool in own:
                continue
            around = _around(tree, files[asked.tool], said.document.path, asked, command)
            for word in asked.names if around else ():
                if not _is_known(tree, files[asked.tool], around, word.text):
                    yield _finding(tree, asked.tool, around, word, said.document.path)


def _asked(command: Typed) -> _Asked | None:
    """What a command asks for, None where it asks no tool that is known here."""
    program, words = posixpath.basename(command.program.text), command.arguments
    if program in ("make", "gmake"):
        return _of_make(words)
    if program in ("npm", "pnpm", "yarn") and len(words) > 1 and words[0].text in ("run", "run-script"):
        here = not any(one.text.startswith(("-", "--")) for one in words[:2])
        return _Asked("npm", (words[1],), "" if here else None)
    if program == "tox":
        return _Asked("tox", tuple(_listed(words, ("-e",))))
    if program == "nox":
        return _Asked("nox", tuple(_listed(words, ("-s", "--session", "--sessions", "-e"))))
    if program == "just" and words and not words[0].text.startswith("-"):
        return _Asked("just", (words[0],))
    return None


def _of_make(words: tuple[Word, ...]) -> _Asked:
    """The targets of a call of make, and the folder that it works in."""
    names: list[Word] = []
    folder: str | None = ""
    option = ""
    for word in words:
        if option in ("-C", "--directory"):
            folder = word.text
        if option:
            option = ""
        elif word.text in _VALUED and not (word.text == "-j"):
            option = word.text
            folder = None if word.text in ("-f", "--file", "--makefile") else folder
        elif not word.text.startswith("-") and "=" not in word.text and not word.text.isdigit():
            names.append(word)
    return _Asked("make", tuple(names), folder)


def _listed(words: tuple[Word, ...], options: tuple[str, ...]) -> Iterator[Word]:
    """The names behind an option, separated by commas; what follows `--` is for others."""
    for index, word in enumerate(words):
        if word.text == "--":
            return
        if index and words[index - 1].text in options and not word.text.startswith("-"):
            column = word.column
            for part in word.text.split(","):
                if part:
                    yield Word(part, word.line, column)
                column += len(part) + 1


def _around(
    tree: Tree, files: tuple[Defined, ...], path: str, asked: _Asked, command: Typed
) -> list[Defined]:
    """The files that a command may mean: of its folder, or of the document's and those above it."""
    moved = [one for one in (*command.folders, asked.folder) if one]
    here = posixpath.dirname(path)
    folders = {"", here}
    while here:
        here = posixpath.dirname(here)
        folders.add(here)
    if moved:
        folders = {posixpath.normpath(posixpath.join(start, *moved)).removeprefix("./") for start in folders}
        folders = {"" if one == "." else one for one in folders}
    return [one for one in files if posixpath.dirname(one.path) in folders]


def _is_known(tree: Tree, files: tuple[Defined, ...], around: list[Defined], name: str) -> bool:
    """Whether a name is defined by a file that is meant, or by any at all, or is none to be judged."""
    if not _NAME.match(name) or name in tree.paths or name.isupper() or _PYTHON.match(name):
        return True
    if any(one.targets.knows(name) for one in around):
        return True
    factors = {factor for one in files for factor in one.targets.factors}
    if factors and all(part in factors or _PYTHON.match(part) for part in name.split("-")):
        return True
    return any(name in one.targets.names for one in files)


def _finding(tree: Tree, tool: str, around: list[Defined], word: Word, path: str) -> Finding:
    """What is said of one name; the nearest is offered, never as certain."""
    names = {name: (one.path, line) for one in reversed(around) for name, line in one.targets.names.items()}
    near = difflib.get_close_matches(word.text, sorted(names), n=1, cutoff=_CLOSE)
    hint = f"; the nearest is `{near[0]}`" if near else ""
    where = around[0].path
    anchor = word.anchor(path)
    message = f"`{word.text}` is no {_KINDS[tool]}: {where} does not define it{hint}"
    place = names[near[0]] if near else (where, 1)
    return finding(
        RULE,
        message,
        anchor,
        evidence=evidence_of(tree, *place),
        repairs=tuple(Repair(anchor=anchor, replacement=one, description=f"write {one}") for one in near),
    )
