"""Rust: a tree of modules below the root of a crate, and paths through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, join

from octad.records.repo import Mark, Reason
from octad.repository.brace_languages import CURLY
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Value, Wanted
from octad.repository.walk import Handler, Walk, type_of

ROOTS = ("lib.rs", "main.rs")
STANDARD = frozenset({"std", "core", "alloc", "proc_macro", "test"})
DEEPEST = 32


def mod(walk: Walk, node: int) -> None:
    """`mod a;` brings in a file, `mod a { ... }` is one that stands here."""
    name = walk.field(node, "name")
    if walk.tree.child(node, "body") >= 0:
        walk.enter(node, name, "class")
    else:
        walk.want(Wanted(f"self::{name}", "", walk.line(node)), name)


def use(walk: Walk, node: int) -> None:
    """`use crate::x::{y, z as w, self};`, `use super::k::*;`."""
    for path, alias in _leaves(walk, walk.tree.child(node, "argument"), "", 0):
        module, _, member = path.rpartition("::")
        if member == "self":
            module, _, member = module.rpartition("::")
        marks: tuple[Mark, ...] = ("star",) if member == "*" else ()
        bound = "" if member == "*" else alias or member
        walk.want(Wanted(module or member, member if module else "", walk.line(node), marks=marks), bound)


def function(walk: Walk, node: int) -> None:
    """A function; one inside `impl S` belongs to S."""
    owner = next((outer for outer, _ in walk.around(node) if walk.tree.kind[outer] == "impl_item"), -1)
    kind = type_of(walk.field(owner, "type")) if owner >= 0 and walk.scope.kind != "function" else ()
    name = walk.field(node, "name")
    scope = walk.enter(node, f"{kind[0]}.{name}" if kind else name, "function")
    scope.returns = type_of(walk.field(node, "return_type"))
    if kind:
        scope.names["self"], scope.names["Self"] = Value(kind, is_instance=True), Value(kind)


class RustFiles(Files):
    """Files by the tree that `mod` makes of them; one that no other declares is the root of a crate."""

    def __init__(self, paths: frozenset[str], outlines: Mapping[str, Outline]) -> None:
        self._paths = paths
        roots = sorted(dirname(path) for path in paths if basename(path) in ROOTS)
        crates = {basename(dirname(root) if basename(root) == "src" else root): root for root in roots}
        self._crates = {name.replace("-", "_"): root for name, root in crates.items()}
        self._above: dict[str, str] = {}
        for path in sorted(outlines):
            for wanted in outlines[path].wanted:
                first, _, name = wanted.module.partition("::")
                if first == "self" and not wanted.member:
                    folders = (path.removesuffix(".rs"), dirname(path))
                    inner = next((one for folder in folders if (one := self._file(folder, name))), path)
                    if inner != path:
                        self._above.setdefault(inner, path)

    def name(self, path: str) -> str:
        """The path without its ending."""
        return path.removesuffix("/mod.rs").removesuffix(".rs")

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """The deepest module on the path that has a file, and the member of it."""
        parts = [*wanted.module.split("::"), *([wanted.member] if wanted.member not in ("", "*") else [])]
        start, rest = self._start(path, parts)
        if start is None:
            return "standard library" if parts[0] in STANDARD else "external"
        file = start
        while rest and (inner := self.submodule(file, rest[0])) is not None:
            file, rest = inner, rest[1:]
        member = ".".join(rest) or ("*" if wanted.member == "*" else "")
        is_gone = file == start and parts[0] == "self" and len(parts) == 2 and not wanted.member
        return "missing" if is_gone and rest else (file, member)

    def submodule(self, path: str, name: str) -> str | None:
        """The file of a module inside that of a file: beside it at the root of a crate, else below it."""
        is_root = basename(path) in (*ROOTS, "mod.rs") or path not in self._above
        return self._file(dirname(path) if is_root else path.removesuffix(".rs"), name)

    def _start(self, path: str, parts: list[str]) -> tuple[str | None, list[str]]:
        """The file that a path starts from, and the rest of it."""
        if parts[0] == "self":
            return path, parts[1:]
        if parts[0] == "super":
            return self._above.get(path), parts[1:]
        if parts[0] == "crate":
            return self._root(path), parts[1:]
        if self.submodule(path, parts[0]) is not None:
            return path, parts
        root = self._crates.get(parts[0])
        ends = () if root is None else (join(root, end) for end in ROOTS)
        return next((one for one in ends if one in self._paths), None), parts[1:]

    def _root(self, path: str) -> str:
        """The root of the crate that a file is of."""
        seen = {path}
        while (above := self._above.get(path)) is not None and above not in seen:
            seen.add(above)
            path = above
        return path

    def _file(self, folder: str, name: str) -> str | None:
        """`a.rs` or `a/mod.rs` in a folder."""
        candidates = (join(folder, f"{name}.rs"), join(folder, name, "mod.rs"))
        return next((one for one in candidates if one in self._paths), None)


def _leaves(walk: Walk, node: int, above: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every path of a `use`, and the name it is given."""
    if node < 0 or depth > DEEPEST:
        return
    kind = walk.tree.kind[node]
    if kind == "scoped_use_list":
        path = walk.field(node, "path").replace(" ", "")
        yield from _leaves(
            walk, walk.tree.child(node, "list"), f"{above}{path}::" if path else above, depth + 1
        )
    elif kind == "use_list":
        for child in walk.inner(node):
            yield from _leaves(walk, child, above, depth + 1)
    elif kind == "use_as_clause":
        yield above + walk.field(node, "path").replace(" ", ""), walk.field(node, "alias")
    else:
        yield above + "".join(walk.written(node).split()), ""


HANDLERS: dict[str, Handler] = {
    **CURLY,
    "mod_item": mod,
    "use_declaration": use,
    "function_item": function,
}
RUST = Family(frozenset({"rust"}), HANDLERS, RustFiles)
