"""Batches within a budget, in any company, in the order asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad import catalog
from octad.modalities.code import PreparedCode
from octad.records.code import Code
from octad.runtime import Runner, cut
from octad.store.memory import Memory
from tests import tiny

TEXTS = tuple(
    f"def f{n}(first, second):\n" + "    first += second\n" * n + "    return first\n" for n in (9, 1, 30, 4)
)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    folder: Path = tmp_path_factory.mktemp("runner")
    agent = catalog.load(catalog.entries()[0].name)
    return tiny.runner(agent, folder)


@pytest.fixture(scope="module")
def units(runner: Runner[Any, Any]) -> list[PreparedCode]:
    (field,) = runner.agent.inputs
    return [runner.prepare(runner.agent.case(**{field: Code(path="a.py", text=text)})) for text in TEXTS]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60)), st.integers(1, 200))
def test_every_index_is_in_one_batch_of_bounded_cost(costs: list[int], budget: int) -> None:
    batches = cut(costs, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(costs[i] for i in batch) <= budget


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60)), st.integers(1, 200), st.floats(0, 0.5))
def test_no_more_than_a_share_of_a_batch_is_padding(costs: list[int], budget: int, waste: float) -> None:
    batches = cut(costs, budget, waste)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    for batch in batches:
        held = [costs[i] for i in batch]
        assert len(batch) == 1 or len(held) * max(held) - sum(held) <= waste * len(held) * max(held) + 1e-9


def test_batches_are_as_full_as_the_budget_lets_them() -> None:
    assert cut([3, 3, 3, 3], 6) == [[0, 1], [2, 3]]
    assert cut([], 6) == []
    assert cut([50], 6) == [[0]]


def test_company_does_not_matter_and_order_is_kept(
    runner: Runner[Any, Any], units: list[PreparedCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    together = runner.run(units, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
    for unit, outputs in zip(units, together, strict=True):
        (alone,) = runner.run([unit])
        for name, arrays in outputs.items():
            for one, other in zip(arrays, alone[name], strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    monkeypatch.setattr("octad.runtime.BUDGET", 1)
    for outputs, apart in zip(together, runner.run(units), strict=True):
        for name, arrays in outputs.items():
            np.testing.assert_allclose(arrays[0], apart[name][0], rtol=1e-3, atol=1e-4)


def test_outputs_are_trimmed_to_the_items_of_the_unit(
    runner: Runner[Any, Any], units: list[PreparedCode]
) -> None:
    for unit, outputs in zip(units, runner.run(units), strict=True):
        for name, head in runner.agent.heads.items():
            for array, per_item in zip(outputs[name], head.per_item, strict=True):
                assert not per_item or len(array) == unit.cost


def test_hidden_items_are_not_seen(runner: Runner[Any, Any], units: list[PreparedCode]) -> None:
    unit = units[1]
    plain, hidden, other = runner.run_hidden(unit, [[], [3], [4, 5]])
    (whole,) = runner.run([unit])
    for name in whole:
        np.testing.assert_allclose(plain[name][0], whole[name][0], rtol=1e-3, atol=1e-4)
    name = next(iter(whole))
    assert np.abs(hidden[name][0] - plain[name][0]).max() > 1e-3
    assert np.abs(hidden[name][0] - other[name][0]).max() > 1e-3


def test_nothing_to_do_is_nothing(runner: Runner[Any, Any], units: list[PreparedCode]) -> None:
    assert runner.run([]) == runner.run_hidden(units[0], []) == runner.answers([]) == []


def test_temperatures_are_those_of_the_manifest(runner: Runner[Any, Any]) -> None:
    name = next(iter(runner.agent.heads))
    manifest = runner.manifest.model_copy(update={"temperatures": {name: 3.0}})
    warm = Runner(runner.agent, manifest, runner.pieces, runner.engine)
    assert (warm.calibration(name).temperature, runner.calibration(name).temperature) == (3.0, 1.0)


def test_what_is_remembered_is_not_computed_again(
    runner: Runner[Any, Any], units: list[PreparedCode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = runner.run(units)
    monkeypatch.setattr(runner, "memory", Memory(tmp_path / "outputs.sqlite"))
    monkeypatch.setattr(runner, "recalled", 0)
    runner.run(units[:3])
    seen: list[int] = []
    again = runner.run(units, lambda done, total: seen.append(total))
    assert runner.recalled == 3 and seen == [1]
    for one, other in zip(plain, again, strict=True):
        for head, arrays in one.items():
            for a, b in zip(arrays, other[head], strict=True):
                np.testing.assert_allclose(a, b, atol=1e-4)
