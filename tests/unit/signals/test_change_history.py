from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from octad.records.change import Measures
from octad.signals.change_history import (
    DAY,
    MEASURES,
    NAMES,
    PastChange,
    history_numbers,
    ranks,
    relative,
    rhythm,
)

RNG = np.random.default_rng(0)


def history(n: int) -> list[PastChange]:
    changes = []
    for i in range(n):
        measures = Measures(**dict(zip(MEASURES, RNG.integers(0, 50, len(MEASURES)).tolist(), strict=True)))
        measures = measures.model_copy(update={"fix": float(i % 3 == 0)})
        files = (f"f{i % 4}.py", f"g{i % 7}.py")
        changes.append(PastChange(i * DAY, measures, i % 24, i % 7, f"p{i % 2}", files))
    return changes


def column(numbers: np.ndarray, name: str) -> np.ndarray:
    return numbers[:, NAMES.index(name)]


def test_no_number_looks_ahead() -> None:
    changes = [
        replace(one, found=one.time + 5 * DAY) if i % 5 == 0 else one for i, one in enumerate(history(60))
    ]
    whole = history_numbers(changes)
    assert whole.shape == (60, len(NAMES)) and len(set(NAMES)) == len(NAMES)
    for end in (1, 17, 40):
        np.testing.assert_array_equal(history_numbers(changes[:end]), whole[:end])
    later = [replace(one, found=min(one.found, 41 * DAY)) for one in changes]
    np.testing.assert_array_equal(history_numbers(later)[:41], whole[:41])
    assert (history_numbers(later)[45] != whole[45]).any()


def test_ranks_stand_among_those_before() -> None:
    values = np.array([[1.0], [2.0], [0.0], [2.0]])
    assert ranks(values).ravel().tolist() == pytest.approx([0.5, 1.5 / 2, 0.5 / 3, 3 / 4])
    assert ranks(values, window=1).ravel().tolist() == pytest.approx([0.5, 0.75, 0.25, 0.75])


def test_ratios_of_nothing_are_finite() -> None:
    assert np.isfinite(relative(np.zeros((2, 14)))).all()
    assert np.isfinite(rhythm(np.zeros((3, 14)), np.zeros(3))).all()


def test_defects_count_from_the_day_they_come_to_light() -> None:
    changes = history(20)
    changes[2] = replace(changes[2], found=10 * DAY)
    known = column(history_numbers(changes), "known_author")
    files = column(history_numbers(changes), "known_files_most")
    assert known[8] <= 0 < known[10]
    assert files[10] > 0 >= files[9]  # change 10 shares f2.py with change 2


def test_fixes_of_a_file_are_remembered() -> None:
    numbers = history_numbers(history(20))
    assert column(numbers, "fixed_before")[0] == 0
    # Before change 16 (f0.py and g2.py): fixes 0 and 12 touched f0.py, fix 9 touched g2.py.
    assert column(numbers, "fixed_before")[16] == pytest.approx(np.log1p(3))
    assert column(numbers, "fixed_days_ago")[16] == pytest.approx(np.log1p(4))


def test_unknown_authors_and_files_are_nan_and_no_history_is_empty() -> None:
    bare = [replace(one, author="", files=()) for one in history(5)]
    numbers = history_numbers(bare)
    assert np.isnan(column(numbers, "author_gap")).all() and np.isnan(column(numbers, "fixed_before")).all()
    assert np.isfinite(column(numbers, "known_all")).all()
    assert history_numbers([]).shape == (0, len(NAMES))
