"""Deployments from synthetic windows and mined rows: the same for a seed, with labels of what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.signals.change_history import NAMES
from octad_train.data.changes.jit_dp import JitChange
from octad_train.data.operations.deployments import (
    HISTORIES,
    DeploymentExample,
    held_out,
    sample,
    stretches,
    training,
)
from tests.train.data.rows import MEASURES, row, write


@pytest.fixture(autouse=True)
def without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / HISTORIES).mkdir()
    parts = ["train"] * 6 + ["valid"] * 3 + ["test"] * 3
    write(tmp_path / HISTORIES / "shop.jsonl.xz", [row(i, part=p, found=i % 2) for i, p in enumerate(parts)])
    return tmp_path


def check(one: DeploymentExample) -> None:
    """Sides are parted where it went out, and a label is of an input that is there."""
    assert one.defective is None or one.change is not None
    assert one.regressed is None or one.metrics is not None
    if one.metrics is not None:
        assert one.at is not None
        before, after = one.metrics.before.series, one.metrics.after.series
        assert max(s.times[-1] for s in before) < one.at == min(s.times[0] for s in after)
        assert {s.name for s in before} == {s.name for s in after}


def test_samples_have_every_input_and_half_of_each_label() -> None:
    found = sample(6)
    for one in found:
        check(one)
        assert None not in (one.change, one.metrics, one.logs, one.graph, one.history)
    assert [one.regressed for one in found] == [one.defective for one in found] == [True, False] * 3
    assert sample(8)[:6] == found


def test_training_goes_on_and_is_the_same_for_a_seed(folder: Path) -> None:
    stream, again = (training(folder).stream(1, 0, 1) for _ in range(2))
    found = [next(stream) for _ in range(24)]
    for one in found:
        check(one)
    assert found[:3] == [next(again) for _ in range(3)]
    assert {one.defective for one in found} >= {True, False} and {one.regressed for one in found} >= {
        True,
        False,
    }
    revisions = {one.change.revision for one in found if one.change}
    assert revisions <= {f"r{i}" for i in range(6)}, "nothing of other parts"


def test_training_without_any_rows_has_metrics_alone(tmp_path: Path) -> None:
    found = next(training(tmp_path).stream(0, 0, 1))
    assert found.metrics is not None and found.change is None


@pytest.mark.parametrize(
    ("part", "revisions"), [("valid", {"r6", "r7", "r8"}), ("test", {"r9", "r10", "r11"})]
)
def test_held_out_are_newer_changes_and_injected_regressions(
    folder: Path, part: str, revisions: set[str]
) -> None:
    found = held_out(folder, part, 8)
    for one in found:
        check(one)
    assert {one.change.revision for one in found if one.change} == revisions
    assert sum(one.regressed is not None for one in found) == 4
    assert found == held_out(folder, part, 8)


def test_stretches_are_made_where_there_are_none() -> None:
    assert {one.source for one in stretches("train")} == {"made"}


def test_the_public_set_gives_measures_alone_parted_by_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changes = [
        JitChange("shop", f"j{i}", 1e9 + 1e5 * i, MEASURES, label=i % 2 == 0, test=i >= 20) for i in range(25)
    ]
    monkeypatch.setattr("octad_train.data.operations.deployments.jit_changes", lambda: {"shop": changes})
    valid = [one.change for one in held_out(tmp_path, "valid", 50) if one.change]
    test = [one.change for one in held_out(tmp_path, "test", 50) if one.change]
    assert [one.revision for one in valid] == ["j17", "j18", "j19"]
    assert [one.revision for one in test] == [f"j{i}" for i in range(20, 25)]
    assert all(one.measures == MEASURES and len(one.past) == len(NAMES) and not one.files for one in valid)
