"""Templates as items: which are read, when their rate changed, what they are linked with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.logs import MOST, LogEncoder
from octad.records.instant import Instant
from octad.records.logs import Logs, LogTemplate
from tests.said import logs, template

ENCODER = LogEncoder("logs", "at")
AT, GAIN, RATIO, NEW, ERROR, WARNING, TROUBLE, TRACE, DATED = 5, 6, 7, 8, 11, 12, 13, 14, 15
"""Columns of the numbers."""


STEADY = template("served <*>", [5] * 10, service="cart")
NEWS = template(
    "lost <*>", [0] * 7 + [9] * 3, service="stock", level="error", source="a.log", line=7, example="lost 3"
)


def rows(held: Logs, at: Instant | None = None) -> dict[str, np.ndarray]:
    found = ENCODER.items(held, at)
    assert found is not None
    return dict(zip(found.names, found.numbers, strict=True))


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None and ENCODER.items(Logs()) is None


def test_what_changed_comes_first_with_words_place_and_service() -> None:
    found = ENCODER.items(logs(STEADY, NEWS))
    assert found is not None and found.numbers.shape == (2, ENCODER.size)
    assert found.names == ("lost <*>", "served <*>") and found.texts[0] == "error lost <*>"
    assert found.subjects == ("stock", "cart")
    place = found.anchors[0]
    assert place is not None and (place.path, place.line, place.end_column) == ("a.log", 7, 7)
    assert found.anchors[1] is None


def test_the_order_of_templates_does_not_matter() -> None:
    there, back = ENCODER.items(logs(STEADY, NEWS)), ENCODER.items(logs(NEWS, STEADY))
    assert there is not None and back is not None and there.names == back.names
    np.testing.assert_array_equal(there.numbers, back.numbers)


def test_a_new_message_is_seen_where_it_began() -> None:
    new, old = rows(logs(STEADY, NEWS))["lost <*>"], rows(logs(STEADY, NEWS))["served <*>"]
    assert new[AT] == pytest.approx(0.7) and new[RATIO] > 0 and new[GAIN] > old[GAIN]
    assert (new[NEW], old[NEW], new[DATED]) == (1.0, 0.0, 0.0)


def test_a_time_that_is_known_parts_the_counts() -> None:
    """Bucket 3 begins at 1030; what lies beside the log parts it at its ends."""
    parted = rows(logs(STEADY, NEWS), Instant(time=1031.0))
    assert {row[AT] for row in parted.values()} == {np.float32(0.3)} and parted["served <*>"][DATED] == 1.0
    assert rows(logs(NEWS), Instant(time=0.0))["lost <*>"][AT] == pytest.approx(0.1)
    assert rows(logs(NEWS), Instant(time=1e9))["lost <*>"][AT] == pytest.approx(0.9)
    assert rows(logs(NEWS, start=None), Instant(time=1031.0))["lost <*>"][AT] == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("level", "text", "marks"),
    [
        ("error", "x", [1, 0, 0]),
        ("fatal", "x", [1, 0, 0]),
        ("warning", "x", [0, 1, 0]),
        ("info", "x", [0, 0, 0]),
        ("info", "connection refused", [0, 0, 1]),
        ("", "Request timed out", [0, 0, 1]),
    ],
)
def test_levels_and_words_of_trouble(level: str, text: str, marks: list[int]) -> None:
    row = rows(logs(template(text, [1], level=level)))[text]
    assert row[[ERROR, WARNING, TROUBLE]].tolist() == marks


@pytest.mark.parametrize(
    ("example", "links"),
    [
        ('boom\nTraceback:\n  File "cart/store.py", line 3, in total', ("cart/store.py",)),
        ("boom\n    at total (src/cart.js:17:23)", ("src/cart.js",)),
        ("boom\n\tat com.acme.Cart.add(Cart.java:42)", ("Cart.java",)),
        (
            'boom\n  File "/srv/cart/a.py", line 3',
            ("cart/a.py", "srv/cart/a.py"),
        ),
        ("wrote (a.json)", ()),
        ("all is well", ()),
    ],
)
def test_files_of_stack_traces_are_links(example: str, links: tuple[str, ...]) -> None:
    found = ENCODER.items(logs(template("boom", [1], example=example)))
    assert found is not None and found.links == (links,)
    assert found.numbers[0, TRACE] == ("\n" in example)


def test_too_many_templates_leave_errors_and_what_changed() -> None:
    many = [template(f"served {i}", [5] * 10) for i in range(MOST + 30)]
    found = ENCODER.items(logs(*many, NEWS, template("denied", [1] * 10, level="error")))
    assert found is not None and len(found) == MOST
    assert set(found.names[:2]) == {"lost <*>", "denied"}


TEMPLATES = st.lists(
    st.builds(
        template,
        st.text(max_size=6),
        st.lists(st.integers(0, 10**9), max_size=20),
        level=st.sampled_from(["", "error", "odd"]),
        example=st.text(max_size=10),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(TEMPLATES, st.none() | st.floats(-1e11, 1e11), st.none() | st.floats(0, 1e10))
def test_finite_whatever_comes(held: list[LogTemplate], at: float | None, start: float | None) -> None:
    instant = None if at is None else Instant(time=at)
    found = ENCODER.items(logs(*held, start=start), instant)
    assert found is not None and len(found) == len(held)
    assert np.isfinite(found.numbers).all() and np.abs(found.numbers).max() < 10
