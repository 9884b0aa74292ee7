"""Parameters that a docstring speaks of and its function does not take."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from difflib import SequenceMatcher

from octad.claims.judged import untrue
from octad.claims.signature import Signature, SourceFile
from octad.records.report import Finding, Repair
from octad.syntax.docstring import Entry

SIMILAR = 0.7
"""How alike two names are, from 0 to 1, to be one that was renamed."""
_WORDS = (
    "note notes default defaults example examples warning see returns return raises yields where if or and "
    "self cls none optional required todo args kwargs usage tip important caution other others attention "
    "deprecated e g i the this true false other_parameters parameters keyword_args"
)
WORDS = frozenset(_WORDS.split())
"""Words that begin a line of prose, or stand for parameters in general."""


def unknown_parameters(file: SourceFile, one: Signature) -> Iterator[Finding]:
    """Every documented name that is no parameter; with one left over on each side, alike, the right name."""
    known = one.parameters
    said = [entry for entry in one.doc.of("parameter") if entry.name.lower() not in WORDS]
    wrong = [entry for entry in said if not _is_known(entry, known)]
    if not wrong or one.takes_any or not one.is_sure:
        return
    if any(entry.name in _elsewhere(one) for entry in wrong):
        return
    told = {entry.name for entry in said}
    if len(said) > len(wrong) or len(wrong) <= len(known):
        left = [name for name in known if name not in told]
        for entry in wrong:
            right = left[0] if len(wrong) == len(left) == 1 and _is_alike(entry.name, left[0]) else ""
            yield _finding(file, one, entry, right)


def _is_known(entry: Entry, known: Container[str]) -> bool:
    """Whether a documented name is a parameter, also written as markup or as the keyword that it evades."""
    name = entry.name.replace("\\", "")
    return name in known or f"{name}_" in known or entry.type in known or not name.isidentifier()


def _finding(file: SourceFile, one: Signature, entry: Entry, right: str) -> Finding:
    anchor = file.place(entry.line, entry.column, len(entry.name))
    instead = f"; it takes {right!r}" if right else ""
    repairs = (
        (Repair(anchor=anchor, replacement=right, description=f"Name it {right}.", safe=True),)
        if right
        else ()
    )
    return untrue(
        "docs/parameter",
        f"the docstring describes a parameter {entry.name!r} that {one.name} does not take{instead}",
        anchor,
        evidence=file.seen(one.function.lineno),
        repairs=repairs,
    )


def _is_alike(said: str, right: str) -> bool:
    short, long = sorted((said.lower(), right.lower()), key=len)
    return (len(short) > 2 and short in long) or SequenceMatcher(None, said, right).ratio() >= SIMILAR


def _elsewhere(one: Signature) -> set[str]:
    """Names that a docstring may mean beside parameters: those of functions inside, members of the class."""
    found: set[str] = set()
    around: ast.AST = one.owner if one.owner is one.doc.node and one.owner is not None else one.function
    for node in ast.walk(around):
        if isinstance(node, ast.arg) and around is one.function:
            found.add(node.arg)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and around is one.owner:
            found |= {node.attr} if node.value.id in ("self", "cls") else set()
        elif isinstance(node, ast.AnnAssign | ast.Assign) and around is one.owner:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and around is one.owner:
            found.add(node.name)
    return found
