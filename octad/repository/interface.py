"""Modules as griffe reads them to the names that are public and what each of them is.

Public is what a module lists in `__all__`; without one, what it defines, what the `__init__` of a package
takes from its own tree, and what a star brings from there, under names without an underscore in front. A
module is public where no part of its name begins with one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import griffe

from octad.budget import current
from octad.records.api import Api, Definition, Parameter, ParameterKind, Place
from octad.syntax.raised import Raised, raised

KINDS: dict[str, ParameterKind] = {
    "positional-only": "positional",
    "positional or keyword": "either",
    "keyword-only": "keyword",
    "variadic positional": "arguments",
    "variadic keyword": "keywords",
}
MOST_CHARACTERS = 1_000_000
"""Of one file; a longer one is data."""
DEEPEST = 8
"""Classes inside one another."""
MOST_BASES = 100
"""Classes above one that are looked at."""
MOST_DATACLASSES = 12
"""Classes above a dataclass whose fields are looked for."""
LONGEST_VALUE = 200
"""Characters of the value of an attribute that are kept."""
PLAIN_BASES = frozenset(
    {"object", "Generic", "Protocol", "ABC", "typing.Generic", "typing.Protocol", "abc.ABC"}
)
"""Bases that bring no names."""
_UNKNOWN = (griffe.AliasResolutionError, griffe.CyclicAliasError, KeyError, ValueError, RecursionError)


class _Noted(griffe.Extension):
    """What griffe does not keep: exceptions, and modules that answer to any name.

    Of those whose function `__getattr__` says so, their words; `computed` are modules that name by name set
    what is in them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.raised: dict[str, dict[str, Raised]] = {}
        self.words: dict[str, frozenset[str]] = {}
        self.computed: set[str] = set()

    def on_module_instance(self, *, node: Any, mod: griffe.Module, **_: Any) -> None:
        """Called for every module that is read."""
        self.raised[mod.path] = raised(node)
        if _fills_itself(node):
            self.computed.add(mod.path)
        if any("__getattr__" in _bound(one) for one in node.body):
            texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
            self.words[mod.path] = frozenset(
                one for one in texts if isinstance(one, str) and one.isidentifier()
            )


def _fills_itself(module: ast.AST) -> bool:
    """Whether a module changes the table of its own names."""
    return any(
        isinstance(one, ast.Subscript | ast.Attribute)
        and isinstance(one.value, ast.Call)
        and isinstance(one.value.func, ast.Name)
        and one.value.func.id == "globals"
        and (isinstance(one.ctx, ast.Store) or (isinstance(one, ast.Attribute) and one.attr == "update"))
        for one in ast.walk(module)
    )


