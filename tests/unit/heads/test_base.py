from __future__ import annotations

import numpy as np

from octad.heads.base import sigmoid, softmax, trim
from octad.heads.classes import Classes


def test_softmax_and_sigmoid_survive_extremes() -> None:
    assert softmax(np.array([-np.inf, 1000.0, 1000.0])).tolist() == [0.0, 0.5, 0.5]
    assert sigmoid(np.array([-1e9, 0.0, 1e9]))[1] == 0.5


def test_trim_cuts_only_what_has_items() -> None:
    class Mixed(Classes):
        outputs = ("classes", "items")
        per_item = (False, True)

    cut = trim(Mixed(("a",)), [np.zeros((2, 9)), np.zeros((2, 9, 3))], 1, 4)
    assert [array.shape for array in cut] == [(9,), (4, 3)]
