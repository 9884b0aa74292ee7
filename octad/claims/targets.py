"""Targets, scripts, environments, sessions and recipes that documentation asks for and nobody defines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from octad.budget import current
from octad.claims.context import bounded, meant, nearest, offered
from octad.claims.judged import seen_at, untrue
from octad.claims.project import manifests
from octad.claims.shell import Typed, Word, all_typed
from octad.claims.tree import Tree, fact
from octad.records.report import Finding
from octad.repository.targets import READERS, Targets, makefile

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
    r"readme|contribut|develop|hacking|install|build|test|agents|claude|copilot|maintain|setup|"
    r"getting[-_ ]?started|quick[-_ ]?start|workflow|packaging|docs?/readme",
    re.IGNORECASE,
)
"""Documents that speak to who works on the project itself, rather than on one of their own."""
_PYTHON = re.compile(r"(?:py|pypy)\d*(?:\.?\d+)?t?\Z|\d(?:\.\d+)?\Z")
_OF_ANY = frozenset({"all", "install", "uninstall", "check", "clean", "distclean", "dist", "menuconfig"})
"""Targets that building any program asks for, one that the project needs too."""
_CLOSE = 0.75
_MOST_INCLUDED = 50
_SETTINGS = (".env", ".config", ".conf")
"""Endings of files that makefiles include for their variables alone."""


class Defined(NamedTuple):
    """A file that defines names, and what it defines."""

    path: str
    targets: Targets


class _Asked(NamedTuple):
    """Names that a command asks a tool for; `folder` as it says, None where it works somewhere else."""

    tool: str
    names: tuple[Word, ...]
    folder: str | None = ""


_MAKERS = frozenset({"cookiecutter", "copier", "degit", "create-react-app", "django-admin", "rails"})
"""Programs that make projects from templates."""


@fact
def defined(tree: Tree) -> Mapping[str, tuple[Defined, ...]]:
    """The files of each tool that define something."""
    found: dict[str, list[Defined]] = {}
    for path in tree.files:
        reader = READERS.get(posixpath.basename(path))
        text = tree.text(path) if reader is not None else None
        if reader is None or text is None or current().spent():
            continue
        targets = _with_included(tree, path, reader[1](text))
        if targets.names or targets.patterns or targets.factors or targets.is_open:
            found.setdefault(reader[0], []).append(Defined(path, targets))
    return {tool: tuple(one) for tool, one in found.items()}


def _with_included(tree: Tree, path: str, targets: Targets) -> Targets:
    """The targets of a makefile and of the files that it includes, one deep; open where one is not here."""
    for name in targets.includes[:_MOST_INCLUDED]:
        if name.endswith(_SETTINGS):
            continue
        text = tree.text(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
        included = makefile(text) if text is not None else Targets({}, is_open=True)
        targets = targets._replace(
            names={**dict.fromkeys(included.names, 1), **targets.names},
            patterns=(*targets.patterns, *included.patterns),
            is_open=targets.is_open or included.is_open or bool(included.includes),
        )
    return targets


@bounded
def check(tree: Tree) -> Iterator[Finding]:
    """Names that documented commands ask of make, npm, tox, nox and just, and that no file defines."""
    files = defined(tree)
    if not files:
        return
    own = {manifest.name.lower() for manifest in manifests(tree)}
    elsewhere: set[tuple[str, tuple[str, ...]]] = set()
    for command in all_typed(tree):
        path = command.said.document.path
        section = (path, command.said.passage.section)
        if _begins_a_project(command):
            elsewhere.add(section)
        asked = _asked(command) if section not in elsewhere else None
        if asked is None or asked.folder is None or asked.tool not in files or asked.tool in own:
            continue
        around = _around(files[asked.tool], asked, command) if _DOCUMENTS.search(path) else []
        for word in asked.names if around else ():
            if not _is_known(tree, files[asked.tool], around, word.text):
                yield _finding(tree, asked.tool, around, word, path)


def _begins_a_project(command: Typed) -> bool:
    """Whether what follows is typed in a project that is made by this command."""
    program, words = posixpath.basename(command.program.text), [one.text for one in command.arguments]
    made = [one for one in words[1:] if not one.startswith("-")]
    if program in ("npm", "pnpm", "yarn", "bun") and words[:1] in (["init"], ["create"]):
        return bool(made)
    if program in ("npx", "bunx"):
        return any(one.startswith("create-") for one in words)
    return program in _MAKERS or words[:1] == ["startproject"]


def _asked(command: Typed) -> _Asked | None:
    """What a command asks for, None where it asks no tool that is known here."""
    program, words = posixpath.basename(command.program.text), command.arguments
    if program in ("make", "gmake"):
        return _of_make(words)
    if program == "npm" and len(words) > 1 and words[0].text in ("run", "run-script"):
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
        elif word.text in _VALUED:
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


def _around(files: tuple[Defined, ...], asked: _Asked, command: Typed) -> list[Defined]:
    """The files that a command may mean: of its folder, or of the document's and those above it."""
    moved = [one for one in (*command.folders, asked.folder) if one]
    here = posixpath.dirname(command.said.document.path)
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
    if (
        not _NAME.match(name)
        or name in tree.paths
        or name.isupper()
        or name in _OF_ANY
        or _PYTHON.match(name)
    ):
        return True
    if any(one.targets.knows(name) for one in around) or any(name in one.targets.names for one in files):
        return True
    return not _unknown(around, name)


def _unknown(around: list[Defined], name: str) -> list[str]:
    """The parts of a name that no environment is made of; the whole name where names are not put together."""
    factors = {factor for one in around for factor in one.targets.factors}
    parts = name.split("-") if factors else [name]
    return [part for part in parts if part not in factors and not _PYTHON.match(part)]


def _finding(tree: Tree, tool: str, around: list[Defined], word: Word, path: str) -> Finding:
    """What is said of one name, with where the nearest is defined."""
    names = {name: (one.path, line) for one in reversed(around) for name, line in one.targets.names.items()}
    near = nearest(word.text, names, _CLOSE)
    where = around[0].path
    anchor = word.anchor(path)
    missing = ", ".join(f"`{part}`" for part in _unknown(around, word.text))
    message = f"`{word.text}` is no {_KINDS[tool]}: {where} does not define {missing}{meant(near)}"
    evidence = seen_at(tree, *(names[near] if near else (where, around[0].targets.line)))
    return untrue(RULE, message, anchor, evidence=evidence, repairs=offered(anchor, near))
