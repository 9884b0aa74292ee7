from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad_train.data.operations.nezha import nezha_incidents

FAULT = {
    "record": "fault", "id": "f", "system": "shop", "inject_time": "2022-08-22 03:53:54",
    "label_service": "cart", "label_type": "cpu", "label_inner": "Cpu(%)",
    "metrics": {"cart": {"t": [-60, 0], "Cpu(%)": [1.0, None], "None": [None, None]}},
    "logs": {"+1min": [{"service": "cart", "template": "took <N> ms", "count": 3, "sample": "took 5 ms"}]},
    "traces": {"+0min": {"edges": [["front", "cart", 9]]}},
}  # fmt: skip
FILE = "nezha/onlineboutique.jsonl.xz"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    (tmp_path / "nezha").mkdir()
    return tmp_path


def test_a_fault_is_read_with_its_truth(folder: Path) -> None:
    with lzma.open(folder / FILE, "wt") as out:
        out.write(json.dumps({"record": "normal_reference"}) + "\n" + json.dumps(FAULT) + "\n")
    (one,) = nezha_incidents()
    assert (one.service, one.metric, one.kind, one.target) == ("cart", "cart.Cpu(%)", "cpu", "front")
    (series,) = one.series.series
    assert one.time is not None
    assert series.times == (one.time - 60, one.time)
    assert one.logs is not None
    assert one.logs.templates[0].template == "took <*> ms"


def test_a_damaged_set_is_an_input_error(folder: Path) -> None:
    (folder / FILE).write_bytes(b"no")
    with pytest.raises(UnreadableInput):
        list(nezha_incidents())
