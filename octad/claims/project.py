"""What checks of facts ask of a project: its manifests and commands, and every word outside its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import NamedTuple

from octad.budget import current
from octad.claims.tree import Tree, fact
from octad.read.documents.files import format_of
from octad.records.commands import CommandLine
from octad.records.manifest import Manifest
from octad.repository.command_line.read import commands_of, together
from octad.repository.environment import Variable, variables_of
from octad.repository.manifest import manifest_of

_WORD = re.compile(r"\w+")
_OPTION = re.compile(r"--[A-Za-z][\w-]*")
_PREFIX = re.compile(r"\b([A-Z][A-Z0-9_]*_)(?=[\"'{$%*])|[\"']([A-Za-z]\w*_)[\"']")
_TEXT = re.compile(
    r"(?:\.(?:toml|cfg|ini|ya?ml|json5?|env|sh|bash|zsh|fish|bat|ps1|mk|cmake|in|j2|jinja2?|tmpl|tpl|conf|config|service|"
    r"properties|xml|nix|rb|pl|php|lua|kt|scala|cs|swift|sql|html?|vue|svelte|hcl|tf|spec|pyi|pyx|pxd|ipynb|proto|"
    r"gradle|schema|template|example|sample|dist|just|mako|textproto)|file(?:\.\w+)?|file)$|^\.env|^[^.]+$",
    re.IGNORECASE,
)
_LOCKED = re.compile(
    r"(?:^|[-_.])lock(?:\.|$)|\block\.(?:json|ya?ml|toml)$|(?:^|/)requirements[\w-]*\.txt$|\.min\."
)
_MOST_TEXT = 2_000_000
"""Characters of one file whose words are taken."""


@fact
def manifests(tree: Tree) -> tuple[Manifest, ...]:
    """Every manifest of a project, those nearest to its root first."""
    found = []
    for path in sorted(tree.files, key=lambda path: (path.count("/"), path)):
        if basename(path) in ("pyproject.toml", "setup.cfg", "setup.py"):
            text = tree.text(path)
            made = manifest_of(path, text) if text is not None else None
            found += [made] if made is not None else []
    return tuple(found)


class Written(NamedTuple):
    """What is written outside the documents, in code and configuration.

    `words` are in small letters and with `_` for `-`, as `folded` writes them; `options` are long options;
    `prefixes` the beginnings of names that code puts together, in capitals: texts that end in `_`.
    """

    words: frozenset[str]
    options: frozenset[str]
    prefixes: frozenset[str]


class Declared(NamedTuple):
    """What Python code declares and reads, tests left out: commands, and environment variables by name."""

    commands: CommandLine
    variables: Mapping[str, Variable]


@fact
def declared(tree: Tree) -> Declared:
    """Everything that is asked of the syntax trees of a project, which are parsed once for it."""
    lines: list[CommandLine] = []
    variables: dict[str, Variable] = {}
    for code in tree.codes:
        if is_test(code.path):
            continue
        if current().spent():
            lines.append(CommandLine(is_open=True))
            break
        lines.append(commands_of(code))
        variables.update((one.name, one) for one in variables_of(code))
    return Declared(together(lines), variables)


@fact
def written(tree: Tree) -> Written:
    """All words, options and prefixes of a project."""
    words: set[str] = set()
    options: set[str] = set()
    prefixes: set[str] = set()
    for text in _texts(tree):
        words.update(_WORD.findall(text.lower().replace("-", "_")))
        options.update(_OPTION.findall(text))
        prefixes.update((one or other).upper() for one, other in _PREFIX.findall(text))
    return Written(frozenset(words), frozenset(options), frozenset(prefixes))


def _texts(tree: Tree) -> Iterator[str]:
    """The texts of code and configuration, as far as the budget lets."""
    for path in tree.files:
        is_text = format_of(path) is None and not _LOCKED.search(path)
        if path not in tree.code and not (is_text and _TEXT.search(basename(path))):
            continue
        if current().spent():
            return
        yield (tree.text(path) or "")[:_MOST_TEXT] if is_text else ""


def may_be_composed(tree: Tree, rest: str, fewest: int = 1) -> bool:
    """Whether the end of a name, of some parts at least, is a word of code, which may put it together."""
    parts = folded(rest).split("_")
    every = written(tree).words
    ends = range(max(1, len(parts) - fewest + 1))
    return any("_".join(parts[start:]) in every for start in ends)


def folded(word: str) -> str:
    """A word as `words` writes it."""
    return word.lower().strip("-").replace("-", "_")


def is_test(path: str) -> bool:
    """Whether a file is part of the tests."""
    name = basename(path)
    inside = any(part in ("tests", "test", "testing") for part in path.split("/")[:-1])
    return inside or name.startswith("test_") or name == "conftest.py"
