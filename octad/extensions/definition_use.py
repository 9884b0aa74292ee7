"""Definition–use pairs: uses in a unit of code beside the definitions that they refer to, far away.

Each pair is a small sequence of at most `NEAR` items of the unit (the name that is used, then the arguments
of the call or what stands around it) and at most `FAR` words of the signature of its definition. Both sides
carry what they share: an argument that a parameter has the name of carries its place, and the other way round
(`design/0013`).

Legend: T pairs, K near items, F far words, M = K + F.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.encoders.batch import with_row
from octad.encoders.prepared import Array, Part, Prepared
from octad.encoders.sequences import ragged
from octad.extensions.base import Collated, Extension
from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad.syntax.calls import Place, calls, is_refused
from octad.syntax.relations import Relation
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Kind, Tokens, Use

if TYPE_CHECKING:
    from octad.encoders.word_pieces import WordPieces
    from octad.nn.definition_use import DefinitionUseNetwork

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

NEAR, FAR = 14, 26
FIELD, OWNER = 10, 6
"""Words of a field or constant, and of the class around, that are read."""
AROUND = 5
"""Items on either side of a name that is not called."""
MOST = 64
"""Pairs of one unit."""
PLACES = 16
"""Places of arguments and parameters that are distinguished."""
PARTS = 5
"""Nothing, the name that is used, what is beside it, its definition, the class around."""
SORTS = ("function", "class", "method", "field", "constant", "missing")
CALLED = SORTS.index("field")
"""Sorts below this are called."""
COLUMNS = (PARTS, PLACES, PLACES, len(Kind))
"""Sizes of the features of an item of a pair: part, own place, place of its like, kind.

