"""A change beside a docstring as items: measures first, then runs that share names with sentences."""

from __future__ import annotations

import numpy as np

from octad.encoders.documented_change import OWN, RUNS, DocumentedChangeEncoder, Kind
from octad.encoders.prose import ProseEncoder
from octad.records.code import Code
from octad.records.text import Text

ENCODER = DocumentedChangeEncoder("text", "before", "after")
TEXT = Text(text="Open it.\n\n:param retries: how often")


def code(text: str, line: int = 1) -> Code:
    return Code(path="shop/a.py", text=text, first_line=line)


BEFORE = code("def f(path, retries):\n    go(path)\n    again(retries)\n")
AFTER = code("def f(path, attempts):\n    go(path)\n    again(attempts)\n", 40)


def test_the_change_comes_first_and_its_runs_follow() -> None:
    items = ENCODER.items(TEXT, BEFORE, AFTER)
    assert items is not None
    assert items.kinds == (Kind.CHANGE, Kind.REMOVED, Kind.ADDED, Kind.REMOVED, Kind.ADDED)
    assert items.texts[0] == "f(path, attempts)"
    assert [one.line for one in items.anchors if one] == [40, 40, 40, 42, 42]
    assert items.numbers.shape == (5, ENCODER.size)
    assert items.numbers[0, :-OWN].any() and not items.numbers[1:, :-OWN].any()
    assert np.isfinite(items.numbers).all()


def test_runs_and_sentences_that_name_the_same_share_a_link() -> None:
    items, prose = ENCODER.items(TEXT, BEFORE, AFTER), ProseEncoder().items(TEXT)
    assert items is not None and prose is not None
    shared = [set(links) & {link for own in prose.links for link in own} for links in items.links]
    assert shared == [set(), {"retries"}, set(), {"retries"}, set()]


def test_no_change_is_its_measures_alone() -> None:
    items = ENCODER.items(TEXT, BEFORE, BEFORE)
    assert items is not None and len(items) == 1 and not len(items.edges)


def test_the_longest_runs_are_kept_in_their_order() -> None:
    lines = [f"    kept{n} = 0\n    old{n} = {'1' * (1 + n % 7)}\n" for n in range(40)]
    before = "def f():\n" + "".join(lines)
    items = ENCODER.items(TEXT, code(before), code(before.replace("old", "new")))
    assert items is not None and len(items) == 1 + RUNS
    places = [one.line for one in items.anchors[1:] if one]
    assert places == sorted(places)
    assert items.edges.tolist()[0] == [1, 2, 0] and len(items.edges) == 2 * (RUNS - 1)
