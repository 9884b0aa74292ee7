"""Rules on shapes of different lengths: lists, repeated parts, values of several tokens or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Set
from itertools import pairwise
from typing import NamedTuple

from octad.records.logs import VARIES
from octad.templates.masks import Shape

LONGEST_SPAN = 12
"""Tokens of the longest value that a slot of another shape takes in, and of the longest repeated part."""
LONGEST_SHAPE = 64
"""Tokens of the longest shape that is searched for such values."""
OPENING = {"(": ")", "[": "]", "{": "}", "<": ">"}
UNITS = frozenset(
    [
        "B",
        "kB",
        "KB",
        "MB",
        "GB",
        "TB",
        "KiB",
        "MiB",
        "GiB",
        "TiB",
        "bytes",
        "ns",
        "us",
        "ms",
        "s",
        "sec",
        "secs",
        "second",
        "seconds",
        "min",
        "mins",
        "minute",
        "minutes",
        "h",
        "hour",
        "hours",
        "d",
        "day",
        "days",
    ]
)
"""Units of size and time; which of them follows a number depends on the number."""
_SEPARATORS = frozenset(":,;")
_LOOSE = frozenset((VARIES, " ", ","))
_COMMAS: tuple[Shape, ...] = ((",",), (",", " "))
_GAPS: tuple[Shape, ...] = ((), (" ",), *_COMMAS)
"""What may stand between the values of a list; commas alone make a list of two lengths."""

Steps = dict[Shape, Shape]
"""The more general shape of each shape that has one."""


class Limits(NamedTuple):
    """What counts as evidence of a value; chosen by leaving out one system in turn (`benchmarks/`)."""

    many: int = 6
    """Different words in one place, all else being equal, are values and not the words of a choice."""
    share: float = 0.5
    """Part of a template's words that are constants, at least, when it differs in several places."""
    subject: int = 3
    """Constants per value, at least, where the word that a message begins with is one of the values."""
    lengths: int = 3
    """Different lengths make a row of values a list."""


LIMITS = Limits()


def lists(shapes: Set[Shape], limits: Limits) -> Steps:
    """Shapes that differ in how many values stand in a row: of those all become one."""
    return _alike(shapes, _squeezed(_COMMAS), 2) or _alike(shapes, _squeezed(_GAPS), limits.lengths)


def repeats(shapes: Set[Shape]) -> Steps:
    """Shapes that differ in how often a part with values stands there: once is enough."""
    return _alike(shapes, _once, 2)


def spans(shapes: Set[Shape]) -> Steps:
    """Shapes that others take in: `at LOCAL(0), x` is `at <*>, x` when there is such a shape."""
    steps = {}
    lengths = set(map(len, shapes))
    for shape in shapes:
        words = sum(map(is_word, shape))
        for start, end in _spans(shape):
            if len(shape) + 1 - (end - start) not in lengths:
                continue
            general = (*shape[:start], VARIES, *shape[end:])
            if general in shapes and general != shape and words > sum(map(is_word, shape[start:end])):
                steps[shape] = general
                break
    return steps


def is_word(token: str) -> bool:
    """Whether a token says something: a word, or a name whose number varies."""
    return any(map(str.isalpha, token))


def _alike(shapes: Set[Shape], shorter: Callable[[Shape], Shape], least: int) -> Steps:
    """Shapes that one shorter shape stands for, when they are so many, itself among them."""
    alike = defaultdict(set)
    for shape in shapes:
        alike[shorter(shape)].add(shape)
    return {
        shape: short
        for short, longs in alike.items()
        if len(longs | {short}) >= least
        for shape in longs - {short}
    }


def _squeezed(gaps: tuple[Shape, ...]) -> Callable[[Shape], Shape]:
    """Makes the shape that has one value for values in a row, with these gaps."""

    def squeeze(shape: Shape) -> Shape:
        short: list[str] = []
        for token in shape:
            gap = next((gap for gap in gaps if _ends(short, gap)), None) if token.endswith(VARIES) else None
            if gap is not None:
                del short[len(short) - len(gap) - 1 :]
                token = VARIES
            short.append(token)
        return tuple(short)

    return squeeze


def _ends(tokens: list[str], gap: Shape) -> bool:
    at = len(tokens) - 1 - len(gap)
    return at >= 0 and tokens[at].endswith(VARIES) and tuple(tokens[at + 1 :]) == gap


def _once(shape: Shape) -> Shape:
    """The shape without a part, of values and more than gaps, that stood just before."""
    short: list[str] = []
    for token in shape:
        short.append(token)
        for size in range(3, min(LONGEST_SPAN, len(short) // 2) + 1):
            if short[-size] == short[-2 * size] and _repeated(short[-size:], short[-2 * size : -size]):
                del short[-size:]
                break
    return tuple(short)


def _repeated(part: list[str], before: list[str]) -> bool:
    return part == before and VARIES in part and any(token not in _LOOSE for token in part)


def _spans(shape: Shape) -> list[tuple[int, int]]:
    """Where a value may be, the longest first."""
    if len(shape) > LONGEST_SHAPE:
        return []
    found = {*_unspaced(shape), *_quantities(shape), *_bracketed(shape)}
    return sorted(found, key=lambda span: (span[0] - span[1], span))


def _unspaced(shape: Shape) -> Iterator[tuple[int, int]]:
    """Runs of tokens without a space; one that a colon ends is a label and no value."""
    spaces = [-1, *(i for i, token in enumerate(shape) if token == " "), len(shape)]
    for before, after in pairwise(spaces):
        for start in range(before + 1, after):
            for end in range(start + 1, min(after, start + LONGEST_SPAN) + 1):
                values = any(token == VARIES or token[0].isalnum() for token in shape[start:end])
                if values and shape[end - 1] not in _SEPARATORS:
                    yield start, end


def _quantities(shape: Shape) -> Iterator[tuple[int, int]]:
    """Numbers with a unit, where others have none: `5 sec` beside `00:05`."""
    for i in range(2, len(shape)):
        if shape[i] in UNITS and shape[i - 2 : i] == (VARIES, " "):
            yield i - 2, i + 1


def _bracketed(shape: Shape) -> Iterator[tuple[int, int]]:
    """What brackets hold: words, or nothing at all."""
    for i, token in enumerate(shape):
        close = OPENING.get(token)
        if close is not None and close in shape[i + 1 : i + LONGEST_SPAN]:
            yield i + 1, shape.index(close, i + 1)
