from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest

from octad.errors import UnreadableInput
from octad.records.change import Measures
from octad.signals.change_history import DAY
from octad_train.data.changes.jit_dp import (
    DELAY_DAYS,
    JIT,
    guessed_authors,
    jit_changes,
    jit_changes_of,
    past_of,
)

ZERO = dict.fromkeys(Measures.model_fields, "0")


def row(day: float, **fields: str) -> dict[str, str]:
    fixed = {"project": "p", "commit": f"c{day}", "date": str(day * DAY), "bug": "0", "split": "train"}
    return ZERO | fixed | fields


def test_rows_become_changes_in_time_by_project() -> None:
    found = jit_changes_of([row(3, la="7"), row(1, bug="1"), row(2, project="q", split="test")])
    assert [change.time / DAY for change in found["p"]] == [1, 3]
    assert found["p"][0].label and found["p"][1].measures.la == 7
    assert found["q"][0].test and not found["q"][0].label


def test_labels_come_to_light_late_and_those_of_the_test_never() -> None:
    changes = jit_changes_of([row(1, bug="1"), row(2, bug="1"), row(3), row(4, bug="1", split="test")])["p"]
    assert [one.found for one in past_of(changes)] == [
        (1 + DELAY_DAYS) * DAY, (2 + DELAY_DAYS) * DAY, np.inf, np.inf,
    ]  # fmt: skip
    assert [one.found for one in past_of(changes, until=2 * DAY)][1:] == [np.inf] * 3


def test_who_goes_on_from_an_experience_is_the_same() -> None:
    steps = ((1, 100, 50), (2, 7, 3), (3, 101, 51), (4, 9, 4.9), (5, 102, 3), (6, 103, 52.8))
    rows = [row(day, exp=str(exp), rexp=str(rexp)) for day, exp, rexp in steps]
    ada, bob, *rest = guessed_authors(jit_changes_of(rows)["p"])
    assert rest[0] == ada and rest[1] == bob
    assert rest[2] not in (ada, bob)  # as experienced, but not of late
    assert rest[3] == ada


def test_a_damaged_set_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    with pytest.raises(UnreadableInput, match="jit_dp"):
        jit_changes()
    (tmp_path / JIT).parent.mkdir()
    (tmp_path / JIT).write_bytes(lzma.compress(b"project,date\np,1\n"))
    with pytest.raises(UnreadableInput, match="jit_dp"):
        jit_changes()
