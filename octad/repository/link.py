"""What an expression refers to: names by scopes and imports, members by files, classes and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from octad.records.repo import Reference
from octad.repository.language_family import Files
from octad.repository.outline import Chain, Outline, Scope, Use, Value, Wanted

DEEPEST = 24
"""Imports, bases and values that are followed for one name; what goes in a circle ends here."""

_SELF = frozenset({"self", "this"})
_CLASS = frozenset({"cls", "Self"})


@dataclass(frozen=True, slots=True)
class Thing:
    """What a name stands for: a file (no scope), a definition in it, an instance of a class, a variable."""

    path: str
    scope: Scope | None = None
    is_instance: bool = False
    variable: str = ""

    @property
    def definition(self) -> str:
        """The dotted name of the definition, empty for a file or an instance."""
        if self.variable:
            return self.variable
        return self.scope.name if self.scope is not None and not self.is_instance else ""


class Linker:
    """Finds definitions over all outlines of a family of languages."""

    def __init__(self, outlines: Mapping[str, Outline], files: Files) -> None:
        self._outlines, self._files = outlines, files
        self._whole: dict[str, list[str]] = {}
        # What was asked before; what is asked while it is being answered goes in a circle and is not known.
        self._tops: dict[tuple[str, str], Thing | None] = {}
        self._values: dict[tuple[Scope, Value], Thing | None] = {}
        self._members: dict[tuple[Scope, str, bool], Thing | None] = {}

    def references(self) -> Iterator[Reference]:
        """Every use of a definition of these files, once per line."""
        for path, outline in self._outlines.items():
            yield from dict.fromkeys(found for use in outline.uses for found in self._uses(path, use))

    def _uses(self, path: str, use: Use) -> Iterator[Reference]:
        """The definitions on the way of a chain, the last of which is called where the use is a call."""
        things = list(self.along(path, use.scope, use.chain, 0))
        for number, thing in enumerate(things, 1):
            name = thing.definition if thing is not None else ""
            if thing is None or not name:
                continue
            is_call = number == len(use.chain) and use.is_call
            if is_call and thing.scope is not None and thing.scope.kind == "class":
                made = self._member(Thing(thing.path, thing.scope), "__init__", 0)
                if made is not None:
                    yield _reference(path, use, made, is_call=True)
            if (thing.path, name) != (path, use.scope.name):
                yield _reference(path, use, thing, is_call=is_call)

    def along(self, path: str, scope: Scope, chain: Chain, depth: int) -> Iterator[Thing | None]:
        """What each step of a chain stands for, up to the first that is not known."""
        thing = self._name(path, scope, chain[0], depth)
        yield thing
        for step in chain[1:]:
            if thing is None or depth > DEEPEST:
                return
            known = self._value(thing, depth)
            if known is None:
                return
            thing = self._called(known, depth) if step == "()" else self._member(known, step[1:], depth)
            yield thing

    def _end(self, path: str, scope: Scope, chain: Chain, depth: int) -> Thing | None:
        """What a whole chain stands for."""
        things = list(self.along(path, scope, chain, depth + 1)) if depth <= DEEPEST and chain else []
        return things[-1] if len(things) == len(chain) and things else None

    def _name(self, path: str, scope: Scope, name: str, depth: int) -> Thing | None:
        """A name, by the scopes around it: those of classes count only for what stands directly in them."""
        here: Scope | None = scope
        owner = _owner(scope)
        if owner is not None and name in _SELF | _CLASS:
            return Thing(path, owner, is_instance=name in _SELF)
        if owner is not None and name == "super":
            return next(self._bases(Thing(path, owner), depth), None)
        while here is not None:
            bound = here.names.get(name) if here.kind != "class" or here is scope else None
            if bound is not None:
                return self._bound(path, here, name, depth)
            here = here.above
        return self._top(path, name, depth)

    def _top(self, path: str, name: str, depth: int) -> Thing | None:
        """A name at the top of a file: its own, one of a star import, or one that is seen without import."""
        key = (path, name)
        if key not in self._tops:
            self._tops[key] = None
            self._tops[key] = self._sought(path, name, depth) if depth <= DEEPEST else None
        return self._tops[key]

    def _sought(self, path: str, name: str, depth: int) -> Thing | None:
        outline = self._outlines.get(path)
        if outline is None:
            # A folder that stands for a package, or a file that was not read.
            other = self._files.seen(path, name)
            return self._top(other, name, depth + 1) if other is not None else None
        if name in outline.top.names:
            return self._bound(path, outline.top, name, depth)
        for target in self._stars(path, outline):
            thing = self._top(target, name, depth + 1)
            if thing is not None:
                return thing
        other = self._files.seen(path, name)
        return self._top(other, name, depth + 1) if other is not None else None

    def _stars(self, path: str, outline: Outline) -> list[str]:
        """Files of which a file imports everything."""
        if path not in self._whole:
            found = (self._files.module(path, one) for one in outline.wanted if one.member == "*")
            self._whole[path] = list(dict.fromkeys(one[0] for one in found if one is not None))
        return self._whole[path]

    def _bound(self, path: str, scope: Scope, name: str, depth: int) -> Thing | None:
        """What a scope binds a name to."""
        bound = scope.names[name]
        if isinstance(bound, Scope):
            return Thing(path, bound)
        if isinstance(bound, Wanted):
            return self._imported(path, bound, depth)
        if scope.kind == "module" and name in self._outlines[path].variables:
            return Thing(path, variable=name)
        return self._evaluated(path, scope, bound, depth)

    def _imported(self, path: str, wanted: Wanted, depth: int) -> Thing | None:
        """The definition behind an import, through as many re-exports as it takes."""
        found = self._files.module(path, wanted)
        if found is None or depth > DEEPEST:
            return None
        target, member = found
        return self._top(target, member, depth + 1) if member not in ("", "*") else Thing(target)

    def _value(self, thing: Thing, depth: int) -> Thing | None:
        """What a variable or a property holds; anything else is itself."""
        if thing.scope is not None and thing.scope.is_property and not thing.is_instance:
            return self._called(thing, depth)
        if not thing.variable:
            return thing
        top = self._outlines[thing.path].top
        bound = top.names[thing.variable]
        return self._evaluated(thing.path, top, bound, depth) if isinstance(bound, Value) else None

    def _evaluated(self, path: str, scope: Scope, value: Value, depth: int) -> Thing | None:
        """The value of an expression, or an instance of a class that is named."""
        key = (scope, value)
        if key not in self._values:
            self._values[key] = None
            thing = self._end(path, scope, value.chain, depth)
            if thing is not None:
                thing = self._value(thing, depth + 1)
            self._values[key] = _instance(thing) if value.is_instance and thing is not None else thing
        return self._values[key]

    def _called(self, thing: Thing, depth: int) -> Thing | None:
        """What a call gives: an instance of the class, or of the class that the function says it returns."""
        scope = thing.scope
        if scope is None or thing.is_instance:
            return thing if thing.is_instance else None
        if scope.kind == "class":
            return _instance(thing)
        found = self._end(thing.path, scope, scope.returns, depth) if scope.returns else None
        return _instance(found) if found is not None else None

    def _member(self, thing: Thing, name: str, depth: int) -> Thing | None:
        """A member of a file, or of a class or its bases."""
        if thing.scope is None:
            return self._of_file(thing.path, name, depth)
        key = (thing.scope, name, thing.is_instance)
        if key not in self._members:
            self._members[key] = None
            self._members[key] = self._of_class(thing, name, depth) if depth <= DEEPEST else None
        return self._members[key]

    def _of_file(self, path: str, name: str, depth: int) -> Thing | None:
        """A name at the top of a file, or a file of the package that it stands for."""
        inner = self._files.submodule(path, name)
        outline = self._outlines.get(path)
        if inner is None or (outline is not None and name in outline.top.names):
            return self._top(path, name, depth + 1)
        return Thing(inner)

    def _of_class(self, thing: Thing, name: str, depth: int) -> Thing | None:
        """A member of a class: its own, one declared outside of its body, or one of its bases."""
        assert thing.scope is not None
        bound = thing.scope.names.get(name)
        if isinstance(bound, Scope):
            return Thing(thing.path, bound)
        if isinstance(bound, Value):
            return self._evaluated(thing.path, thing.scope, bound, depth + 1)
        outside = self._top(thing.path, f"{thing.scope.name}.{name}", depth + 1)
        if outside is not None:
            return outside
        found = (self._member(base, name, depth + 1) for base in self._bases(thing, depth))
        return next((one for one in found if one is not None), None)

    def _bases(self, thing: Thing, depth: int) -> Iterator[Thing]:
        """The classes that a class is made from, where they are here."""
        assert thing.scope is not None
        for chain in thing.scope.bases:
            outer = thing.scope.above or thing.scope
            base = self._end(thing.path, outer, chain, depth + 1)
            if base is not None and base.scope is not None and base.scope is not thing.scope:
                yield Thing(base.path, base.scope, thing.is_instance)


def _owner(scope: Scope) -> Scope | None:
    """The class around a scope."""
    here: Scope | None = scope
    while here is not None and here.kind != "class":
        here = here.above
    return here


def _instance(thing: Thing) -> Thing | None:
    """An instance of a class."""
    is_class = thing.scope is not None and thing.scope.kind == "class"
    return Thing(thing.path, thing.scope, is_instance=True) if is_class else None


def _reference(path: str, use: Use, thing: Thing, *, is_call: bool) -> Reference:
    return Reference(
        source=path,
        line=use.line,
        within=use.scope.name,
        target=thing.path,
        name=thing.definition,
        kind="call" if is_call else "read",
    )
