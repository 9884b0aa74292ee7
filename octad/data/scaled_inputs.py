"""Arguments of any size, made in the likeness of the arguments of a test.

The size n is the length of a sequence, and the value of a whole number. Several shapes of the same
size stand in for the worst case, which nobody knows: repeated, rising, falling, all equal, random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Arguments = tuple[Any, ...]
SHAPES = ("repeat", "rising", "falling", "equal", "random")
# Far from 0 and of four digits, so that numbers do not get longer as there are more of them.
START = 1000


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to scale: `make(n)` gives arguments of size n; `sizes` are those worth trying."""

    name: str
    make: Callable[[int], Arguments]
    sizes: tuple[int, ...]


def variants(tests: Sequence[Arguments]) -> Iterator[Variant]:
    """Yield the variants for a function whose tests have these arguments.

    Modes: `outer` scales the lengths of the arguments, `inner` also those of lists inside; beside
    sequences numbers are scaled in proportion (`outer`, `inner`) or kept (`kept`). Where there are
    only numbers, `value` scales them, and a shape is a choice of sizes: even, odd, round, prime.
    """
    base = max(tests, key=lambda arguments: sum(_size(value) for value in arguments))
    sequences = [at for at, value in enumerate(base) if _is_sequence(value)]
    modes = ["outer"]
    if any(_is_nested(base[at]) for at in sequences):
        modes.append("inner")
    if sequences and any(_is_number(value) for value in base):
        modes.append("kept")
    lengths = _lengths(tests, sequences)
    for mode in modes if sequences else ["value"]:
        sizes = _sizes(128 if mode == "inner" else 4096 if sequences else 1 << 32)
        for shape in SHAPES:
            numbers = sizes if sequences else tuple(sorted({_shaped(size, shape) for size in sizes}))
            yield Variant(f"{mode}/{shape}", _maker(base, sequences, lengths, mode, shape), numbers)


def _maker(
    base: Arguments, sequences: list[int], lengths: set[int], mode: str, shape: str
) -> Callable[[int], Arguments]:
    whole = max((abs(value) for value in base if _is_number(value)), default=1) or 1
    unit = _size(base[sequences[0]]) or 1 if sequences else whole

    def scaled(at: int, value: Any, n: int) -> Any:
        if at in lengths:
            return n
        if _is_number(value):
            return value if mode == "kept" else type(value)(value * n // unit) or value
        return grown(value, n, shape, mode == "inner")

    return lambda n: tuple(scaled(at, value, n) for at, value in enumerate(base))


def grown(value: Any, n: int, shape: str, inner: bool) -> Any:
    """A value of the kind of `value` and of size n; what has no size is returned as it is."""
    generator = random.Random(n)
    if isinstance(value, str):
        return _text(value or "ab", n, shape, generator)
    if isinstance(value, dict):
        return dict(
            zip(_distinct(list(value), n), _items(list(value.values()), n, shape, inner), strict=True)
        )
    if isinstance(value, set | frozenset):
        return type(value)(_distinct(sorted(value, key=repr), n))
    if isinstance(value, list | tuple):
        return type(value)(_items(list(value), n, shape, inner))
    return value


def _items(base: list[Any], n: int, shape: str, inner: bool) -> list[Any]:
    generator = random.Random(n)
    if not base:
        base = [1, 2, 3]
    if all(type(item) is int for item in base):
        return _numbers(base, n, shape, generator)
    repeated = [base[i % len(base)] for i in range(n)]
    if shape == "equal":
        return [base[0]] * n
    if shape == "random":
        return generator.choices(base, k=n)
    if all(isinstance(item, str) for item in base):
        if shape == "repeat":
            return repeated
        words = [f"{word}{_letters(i)}" for i, word in enumerate(repeated)]
        return words[::-1] if shape == "falling" else words
    if inner:
        return [grown(item, n, shape, inner) if isinstance(item, list | tuple) else item for item in repeated]
    if shape == "repeat":
        return repeated
    order = range(n) if shape == "rising" else range(n, 0, -1)
    return [_moved(item, i) for item, i in zip(repeated, order, strict=True)]


def _numbers(base: list[int], n: int, shape: str, generator: random.Random) -> list[int]:
    if shape == "repeat":
        return [base[i % len(base)] for i in range(n)]
    if shape == "equal":
        return [base[0]] * n
    if shape == "random":
        return [generator.randint(1, 97) for _ in range(n)]
    return [START + i for i in (range(n) if shape == "rising" else range(n, 0, -1))]


def _text(base: str, n: int, shape: str, generator: random.Random) -> str:
    text = (base * (n // len(base) + 1))[:n]
    return {
        "repeat": text,
        "rising": "".join(sorted(text)),
        "falling": text[::-1],
        "equal": base[0] * n,
        "random": "".join(generator.choices(base, k=n)),
    }[shape]


def _moved(item: Any, i: int) -> Any:
    """The same item with its numbers and words made its own."""
    if isinstance(item, tuple | list):
        return type(item)(_moved(part, i) for part in item)
    return item + i if type(item) is int else item


def _distinct(base: list[Any], n: int) -> list[Any]:
    first = base[0] if base else 1
    if type(first) is int:
        return [START + i for i in range(n)]
    if isinstance(first, str):
        return [*base[:n], *(f"{first}{_letters(i)}" for i in range(n - len(base[:n])))]
    return [*base[:n], *range(START, START + n - len(base[:n]))]


def _shaped(n: int, shape: str) -> int:
    """A number near n: itself, its neighbours, a round one, a prime."""
    if shape == "random":
        return next(k for k in range(n, 2 * n + 2) if all(k % d for d in range(2, int(k**0.5) + 1)))
    digits = str(n)
    round_one = int(digits[0] + "0" * (len(digits) - 1))
    return {"rising": n + 1, "falling": n - 1, "equal": round_one}.get(shape, n)


def _letters(i: int) -> str:
    return "".join(chr(ord("a") + (i // 26**place) % 26) for place in range(3))


def _sizes(largest: int) -> tuple[int, ...]:
    sizes = [*range(3, 17), 20, 24, 28, 32, 40, 48, 64, 96, *(1 << k for k in range(7, 33))]
    return tuple(size for size in sizes if size <= largest)


def _lengths(tests: Sequence[Arguments], sequences: list[int]) -> set[int]:
    """Positions of numbers that are, in every test, the length of one of the sequences."""
    found = set()
    for at in range(min(len(arguments) for arguments in tests)):
        for sequence in sequences:
            pairs = [(arguments[at], arguments[sequence]) for arguments in tests]
            if all(_is_number(a) and _is_sequence(b) and a == len(b) for a, b in pairs):
                found.add(at)
    return found


def _is_sequence(value: Any) -> bool:
    return isinstance(value, str | list | tuple | dict | set | frozenset)


def _is_nested(value: Any) -> bool:
    items = list(value.values()) if isinstance(value, dict) else value
    return not isinstance(value, str) and any(isinstance(item, list) for item in items)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _size(value: Any) -> int:
    return len(value) if _is_sequence(value) else 0
