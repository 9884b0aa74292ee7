"""Files that verbs are given, as records; what is wrong is said in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from octad.errors import InputError, RepositoryError
from octad.read.graphs.files import read_graph
from octad.read.graphs.watched import services_named, watched_graph
from octad.read.logs.files import read_logs
from octad.read.logs.overlap import overlapping, with_requests
from octad.read.metrics.watched import metrics_of, within
from octad.read.operations import change_of, history_of, incident, instant_of
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import Series, SeriesSet
from octad.records.skipped import Skipped
from octad.signals.change_history import NAMES
from tests.past import Past


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    made = Past(tmp_path_factory.mktemp("repository"))
    for day in range(4):
        made.commit(f"Day {day}", {"a.py": f"x = {day}\n"}, day=day)
    made.git("tag", "v1.0.0", "HEAD~2")
    made.git("tag", "v1.1.0", "HEAD~1")
    return made


def table(path: Path, *names: str) -> Path:
    rows = [",".join(["time", *names]), *(",".join([str(60 * i), *["1.5"] * len(names)]) for i in range(3))]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_series_of_all_files_together(tmp_path: Path) -> None:
    found = metrics_of(
        [table(tmp_path / "a.csv", "cart.cpu", "cart.mem"), table(tmp_path / "b.csv", "web.cpu")]
    )
    assert found is not None and [one.name for one in found.series] == ["cart.cpu", "cart.mem", "web.cpu"]
    assert metrics_of([]) is None


def test_a_series_in_two_files_is_an_error(tmp_path: Path) -> None:
    first, second = table(tmp_path / "a.csv", "cart.cpu"), table(tmp_path / "b.csv", "cart.cpu")
    with pytest.raises(InputError, match=r"b\.csv and .*a\.csv both hold the series 'cart.cpu'; name one"):
        metrics_of([first, second])


def test_what_is_not_named_is_not_there(tmp_path: Path) -> None:
    assert watched_graph(None) is history_of(None) is instant_of("") is None
    assert services_named(None, ()) == ()


def test_logs_and_graphs(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(f"2026-01-31T12:00:00Z ERROR lost 3 in {name[0]}\n")
    logs = read_logs([tmp_path / "a.log", tmp_path / "b.log"])
    assert logs.lines == 2
    (tmp_path / "g.json").write_text('{"web": ["cart"]}')
    graph = watched_graph(read_graph(tmp_path / "g.json"))
    assert graph is not None and {node.id for node in graph.nodes} == {"web", "cart"}


def test_a_graph_is_called_as_what_was_measured(tmp_path: Path) -> None:
    series = metrics_of([table(tmp_path / "a.csv", "web-svc.cpu.user", "cart.mem")])
    (tmp_path / "g.mmd").write_text("flowchart LR\nA[Web] --> B[Cart Service]\n")
    graph = watched_graph(read_graph(tmp_path / "g.mmd"), series.series if series else ())
    assert graph is not None and [(e.source, e.target) for e in graph.edges] == [("web-svc", "cart")]


def test_what_is_measured_and_not_in_the_graph_is_a_service_too(tmp_path: Path) -> None:
    names = ("web.cpu", "pay.cpu", "pay.mem", "uptime", "calls.web_cart")
    series = metrics_of([table(tmp_path / "a.csv", *names)])
    (tmp_path / "g.json").write_text('{"web": ["cart"]}')
    graph = watched_graph(read_graph(tmp_path / "g.json"), series.series if series else ())
    assert graph is not None and [(node.id, node.line) for node in graph.nodes] == [
        ("web", 1), ("cart", 1), ("pay", 0),
    ]  # fmt: skip
    (said,) = graph.skipped
    assert said == Skipped(path=str(tmp_path / "g.json"), reason="lacks services that are watched: pay")


def test_requests_are_metrics_of_the_same_time() -> None:
    def series(name: str, first: float) -> Series:
        return Series(name=name, times=(first, first + 60), values=(1.0, 2.0))

    counted = (series("http_5xx", 100.0), series("cpu", 100.0))
    logs = Logs(series=counted)
    alone = with_requests(None, logs)
    assert alone is not None and alone.series == counted
    measured = SeriesSet(series=(series("cpu", 130.0),))
    both = with_requests(measured, logs)
    assert both is not None and both.series == (*measured.series, counted[0])
    late = SeriesSet(series=(series("cpu", 1e9),))
    assert with_requests(late, logs) is late
    assert with_requests(None, Logs()) is with_requests(None, None) is None


def test_logs_of_another_time_are_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "then.log").write_text("2025-01-31T12:00:00Z ERROR lost\n")
    (tmp_path / "now.log").write_text("2026-01-31T12:00:30Z ERROR lost\n")
    (tmp_path / "never.log").write_text("ERROR lost\n")
    at = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
    series = (Series(name="cart.cpu", times=(at, at + 60), values=(1.0, 2.0)),)
    logs = read_logs([tmp_path / name for name in ("then.log", "now.log", "never.log")])
    kept, left_out = overlapping(logs, series)
    assert kept is not None and {Path(one.source).name for one in kept.templates} <= {"now.log", "never.log"}
    assert [Path(one.path).name for one in left_out] == ["then.log"]
    assert "2025-01-31 12:00:00Z to 2025-01-31 12:00:00Z does not overlap the metrics" in left_out[0].reason
    assert overlapping(read_logs([tmp_path / "then.log"]), series)[0] is None
    assert overlapping(logs, ()) == (logs, ()) and overlapping(None, series) == (None, ())


def test_nothing_measured_is_too_little_to_say(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("time,cart.cpu\n0,NaN\n60,NaN\n")
    given = dict.fromkeys(("prometheus", "repo", "since", "graph", "at", "query", "usual"), None) | {
        "metrics": [tmp_path / "m.csv"], "logs": (), "traces": (),
    }  # fmt: skip
    found = incident(given)
    assert found["metrics"] is found["graph"] is found["logs"] is None
    assert [one.reason for one in found["skipped"]] == ["too little to say: no series has a value"]
    few = "\n".join(["time,cart.cpu", *(f"{60 * i},1.5" for i in range(4))])
    (tmp_path / "m.csv").write_text(f"{few}\n")
    found = incident(given)
    assert found["metrics"] is None
    assert [one.reason for one in found["skipped"]] == [
        "too little to say: no series has more than 4 of 5 values"
    ]
    (tmp_path / "m.csv").write_text(f"{few}\n300,1.5\n")
    assert incident(given)["metrics"] is not None and incident(given)["skipped"] == ()


def test_a_history_is_a_file_or_a_repository(tmp_path: Path, past: Past) -> None:
    (tmp_path / "h.json").write_text('[{"time": 1769860800, "kind": "deployed", "subject": "v1"}]')
    file = history_of(tmp_path / "h.json")
    assert file is not None and [event.kind for event in file.events] == ["deployed"]
    tags = history_of(past.root)
    assert tags is not None and [e.attributes.get("tag") for e in tags.events] == ["v1.0.0", "v1.1.0"]


@pytest.mark.parametrize("read", [metrics_of, read_logs])
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, read: object) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        read([tmp_path / "none.csv"])  # type: ignore[operator]


def test_a_change_knows_its_past(past: Past) -> None:
    change = change_of("HEAD", past.root)
    assert change.message.startswith("Day 3") and change.measures is not None
    assert len(change.past) == len(NAMES) and any(value is not None for value in change.past)
    several = change_of("HEAD~2..HEAD", past.root)
    assert "Day 2" in several.message and "Day 3" in several.message and len(several.past) == len(NAMES)
    second = change_of("HEAD~2", past.root)
    assert len(second.past) == len(NAMES)


def test_the_first_change_and_unknown_ones_are_errors(past: Past) -> None:
    with pytest.raises(InputError, match="first commit"):
        change_of("HEAD~3", past.root)
    with pytest.raises(RepositoryError):
        change_of("nowhere", past.root)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1769860800", 1769860800.0), ("1769860800.5", 1769860800.5), ("1769860800000", 1769860800.0),
        ("2026-01-31T12:00:00Z", 1769860800.0), ("2026-01-31T13:00:00+01:00", 1769860800.0),
        ("2026-01-31 12:00", 1769860800.0), ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC).timestamp()),
    ],
)  # fmt: skip
def test_times(text: str, seconds: float) -> None:
    found = instant_of(text)
    assert found is not None and found.time == seconds


@pytest.mark.parametrize("text", ["noon", "2026-13-01", "nan", "inf", "-inf", "1e300", "12:00"])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match=r"is no time; write Unix seconds, or ISO 8601"):
        instant_of(text)


def test_a_time_outside_of_what_was_measured_is_refused() -> None:
    series = [Series(name="a.b", times=(100.0, 160.0), values=(1.0, 2.0))]
    assert within(Instant(time=130.0), series) == Instant(time=130.0)
    assert within(None, series) is None and within(Instant(time=9.0), []) == Instant(time=9.0)
    with pytest.raises(InputError, match="not within what was measured"):
        within(Instant(time=161.0), series)


def test_what_a_log_happens_to_be_called_is_no_service(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("incident.log", "cart.log", "web.log")]
    for path in paths:
        path.write_text("2026-01-31T12:00:00Z ERROR lost it\n")

    def services(*chosen: Path, known: tuple[str, ...] = ()) -> set[str]:
        logs = read_logs(chosen, known)
        return {one.service for one in logs.templates}

    assert services(paths[0]) == services(paths[1]) == {""}
    assert services(*paths[1:]) == {"cart", "web"}
    assert services(*paths[:2], known=("cart", "web")) == {"", "cart"}
