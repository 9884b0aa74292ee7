"""What others in a repository do with what a unit uses: each practice, who counts, and how names are resolved."""

from __future__ import annotations

from textwrap import dedent

import pytest

from octad.records.code import Code
from octad.repository.usage import Deviation, read

HELPERS = """
    def parse(text):
        if text:
            return text.split()
        return None

    def send(text, *, timeout=None, retry=False):
        return text

    async def fetch(url):
        return url

    def copy(source, target):
        return target
"""
CALLER = "from pkg.helpers import copy, fetch, parse, send\n\n\n"


def others(body: str, count: int = 6, folder: str = "pkg") -> list[Code]:
    """Files with one function each that do the same."""
    return [file(f"{folder}/other{number}.py", body) for number in range(count)]


def file(path: str, body: str) -> Code:
    return Code(path=path, text=CALLER + dedent(body).lstrip("\n"))


def found(here: str, usual: str, *more: Code) -> list[Deviation]:
    unit = file("pkg/here.py", here)
    files = [Code(path="pkg/__init__.py", text=""), Code(path="pkg/helpers.py", text=dedent(HELPERS))]
    return read([*files, *others(usual), *more, unit]).deviations(unit)


CASES = {
    "none": (
        "def f(a):\n    x = parse(a)\n    return x.pop()",
        "def f(a):\n    x = parse(a)\n    if x is None:\n        return 0\n    return x.pop()",
        "unchecked",
    ),
    "result": ("def f(a):\n    send(a)", "def f(a):\n    return send(a)", "ignored"),
    "await": (
        "async def f(a):\n    fetch(a)",
        "async def f(a):\n    await fetch(a)",
        "not awaited",
    ),
    "close": (
        "def f(a):\n    s = open(a)\n    s.read()",
        "def f(a):\n    with open(a) as s:\n        s.read()",
        "not closed",
    ),
    "caught": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    try:\n        return send(a)\n    except OSError:\n        return 0",
        "not caught",
    ),
    "lock": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    with a.lock:\n        return send(a)",
        "not held",
    ),
    "lookup": (
        "def f(options):\n    return options['proxy']",
        "def f(options):\n    return options.get('proxy')",
        "taken",
    ),
    "keyword": (
        "def f(a):\n    return send(a)",
        "def f(a):\n    return send(a, timeout=a.seconds)",
        "does not pass timeout",
    ),
    "keyword value": (
        "def f(a):\n    return send(a, retry=False)",
        "def f(a):\n    return send(a, retry=True)",
        "retry=False",
    ),
    "order": (
        "def f(old, new):\n    return copy(new, old)",
        "def f(old, new):\n    return copy(old, new)",
        "`new` before `old`",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_deviates_is_said_with_counts_and_places(kind: str) -> None:
    here, usual, said = CASES[kind]
    one = next(each for each in found(here, usual) if each.kind == kind)
    assert (one.here, one.agree, one.others, len(one.citations)) == (said, 6, 6, 5)
    assert one.path == "pkg/here.py" and {each.path for each in one.citations} <= {
        f"pkg/other{n}.py" for n in range(6)
    }
    assert found(usual, usual) == []


@pytest.mark.parametrize("kind", CASES)
def test_doing_more_than_the_others_is_no_deviation(kind: str) -> None:
    here, usual, _ = CASES[kind]
    both_sides = {"keyword value", "order"}
    assert kind in both_sides or [each for each in found(usual, here) if each.kind == kind] == []
