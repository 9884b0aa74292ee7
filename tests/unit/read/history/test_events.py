from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.history import events as octad_events
from octad.read.history.events import read_events
from octad.records.events import Event, Events

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ROW = {"time": "2026-01-31T13:00:00+01:00", "kind": "deployed", "subject": "api"}


def read(folder: Path, content: object, name: str = "h.json") -> tuple[Event, ...]:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")
    return read_events(folder / name).events


def test_a_record_a_list_an_object_and_lines(tmp_path: Path) -> None:
    one = Event(time=NOON, kind="deployed", subject="api", attributes={"version": "2"})
    later = one.model_copy(update={"time": NOON + timedelta(hours=1)})
    assert read(tmp_path, Events(events=(later, one)).model_dump_json()) == (one, later)
    row = ROW | {"version": 2, "note": None}
    assert read(tmp_path, row) == read(tmp_path, [row]) == read(tmp_path, {"events": [row]}) == (one,)
    assert read(tmp_path, f"\ufeff{json.dumps(row)}\n\n{json.dumps(row)}\n") == (one, one)


@pytest.mark.parametrize(
    "time", [1769860800, 1769860800000, "1769860800", "2026-01-31 12:00", "2026-01-31T12:00:00Z"]
)
def test_times_in_every_spelling(tmp_path: Path, time: object) -> None:
    assert read(tmp_path, [ROW | {"time": time}])[0].time == NOON


@pytest.mark.parametrize(
    "content, said",
    [
        ("{", "row 1: not JSON"),
        (f"{json.dumps(ROW)}\nnot json\n", "row 2: not JSON"),
        ("", "empty file"),
        ("3", "no list of events"),
        ({"events": {}}, "no list of events"),
        ([ROW, 3], "event 2 is no object"),
        ([ROW, ROW | {"time": ""}], "event 2 has no time"),
        ([{"time": 1, "kind": "k"}], "event 1 has no subject"),
        ([ROW | {"kind": None}], "event 1 has no kind"),
        ([ROW | {"time": "noon"}], "event 1: 'noon' is no time"),
        ([ROW | {"time": 1e10}], None),
        ([ROW | {"time": -9e10}], "event 1: '-90000000000.0' is no time"),
        ([ROW | {"parts": [1]}], "event 1: attributes must be plain values"),
        ([ROW | {"attributes": [1]}], "event 1: attributes are no object"),
    ],
)
def test_what_is_no_event_is_refused(tmp_path: Path, content: object, said: str | None) -> None:
    if said is None:
        assert read(tmp_path, content)
        return
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert caught.value.message.endswith(f"h.json: {said}") and caught.value.hint


def test_files_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "h").write_bytes(b"\xff\xfe\x00")
    for name, said in (("h", "not UTF-8"), ("no", "cannot be read: no such file")):
        with pytest.raises(InputError, match=said):
            read_events(tmp_path / name)
    monkeypatch.setattr(octad_events, "MAX_EVENTS", 1)
    with pytest.raises(InputError, match="more than 1 events"):
        read(tmp_path, [ROW, ROW])


TEXTS = st.from_regex(r"\S[^\ud800-\udfff]{0,5}", fullmatch=True)
EVENTS = st.lists(
    st.builds(
        Event,
        time=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
        kind=TEXTS,
        subject=TEXTS,
        attributes=st.dictionaries(TEXTS, TEXTS, max_size=3),
    ),
    max_size=5,
)


@given(EVENTS)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, events: list[Event]) -> None:
    path = tmp_path_factory.getbasetemp() / "events.json"
    path.write_text(Events(events=tuple(events)).model_dump_json(), encoding="utf-8")
    assert read_events(path).events == tuple(sorted(events, key=lambda one: one.time))
