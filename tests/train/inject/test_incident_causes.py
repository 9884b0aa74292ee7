"""Changes and traces around an incident: what is to blame is among them, under the name of its item."""

from __future__ import annotations

import numpy as np
import pytest

from octad.read.logs.frames import frames_of
from octad.records.change import name_of
from octad.records.logs import Logs, LogTemplate
from octad.records.region import region_name
from octad_train.inject.incident_causes import Causes, change_at, draw_causes

ONSET = 1_700_000_000.0
SERVICES = ("web", "cart", "db")
LOGS = Logs(
    templates=tuple(LogTemplate(template=t, example=t, count=1, service="cart") for t in ("lost", "ok"))
)


def injected(seed: int, culprit: str = "cart", logs: Logs | None = LOGS) -> Causes:
    return draw_causes(SERVICES, culprit, ONSET, logs, ("lost",), np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(12))
def test_the_culprit_changed_shortly_before(seed: int) -> None:
    found = injected(seed)
    (guilty,) = [one for one in found.changes.changes if name_of(one) == found.change]
    assert guilty.time is not None and ONSET - 6 * 3600 < guilty.time.timestamp() <= ONSET
    assert all(f.after and f.after.path.startswith("cart/") for f in guilty.files)
    assert 2 <= len(found.changes.changes) <= 12
    assert all(one.time and one.time.timestamp() <= ONSET for one in found.changes.changes)


def test_a_trace_leads_into_a_file_of_the_change() -> None:
    traced = [found for seed in range(30) if (found := injected(seed)).region]
    assert 15 <= len(traced) < 30, "three in four"
    for found in traced:
        assert found.regions is not None and found.logs is not None
        (place,) = [one for one in found.regions.regions if region_name(one) == found.region]
        (guilty,) = [one for one in found.changes.changes if name_of(one) == found.change]
        assert place.revisions == (guilty.revision,) and place.services == ("cart",)
        assert place.path in [f.after.path for f in guilty.files if f.after]
        lost, fine = found.logs.templates
        assert [(f.path, f.line, f.function) for f in frames_of(lost.example)] == [
            (place.path, place.first, place.function)
        ]
        assert fine == LOGS.templates[1]


@pytest.mark.parametrize("seed", range(5))
def test_without_a_culprit_nothing_is_to_blame(seed: int) -> None:
    found = injected(seed, "")
    assert (found.change, found.region, found.logs) == ("", "", LOGS)
    assert 1 <= len(found.changes.changes) <= 11
    for region in found.regions.regions if found.regions else ():
        assert 2 * region.top <= region.frames, "passed through, seldom at fault"


def test_without_logs_no_region_is_to_blame() -> None:
    assert all(injected(seed, logs=None).region == "" for seed in range(9))


def test_a_seed_makes_the_same() -> None:
    assert injected(4) == injected(4) and injected(4) != injected(5)


def test_nobody_is_known_before_the_epoch() -> None:
    change = change_at("cart", -5.0, np.random.default_rng(0))
    assert change.time is not None and change.time.timestamp() == 0.0
    assert draw_causes((), "", ONSET, None, (), np.random.default_rng(0)).changes.changes[0].files