class Interface:
    """The public interface of files, given as path -> dotted name and text."""

    def __init__(self, files: Mapping[str, tuple[str, str]]) -> None:
        self._noted = _Noted()
        self._extensions = griffe.load_extensions(self._noted)
        self._all = griffe.ModulesCollection()
        self._paths: dict[str, str] = {name: path for path, (name, _) in files.items()}
        self._unread: set[str] = set()
        self._hidden: set[str] = set()
        self._names: dict[str, str] = {}
        self._definitions: dict[str, Definition] = {}
        with griffe.logger.disable():
            for path, (name, text) in sorted(files.items(), key=lambda one: one[1][0].count(".")):
                self._read(path, name, text)
            self._link()

    def api(self) -> Api:
        """All of it."""
        with griffe.logger.disable():
            classes = [one for top in self._all.members.values() for one in self._module(top)]
            public = {target.path for _, target in classes}
            for name, target in classes:
                self._class(name, target, public, 0)
        hidden = {f"{module}.{word}" for module, words in self._noted.words.items() for word in words}
        return Api(
            names=self._names,
            definitions=self._definitions,
            hidden=frozenset(hidden | self._hidden),
            unread=frozenset(self._unread | self._noted.computed),
        )

    def _read(self, path: str, name: str, text: str) -> None:
        above, _, own = name.rpartition(".")
        parent = self._package(above) if above else None
        if current().spent() or len(text) > MOST_CHARACTERS or not own.isidentifier():
            self._unread.add(name)
            return
        try:
            module = griffe.visit(
                own, Path(path), text, parent=parent,
                extensions=self._extensions, modules_collection=self._all,
            )  # fmt: skip
        except (SyntaxError, ValueError, RecursionError, MemoryError, AttributeError, TypeError):
            self._unread.add(name)
            return
        (parent or self._all).set_member(own, module)

    def _package(self, name: str) -> griffe.Module:
        """The module of a folder, made where it has no file."""
        above, _, own = name.rpartition(".")
        holder: Any = self._package(above) if above else self._all
        found = holder.members.get(own)
        if found is None or found.is_alias or not found.is_module:
            found = griffe.Module(
                own, filepath=[Path()], parent=holder if above else None, modules_collection=self._all
            )
            holder.set_member(own, found)
        return cast("griffe.Module", found)

    def _link(self) -> None:
        """Let `__all__`, stars and dataclasses of one module know of the others."""
        loader = griffe.GriffeLoader(
            modules_collection=self._all, extensions=self._extensions, allow_inspection=False, search_paths=[]
        )
        for module in list(self._all.members.values()):
            try:
                loader.expand_exports(module)
                loader.expand_wildcards(module, external=False)
                self._dataclasses(module)
            except _UNKNOWN:
                self._unread.add(module.path)

    def _dataclasses(self, top: griffe.Module) -> None:
        """Let griffe write the `__init__` of dataclasses; it follows all ways up, so few may stand above."""
        extension = griffe.DataclassesExtension()
        waiting: list[griffe.Object] = [top]
        for holder in waiting:
            inner = [cast("griffe.Object", one) for one in holder.members.values() if not one.is_alias]
            waiting += [one for one in inner if one.is_module]
            for one in inner:
                if isinstance(one, griffe.Class) and _is_dataclass(one):
                    extension.on_package(pkg=cast("griffe.Module", one))

    def _module(self, module: griffe.Module) -> Iterator[tuple[str, griffe.Class]]:
        """Note what is public in a module and those below it; the classes among it, by their public names."""
        waiting = [module]
        for one in waiting:
            is_public = not any(part.startswith("_") for part in one.path.split("."))
            if is_public:
                self._note(one.path, one)
            for name, member in list(one.members.items()):
                if not member.is_alias and member.is_module:
                    waiting.append(cast("griffe.Module", member))
                elif is_public:
                    target = self._target(one, name, member)
                    if isinstance(target, griffe.Class):
                        yield f"{one.path}.{name}", target

    def _target(
        self, module: griffe.Module, own: str, member: griffe.Object | griffe.Alias
    ) -> griffe.Object | None:
        """Note a member of a public module; what it means, None where it is not public or lies elsewhere."""
        name, is_listed = f"{module.path}.{own}", bool(module.exports) and own in (module.exports or ())
        meant = self._meant(member)
        if not (is_listed or (meant is not None and _is_public(module, own, member))):
            self._hidden.add(name)
            return None
        if meant is None:
            self._names[name] = str(cast("griffe.Alias", member).target_path)
        else:
            self._note(name, meant)
        return meant

    def _meant(self, member: griffe.Object | griffe.Alias) -> griffe.Object | None:
        """The definition that a name stands for, also by way of another name; None where it is elsewhere."""
        try:
            member = member.final_target if isinstance(member, griffe.Alias) else member
        except _UNKNOWN:
            return None
        if not isinstance(member, griffe.Attribute) or not isinstance(member.value, griffe.ExprName):
            return member
        try:
            found = self._all.get_member(member.value.canonical_path)
            found = found.final_target if found.is_alias else found
        except _UNKNOWN:
            return member
        return found if isinstance(found, griffe.Class | griffe.Function) else member

    def _class(self, name: str, owner: griffe.Class, public: set[str], depth: int) -> None:
        """Note the public members of a class, with those of classes above it that are not public."""
        above = [one for one in _above(owner) if one.path not in public]
        for source in (owner, *above):
            for own, member in source.members.items():
                full = f"{name}.{own}"
                if full in self._names or member.is_alias or (own.startswith("_") and not _is_special(own)):
                    continue
                self._note(full, cast("griffe.Object", member))
                if isinstance(member, griffe.Class) and depth < DEEPEST:
                    self._class(full, member, public, depth + 1)

    def _note(self, name: str, target: griffe.Object) -> None:
        self._names[name] = target.path
        if target.path not in self._definitions:
            self._definitions[target.path] = self._definition(target)

    def _definition(self, target: griffe.Object) -> Definition:
        place = Place(path=self._paths.get(target.module.path, ""), line=target.lineno or 1)
        made = Definition(name=target.path, kind=_kind(target), place=place)
        if isinstance(target, griffe.Function):
            inner = self._noted.raised.get(target.module.path, {})
            found = inner.get(target.path[len(target.module.path) + 1 :], Raised())
            update: dict[str, Any] = {
                "parameters": tuple(_parameter(one) for one in target.parameters),
                "returns": str(target.returns or ""),
                "raises": tuple(sorted(found.names)),
                "is_open": found.is_open,
                "decorators": tuple(str(one.value) for one in target.decorators),
            }
        elif isinstance(target, griffe.Class):
            bases = tuple(_base(one) for one in target.bases)
            is_open = "__getattr__" in target.members or len(_resolved(target)) < len(
                set(bases) - PLAIN_BASES
            )
            update = {
                "bases": bases,
                "is_open": is_open or bool(target.keywords.get("metaclass")),
                "decorators": tuple(str(one.value) for one in target.decorators),
            }
        elif isinstance(target, griffe.Attribute):
            update = {
                "value": str(target.value or "")[:LONGEST_VALUE],
                "returns": str(target.annotation or ""),
            }
        else:
            update = {"is_open": target.path in self._noted.words}
        return made.model_copy(update=update)


