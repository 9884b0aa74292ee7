from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad_train.data.operations import petshop

METRICS = (
    "node,front,cart\nmetric,latency,requests\nstatistic,p90,Sum\nunix_timestamp,,\n300.0,0.5,\n600.0,0.7,\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    (tmp_path / "petshop").mkdir()
    petshop._read.cache_clear()
    return tmp_path


def test_an_issue_and_a_normal_time_are_read(folder: Path) -> None:
    truth = {"target": {"node": "front", "metric": "latency", "timestamp": 610},
             "root_cause": {"node": "cart", "metric": None}}  # fmt: skip
    files = {
        "low/train/issue_0/target.json": json.dumps(truth),
        "low/train/issue_0/metrics.csv": METRICS,
        "low/noissue/metrics.csv": METRICS,
        "low/graph.csv": ",front,cart\nfront,0.0,1.0\ncart,0.0,0.0\n",
    }
    with tarfile.open(folder / petshop.FILE, "w:xz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(petshop.ROOT + name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    (issue,), (normal,) = petshop.petshop_incidents(), petshop.petshop_normal()
    assert (issue.service, issue.target, issue.time) == ("cart", "front", 610.0)
    assert [series.name for series in issue.series.series] == ["front.latency_p90"]
    assert issue.graph is not None
    assert [(edge.source, edge.target) for edge in issue.graph.edges] == [("front", "cart")]
    assert normal.service is None


def test_a_damaged_set_is_an_input_error(folder: Path) -> None:
    (folder / petshop.FILE).write_bytes(b"no")
    with pytest.raises(UnreadableInput):
        list(petshop.petshop_incidents())
