import io
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest

from octad.data import petshop
from octad.data.nab import nab_series
from octad.data.nezha import nezha_incidents
from octad.errors import UnreadableInput

FAULT = {
    "record": "fault", "id": "f", "system": "shop", "inject_time": "2022-08-22 03:53:54",
    "label_service": "cart", "label_type": "cpu", "label_inner": "Cpu(%)",
    "metrics": {"cart": {"t": [-60, 0], "Cpu(%)": [1.0, None], "None": [None, None]}},
    "logs": {"+1min": [{"service": "cart", "template": "took <N> ms", "count": 3, "sample": "took 5 ms"}]},
    "traces": {"+0min": {"edges": [["front", "cart", 9]]}},
}  # fmt: skip
METRICS = (
    "node,front,cart\nmetric,latency,requests\nstatistic,p90,Sum\nunix_timestamp,,\n300.0,0.5,\n600.0,0.7,\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    for name in ("nezha", "petshop", "nab"):
        (tmp_path / name).mkdir()
    petshop._read.cache_clear()
    return tmp_path


def test_a_fault_is_read_with_its_truth(folder: Path) -> None:
    with lzma.open(folder / "nezha/onlineboutique.jsonl.xz", "wt") as out:
        out.write(json.dumps({"record": "normal_reference"}) + "\n" + json.dumps(FAULT) + "\n")
    (one,) = nezha_incidents()
    assert (one.service, one.metric, one.kind, one.target) == ("cart", "cart.Cpu(%)", "cpu", "front")
    (series,) = one.series.series
    assert one.time is not None
    assert series.times == (one.time - 60, one.time)
    assert one.logs is not None
    assert one.logs.templates[0].template == "took <*> ms"


def test_an_issue_and_a_quiet_time_are_read(folder: Path) -> None:
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
    (issue,), (quiet,) = petshop.petshop_incidents(), petshop.petshop_quiet()
    assert (issue.service, issue.target, issue.time) == ("cart", "front", 610.0)
    assert [series.name for series in issue.series.series] == ["front.latency_p90"]
    assert issue.graph is not None
    assert [(edge.source, edge.target) for edge in issue.graph.edges] == [("front", "cart")]
    assert quiet.service is None


def test_windows_of_anomalies_become_rows(folder: Path) -> None:
    labels = {"windows": {"a/b.csv": [["1970-01-01 00:01:00.000000", "1970-01-01 00:02:00.000000"]]}}
    (folder / "nab/labels.json").write_text(json.dumps(labels))
    arrays = {"a/b.csv|t": np.arange(0, 300, 30), "a/b.csv|v": np.ones(10), "a/b.csv|y": np.zeros(10)}
    with (folder / "nab/series.npz").open("wb") as out:
        np.savez(out, **arrays)
    (one,) = nab_series()
    assert (one.group, one.windows) == ("a", ((2, 4),))


def test_damaged_sets_are_input_errors(folder: Path) -> None:
    for name in ("nezha/onlineboutique.jsonl.xz", petshop.FILE, "nab/series.npz", "nab/labels.json"):
        (folder / name).write_bytes(b"no")
    for read in (nezha_incidents, petshop.petshop_incidents, nab_series):
        with pytest.raises(UnreadableInput):
            list(read())
