"""Every node of a level is held by one of the level above, up to one repository."""

from __future__ import annotations

from octad.records.code import Code
from octad.syntax.tokenizer import tokenize
from octad.syntax.units import units
from octad_train.nn.nesting import LEVELS, nesting

TEXT = '''import a


class A:
    """A class."""

    def one(self):
        x = 1
        return x

    def two(self):
        return 2


def three():
    return A()
'''


def test_levels_hold_each_other() -> None:
    codes = [unit for path in ("a.py", "b.py") for unit in units(Code(path=path, text=TEXT))]
    tokens = [tokenize(code) for code in codes]
    found = nesting(codes, tokens, 8)
    assert len(found.parents) == len(found.kinds) == len(LEVELS) - 1
    below = sum(map(len, tokens))
    for parents, kinds in zip(found.parents, found.kinds, strict=True):
        assert len(parents) == below and set(parents.tolist()) == set(range(len(kinds)))
        assert kinds.max() < 8
        below = len(kinds)
    assert below == 1
    names = [code.text.split("\n")[0].strip() for code in codes]
    classes = dict(
        zip(zip((c.path for c in codes), names, strict=True), found.parents[2].tolist(), strict=True)
    )
    assert (
        classes["a.py", "def one(self):"] == classes["a.py", "def two(self):"] == classes["a.py", "class A:"]
    )
    assert classes["a.py", "def three():"] not in (
        classes["a.py", "class A:"],
        classes["b.py", "def three():"],
    )
    assert found.parents[3].tolist() == sorted(found.parents[3].tolist())


def test_items_of_a_statement_stand_together() -> None:
    code = Code(path="a.py", text="x = f(1)\nif x:\n    y = 2\n")
    tokens = tokenize(code)
    statements = nesting([code], [tokens], 8).parents[0]
    by_word = dict(zip(tokens.words, statements.tolist(), strict=True))
    assert by_word["f"] == by_word["1"] != by_word["if"] and by_word["y"] == by_word["2"] != by_word["if"]
