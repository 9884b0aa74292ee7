"""Types that a docstring states and the annotation plainly contradicts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from octad.claims.judged import untrue
from octad.claims.signature import Signature, SourceFile
from octad.records.report import Finding
from octad.syntax.docstring import Entry
from octad.syntax.python_source import part_of
from octad.syntax.raised import dotted

FAMILIES = {
    **dict.fromkeys(("str", "string", "strings", "unicode", "text"), "text"),
    **dict.fromkeys(("bytes", "bytearray"), "bytes"),
    **dict.fromkeys(("int", "integer", "float", "complex", "number", "double"), "number"),
    **dict.fromkeys(("bool", "boolean"), "truth"),
    **dict.fromkeys(("list", "tuple", "set", "frozenset", "List", "Tuple", "Set", "FrozenSet"), "several"),
    **dict.fromkeys(("dict", "Dict", "dictionary"), "mapping"),
}
"""Types of which nothing is of two families, save that a truth value is a number."""
_PART = re.compile(r"\s*(?:,\s*|\bor\b|\|)\s*")
_ASIDE = re.compile(r"^(?:optional|default\b.*|required|None|none)?$")


def wrong_types(file: SourceFile, one: Signature) -> Iterator[Finding]:
    """Every parameter whose stated types share nothing with its annotation."""
    entries = one.doc.of("parameter")
    for entry in entries:
        argument = one.parameters.get(entry.name)
        if argument is None or argument.annotation is None or not entry.type:
            continue
        if argument in (one.function.args.vararg, one.function.args.kwarg):
            continue
        said, annotated = _said(entry.type), _annotated(argument.annotation)
        if said and annotated and not _widened(said) & _widened(annotated):
            yield _finding(file, one, entry, argument.annotation)


def _said(text: str) -> set[str]:
    """The families of the types that a docstring states; nothing where one of them is not known."""
    text = re.sub(r"\[[^\[\]]*\]", "", text.strip().strip("`*"))
    parts = [part.strip(" `*.") for part in _PART.split(text)]
    kept = [re.sub(r" of .*$", "", part) for part in parts if not _ASIDE.match(part)]
    found = {FAMILIES.get(part, "") for part in kept}
    return set() if "" in found else found


def _annotated(node: ast.expr, depth: int = 0) -> set[str]:
    """The families of the types of an annotation; nothing where one of them is not known."""
    if depth > 8:
        return set()
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        module = part_of(node.value)
        first = module.body[0] if module is not None and len(module.body) == 1 else None
        return _annotated(first.value, depth + 1) if isinstance(first, ast.Expr) else set()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _all([node.left, node.right], depth)
    name = dotted(node.value if isinstance(node, ast.Subscript) else node).rpartition(".")[2]
    if isinstance(node, ast.Subscript) and name in ("Optional", "Union", "Annotated"):
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _all(inner[:1] if name == "Annotated" else inner, depth)
    return {FAMILIES[name]} if name in FAMILIES else set()


def _all(nodes: list[ast.expr], depth: int) -> set[str]:
    plain = [one for one in nodes if not (isinstance(one, ast.Constant) and one.value is None)]
    found = [_annotated(one, depth + 1) for one in plain]
    return {family for each in found for family in each} if all(found) else set()


def _widened(families: set[str]) -> set[str]:
    return families | ({"number", "truth"} if families & {"number", "truth"} else set())


def _finding(file: SourceFile, one: Signature, entry: Entry, annotation: ast.expr) -> Finding:
    stated = entry.type.strip()
    return untrue(
        "docs/type",
        f"the docstring says that {entry.name!r} of {one.name} is {stated!r}; "
        f"it is annotated {ast.unparse(annotation)!r}",
        file.place(entry.line, entry.column, len(entry.name)),
        evidence=file.seen(annotation.lineno),
    )
