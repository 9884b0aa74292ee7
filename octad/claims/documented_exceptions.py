"""Exceptions that a docstring warns of and that nothing in the project raises."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from octad.budget import current
from octad.claims.judged import untrue
from octad.claims.signature import Signature, SourceFile
from octad.claims.tree import Tree
from octad.records.report import Anchor, Evidence, Finding
from octad.syntax.python_source import module_of

MOST_FILES = 10
"""Files that name an exception, beyond which somebody will raise it."""
_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Timeout|NotFound|Exists)\b")


def wrong_exceptions(tree: Tree, file: SourceFile, one: Signature) -> Iterator[Finding]:
    """Every exception class of the project that is defined once and used nowhere, save where it is caught."""
    for entry in one.doc.of("raises"):
        name = entry.name.strip("`~:").rpartition(".")[2]
        found = _unraised(tree, name) if name in _places(tree) else None
        if found is not None:
            message = (
                f"the docstring says that {one.name} raises {name}, which nothing in this project raises"
            )
            anchor = file.place(entry.line, entry.column, max(1, len(entry.name)))
            yield untrue("docs/raises", message, anchor, evidence=(found,))


@lru_cache(maxsize=2)
def _places(tree: Tree) -> dict[str, tuple[str, ...]]:
    """The files in which each name of an exception stands, in whatever way."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in tree.codes:
        for name in set(_EXCEPTION.findall(code.text)):
            found[name].append(code.path)
    return {name: tuple(paths) for name, paths in found.items()}


@lru_cache(maxsize=4096)
def _unraised(tree: Tree, name: str) -> Evidence | None:
    """Where an exception class is defined that no code mentions in a way that could raise it."""
    defined: list[tuple[str, ast.ClassDef]] = []
    paths = _places(tree)[name]
    raises = re.compile(rf"\braise\s+(?:\w+\.)*{name}\b")
    if len(paths) > MOST_FILES or any(raises.search(tree.code[path].text) for path in paths):
        return None
    for path in paths:
        module = module_of(tree.code[path].text)
        if module is None or tree.code[path].language != "python" or current().spent():
            return None
        used: set[str] = set()
        defined += [(path, node) for node in _mentioning(module, used) if node.name == name]
        if name in used:
            return None
    if len(defined) != 1:
        return None
    path, node = defined[0]
    line = tree.code[path].text.split("\n")[node.lineno - 1]
    anchor = Anchor(path=path, line=node.lineno, end_line=node.lineno, end_column=len(line) + 1)
    return Evidence(anchor=anchor, text=line, weight=1.0)


def _mentioning(module: ast.Module, used: set[str]) -> Iterator[ast.ClassDef]:
    """The classes of a file; what it mentions other than to catch, import or list it is added to `used`."""
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            yield node
        if isinstance(node, ast.ExceptHandler):
            waiting += node.body
            continue
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            used.add(node.value)
        waiting += ast.iter_child_nodes(node)