def _is_public(module: griffe.Module, name: str, member: griffe.Object | griffe.Alias) -> bool:
    """Whether a member of a public module is meant for others, though no list says so."""
    if module.exports or (name.startswith("_") and name != "__version__"):
        return False
    if not isinstance(member, griffe.Alias):
        return name not in module.imports
    inside = member.target_path.partition(".")[0] == module.path.partition(".")[0]
    return bool(member.runtime) and inside and (module.is_init_module or bool(member.wildcard_imported))


def _kind(target: griffe.Object) -> Any:
    return "property" if "property" in target.labels else target.kind.value


def _parameter(one: griffe.Parameter) -> Parameter:
    kind = KINDS[one.kind.value if one.kind else "positional or keyword"]
    default = None if one.default is None or kind in ("arguments", "keywords") else str(one.default)
    return Parameter(
        name=one.name.lstrip("*"), kind=kind, default=default, annotation=str(one.annotation or "")
    )


def _base(one: Any) -> str:
    try:
        return str(one if isinstance(one, str) else one.canonical_path)
    except _UNKNOWN:
        return str(one)


def _resolved(owner: griffe.Class) -> list[Any]:
    try:
        return owner.resolved_bases
    except _UNKNOWN:
        return []


def _above(owner: griffe.Class) -> list[griffe.Class]:
    """The classes above one, as far as they are here, nearest first."""
    found: list[griffe.Class] = []
    waiting = [owner]
    for one in waiting:
        if len(waiting) > MOST_BASES:
            break
        more = [base for base in _resolved(one) if isinstance(base, griffe.Class) and base not in waiting]
        waiting += more
        found += more
    return found


def _is_dataclass(owner: griffe.Class) -> bool:
    told = any("dataclass" in str(one.value) for one in owner.decorators)
    return told and len(_above(owner)) <= MOST_DATACLASSES


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module defines or assigns."""
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return set()
