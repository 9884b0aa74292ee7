"""The structure of a function, without its names, its layout and its language: what it does, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from octad.search.functions import Function
from octad.syntax.tokens import Kind

LONGEST = 3
"""Steps of the longest run that is compared."""

# Words and marks of eight languages for one step; what is not here and no operator is passed over.
STEPS = {
    step: chosen
    for chosen, names in {
        "loop": "for while do foreach loop",
        "if": "if elif else? ? switch match case when unless",
        "else": "else default",
        "return": "return",
        "stop": "break continue goto",
        "raise": "raise throw throws panic assert",
        "try": "try except catch finally rescue",
        "yield": "yield await async",
        "new": "new del delete",
        "and": "and && or ||",
        "not": "not ! !== != <> ~",
        "same": "== === is",
        "less": "< <= > >=",
        "in": "in range of",
        "plus": "+ += ++",
        "minus": "- -= --",
        "times": "* *= ** **=",
        "over": "/ /= // //=",
        "rest": "% %=",
        "bits": "& | ^ << >> >>> &= |= ^= <<= >>=",
        "null": "None null nil undefined nullptr",
        "true": "True true",
        "false": "False false",
        "lambda": "lambda =>",
        "at": "[",
        "set": "= :=",
    }.items()
    for step in names.split()
}
_CALLS = frozenset({Kind.CALLEE, Kind.METHOD})
_TEXT = frozenset({Kind.COMMENT, Kind.STRING})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a function does, and the line it does it in."""

    what: str
    line: int


def steps_of(function: Function) -> Iterator[Step]:
    """What the function does, item by item."""
    for item in function.items:
        if item.kind in _CALLS:
            yield Step("call", item.line)
        elif item.kind == Kind.NUMBER:
            yield Step(f"#{item.word}" if len(item.word) <= 4 else "#", item.line)
        elif item.kind not in _TEXT and item.word in STEPS:
            yield Step(STEPS[item.word], item.line)


def structure_of(function: Function) -> Counter[str]:
    """Runs of up to LONGEST steps, and how often each is there."""
    steps = [step.what for step in steps_of(function)]
    return Counter(
        " ".join(steps[at : at + size])
        for size in range(1, LONGEST + 1)
        for at in range(len(steps) - size + 1)
    )
