import ast
import textwrap

import pytest

from octad_train.data.code.printed_variants import printed_variant

CASES = [
    "def f(a, b):\n    # why\n    x, y = a + b * 2, -1\n    return x if a < b and not y else (x, y)\n",
    "    def g(self, n):\n        '''Two\n\n\n\n        lines.'''\n"
    "        return [lambda q: q[n:-1, 0] for i in n]\n",
    "async def h(z):\n    await z\n    yield (f'{z + 1!r}', 'ü', z ** 2 ** 3)\n"
    "    for a, b in z:\n        g(a, *b)\n",
]


@pytest.mark.parametrize("text", CASES)
def test_the_meaning_stays(text: str) -> None:
    again = printed_variant(text)
    assert again is not None
    before = ast.dump(ast.parse(textwrap.dedent(text).replace("Two\n\n\n\n", "Two\n\n")))
    assert ast.dump(ast.parse(again)) == before


def test_operations_and_tuples_stand_in_parentheses() -> None:
    again = printed_variant(CASES[0])
    assert again == (
        "def f(a, b):\n    (x, y) = ((a + (b * 2)), (- 1))\n".replace("(- 1)", "(-1)")
        + "    return (x if ((a < b) and (not y)) else (x, y))\n"
    )


def test_annotations_go_and_elif_is_opened() -> None:
    text = (
        "def f(a: int, *b: str) -> None:\n    c: int = a\n    if a:\n        return c\n"
        "    elif b:\n        return b\n    elif c:\n        return a\n"
    )
    assert printed_variant(text) == (
        "def f(a, *b):\n    c = a\n    if a:\n        return c\n    else:\n"
        "        if b:\n            return b\n        else:\n            if c:\n                return a\n"
    )


def test_what_does_not_parse_is_not_printed() -> None:
    assert printed_variant("def f(:\n") is None
