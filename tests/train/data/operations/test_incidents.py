"""Incidents from synthetic windows: the same for a seed, with labels that name what the case holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.records.change import name_of
from octad.records.region import region_name
from octad.records.series import Series, SeriesSet
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.incidents import (
    IncidentExample,
    held_out,
    of_recorded,
    real,
    sample,
    training,
)


@pytest.fixture(autouse=True)
def without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCTAD_DATA", raising=False)


def check(one: IncidentExample) -> None:
    """Every label that is known names something of the case."""
    series = {x.name for x in one.series.series}
    known = {x.name.rpartition(".")[0] for x in one.series.series} | {
        node.id for node in (one.graph.nodes if one.graph else ())
    }
    templates = {x.template for x in one.logs.templates} if one.logs else set()
    changes = [name_of(x) for x in one.changes.changes] if one.changes else []
    regions = [region_name(x) for x in one.regions.regions] if one.regions else []
    assert (one.services or set()) <= known
    assert (one.metrics or set()) <= series
    assert (one.templates or set()) <= templates
    if one.changes is not None:
        assert (one.change or set()) <= set(changes)
    assert (one.region or set()) <= set(regions)
    assert len(changes) == len(set(changes))
    if one.services:
        assert one.metrics is None or one.metrics, "where a service is at fault one of its metrics shows it"
    assert one.at is None or one.series.series[0].times[0] <= one.at <= one.series.series[0].times[-1]


def test_samples_need_no_data_and_name_what_is_there() -> None:
    found = sample(16)
    assert len(found) == 16
    for one in found:
        check(one)
    assert [bool(one.services) for one in found] == [True, False] * 8
    assert any(one.change for one in found) and any(one.region for one in found)
    assert any(one.change == frozenset() for one in found if one.services)


def test_a_sample_is_the_same_each_time() -> None:
    assert sample(4) == sample(6)[:4]


def test_training_goes_on_and_is_the_same_for_a_seed() -> None:
    stream, again, other = (training(Path()).stream(seed, 0, 1) for seed in (1, 1, 2))
    first = [next(stream) for _ in range(8)]
    for one in first:
        check(one)
    assert first[:3] == [next(again) for _ in range(3)] and first[0] != next(other)


def test_shards_share_the_stream() -> None:
    whole = training(Path()).stream(1, 0, 1)
    held = [next(whole) for _ in range(4)]
    for shard in (0, 1):
        part = training(Path()).stream(1, shard, 2)
        assert [next(part) for _ in range(2)] == held[shard::2]


def test_held_out_parts_differ_and_name_what_is_there() -> None:
    valid, test = held_out(Path(), "valid", 4), held_out(Path(), "test", 4)
    assert len(valid) == len(test) == 4
    for one in valid + test:
        check(one)
    assert valid == held_out(Path(), "valid", 4) and valid[0] != test[0]


def test_real_incidents_are_there_where_the_sets_are() -> None:
    assert real() == []


def test_of_a_recorded_incident_only_what_is_known_is_labelled() -> None:
    series = SeriesSet(series=(Series(name="cart.cpu", times=(0.0,), values=(1.0,)),))
    incident = Incident(system="shop", origin="x", series=series, service="cart", metric="cart.cpu", time=0.0)
    found = of_recorded(incident)
    assert (found.services, found.metrics) == (frozenset({"cart"}), frozenset({"cart.cpu"}))
    assert (found.templates, found.change, found.region, found.at) == (None, None, None, None)
    nobody = of_recorded(Incident(system="shop", origin="x", series=series))
    assert (nobody.services, nobody.metrics) == (frozenset(), None)
