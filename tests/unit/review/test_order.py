"""Look here first: which changed units come first, and what is said of them."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from octad.agents.code_reviewer import LENGTH, Answer, Case, agent, look
from octad.heads.line_labels import Marking
from octad.heads.place import LinePlace
from octad.heads.pointer import Diagnosis
from octad.records.code import Code, LineRange
from octad.records.look import Look
from octad.review.order import SHOWN, block_of, look_first
from octad.review.pipeline import command_of

TEXT = "def total(items):\n    found = 0\n    for item in items:\n        found += item\n    return found\n"
NOTHING = Marking({}, ())


def answer(later_fix: float | None, *lines: tuple[int, float]) -> Answer:
    kinds = (("guard", 0.6), ("value", 0.2), ("call", 0.1), ("index", 0.1))
    places = tuple(LinePlace(line, chance, 1, False, kinds) for line, chance in lines)
    return Answer(Diagnosis(0.0, ()), NOTHING, NOTHING, NOTHING, None, places or None, later_fix)


def case(path: str, *changed: int) -> Case:
    ranges = tuple(LineRange(first=n, last=n) for n in changed)
    return Case(code=Code(path=path, text=TEXT, first_line=10, changed=ranges))


def asked(*pairs: tuple[Case, Answer]) -> Any:
    return [SimpleNamespace(case=one, answer=said) for one, said in pairs]


def test_the_likeliest_comes_first_and_units_without_a_word_do_not_come() -> None:
    low, high = (case("low.py", 11), answer(0.2)), (case("high.py", 11), answer(0.9))
    silent, untouched = (case("silent.py", 11), answer(None)), (case("same.py"), answer(0.9))
    found = look_first(command_of(agent), asked(low, high, silent, untouched))
    assert [one.anchor.path for one in found] == ["high.py", "low.py"]


def test_the_place_is_among_the_changed_lines_and_its_classes_are_named() -> None:
    found = look(case("a.py", 11, 12, 99), answer(0.5, (14, 0.8), (12, 0.1), (11, 0.05)))
    assert found is not None
    assert (found.name, found.changed, found.line) == ("total", 2, 12)
    assert found.score == pytest.approx(LENGTH * math.log(5)) and found.log_odds == 0.0
    assert (found.kinds, found.why) == (("guard", "value"), "a missing check or a wrong value")
    assert (found.anchor.line, found.anchor.end_line) == (10, 14)


def test_no_class_is_named_where_more_than_three_are_as_likely_as_the_rest() -> None:
    def said(*chances: float) -> str:
        names = ("guard", "value", "call", "index", "missing", "default", "reference")
        place = LinePlace(11, 1.0, 1, False, tuple(zip(names, chances, strict=False)))
        found = look(case("a.py", 11), replace(answer(0.5), place=(place,)))
        assert found is not None and bool(found.kinds) == bool(found.why)
        return found.why

    assert said(0.3, 0.25, 0.25, 0.2) == "a missing check or a wrong value"
    assert said(0.18, *[0.1366] * 6) == ""
    assert said(0.24, 0.24, 0.24, 0.07, 0.07, 0.07, 0.07) == "a missing check, a wrong value or another call"


def test_of_two_alike_the_longer_comes_first_and_certainty_is_bounded() -> None:
    short = Code(path="short.py", text="def a():\n    return 1\n", changed=(LineRange(first=1, last=2),))
    long = short.model_copy(update={"path": "long.py", "text": "def a():\n" + "    b()\n" * 30})
    found = look_first(command_of(agent), asked(*((Case(code=one), answer(0.3)) for one in (short, long))))
    assert [one.anchor.path for one in found] == ["long.py", "short.py"]
    sure = look(Case(code=short), answer(1.0))
    assert sure is not None and math.isfinite(sure.score)


def test_a_change_of_one_place_has_no_order_and_of_many_the_first_are_printed() -> None:
    one = look(case("a.py", 11), answer(0.5, (11, 1.0)))
    assert isinstance(one, Look) and block_of([one]) is None
    block = block_of([one] * 9)
    assert block is not None and len(block.rows) == SHOWN + 1 and "of 9 changed places" in block.title


def test_what_puts_a_unit_first_is_said_of_it_alone() -> None:
    long = Code(path="long.py", text="def a():\n" + "    b()\n" * 30, changed=(LineRange(first=2, last=2),))
    pairs = [(case("a.py", 11), answer(0.5)), (case("b.py", 11), answer(0.7)), (Case(code=long), answer(0.5))]
    found = {one.anchor.path: one.reasons for one in look_first(command_of(agent), asked(*pairs))}
    assert found == {
        "a.py": (),
        "b.py": ("reads like repaired code",),
        "long.py": ("is long",),
    }
    slight = [(case("a.py", 11), answer(0.5)), (case("b.py", 11), answer(0.52))]
    assert [one.reasons for one in look_first(command_of(agent), asked(*slight))] == [found["b.py"], ()]


def test_statements_outside_functions_count_by_what_changed_of_them() -> None:
    text = "".join(f"value_{i} = {i}\n" for i in range(40))
    code = Code(path="values.py", text=text, changed=(LineRange(first=3, last=3),))
    found = look(Case(code=code), answer(0.5))
    assert found is not None and (found.name, found.score) == ("", 0.0)
