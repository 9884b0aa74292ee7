from __future__ import annotations

import numpy as np
import pytest

from octad.heads.base import Calibration
from octad.heads.classes import Classes
from tests.conftest import Prepare


def test_target_and_decode_agree(prepare: Prepare) -> None:
    head, unit = Classes(("a", "b", "c")), prepare("x = 1\n")
    for name in head.classes:
        logits = np.zeros(3)
        logits[int(head.target(name, unit)["truth"])] = 5.0
        answer = head.decode([logits], unit, Calibration())
        assert max(answer, key=answer.__getitem__) == name
        assert sum(answer.values()) == pytest.approx(1.0)
        assert head.probability([logits], unit, 0, name) == pytest.approx(answer[name])
        assert head.calibration_pairs([logits], name, unit) is not None
    batch = head.collate([head.target("c", unit), head.target(None, unit)], [unit] * 2)
    assert batch["truth"].tolist() == [2, -1]


def test_metrics_by_hand(prepare: Prepare) -> None:
    head, unit = Classes(("a", "b")), prepare("x = 1\n")
    answers = [{"a": 0.9, "b": 0.1}, {"a": 0.6, "b": 0.4}, {"a": 0.2, "b": 0.8}]
    figures = head.metrics(answers, ["a", "b", "b"], [unit] * 3)
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["majority"] == pytest.approx(2 / 3)
    assert 0 < figures["calibration_error"] < 1
