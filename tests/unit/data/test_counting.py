"""Rewritten code does what it did before, counts its work, and is refused what it does not need."""

from __future__ import annotations

from typing import Any

import pytest

from octad.data.counting import MEASURED, Counter, Exhausted
from octad.data.instrument import Refused, instrumented


def _run(code: str, *arguments: Any, budget: int = 10**6) -> tuple[Any, int]:
    """Result of `f(*arguments)` and the work it took."""
    tree, sites = instrumented(code)
    counter = Counter(sites, budget)
    space: dict[str, Any] = {"__name__": MEASURED, **counter.helpers()}
    exec(compile(tree, "<measured>", "exec"), space)
    counter.counts = [0] * sites
    result = space["f"](*arguments)
    return result, sum(counter.counts)


PROGRAMS = """
def f(a):
    return sorted(a, key=lambda x: -x)[1:3] + [len(a)]
---
def f(a):
    total, seen = 0, ()
    for x in a:
        if x in seen or not x > 2:
            continue
        seen += (x,)
        total = total + x
    return total, seen
---
from functools import reduce
def f(a):
    def g(x, y=1):
        nonlocal count
        count += 1
        return x * y
    count = 0
    return [reduce(g, a), count, max(map(abs, a)), sum(x for x in a if x % 2), *a[::2]]
---
import re, sys
def f(a):
    text = ",".join(str(x) for x in a)
    low = sys.maxsize
    for part in re.findall("[0-9]+", text):
        low = min(low, int(part))
    try:
        return low, f"{text}!", {x: x ** 2 for x in a}, 1 < low <= 9, text[0] not in text
    finally:
        text = ""
---
def f(a):
    if not a:
        return 0
    return a[0] + f(a[1:])
---
def f(a):
    rows = list(zip(a, a, a, a))
    while rows:
        yield rows.pop()
""".strip().split("---\n")


@pytest.mark.parametrize("code", PROGRAMS)
def test_results_stay_the_same(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    wanted, found = space["f"]([4, 1, 7, 3, 4]), _run(code, [4, 1, 7, 3, 4])[0]
    if "yield" in code:
        wanted, found = list(wanted), list(found)
    assert found == wanted


@pytest.mark.parametrize(
    ("body", "small", "large"),
    [
        ("sorted(a)", 13, 18),  # n log n
        ("7 in a", 5, 11),
        ("7 in set(a)", 5, 11),
        ("a[1:]", 5, 11),
        ("a + a", 5, 11),
        ("sum(map(len, [a] * len(a)))", 5, 11),
        ("a.count(3)", 5, 11),
        ("sum(a)", 5, 11),
        ("len(a)", 0.9, 1.1),
        ("a.append(1)", 0.9, 1.1),
        ("a.pop(0)", 5, 11),
        ("a.pop()", 0.9, 1.1),
        ("[y for x in a for y in a]", 60, 101),
        ("any(x < 0 for x in a)", 5, 11),
        ("3 in dict.fromkeys(a).keys()", 5, 11),
        ("sum(sum(a) for x in a)", 60, 101),
        ("max(a, key=str)", 5, 11),
        ("list(map(sum, [a for x in a]))", 60, 101),
    ],
)
def test_the_cost_of_what_built_ins_do(body: str, small: float, large: float) -> None:
    code = f"def f(a):\n    return {body}\n"
    few, many = (_run(code, [5] * n)[1] for n in (30, 300))
    assert small <= many / few <= large


def test_appending_to_a_tuple_costs_its_length_and_to_a_list_or_string_does_not() -> None:
    def work(empty: str, item: str, n: int) -> int:
        return _run(f"def f(n):\n    r = {empty}\n    for i in range(n):\n        r += {item}\n", n)[1]

    assert work("()", "(i,)", 400) > 10 * work("()", "(i,)", 40) * 2
    for empty, item in (("[]", "[i]"), ("''", "'x'")):
        assert work(empty, item, 400) < 11 * work(empty, item, 40)


def test_the_budget_ends_a_run_and_cannot_be_swallowed() -> None:
    loop = "    while True:\n        try:\n            n += 1\n        except Exception:\n            pass\n"
    with pytest.raises(Exhausted):
        _run("def f(n):\n" + loop, 0, budget=1000)


@pytest.mark.parametrize(
    "body", ["[0] * 10**9", "9 ** 10**9", "1 << 10**9", "list(range(10**12))", "sum(range(10**12))"]
)
def test_what_is_too_much_is_never_started(body: str) -> None:
    with pytest.raises(Exhausted):
        _run(f"def f(n):\n    return {body}\n", 0, budget=100_000)


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "import sys\nsys.exit()",
        "import sys as system",
        "from sys import modules",
        "from re import enum",
        "import re\nre.enum.sys",
        "from operator import attrgetter",
        "import string\nstring.Formatter()",
        "open('x')",
        "().__class__",
        "__import__('os')",
        "eval('1')",
        "getattr(1, 'real')",
        "octad_tick(1)",
        "from . import x",
        "import collections\ncollections._sys",
    ],
)
def test_what_computing_does_not_need_is_refused(code: str) -> None:
    with pytest.raises(Refused):
        instrumented(code)
