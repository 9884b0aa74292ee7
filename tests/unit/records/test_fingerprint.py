from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.fingerprint import fingerprint, with_fingerprints
from octad.records.report import Anchor, Finding

LINES = st.lists(st.sampled_from(["x = 1", "    x = 1", "y = f(a)", "", "return y"]), min_size=1, max_size=8)


def finding(line: int, rule: str = "bug/x", column: int = 1) -> Finding:
    place = Anchor(path="a.py", line=line, column=column, end_line=line, end_column=column + 1)
    return Finding(rule=rule, level="error", message="m", probability=0.9, anchor=place)


def marks(lines: list[str], *findings: Finding) -> list[str]:
    return [one.fingerprint for one in with_fingerprints(findings, {"a.py": "\n".join(lines)})]


@settings(max_examples=20)
@given(LINES, LINES, st.data())
def test_lines_inserted_above_change_nothing(lines: list[str], above: list[str], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(1, len(lines)), min_size=1, max_size=5))
    before = marks(lines, *(finding(number) for number in numbers))
    assert before == marks([*above, *lines], *(finding(number + len(above)) for number in numbers))


@settings(max_examples=20)
@given(LINES, st.data())
def test_all_are_distinct_and_independent_of_order(lines: list[str], data: st.DataObject) -> None:
    places = st.tuples(st.integers(1, len(lines)), st.integers(1, 4))
    chosen = data.draw(st.lists(places, min_size=1, max_size=6, unique=True))
    findings = [finding(line, column=column) for line, column in chosen]
    found = marks(lines, *findings)
    assert len(set(found)) == len(found)
    assert marks(lines, *reversed(findings)) == found[::-1]


def test_spaces_do_not_count_but_rule_path_text_and_occurrence_do() -> None:
    same = fingerprint("bug/x", "a/b.py", "x  =\t1")
    assert re.fullmatch(r"[0-9a-f]{16}", same)
    assert same == fingerprint("bug/x", "./a//b.py", "    x = 1 ") == fingerprint("bug/x", "a\\b.py", "x = 1")
    others = {
        fingerprint("bug/y", "a/b.py", "x = 1"),
        fingerprint("bug/x", "b.py", "x = 1"),
        fingerprint("bug/x", "a/b.py", "x=1"),
        fingerprint("bug/x", "a/b.py", "x = 1", 1),
    }
    assert len(others | {same}) == 5


def test_line_that_is_not_there_still_has_an_identity() -> None:
    assert len({*marks(["x"], finding(9), finding(0))}) == 2


def test_what_lies_on_no_line_is_told_apart_by_what_it_refers_to() -> None:
    """Services of an incident keep their identity when their ranks change."""
    carts, orders = (finding(1).model_copy(update={"reference": name}) for name in ("carts", "orders"))
    first, second = with_fingerprints([carts, orders], {}), with_fingerprints([orders, carts], {})
    assert [one.fingerprint for one in first] == [one.fingerprint for one in reversed(second)]
    assert first[0].fingerprint != first[1].fingerprint


def test_published_value_stays() -> None:
    # A baseline that somebody committed must keep its meaning: change this only with a new version of it.
    assert fingerprint("bug/x", "a.py", "x = 1") == "1b721b432af2fb20"
