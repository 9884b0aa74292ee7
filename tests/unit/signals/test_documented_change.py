from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.signals.documented_change import MOST_LINES, documented_change, measures

DOC = "Open it.\n\nArgs:\n    path: it\n    retries: how often, 3 by default\n\nRaises:\n    Missing: never\n"
BEFORE = "def f(path, retries=3):\n    return go(path, retries)\n"


def of(after: str, doc: str = DOC) -> dict[str, float]:
    return measures(documented_change(doc, BEFORE, after))


def test_a_told_parameter_that_goes_is_seen() -> None:
    gone = of("def f(path):\n    return go(path)\n")
    assert gone["told and removed"] == 1 and gone["parameters removed"] == 1
    assert gone["told all before"] == 1 and gone["names gone, said"] == 1
    untold = of("def f(path):\n    return go(path)\n", "Open it.")
    assert untold["told and removed"] == 0 and untold["names gone, said"] == 0


def test_a_new_default_is_beside_what_was_said_of_the_old() -> None:
    changed = of("def f(path, retries=5):\n    return go(path, retries)\n")
    assert (changed["defaults changed"], changed["default changed and told"]) == (1, 1)
    assert (changed["old default said"], changed["new default said"]) == (1, 0)
    assert changed["signature alone"] == 1


def test_an_untold_parameter_weighs_where_the_others_are_told() -> None:
    after = "def f(path, retries=3, mode=None):\n    return go(path, retries)\n"
    assert of(after)["added, others told"] == 1
    assert of(after, "Open it.")["added, others told"] == 0


def test_what_is_raised_and_returned() -> None:
    found = of("def f(path, retries=3):\n    raise Absent(path)\n")
    assert found["raises added, others told"] == 1 and found["returns nothing now"] == 1


def test_layout_changes_nothing() -> None:
    found = of("def f(\n    path,\n    retries=3,\n):\n    return go(path, retries)\n")
    assert found["same but for layout"] == 1 and found["tokens added"] == 0
    assert of("def f(path, retries=3):\n    return 1\n")["same but for layout"] == 0


def test_runs_name_their_lines_in_the_new_text() -> None:
    change = documented_change(DOC, BEFORE, '"""Doc."""\n' + BEFORE.replace("return", "x = 1\n    return"))
    assert [(run.is_added, run.line) for run in change.runs] == [(True, 0), (True, 2)]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_texts_give_the_same_measures_and_numbers(doc: str, before: str, after: str) -> None:
    found = measures(documented_change(doc, before, after))
    assert list(found) == list(of(BEFORE)) and all(map(math.isfinite, found.values()))


def test_long_functions_are_compared_by_their_beginning() -> None:
    body = "".join(f"    x{n} = {n % 7}\n" for n in range(20 * MOST_LINES))
    change = documented_change(DOC, f"def f():\n{body}", f"def f():\n{body}    return 1\n")
    assert not change.runs and change.likeness == 1


@pytest.mark.parametrize(
    "text",
    [
        "a" * 90_000,
        "returns" + " " * 300_000 + "x",
        "\n" * 300_000,
        "Args:\n  a" + " " * 90_000 + "b",
        "`" * 90_000,
    ],
)
def test_hostile_texts_end(text: str) -> None:
    """What is not linear would take minutes here."""
    found = measures(documented_change(text, f"def f(\n{text}", f"def f():\n    return 1\n{text}("))
    assert all(map(math.isfinite, found.values()))


def test_expressions_that_are_nested_too_deep_have_no_shape() -> None:
    deep = "def f(a):\n    return " + "+".join(["a"] * 20_000) + "\n"
    found = of(deep)
    assert found["same but for layout"] == 0 and found["returns added"] >= 0
