"""Counterfactuals of the fields of a class: another name for one, and a method that reads it.

The class is plain: no bases but Python's own and those of the same file, which must not know either name, and
no attributes made at run time. Nobody but `self`, `cls` and the class itself is asked for one of that
name in the file, so that every place of the field is known.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence

import numpy as np

from octad_train.inject.counterfactual.pair import Counterfactual, renamed
from octad_train.inject.counterfactual.source import Function, Source, candidates, fields, owned

BUILTIN = {name: kind for name, kind in vars(builtins).items() if isinstance(kind, type)}
PLAIN_BASES = frozenset({*BUILTIN, "ABC", "abc.ABC", "NamedTuple", "typing.NamedTuple"})
BUILTIN_FIELDS = frozenset(name for kind in BUILTIN.values() for name in dir(kind))
PLAIN_DECORATORS = re.compile(
    r"(\w+\.)?(dataclass|define|frozen|total_ordering|final|unique)(\(.*)?", re.DOTALL
)
MADE = re.compile(
    r"__(get|set|del)attr__|__getattribute__|__slots__|__dict__|\b(setattr|vars|locals|asdict)\b"
)
"""What makes or reads attributes under names that nothing shows."""
_MOST_READERS = 3


def field_counterfactuals(
    source: Source, rng: np.random.Generator, names: Sequence[str]
) -> Iterator[Counterfactual]:
    """Counterfactuals of the fields of a file, in random order; `names` are fields of other files."""
    held: dict[tuple[ast.ClassDef, str], None] = {}
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and _plain(source, node):
            held |= dict.fromkeys((node, name) for name in _fields(node))
    pairs = list(held)
    own = fields(source.nodes)
    for index in rng.permutation(len(pairs)):
        owner, old = pairs[index]
        places = _places(source, owner, old)
        if places is not None:
            yield from _counterfactuals(source, rng, (owner, old, places), (own, names))


Place = tuple[int, bool, Function | None]
"""Offset of the name, whether it is assigned there, and the method."""


def _counterfactuals(
    source: Source,
    rng: np.random.Generator,
    field: tuple[ast.ClassDef, str, list[Place]],
    names: tuple[Sequence[str], Sequence[str]],
) -> Iterator[Counterfactual]:
    owner, old, places = field
    methods = {unit: None for _, stored, unit in places if unit is not None and not stored}
    writers = {unit for _, stored, unit in places if stored}
    readers = [unit for unit in methods if unit not in writers]
    spans = [source.span(node) for node in _family(source, owner)]
    for number in rng.permutation(len(readers))[:_MOST_READERS]:
        reader = readers[number]
        here = [place for place, _, unit in places if unit is reader]
        there = [place for place, _, unit in places if unit is not reader]
        use = here[int(rng.integers(len(here)))]
        if not source.far([old], reader, use) or not source.exact([*here, *there], old):
            continue
        definition = min(place for place, stored, _ in places if stored)
        for new in candidates(rng, *names, old):
            if new not in BUILTIN_FIELDS and source.fresh(new, spans) and source.far([old, new], reader, use):
                yield Counterfactual(
                    "field", renamed(there, old, new), renamed(here, old, new), definition, use
                )
                break


def _plain(source: Source, owner: ast.ClassDef) -> bool:
    family = _family(source, owner)
    known = {node.name for node in family} | PLAIN_BASES
    for node in family:
        text = source.text[slice(*source.span(node))]
        if node.keywords or MADE.search(text) or not all(ast.unparse(base) in known for base in node.bases):
            return False
    if any(isinstance(node, ast.ClassDef) and node is not owner for node in ast.walk(owner)):
        return False
    return all(PLAIN_DECORATORS.fullmatch(ast.unparse(node)) for node in owner.decorator_list)


def _family(source: Source, owner: ast.ClassDef) -> list[ast.ClassDef]:
    """The class with all of the file that it inherits from and that inherit from it."""
    family = [owner]
    for member in family:
        above = {ast.unparse(base) for base in member.bases}
        for node in source.classes:
            below = member.name in {ast.unparse(base) for base in node.bases}
            if node not in family and (node.name in above or below):
                family.append(node)
    return family


def _fields(owner: ast.ClassDef) -> list[str]:
    """Fields that the class assigns or declares, without dunders."""
    declared = [
        n.target.id for n in owner.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    ]
    return [
        name
        for name in dict.fromkeys([*declared, *fields(ast.walk(owner))])
        if name not in BUILTIN_FIELDS and name[-2:] != "__"
    ]


def _places(source: Source, owner: ast.ClassDef, name: str) -> list[Place] | None:
    """Every place of a field; None where one may be unseen, or something else has the name."""
    if name in source.quoted or _known_elsewhere(source, owner, name):
        return None
    low, high = source.span(owner)
    places: list[Place] = []
    for node in source.attributes.get(name, ()):
        place = source.named(node, name)
        if not (low <= place < high and owned(node, "self", "cls", owner.name)):
            return None
        places.append((place, not isinstance(node.ctx, ast.Load), source.unit(node)))
    for binding in source.bindings.get(name, ()):
        if owner in (source.parent[binding], source.parent.get(source.parent[binding])):
            if not isinstance(binding, ast.Name):
                return None
            places.append((source.start(binding), True, None))
    loads = [node for node in source.loads.get(name, ()) if low <= source.start(node) < high]
    return None if any(source.unit(node) is None for node in loads) else places


def _known_elsewhere(source: Source, owner: ast.ClassDef, name: str) -> bool:
    """Whether a relative knows the name, or a call hands it over as the keyword of a field."""
    relatives = [node for node in _family(source, owner) if node is not owner]
    if any(source.within(name, source.span(node)) for node in relatives):
        return True
    declared = any(isinstance(n, ast.AnnAssign) and ast.unparse(n.target) == name for n in owner.body)
    return declared and bool({name, name.lstrip("_")} & source.keywords)