The own place of the name that is used says whether Python would refuse the use.
"""
_MARKS = frozenset("()[]{}:,.@") | {"->", "def", "class", "async"}
_EVERYWHERE = frozenset({*dir(type), *dir(object), "__dict__", "__name__", "__qualname__", "__module__"})
"""What every class has."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The T pairs of a unit.

    `uses` `[T, 2]` are item and sort of each use, `near` `[T, K]` the items of the unit that are read with
    it, `features` `[T, M, 4]` say of each of these and of the far words what COLUMNS names; `far` are the
    word pieces of the far words, `lengths` `[T * F]` how many each has. `definitions` are what each use
    refers to; None where its class is known to be here, and what is used of it is not.
    """

    uses: Ints
    near: Ints
    features: Bytes
    far: Ints
    lengths: Ints
    definitions: tuple[UsedDefinition | None, ...]

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.uses)

    def arrays(self) -> dict[str, Array]:
        """What the model reads of them."""
        return {name: getattr(self, name) for name in ("uses", "near", "features", "far", "lengths")}


NO_PAIRS = Pairs(
    np.zeros((0, 2), np.int32),
    np.zeros((0, NEAR), np.int32),
    np.zeros((0, NEAR + FAR, len(COLUMNS)), np.uint8),
    np.zeros(0, np.int32),
    np.zeros(0, np.int32),
    (),
)


class DefinitionUse(Extension):
    """Pairs of the uses in the field `code` of a case with the definitions in its field `context`.

    `heads` read the states of pairs, of width `size`, at the item of each use.
    """

    name = "definition_use"

    def __init__(self, *heads: str, code: str = "code", context: str = "context", size: int = 128) -> None:
        self.heads = heads
        self.code, self.context, self.size = code, context, size

    def prepare(self, case: Any, parts: Sequence[Part], pieces: WordPieces) -> Pairs:
        """The pairs of a case."""
        code: Code = getattr(case, self.code)
        return pairs_of(code, getattr(case, self.context), pieces)

    def collate(self, units: Sequence[Prepared]) -> Collated:
        """`uses` `[T, 3]` (row, item, sort), `near` `[T, K]`, `pairs` `[T, M, C]`; `far` words `[T, F]`.

        Where there is no pair there is one row of zeros.
        """
        held = [of_unit(unit) for unit in units]
        uses = with_row([one.uses for one in held])
        near, features = (
            np.concatenate([getattr(one, name) for one in held]) for name in ("near", "features")
        )
        lengths = np.concatenate([one.lengths for one in held])
        if not len(uses):
            uses, near, features = (
                np.zeros((1, *one.shape[1:]), one.dtype) for one in (uses, near, features)
            )
            lengths = np.zeros(FAR, np.int32)
        starts = (np.cumsum(lengths) - lengths).astype(np.int32)
        words = np.concatenate([one.far for one in held]), starts, (len(uses), FAR)
        return Collated({"uses": uses, "near": near, "pairs": features}, {"far": words})

    def network(self, inputs: Sequence[str], widths: tuple[int, int]) -> DefinitionUseNetwork:
        """Layers over the items of each pair."""
        from octad.nn.definition_use import DefinitionUseNetwork, Layout

        return DefinitionUseNetwork(widths, Layout(NEAR, FAR, COLUMNS, len(SORTS)), self.size, self.heads)


def of_unit(unit: Prepared) -> Pairs:
    """The pairs of a prepared case."""
    found = unit.added.get(DefinitionUse.name)
    return found if isinstance(found, Pairs) else NO_PAIRS


class Word(NamedTuple):
    """A word of the signature of a definition: what it is part of, and which parameter, from 1; else 0."""

    text: str
    kind: int
    part: int
    place: int


class Found(NamedTuple):
    """An item that uses something, and what that is."""

    item: int
    sort: int
    definition: UsedDefinition | None


def pairs_of(code: Code, context: Sequence[UsedDefinition], pieces: WordPieces) -> Pairs:
    """The pairs of a unit among the definitions that are given; pure."""
    if not context:
        return NO_PAIRS
    tokens = tokenize(code)
    found = list(used(tokens, context))[:MOST]
    if not found:
        return NO_PAIRS
    owner = next((one for one in context if one.sort == "owner"), None)
    arguments, written = _arguments(tokens), calls(code)
    near = np.zeros((len(found), NEAR), np.int32)
    features = np.zeros((len(found), NEAR + FAR, len(COLUMNS)), np.uint8)
    far: list[tuple[int, ...]] = [()] * (len(found) * FAR)
    for row, use in enumerate(found):
        beside = _beside(tokens, use, arguments)
        words = _words(use, owner)
        near[row, : len(beside)] = beside
        features[row] = _features(tokens, beside, words, called=use.sort < CALLED)
        features[row, 0, 1] = is_wrong(tokens, use, written)
        far[row * FAR : row * FAR + len(words)] = [pieces.of(word.text) for word in words]
    uses = np.array([(use.item, use.sort) for use in found], np.int32)
    lengths = np.fromiter(map(len, far), np.int32, len(far))
    definitions = tuple(use.definition for use in found)
    return Pairs(uses, near, features, ragged(far)[1], lengths, definitions)


def used(tokens: Tokens, context: Sequence[UsedDefinition]) -> Iterator[Found]:
    """Every item that uses one of the definitions, or what its class does not have."""
    bare = {one.name: one for one in context if one.sort in ("function", "class", "constant")}
    own = {one.name: one for one in context if one.sort in ("method", "field")}
    owner = next((one for one in context if one.sort == "owner"), None)
    words, kinds = tokens.words, tokens.kind.tolist()
    for item in range(1, len(words)):
        word, kind = words[item], kinds[item]
        if kind in (Kind.ATTRIBUTE, Kind.METHOD):
            if item < 3 or words[item - 1] != "." or words[item - 2] not in ("self", "cls"):
                continue
            if tokens.first[item - 2] and words[item + 1 : item + 2] in (("=",), (":",)):
                continue
            known = own.get(word)
            if known is None and (owner is None or word in _EVERYWHERE):
                continue
            yield Found(item, SORTS.index(known.sort if known else "missing"), known)
        elif (known := bare.get(word)) is not None and _is_use(tokens, item, known):
            yield Found(item, SORTS.index(known.sort), known)


def _is_use(tokens: Tokens, item: int, known: UsedDefinition) -> bool:
    """Whether a bare name is called, or read where it is a constant."""
    if known.sort == "constant":
        return bool(tokens.use[item] == Use.LOAD) and tokens.kind[item] in (Kind.NAME, Kind.CONSTANT)
    return bool(tokens.kind[item] == Kind.CALLEE)


def _arguments(tokens: Tokens) -> dict[int, list[int]]:
    """The first items of the arguments of each call, in order, by the item that names what is called."""
    found: dict[int, list[int]] = {}
    edges = tokens.edges
    for argument, callee in edges[edges[:, 2] == Relation.ARGUMENT][:, :2].tolist():
        found.setdefault(callee, []).append(argument)
    return {callee: sorted(held) for callee, held in found.items()}


def is_wrong(tokens: Tokens, use: Found, written: Mapping[Place, ast.Call]) -> bool:
    """Whether Python would refuse a use: a call by its arguments, or a name that a closed class has not."""
    if use.definition is None:
        return True
    call = written.get((int(tokens.spans[use.item, 2]), int(tokens.spans[use.item, 3])))
    return use.sort < CALLED and call is not None and is_refused(use.definition, call)


def _beside(tokens: Tokens, use: Found, arguments: dict[int, list[int]]) -> list[int]:
    """The use and the items that are read with it: the arguments of a call, else what stands around."""
    if use.sort < CALLED or use.item in arguments:
        return [use.item, *arguments.get(use.item, ())][:NEAR]
    around = range(max(1, use.item - AROUND), min(len(tokens.words), use.item + AROUND + 1))
    return [use.item, *(i for i in around if i != use.item)][:NEAR]


def _words(use: Found, owner: UsedDefinition | None) -> list[Word]:
    """The far side of a use: the signature of the definition, then that of the class around."""
    own = () if use.definition is None else signature(use.definition)
    most = FIELD if use.sort in (SORTS.index("field"), SORTS.index("constant")) else FAR - OWNER
    around = signature(owner)[:OWNER] if owner is not None and use.sort >= SORTS.index("method") else ()
    return [*own[:most], *around] if SORTS[use.sort] != "constant" else list(own[:most])


@lru_cache(maxsize=4096)
def signature(definition: UsedDefinition) -> tuple[Word, ...]:
    """The words of the signature of a definition that say something."""
    tokens = tokenize(definition.code)
    part = 4 if definition.sort == "owner" else 3
    bound = definition.sort in ("class", "method")
    found: list[Word] = []
    place = 0
    for word, kind in zip(tokens.words[1:], tokens.kind[1:].tolist(), strict=True):
        if kind == Kind.COMMENT or word in _MARKS:
            continue
        is_own = kind == Kind.PARAMETER and not (bound and word in ("self", "cls"))
        place += is_own
        found.append(Word(word, kind, part, min(place, PLACES - 1) if is_own else 0))
    return tuple(found)


def _features(tokens: Tokens, beside: Sequence[int], words: Sequence[Word], *, called: bool) -> Bytes:
    """The features `[M, 4]` of one pair."""
    table = np.zeros((NEAR + FAR, len(COLUMNS)), np.uint8)
    places = {tokens.words[item]: min(n, PLACES - 1) for n, item in reversed(list(enumerate(beside)))}
    parameters = {word.text: word.place for word in words if word.place}
    for row, item in enumerate(beside):
        own = min(row, PLACES - 1) if called else 0
        word = tokens.words[item]
        like = parameters.get(word, 0) if called else int(any(word == one.text for one in words))
        table[row] = (1 if row == 0 else 2, own, like, tokens.kind[item])
    for row, one in enumerate(words):
        like = places.get(one.text, 0) if called else int(one.text in places)
        table[NEAR + row] = (one.part, one.place, like, one.kind)
    return table
