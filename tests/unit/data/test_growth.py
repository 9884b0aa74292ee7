"""Growth is named where it is clear, and only there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from octad.data.growth import UNCLEAR, growth_of, program_growth

SIZES = (*range(3, 17), 20, 24, 32, 48, 64, 96, 128, 256, 512)


@pytest.mark.parametrize(
    ("work", "name"),
    [
        (lambda n: 7, "constant"),
        (lambda n: 1 + n.bit_length(), "logarithmic"),
        (lambda n: len(str(n)) * 3 + math.ceil(math.log2(n)), "logarithmic"),
        (lambda n: 3 * n + 40, "linear"),
        (lambda n: n - 3, "linear"),
        (lambda n: int(n * math.log2(n)) + 2, "linearithmic"),
        (lambda n: n * (n - 1) // 2, "quadratic"),
        (lambda n: n * n + 5, "quadratic"),
        (lambda n: n * (n - 1) * (n - 2) // 6, "cubic-or-more"),
        (lambda n: n**4, "cubic-or-more"),
        (lambda n: int(n**0.5 * 100), ""),
        (lambda n: int(n**1.5 * 10), ""),
    ],
)
def test_names(work: Callable[[int], int], name: str) -> None:
    assert growth_of(SIZES, [work(n) for n in SIZES]).name == name


def test_exponential_needs_few_sizes() -> None:
    sizes = range(3, 13)
    assert growth_of(sizes, [2**n + 3 for n in sizes]).name == "exponential"
    fibonacci = [2, 3]
    while len(fibonacci) < 14:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    assert growth_of(range(3, 17), fibonacci).name == "exponential"


def test_noise_and_too_few_sizes_are_unclear() -> None:
    generator = np.random.default_rng(0)
    noisy = [int(n * generator.uniform(0.2, 5)) for n in SIZES]
    assert growth_of(SIZES, noisy) is UNCLEAR
    assert growth_of(SIZES[:6], [n * n for n in SIZES[:6]]) is UNCLEAR


def test_the_largest_so_far_counts() -> None:
    """Even sizes are found at once, odd ones not: the worst case is linear."""
    assert growth_of(range(3, 60), [n if n % 2 else 1 for n in range(3, 60)]).name == "linear"


def test_a_program_grows_like_its_fastest_site() -> None:
    work = [[5, n, n * n] for n in SIZES]
    assert program_growth(SIZES, work).name == "quadratic"
    assert program_growth(SIZES, [row[:2] for row in work]).name == "linear"


def test_an_unclear_site_matters_only_if_it_may_be_the_fastest() -> None:
    wild = [n * (1 + 4 * (n.bit_length() % 3)) for n in SIZES]
    assert growth_of(SIZES, wild) is UNCLEAR
    assert program_growth(SIZES, list(zip(wild, [n * n for n in SIZES], strict=True))).name == "quadratic"
    assert program_growth(SIZES, list(zip(wild, [1] * len(SIZES), strict=True))) is UNCLEAR
