"""From shapes to templates: which tokens of a set of shapes are constants, and which are values.

Rules, each a function of the set of shapes, are applied until none changes it. Each makes shapes more
general, so this ends; and none looks at the order of the shapes or at how many lines have them. The rules
on shapes of different lengths are in `sequences`; here stands the one on shapes of one skeleton.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set

from octad.records.logs import VARIES
from octad.templates.masks import Shape
from octad.templates.sequences import LIMITS, OPENING, UNITS, Limits, Steps, is_word, lists, repeats, spans

PREPOSITIONS = frozenset(["for", "from", "by", "with", "via", "on", "in", "at", "of", "as", "to", "into"])
NAMED = frozenset(
    ["user", "group", "host", "node", "device", "interface", "container", "pod", "database", "table"]
)
"""What is called by a name, which follows it after a preposition: `of user`, `on interface`."""

_Varying = list[tuple[int, set[str]]]
"""Places of a group of shapes that differ, with their tokens."""


def cluster(shapes: Iterable[Shape], limits: Limits = LIMITS) -> dict[Shape, Shape]:
    """The template of every shape."""
    found = {shape: shape for shape in shapes}
    while True:
        now = set(found.values())
        steps = lists(now, limits) or repeats(now) or columns(now, limits) or spans(now)
        if not steps:
            return found
        found = {shape: _last(each, steps) for shape, each in found.items()}


def columns(shapes: Set[Shape], limits: Limits) -> Steps:
    """Shapes alike but for their words: parted until those left differ only where there are values.

    A group is parted by the place with the fewest different tokens, the words of a choice before values.
    """
    alike = defaultdict(list)
    for shape in shapes:
        alike[_skeleton(shape)].append(shape)
    steps: Steps = {}
    stack = [group for group in alike.values() if len(group) > 1]
    while stack:
        group = stack.pop()
        varying = _varying(group)
        if _are_values(group[0], varying, limits):
            places = {i for i, _ in varying}
            whole = tuple(VARIES if i in places else token for i, token in enumerate(group[0]))
            steps.update((shape, whole) for shape in group if shape != whole)
            continue
        at = min(varying, key=lambda one: (len(one[1]), one[0]))[0]
        parts = defaultdict(list)
        for shape in group:
            parts[shape[at]].append(shape)
        stack += [part for part in parts.values() if len(part) > 1]
    return steps


def _varying(group: list[Shape]) -> _Varying:
    found = ((i, set(column)) for i, column in enumerate(zip(*group, strict=True)))
    return [(i, tokens) for i, tokens in found if len(tokens) > 1]


def _are_values(shape: Shape, varying: _Varying, limits: Limits) -> bool:
    """Whether every place that differs holds values, and enough of the words do not differ."""
    places = {i for i, _ in varying}
    constant = sum(1 for i, token in enumerate(shape) if i not in places and is_word(token))
    if constant < 1 or (len(places) > 1 and constant < limits.share * (constant + len(places))):
        return False
    subject = _subject(shape)
    return all(
        (i != subject or VARIES in tokens or constant >= limits.subject * len(places))
        and _is_value(shape, i, tokens, limits)
        for i, tokens in varying
    )


def _subject(shape: Shape) -> int:
    """The first word outside brackets: it mostly says what a message is about."""
    words = (i for i, token in enumerate(shape) if is_word(token) and shape[max(0, i - 1)] not in OPENING)
    return next(words, -1)


def _is_value(shape: Shape, i: int, tokens: set[str], limits: Limits) -> bool:
    """Whether these tokens of one place are values: many, or some of a kind."""
    if VARIES in tokens or len(tokens) >= limits.many or all(token.endswith(VARIES) for token in tokens):
        return True
    if tokens <= UNITS:
        return VARIES in shape[max(0, i - 2) : i]
    before = [token.lower() for token in shape[max(0, i - 6) : i] if token != " "]
    last = before[-1] if before else ""
    return last == "for" or (last in NAMED and not PREPOSITIONS.isdisjoint(before))


def _skeleton(shape: Shape) -> Shape:
    """Spaces and marks of a shape, its words and values all alike."""
    return tuple(VARIES if token == VARIES or is_word(token) else token for token in shape)


def _last(shape: Shape, steps: Steps) -> Shape:
    while shape in steps:
        shape = steps[shape]
    return shape
