"""Where documents speak of a name, parameter or default as it was before a change."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from octad.claims.class_members import words
from octad.claims.tree import Tree
from octad.records.api import ApiChange
from octad.records.document import Document, Passage
from octad.records.report import Anchor
from octad.syntax.python_source import part_of
from octad.syntax.raised import dotted

_CALL = re.compile(r"(?P<name>[A-Za-z_][\w.]*)\(")
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_DESCRIBED = re.compile(r"(?:py:)?(?:function|method|class|classmethod|staticmethod)\Z")
SHORTEST = 5
"""Characters of a name of one part that can only mean one thing."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a change made untrue; `right` is what belongs there where that is certain."""

    change: ApiChange
    anchor: Anchor
    right: str = ""


@dataclass(slots=True)
class _Wanted:
    """Changes by what a document would say of them: names that went, functions that take other things."""

    gone: dict[str, ApiChange] = field(default_factory=dict)
    taken: dict[str, list[ApiChange]] = field(default_factory=lambda: defaultdict(list))


def mentions(
    tree: Tree, document: Document, passages: Sequence[Passage], changes: Sequence[ApiChange]
) -> Iterator[Mention]:
    """Every mention in some passages of a document, each place once."""
    wanted = _wanted(tree, changes)
    for passage in passages:
        for span in passage.spans:
            change = wanted.gone.get(_plain(span.text))
            if change is not None:
                yield Mention(change, span.anchor, _renamed(change, span.text))
        if passage.kind == "code":
            yield from _in_code(document, passage, wanted)
        elif passage.kind == "directive" and _DESCRIBED.match(passage.name):
            yield from _in_signature(document, passage, wanted)
        elif passage.kind == "text" and wanted.taken:
            yield from _in_prose(passage, wanted)


def _wanted(tree: Tree, changes: Sequence[ApiChange]) -> _Wanted:
    found = _Wanted()
    there = words(tree)
    for one in changes:
        parts = one.name.split(".")
        if one.change in ("removed", "renamed"):
            found.gone[one.name] = one
            if parts[-1] not in there:
                for at in range(1, len(parts)):
                    if len(parts) - at > 1 or _is_telling(parts[-1]):
                        found.gone.setdefault(".".join(parts[at:]), one)
        elif one.change.startswith("parameter") or one.change == "default":
            called = parts[-2] if parts[-1] in ("__init__", "__new__") else parts[-1]
            if called[:1] != "_":
                found.taken[called].append(one)
    return found


def _is_telling(name: str) -> bool:
    """Whether a word alone can only be a name of code."""
    mixed = "_" in name.strip("_") or (name != name.lower() and name[1:] != name[1:].lower())
    return len(name) >= SHORTEST and mixed


def _plain(text: str) -> str:
    return text.strip("~!").removesuffix("()").partition("(")[0]


def _renamed(change: ApiChange, text: str) -> str:
    """The text with the new name in the place of the old, where the old is the last part of it."""
    if change.change != "renamed":
        return ""
    old, new = change.before.split("."), change.after.split(".")
    if old[:-1] != new[:-1]:
        return ""
    plain = _plain(text)
    return text.replace(plain, plain[: len(plain) - len(old[-1])] + new[-1], 1)


def _in_code(document: Document, passage: Passage, wanted: _Wanted) -> Iterator[Mention]:
    """Calls in an example that give what is no longer taken."""
    if passage.language not in ("python", "py", "python3", "pycon", "") or not wanted.taken:
        return
    module = part_of(passage.text)
    for node in ast.walk(module) if module is not None else ():
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func).rpartition(".")[2]
        for one in wanted.taken.get(name, ()):
            for keyword in node.keywords:
                if keyword.arg == one.parameter and one.change in ("parameter-removed", "parameter-renamed"):
                    line, column = passage.first + keyword.lineno - 1, passage.indent + keyword.col_offset + 1
                    yield Mention(one, document.place(line, column, len(keyword.arg)), one.after)


def _in_signature(document: Document, passage: Passage, wanted: _Wanted) -> Iterator[Mention]:
    """A signature written by hand, as in `.. function:: f(x, y=3)`."""
    match = _CALL.search(passage.argument)
    if match is None:
        return
    defaults = _parameters(passage.argument[match.end() - 1 :])
    line = document.lines[passage.first - 1]
    for one in wanted.taken.get(match["name"].rpartition(".")[2], ()):
        gone = one.parameter in defaults and one.change in ("parameter-removed", "parameter-renamed")
        if gone or (one.change == "default" and defaults.get(one.parameter) == one.before):
            found = re.search(rf"\b{re.escape(one.parameter)}\b", line[line.find("(") :])
            if found is not None:
                at = line.find("(") + found.start() + 1
                anchor = document.place(passage.first, at, len(one.parameter))
                yield Mention(one, anchor, one.after if gone else "")


def _parameters(text: str) -> dict[str, str]:
    """The parameters of a signature such as `(x, y=3)` with their defaults, "" for none."""
    module = part_of(f"def f{text.rstrip(':')}: ...")
    node = module.body[0] if module is not None and module.body else None
    if not isinstance(node, ast.FunctionDef):
        return {}
    plain = [*node.args.posonlyargs, *node.args.args]
    values = [None] * (len(plain) - len(node.args.defaults)) + [*node.args.defaults, *node.args.kw_defaults]
    both = zip((*plain, *node.args.kwonlyargs), values, strict=True)
    return {one.arg: ast.unparse(value) if value is not None else "" for one, value in both}


def _in_prose(passage: Passage, wanted: _Wanted) -> Iterator[Mention]:
    """A sentence that names a function and a parameter of it that went."""
    named = {_plain(span.text).rpartition(".")[2] for span in passage.spans}
    for name in named & wanted.taken.keys():
        for one in wanted.taken[name]:
            for span in passage.spans:
                said = span.text.partition("=")[0].strip()
                if said == one.parameter and one.change in ("parameter-removed", "parameter-renamed"):
                    yield Mention(one, span.anchor)
