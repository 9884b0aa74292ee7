"""Candidate changes and regions of code as items."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from octad.encoders.candidate_changes import MOST, CandidateChangeEncoder, CodeRegionEncoder
from octad.records.change import Change, Changes, FileChange, Measures, name_of
from octad.records.code import Code
from octad.records.graph import Graph, Node
from octad.records.instant import Instant
from octad.records.region import Region, Regions, region_name
from octad.records.series import Series, SeriesSet

CHANGES, REGIONS = CandidateChangeEncoder("changes", "metrics", "graph", "at"), CodeRegionEncoder("code")
NOON = 1_700_049_600.0
HOUR = 3600.0
BEFORE, CLOSE, DAY_OF, PLACE, DATED = 0, 2, 3, 4, 9
"""Columns of the numbers of a change."""


def change(hours: float | None, *paths: str, message: str = "Do it\n\nbody", revision: str = "") -> Change:
    time = None if hours is None else datetime.fromtimestamp(NOON + hours * HOUR, UTC)
    files = tuple(FileChange(before=None, after=Code(path=path, text="x\ny")) for path in paths)
    return Change(files=files, message=message, time=time, revision=revision or f"{hours}" * 5)


def test_nothing_is_nothing() -> None:
    assert CHANGES.items(None) is None and CHANGES.items(Changes()) is None
    assert REGIONS.items(None) is None and REGIONS.items(Regions()) is None


def test_changes_come_by_time_with_name_files_and_service() -> None:
    graph = Graph(nodes=(Node(id="cart"), Node(id="cart-db")))
    held = Changes(changes=(change(-1, "cart/a.py", "docs/b.md"), change(-5, "services/cart_db/c.sql")))
    found = CHANGES.items(held, None, graph, Instant(time=NOON))
    assert found is not None and found.subjects == ("cart-db", "cart")
    assert found.texts[1] == "Do it cart/a.py docs/b.md"
    assert found.names == tuple(name_of(one) for one in held.changes[::-1])
    assert found.links[1] == (held.changes[0].revision, "cart/a.py", "docs/b.md")
    assert found.anchors[0] is not None and found.anchors[0].path == "services/cart_db/c.sql"
    assert found.edges.tolist() == [[0, 1, 0]] and found.numbers.shape == (2, CHANGES.size)


def test_ages_are_of_when_it_began() -> None:
    held = Changes(changes=tuple(change(hours, "a.py") for hours in (-30, -5, -0.5, 2)))
    found = CHANGES.items(held, None, None, Instant(time=NOON))
    assert found is not None
    assert found.numbers[:, BEFORE].tolist() == [1, 1, 1, 0]
    assert found.numbers[:, CLOSE].tolist() == [0, 0, 1, 0]
    assert found.numbers[:, DAY_OF].tolist() == [0, 1, 1, 0]
    assert found.numbers[:, PLACE].tolist() == [0.25, 0.5, 0.75, 1.0]


def test_metrics_tell_when_it_began_where_nobody_does() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(1, 0.01, 36), rng.normal(9, 0.01, 24)])
    times = tuple(NOON - 36 * 60 + 60.0 * i for i in range(60))
    metrics = SeriesSet(series=(Series(name="cart.latency", times=times, values=tuple(values.tolist())),))
    held = Changes(changes=(change(-2, "a.py"), change(-0.2, "a.py"), change(0.3, "a.py")))
    found = CHANGES.items(held, metrics)
    assert found is not None and found.numbers[:, BEFORE].tolist() == [1, 1, 0]
    nobody = CHANGES.items(held)
    assert nobody is not None and nobody.numbers[:, BEFORE].tolist() == [1, 1, 1], "the newest is as good"


def test_changes_without_time_files_or_measures_are_items_too() -> None:
    measures = Measures.model_validate(dict.fromkeys(Measures.model_fields, 3.0))
    held = (change(None), change(0).model_copy(update={"measures": measures}))
    found = CHANGES.items(Changes(changes=held))
    assert found is not None and np.isfinite(found.numbers).all()
    assert found.anchors == (None, None) and found.numbers[:, DATED].tolist() == [0, 1]
    assert found.numbers[1, 7] > 0 and found.numbers[0, 7] == 0


def test_the_newest_changes_are_kept_in_any_order() -> None:
    held = tuple(change(-i, "a.py") for i in range(MOST + 5))
    there, back = CHANGES.items(Changes(changes=held)), CHANGES.items(Changes(changes=held[::-1]))
    assert there is not None and back is not None and len(there) == MOST and there.names == back.names
    assert there.names[-1] == name_of(held[0])


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("cart/a.py", "cart"),
        ("src/Cart-DB/a.py", "cart-db"),
        ("deploy/cart.yaml", "cart"),
        ("cartography/a.py", ""),
        ("", ""),
        (".github/a.yml", ""),
    ],
)
def test_a_path_names_a_service(path: str, service: str) -> None:
    held = Changes(changes=(change(-1, path),))
    graph = Graph(nodes=tuple(Node(id=name) for name in ("cart", "cart-db")))
    found = CHANGES.items(held, None, graph, Instant(time=NOON))
    assert found is not None and found.subjects == (service,)


def region(path: str, first: int = 1, **fields: object) -> Region:
    return Region.model_validate({"path": path, "first": first, "last": first + 10, **fields})


def test_regions_that_are_passed_through_most_come_first() -> None:
    top = region("b.py", 7, function="run", frames=5, top=5, services=("cart", "db"), revisions=("abc",))
    found = REGIONS.items(Regions(regions=(region("a.py", frames=9), top)))
    assert found is not None and found.names == ("b.py:7 in run", "a.py:1") == tuple(
        map(region_name, (top, region("a.py")))
    )
    assert found.texts[0] == "b.py run" and found.subjects == ("cart", "")
    assert found.links == (("abc", "b.py"), ("a.py",))
    place = found.anchors[0]
    assert place is not None and (place.path, place.line, place.end_line) == ("b.py", 7, 17)
    assert found.numbers.shape == (2, REGIONS.size) and np.isfinite(found.numbers).all()
    assert found.numbers[:, 2].tolist() == [1.0, 0.0] and found.numbers[:, 3].tolist() == [1.0, 0.0]


def test_too_many_regions_are_cut() -> None:
    found = REGIONS.items(Regions(regions=tuple(region("a.py", i + 1, frames=i) for i in range(MOST + 9))))
    assert found is not None and len(found) == MOST and found.names[0] == f"a.py:{MOST + 9}"
