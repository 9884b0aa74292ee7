from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from octad.errors import UnreadableInput
from octad_train.data.operations.nab import nab_series


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    (tmp_path / "nab").mkdir()
    return tmp_path


def test_windows_of_anomalies_become_rows(folder: Path) -> None:
    labels = {"windows": {"a/b.csv": [["1970-01-01 00:01:00.000000", "1970-01-01 00:02:00.000000"]]}}
    (folder / "nab/labels.json").write_text(json.dumps(labels))
    arrays = {"a/b.csv|t": np.arange(0, 300, 30), "a/b.csv|v": np.ones(10), "a/b.csv|y": np.zeros(10)}
    with (folder / "nab/series.npz").open("wb") as out:
        np.savez(out, **arrays)
    (one,) = nab_series()
    assert (one.group, one.windows) == ("a", ((2, 4),))


def test_a_damaged_set_is_an_input_error(folder: Path) -> None:
    for name in ("series.npz", "labels.json"):
        (folder / "nab" / name).write_bytes(b"no")
    with pytest.raises(UnreadableInput):
        list(nab_series())
