"""A part of a file reads as it does alone, though its tree is cut out of the tree of the file."""

from __future__ import annotations

import ast
import random
import sysconfig
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tree_sitter

from octad.records.code import Code
from octad.syntax import parsed, tree
from octad.syntax.calls import calls
from octad.syntax.tokenizer import forget, tokenize
from octad.syntax.tokens import MOST, Tokens
from octad.syntax.units import units

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES, LONGEST = 32, 20_000
CHOSEN = random.Random(0).sample(
    [path for path in sorted(LIBRARY.glob("*.py")) if path.stat().st_size < LONGEST], FILES
)

METHODS = (
    "class A(B):\n    x = 1\n\n    def m(self):\n        return self.x\n\n    def n(self, y): return y\n"
)
EDGES = {
    "functions": "def f(a):\n    return a\n\n\ndef g(b):\n    return f(b)\n",
    "methods": METHODS,
    "classes within classes": (
        "class O:\n    class I:\n        def m(self): pass\n\n    def n(self): pass\n\n\nx = 1\n"
    ),
    "decorators": (
        "@a\n@b(1)\ndef f():\n    pass\n\n\nclass A:\n    @property\n    def m(self):\n        return 1\n"
    ),
    "comments first": (
        "# About f.\n# More.\ndef f():\n    pass\n\n\nclass A:\n    # About m.\n    def m(self):\n"
        "        pass\n"
    ),
    "a comment in front of a block": "if a:\n    # why\n    def f():\n        pass\nelse:\n    x = 1\n",
    "comments at the end": (
        "def f():\n    pass\n    # end of f\n\n# of the file\n\n\ndef g():\n    pass\n# last\n"
    ),
    "nothing but comments": "# one\n# two\n",
    "strings over lines": (
        'def f():\n    """A\n    doc.\n    """\n    x = """\nleft\n"""\n    return x\n\n\n'
        'y = f"{f()!r:>{3}}"\n'
    ),
    "continued lines": "x = 1 + \\\n    2\ndef f(\n    a,\n    b=(1,\n       2),\n):\n    return a\n",
    "several statements a line": "x = 1; y = 2\ndef f(): a(); b()\nclass A: z = 1; w = 2\n",
    "clauses": (
        "try:\n    def f():\n        pass\nexcept E as e:\n    def g():\n        return e\nelse:\n"
        "    pass\nfinally:\n    h()\n"
    ),
    "a function within a function": (
        "def f():\n    def g():\n        return 1\n    return g\n\n\ndef h():\n    pass\n"
    ),
    "a lambda and comprehensions": (
        "f = lambda x: [y for y in x if y]\n\n\ndef g(z):\n    return {k: v for k, v in z}\n"
    ),
    "comments left of their block": (
        "class A:\n    x = 1\n\n#  t h e n\n\n    # About m.\n    def m(self):\n        pass\n"
    ),
    "match": "match x:\n    case 1:\n        def f():\n            pass\n    case _:\n        y = 2\n",
    "async": (
        "async def f():\n    async with a as b:\n        await b\n\n\nclass A:\n"
        "    async def m(self):\n        yield 1\n"
    ),
    "tabs": "class A:\n\tdef m(self):\n\t\tif self:\n\t\t\treturn 1\n\n\tdef n(self):\n\t\tpass\n",
    "tabs and blanks": "class A:\n    def m(self):\n    \treturn 1\n\n\ndef f():\n\tif 1:\n\t    return 2\n",
    "not ASCII": (
        "def größe(π):\n    'naïve ☃ 😀'\n    return π\n\n\nclass Ä:\n    def ö(self, é='😀'):\n"
        "        return é\n"
    ),
    "form feeds": "x = 1\n\f\ndef f():\n    pass\n\f\nclass A:\n    def m(self):\n        pass\n",
    "ends of lines of DOS": (
        "def f():\r\n    pass\r\n\r\n\r\nclass A:\r\n    def m(self):\r\n        pass\r\n"
    ),
    "no end of line": "def f():\n    pass\n\n\nclass A:\n    def m(self):\n        return 1",
    "equal parts": (
        "def f():\n    pass\n\n\nclass A:\n    def m(self):\n        pass\n\n\nclass B:\n"
        "    def m(self):\n        pass\n"
    ),
    "blocks of no indent that is known": "if a:\n  if b:\n     x = 1\n     def f():\n      pass\n  y = 2\n",
    "broken": (
        "def f(:\n    pass\n\n\ndef g():\n    return 1\n\n\nclass A:\n    def m(self):\n        return (\n"
    ),
    "broken at the end": (
        "class A:\n    def m(self):\n        return 1\n\n    def n(self):\n        x = [1,\n"
    ),
    "another version": "print 'old'\n\n\ndef f():\n    exec 'x'\n    return `1`\n",
    "too far to the left": (
        "class A:\n    def m(self):\n        x = 1\n      y = 2\n\n    def n(self):\n        pass\n"
    ),
    "blank": "\n \n\t\n",
}
LONG = {
    "a long function": "def f(a):\n" + "    if a:\n        b = g(a)\n        d = b.e\n" * 60,
    "a long method": "class A:\n    def m(self):\n"
    + "        for x in self.y:\n            x.z(1, k=2)\n" * 60,
    "a long if": "if a:\n" + "    x = f(1)\n" * 90 + "else:\n" + "    y = g(2)\n" * 90,
    "a long class": "class A:\n" + "    x = f(1)\n    # why\n" * 90,
    "a long try": "try:\n" + "    x = f(1)\n" * 90 + "except E:\n" + "    y = g(2)\n" * 90,
    "a long match": "match x:\n" + "    case 1:\n        y = f(1)\n" * 60,
    "a long list": "x = [\n" + "    f(1),\n" * 200 + "]\n",
    "deep blocks": "".join(" " * n + "if a:\n" for n in range(40)) + " " * 40 + "b()\n" + "c()\n" * 80,
}


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Every test begins with no file kept, and leaves none."""
    parsed._kept.clear()
    forget()
    yield
    parsed._kept.clear()
    forget()


def alone(unit: Code, limit: int) -> tuple[Tokens, dict[tuple[int, int], str]]:
    """What a unit is where nothing is known of its file."""
    parsed._kept.clear()
    forget()
    return tokenize(unit, limit), dumped(unit)


def dumped(unit: Code) -> dict[tuple[int, int], str]:
    return {place: ast.dump(call) for place, call in calls(unit).items()}


def different(one: Tokens, other: Tokens) -> list[str]:
    """The fields in which tokens differ."""
    names = [field.name for field in fields(Tokens)]
    return [name for name in names if not _same(getattr(one, name), getattr(other, name))]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and bool((one == other).all())
    return bool(one == other)


def count_parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each run of the parser is given."""
    given: list[int] = []
    run = tree._run

    def counted(engine: tree_sitter.Parser, data: bytes) -> tree_sitter.Tree | None:
        given.append(len(data))
        return run(engine, data)

    monkeypatch.setattr(tree, "_run", counted)
    return given


