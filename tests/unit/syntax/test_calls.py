"""What Python would refuse, by the head of the definition; what cannot be known is taken."""

from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.records.used_definition import Sort, UsedDefinition
from octad.syntax.calls import calls, is_refused


@pytest.mark.parametrize(
    ("head", "call", "refused"),
    [
        ("def f(a, b):", "f(1, 2)", False),
        ("def f(a, b):", "f(1)", True),
        ("def f(a, b):", "f(1, 2, 3)", True),
        ("def f(a, b=1, *, c):", "f(1, c=2)", False),
        ("def f(a, b=1, *, c):", "f(1, 2)", True),
        ("def f(a, b):", "f(1, c=2)", True),
        ("def f(a, b):", "f(1, a=2)", True),
        ("def f(a, *rest, **more):", "f(1, 2, 3, x=4)", False),
        ("def f(a, /, b):", "f(1, b=2)", False),
        ("def f(a, b):", "f(*x)", False),
        ("def f(a, b):", "f(1, **x)", False),
        ("async def f(a):", "f()", True),
        ("f = lambda a: a", "f()", False),
        ("def f(a", "f()", False),
    ],
)
def test_arguments_are_compared_with_parameters(head: str, call: str, refused: bool) -> None:
    unit = Code(path="a.py", text=f"x = 1\ny = {call}\n", first_line=7)
    (found,) = calls(unit).items()
    place, node = found
    assert place == (8, 6)
    definition = UsedDefinition(name="f", sort="function", code=Code(path="b.py", text=head + "\n"))
    assert is_refused(definition, node) is refused


@pytest.mark.parametrize(("sort", "refused"), [("method", False), ("class", False), ("function", True)])
def test_self_is_handed_over_by_nobody(sort: Sort, refused: bool) -> None:
    (node,) = calls(Code(path="a.py", text="    self.f(1)\n")).values()
    head = Code(path="b.py", text="    def f(self, a):\n")
    assert is_refused(UsedDefinition(name="f", sort=sort, code=head), node) is refused


@pytest.mark.parametrize("text", ["f(", "f(" * 20_000, "\0", "", "    else:\n        f()\n"])
def test_no_text_breaks_it(text: str) -> None:
    assert calls(Code(path="a.py", text=text)) == {}
