"""Members of the classes of a project, as far as it can be told that there is none of a name."""

from __future__ import annotations

import ast
import re

from octad.budget import current
from octad.claims.modules import modules
from octad.claims.tree import Tree, fact
from octad.syntax.python_source import module_of
from octad.syntax.raised import dotted

_WORD = re.compile(r"[A-Za-z_]\w*")
_PLAIN = frozenset({"object", "Generic", "Protocol", "ABC", "Exception", "ValueError", "RuntimeError"})
_CLASS = re.compile(r"^class ([A-Za-z_]\w*)", re.MULTILINE)
MOST_BASES = 50


@fact
def words(tree: Tree) -> frozenset[str]:
    """Every word that stands anywhere in the code of a tree."""
    found: set[str] = set()
    for code in tree.codes:
        if current().spent():
            break
        found.update(_WORD.findall(code.text))
    return frozenset(found)


@fact
def _classes(tree: Tree) -> dict[str, list[str]]:
    """The files of the packages that define a class at their top, by its name."""
    tops = tuple(f"{top}/" for folders in modules(tree).tops.values() for top in folders)
    found: dict[str, list[str]] = {}
    for code in tree.codes:
        if code.language == "python" and code.path.startswith(tops):
            for name in _CLASS.findall(code.text):
                found.setdefault(name, []).append(code.path)
    return found


def _class(tree: Tree, path: str, name: str) -> ast.ClassDef | None:
    """The only class of a name at the top of a file."""
    module = module_of(tree.code[path].text)
    nodes = [one for one in module.body if isinstance(one, ast.ClassDef)] if module is not None else []
    named = [one for one in nodes if one.name == name]
    return named[0] if len(named) == 1 else None


def lacks_member(tree: Tree, path: str, name: str, member: str) -> bool:
    """Whether a class (of one file, or the only one of its name) certainly has no such member.

    It is certain where no code uses the word at all and all that the class inherits is known.
    """
    if member.startswith("__") or not name[:1].isupper() or name.isupper() or member in words(tree):
        return False
    waiting = [name]
    for one in waiting:
        places = [place for place in _classes(tree).get(one, ()) if not path or one != name or place == path]
        if len(places) != 1 or len(waiting) > MOST_BASES:
            return False
        node = _class(tree, places[0], one)
        if node is None or node.keywords or node.decorator_list or not _is_written(node):
            return False
        bases = [dotted(base).rpartition(".")[2] for base in node.bases]
        waiting += [base for base in bases if base not in _PLAIN and base not in waiting]
    return True


def _is_written(node: ast.ClassDef) -> bool:
    """Whether a class answers to what is written in it alone."""
    names = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    return not names & {"__getattr__", "__getattribute__"} and all(dotted(base) for base in node.bases)
