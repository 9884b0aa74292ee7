"""What a project is, as far as checks of facts ask: its manifests and commands, and every word outside its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename

from octad.budget import current
from octad.claims.tree import Tree
from octad.read.documents.files import format_of
from octad.records.commands import CommandLine
from octad.records.manifest import Manifest
from octad.repository.command_line.read import command_line
from octad.repository.manifest import manifest_of

KEPT = 2
"""Trees whose facts are kept: before and after a change."""
_WORD = re.compile(r"\w+")
_OPTION = re.compile(r"--[A-Za-z][\w-]*")
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


@lru_cache(maxsize=KEPT)
def manifests(tree: Tree) -> tuple[Manifest, ...]:
    """Every manifest of a project, those nearest to its root first."""
    found = []
    for path in sorted(tree.files, key=lambda path: (path.count("/"), path)):
        if basename(path) in ("pyproject.toml", "setup.cfg", "setup.py"):
            text = tree.text(path)
            made = manifest_of(path, text) if text is not None else None
            found += [made] if made is not None else []
    return tuple(found)


@lru_cache(maxsize=KEPT)
def commands(tree: Tree) -> CommandLine:
    """What the code of a project declares, its tests left out."""
    return command_line(code for code in tree.codes if not is_test(code.path))


@lru_cache(maxsize=KEPT)
def words(tree: Tree) -> frozenset[str]:
    """Every word of code and configuration, in small letters and with `_` for `-`, as `folded` writes them."""
    found: set[str] = set()
    for text in _texts(tree):
        found.update(_WORD.findall(text.lower().replace("-", "_")))
    return frozenset(found)


def _texts(tree: Tree) -> Iterator[str]:
    """The texts of code and configuration, as far as the budget lets."""
    for path in tree.files:
        is_text = format_of(path) is None and not _LOCKED.search(path)
        if path not in tree.code and not (is_text and _TEXT.search(basename(path))):
            continue
        if current().spent():
            return
        yield (tree.text(path) or "")[:_MOST_TEXT] if is_text else ""


@lru_cache(maxsize=KEPT)
def options_written(tree: Tree) -> frozenset[str]:
    """Every long option that is written anywhere outside the documents, in code or configuration."""
    found: set[str] = set()
    for text in _texts(tree):
        found.update(_OPTION.findall(text))
    return frozenset(found)


def folded(word: str) -> str:
    """A word as `words` writes it."""
    return word.lower().strip("-").replace("-", "_")


def is_test(path: str) -> bool:
    """Whether a file is part of the tests."""
    name = basename(path)
    inside = any(part in ("tests", "test", "testing") for part in path.split("/")[:-1])
    return inside or name.startswith("test_") or name == "conftest.py"
