"""What traces bring to the cases of verbs: series beside the metrics, both sides of a time, a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad.errors import InputError
from octad.read.operations import deployment, incident
from octad.read.traces.cases import traces_of, with_traces
from octad.records.series import Series, SeriesSet
from octad.records.skipped import Skipped
from tests.spans import Step, otlp, written

NOON = 1_769_860_800
INCIDENT: dict[str, Any] = {
    "metrics": (), "logs": (), "traces": (), "graph": None, "repo": None, "since": "", "at": "",
    "prometheus": "", "query": (), "minutes": 60, "usual": "",
}  # fmt: skip
DEPLOYMENT: dict[str, Any] = {
    "change": "", "before": (), "after": (), "prometheus": "", "query": (), "minutes": 60, "logs": (),
    "traces": (), "graph": None, "history": None, "at": "", "repo": None,
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Ten minutes of web that calls cart once a second."""
    steps = []
    for i in range(600):
        begin = i * 1_000_000
        steps += [
            Step(f"{4 * i + 1:x}", "", "web", "SERVER", begin, 50_000),
            Step(f"{4 * i + 2:x}", f"{4 * i + 1:x}", "web", "CLIENT", begin, 40_000),
            Step(f"{4 * i + 3:x}", f"{4 * i + 2:x}", "cart", "SERVER", begin, 30_000),
        ]
    return written(tmp_path / "t.jsonl", otlp(steps))


def table(path: Path, *names: str, step: int = 60, first: int = 0) -> Path:
    rows = [f"{NOON + step * i},{','.join(['1.5'] * len(names))}" for i in range(first, 600 // step)]
    path.write_text("\n".join([",".join(["time", *names]), *rows]) + "\n")
    return path


def names(metrics: SeriesSet) -> set[str]:
    return {one.name for one in metrics.series}


def test_an_incident_is_traces_alone(file: Path) -> None:
    found = incident(INCIDENT | {"traces": (file,)})
    assert {"caller_latency_p95.web_cart", "cart.server_requests"} <= names(found["metrics"])
    assert [(edge.source, edge.target) for edge in found["graph"].edges] == [("web", "cart")]
    with pytest.raises(InputError, match="nothing to go by; name --metrics, --logs, --traces, or several"):
        incident(INCIDENT)


def test_series_of_traces_join_the_metrics_in_their_steps(file: Path, tmp_path: Path) -> None:
    metrics = table(tmp_path / "m.csv", "cart.cpu", "cart.server_requests", "db.cpu")
    found = incident(INCIDENT | {"traces": (file,), "metrics": (metrics,), "at": str(NOON + 300)})
    series = {one.name: one for one in found["metrics"].series}
    assert series["cart.server_requests"].values[0] == 1.5
    times = series["caller_calls.web_cart"].times
    assert times[1] - times[0] == 64.0 and NOON + 300 in times
    assert {node.id for node in found["graph"].nodes} == {"web", "cart", "db"}


def test_a_graph_that_is_given_counts(file: Path, tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text('{"web": ["cart"], "mail": []}')
    found = incident(INCIDENT | {"traces": (file,), "graph": tmp_path / "g.json"})
    assert {node.id for node in found["graph"].nodes} == {"web", "cart", "mail"}


def test_a_deployment_parts_traces_at_its_time(file: Path) -> None:
    found = deployment(DEPLOYMENT | {"traces": (file,), "at": str(NOON + 300)})
    compared = found["metrics"]
    before = {one.name: one for one in compared.before.series}
    after = {one.name: one for one in compared.after.series}
    assert before.keys() == after.keys() and found["at"].time == NOON + 300
    name = "cart.server_requests"
    assert before[name].times[-1] < NOON + 300 == after[name].times[0]
    assert sum(v or 0 for v in before[name].values) == pytest.approx(300, abs=40)


def test_a_deployment_joins_both_sides(file: Path, tmp_path: Path) -> None:
    one = table(tmp_path / "a.csv", "cart.cpu", "cart.server_requests", step=20)
    two = table(tmp_path / "b.csv", "cart.cpu", "cart.server_requests", step=20, first=15)
    given = {"traces": (file,), "at": str(NOON + 300), "before": (one,), "after": (two,)}
    compared = deployment(DEPLOYMENT | given)["metrics"]
    for side in (compared.before, compared.after):
        assert {"cart.cpu", "callee_latency_p95.web_cart"} <= names(side)
        assert len(names(side)) == len(side.series)


def test_a_deployment_with_traces_needs_its_time(file: Path) -> None:
    with pytest.raises(InputError, match="--traces needs --at; say when it went out"):
        deployment(DEPLOYMENT | {"traces": (file,)})
    with pytest.raises(InputError, match="--at is not within what was measured"):
        deployment(DEPLOYMENT | {"traces": (file,), "at": str(NOON + 3_000)})


def test_what_the_reader_of_the_metrics_left_out_is_kept(file: Path) -> None:
    said = (Skipped(path="m.csv", reason="said"),)
    measured = SeriesSet(series=(Series(name="a.b", times=(1.0,), values=(1.0,)),), skipped=said)
    found = with_traces(measured, traces_of((file,), (), None))
    assert found is not None and found.skipped == said and len(found.series) > 1


def test_nothing_is_made_of_no_traces() -> None:
    series = SeriesSet(series=(Series(name="a.b", times=(1.0,), values=(1.0,)),))
    assert traces_of((), (), None) is None
    assert with_traces(series, None) is series and with_traces(None, None) is None
