"""Arguments of any size in the likeness of a test's."""

from __future__ import annotations

from typing import Any

import pytest

from octad.data.scaled_inputs import SHAPES, grown, variants


@pytest.mark.parametrize(
    "value", ["ab", [3, 1], (3, 1), {3, 1}, {"a": 1}, {1: "x"}, ["b", "a"], [(1, "x"), (2, "y")], [], ""]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_size_and_kind_are_as_asked(value: Any, shape: str) -> None:
    for n in (3, 50):
        made = grown(value, n, shape, inner=False)
        assert type(made) is type(value) and len(made) == n
        assert made == grown(value, n, shape, inner=False)


def test_shapes_differ_in_the_order_of_their_numbers() -> None:
    made = {shape: grown([5, 9], 6, shape, inner=False) for shape in SHAPES}
    assert made["rising"] == sorted(made["rising"]) and made["falling"] == sorted(made["falling"])[::-1]
    assert set(made["equal"]) == {5} and made["repeat"] == [5, 9] * 3


def test_inner_lists_grow_only_in_the_inner_mode() -> None:
    modes = {variant.name: variant.make(7) for variant in variants([([[1, 2], [3, 4]],)])}
    assert [len(row) for row in modes["outer/repeat"][0]] == [2] * 7
    assert [len(row) for row in modes["inner/repeat"][0]] == [7] * 7


def test_a_number_that_is_always_the_length_stays_the_length() -> None:
    tests = [([4, 5, 6], 3, 2), ([4, 5], 2, 2)]
    made = {variant.name: variant.make(30) for variant in variants(tests)}
    assert made["outer/repeat"][1:] == (30, 20)  # the other keeps its proportion to the length
    assert made["kept/repeat"][1:] == (30, 2)


def test_numbers_alone_are_their_own_size_and_keep_their_proportion() -> None:
    found = list(variants([(10, 5), (20, 4)]))
    assert {variant.name.partition("/")[0] for variant in found} == {"value"}
    (repeat,) = (variant for variant in found if variant.name == "value/repeat")
    assert repeat.make(1000) == (1000, 500)
    (prime,) = (variant for variant in found if variant.name == "value/random")
    assert all(n < 4 or n % 2 for n in prime.sizes)
    assert max(repeat.sizes) == 1 << 32
