"""From shapes to templates: which tokens of a set of shapes are constants, and which are values.

Three rules, each a function of the set of shapes, are applied until none changes it. Each makes shapes
more general, so this ends; and none looks at the order of the shapes or at how many lines have them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from itertools import pairwise

from octad.records.logs import VARIES
from octad.templates.masks import Shape

MANY = 5
"""Different tokens in one place, all else being equal, are values and not the words of a choice."""
LONGEST_SPAN = 12
"""Tokens of the longest value that a slot of another shape takes in."""

GAPS: tuple[Shape, ...] = ((), (" ",), (",",), (",", " "))
"""What may stand between the values of a list."""

Steps = dict[Shape, Shape]
"""The more general shape of each shape that has one."""


def cluster(shapes: Iterable[Shape]) -> dict[Shape, Shape]:
    """The template of every shape."""
    found = {shape: shape for shape in shapes}
    while steps := next(filter(None, (rule(set(found.values())) for rule in RULES)), None):
        found = {shape: _last(now, steps) for shape, now in found.items()}
    return found


def lists(shapes: Set[Shape]) -> Steps:
    """Shapes that differ in how many values stand in a row: of those all become one."""
    alike = defaultdict(set)
    for shape in shapes:
        alike[_squeezed(shape)].add(shape)
    return {shape: short for short, longs in alike.items() if len(longs) > 1 for shape in longs - {short}}


def singles(shapes: Set[Shape]) -> Steps:
    """Shapes that differ in one place, where there are many tokens, or some all known as values."""
    places: dict[tuple[int, Shape], set[str]] = defaultdict(set)
    for shape in shapes:
        for i in _places(shape):
            places[i, _without(shape, i)].add(shape[i])
    known = {token for tokens in places.values() if len(tokens) >= MANY for token in tokens}
    varying: dict[Shape, set[int]] = defaultdict(set)
    for (i, rest), tokens in places.items():
        if len(tokens) >= MANY or (len(tokens) > 1 and tokens <= known):
            for token in tokens:
                varying[(*rest[:i], token, *rest[i + 1 :])].add(i)
    return _varied(varying)


def spans(shapes: Set[Shape]) -> Steps:
    """Shapes that others take in: `at LOCAL(0), x` is `at <*>, x` when there is such a shape."""
    steps = {}
    for shape in shapes:
        words = sum(map(_is_word, shape))
        for start, end in _spans(shape):
            taken = shape[start:end]
            general = (*shape[:start], VARIES, *shape[end:])
            if general in shapes and general != shape and words > sum(map(_is_word, taken)):
                steps[shape] = general
                break
    return steps


RULES = (lists, singles, spans)


def _squeezed(shape: Shape) -> Shape:
    """The shape with one value for values in a row."""
    short: list[str] = []
    for token in shape:
        gap = next((gap for gap in GAPS if _ends(short, gap)), None) if token == VARIES else None
        if gap is None:
            short.append(token)
        else:
            del short[len(short) - len(gap) :]
    return tuple(short)


def _ends(tokens: list[str], gap: Shape) -> bool:
    return tokens[-1 - len(gap) :] == [VARIES, *gap]


def _places(shape: Shape) -> list[int]:
    """Where a shape may vary: its values, and its words but for the first, which says what it is about."""
    first = next((i for i, token in enumerate(shape) if _is_word(token)), None)
    if first is None:
        return []
    return [i for i, token in enumerate(shape) if i != first and (token == VARIES or _is_word(token))]


def _spans(shape: Shape) -> list[tuple[int, int]]:
    """Runs of tokens without a space, the longest first."""
    spaces = [-1, *(i for i, token in enumerate(shape) if token == " "), len(shape)]
    found = [
        (start, end)
        for before, after in pairwise(spaces)
        for start in range(before + 1, after)
        for end in range(start + 1, min(after, start + LONGEST_SPAN) + 1)
        if any(token == VARIES or token[0].isalnum() for token in shape[start:end])
    ]
    return sorted(found, key=lambda span: (span[0] - span[1], span))


def _is_word(token: str) -> bool:
    return any(map(str.isalpha, token))


def _without(shape: Shape, i: int) -> Shape:
    return (*shape[:i], "", *shape[i + 1 :])


def _varied(varying: dict[Shape, set[int]]) -> Steps:
    steps = {
        shape: tuple(VARIES if i in places else token for i, token in enumerate(shape))
        for shape, places in varying.items()
    }
    return {shape: general for shape, general in steps.items() if general != shape}


def _last(shape: Shape, steps: Steps) -> Shape:
    while shape in steps:
        shape = steps[shape]
    return shape