def cut_out(text: str, limit: int = MOST) -> int:
    """How many units are cut out of the file; each must read as it does alone."""
    made = units(Code(path="x.py", text=text), limit)
    read = [(tokenize(unit, limit), dumped(unit)) for unit in made]
    count = sum(parsed.part_of_file(unit.text) is not None for unit in made)
    for unit, (tokens, called) in zip(made, read, strict=True):
        expected, calls_alone = alone(unit, limit)
        assert different(tokens, expected) == [], unit.text
        assert called == calls_alone, unit.text
    return count


@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.stem)
def test_units_of_real_files_read_as_they_do_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    for limit in (MOST, 64):
        cut_out(text, limit)


def test_real_files_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their parts are not parsed again, apart from the few that are not certain to be the same alone."""
    given = count_parsed(monkeypatch)
    total = 0
    for path in CHOSEN:
        text = path.read_text("utf-8")
        total += len(text.encode())
        for unit in units(Code(path="x.py", text=text)):
            tokenize(unit)
    assert total <= sum(given) <= 1.3 * total


@pytest.mark.parametrize("limit", [MOST, 64, 16])
@pytest.mark.parametrize("name", EDGES)
def test_edge_cases_read_as_they_do_alone(name: str, limit: int) -> None:
    cut_out(EDGES[name], limit)


@pytest.mark.parametrize("limit", [MOST, 64])
@pytest.mark.parametrize("name", LONG)
def test_windows_read_as_they_do_alone(name: str, limit: int) -> None:
    cut_out(LONG[name], limit)


SAME = (
    "functions", "methods", "comments at the end", "strings over lines", "several statements a line",
    "a function within a function", "a lambda and comprehensions", "another version",
)  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_whole_statements_are_cut_out(name: str) -> None:
    assert cut_out(EDGES[name]) == len(units(Code(path="x.py", text=EDGES[name])))


@pytest.mark.parametrize("name", ["broken", "broken at the end", "a comment in front of a block"])
def test_what_is_not_certain_is_parsed_alone(name: str) -> None:
    assert cut_out(EDGES[name]) == 0


def test_a_file_is_parsed_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    given = count_parsed(monkeypatch)
    code = Code(path="x.py", text=METHODS)
    for unit in units(code):
        tokenize(unit)
    assert parsed.tree_of_file(METHODS, "python") is parsed.tree_of_file(METHODS, "python")
    assert given == [len(METHODS)]


def test_a_text_of_no_file_is_no_part() -> None:
    units(Code(path="x.py", text=METHODS))
    assert parsed.part_of_file("def other(): pass\n") is None
    part = parsed.part_of_file("    def m(self):\n        return self.x\n")
    assert part is not None and (part.file, part.first) == (METHODS, METHODS.index("    def m"))


def test_another_language_is_parsed_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    given = count_parsed(monkeypatch)
    text = "function f() { return 1; }\n"
    (unit,) = units(Code(path="x.js", text=text, language="javascript"))
    tokenize(unit)
    assert given == [len(text)] * 2


def test_no_more_than_so_many_nodes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "KEPT_NODES", 100)
    for number in range(20):
        parsed.tree_of_file(f"x = {number}\n" * 10, "python")
    assert [text[:6] for text, _ in parsed._kept] == ["x = 19"]
