"""Which tokens are constants and which are values, by rules on the set of shapes alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.templates.cluster import cluster
from octad.templates.lookup import slots, text
from octad.templates.masks import mask, numbered
from octad.templates.sequences import Limits

NAMES = ("ann", "bob", "eve", "kim", "lee", "max", "zoe")
HOSTS = ("alpha", "beta", "delta", "gamma", "kappa", "omega", "sigma")


def templates(*messages: str) -> set[str]:
    """The templates of messages, each of which fits its own."""
    found = cluster({mask(numbered(message)) for message in messages})
    for message in messages:
        assert slots(text(found[mask(numbered(message))]), message) is not None
    return set(map(text, found.values()))


def test_two_names_that_vary_together_are_values() -> None:
    messages = [f"login of {name} at {host} was refused now" for name, host in zip(NAMES, HOSTS, strict=True)]
    assert templates(*messages) == {"login of <*> at <*> was refused now"}


def test_words_of_a_choice_stay_apart() -> None:
    messages = [f"session {what} for user {name}" for name in NAMES for what in ("opened", "closed")]
    assert templates(*messages) == {"session opened for user <*>", "session closed for user <*>"}


def test_two_names_after_what_is_named_are_values() -> None:
    assert templates("expired session of user ann", "expired session of user bob") == {
        "expired session of user <*>"
    }
    assert len(templates("the user left", "the user returned")) == 2


def test_what_a_message_begins_with_needs_more_constants() -> None:
    assert len(templates(*(f"{name} failed" for name in NAMES))) == len(NAMES)
    assert templates(*(f"{name} : TTY=t ; PWD=p ; USER=root" for name in NAMES)) == {
        "<*> : TTY=<*> ; PWD=<*> ; USER=<*>"
    }
    assert templates(*(f"({name}) CMD (/bin/x)" for name in NAMES)) == {"(<*>) CMD (<*>)"}


@pytest.mark.parametrize(
    ("messages", "template"),
    [
        (("used 5 KB of 2 MB", "used 5 B of 2 MB", "used 1 GB of 3 GB"), "used <*> <*> of <*> <*>"),
        (("ended, lifetime <1 sec", "ended, lifetime 00:07"), "ended, lifetime <*>"),
        (("call from 1.2.3.4 () now", "call from 1.2.3.4 (5.6.7.8) now"), "call from <*> (<*>) now"),
        (("ran job (/a/b)", "ran job (/a/b --quiet)"), "ran job (<*>)"),
        (("took [1],[2] of it", "took [1] of it", "took [1],[2],[3] of it"), "took [<*>] of it"),
        (("deleted 1, 2", "deleted 1"), "deleted <*>"),
        (("link eth0 is up", "link wlan1 is up"), "link <*> is up"),
    ],
)  # fmt: skip
def test_values_by_their_form(messages: tuple[str, ...], template: str) -> None:
    assert templates(*messages) == {template}


def test_values_in_a_row_are_a_list_at_three_lengths() -> None:
    assert len(templates("nodes 1 2", "nodes 1")) == 2
    assert templates("nodes 1 2", "nodes 1", "nodes 1 2 3") == {"nodes <*>"}


def test_limits_are_asked() -> None:
    shapes = {mask(numbered(f"mode {name} set")) for name in NAMES[:3]}
    assert len(set(cluster(shapes).values())) == 3
    assert len(set(cluster(shapes, Limits(many=3)).values())) == 1


@given(
    st.sets(
        st.lists(st.sampled_from(("a", "b", "go", "(", ")", "[", ",", " ", "<*>", "n<*>")), max_size=9).map(
            tuple
        )
    )
)
@settings(deadline=None, max_examples=50)
def test_every_template_is_one_of_its_own(shapes: set[tuple[str, ...]]) -> None:
    found = cluster(shapes)
    assert set(found) == shapes
    assert cluster(set(found.values())) == {shape: shape for shape in found.values()}
