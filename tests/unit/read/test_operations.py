"""Files that verbs are given, as records; what is wrong is said in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from octad.errors import InputError, RepositoryError
from octad.read.operations import (
    change_of,
    graph_of,
    history_of,
    instant_of,
    logs_of,
    metrics_of,
    within,
)
from octad.records.instant import Instant
from octad.records.series import Series
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
    assert logs_of([]) is graph_of(None) is history_of(None) is instant_of("") is None


def test_logs_and_graphs(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(f"2026-01-31T12:00:00Z ERROR lost 3 in {name[0]}\n")
    logs = logs_of([tmp_path / "a.log", tmp_path / "b.log"])
    assert logs is not None and logs.lines == 2
    (tmp_path / "g.json").write_text('{"web": ["cart"]}')
    graph = graph_of(tmp_path / "g.json")
    assert graph is not None and {node.id for node in graph.nodes} == {"web", "cart"}


def test_a_history_is_a_file_or_a_repository(tmp_path: Path, past: Past) -> None:
    (tmp_path / "h.json").write_text('[{"time": 1769860800, "kind": "deployed", "subject": "v1"}]')
    file = history_of(tmp_path / "h.json")
    assert file is not None and [event.kind for event in file.events] == ["deployed"]
    tags = history_of(past.root)
    assert tags is not None and [e.attributes.get("tag") for e in tags.events] == ["v1.0.0", "v1.1.0"]


@pytest.mark.parametrize("read", [metrics_of, logs_of])
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
        logs = logs_of(chosen, known)
        assert logs is not None
        return {one.service for one in logs.templates}

    assert services(paths[0]) == services(paths[1]) == {""}
    assert services(*paths[1:]) == {"cart", "web"}
    assert services(*paths[:2], known=("cart", "web")) == {"", "cart"}
