from collections import Counter

import numpy as np

from octad.heads.pointer import BugLabel
from octad.records.code import Code
from octad.syntax.edits import VARIABLE_MISUSE, apply, item_at
from octad.syntax.tokenizer import tokenize
from octad_train.data.code.bug_stream import repairable
from octad_train.inject.bug_injector import WEIGHTS, compiles, inject
from octad_train.inject.bug_places import places_of

RICH = '''
    async def merge(self, rows, limit, names=None):
        """Say what."""
        total, best = 0, None
        for index, row in enumerate(rows):
            if row.key not in self.keys or not row.live:
                continue
            if total + row.size >= limit and index > 0:
                break
            total += row.size
            best = max(best, row.key)
            await self.store(row.key, best, total)
        if names is None:
            return False
        return self.close(names, rows[index - 1], total * 2)
'''.lstrip("\n")


def code(text: str) -> Code:
    return Code(path="a.py", text=text)


def injects(text: str, number: int, **weights: float) -> list[tuple[Code, BugLabel]]:
    rng = np.random.default_rng(7)
    found = [inject(code(text), rng, weights or WEIGHTS) for _ in range(number)]
    return [item for item in found if item is not None]


def test_the_repair_of_every_injected_bug_gives_back_the_original() -> None:
    found = injects(RICH, 60)
    assert len(found) == 60
    for buggy, label in found:
        assert buggy.text != RICH
        assert compiles(buggy)
        tokens = tokenize(buggy)
        item = item_at(tokens, label.offset)
        assert item > 0
        assert repairable(tokens, item, label)
        assert apply(buggy.text, tokens, item, label.edit, label.name) == RICH


def test_kinds_are_many_and_variable_misuse_leads() -> None:
    kinds = Counter(label.kind for _, label in injects(RICH, 90))
    assert len(kinds) >= 8
    assert kinds <= Counter(dict.fromkeys(WEIGHTS, 90))
    assert set(Counter(label.kind for _, label in injects(RICH, 10, **{"wrong-comparison": 1.0}))) == {
        "wrong-comparison"
    }


def test_the_same_generator_injects_the_same_bugs() -> None:
    assert injects(RICH, 5) == injects(RICH, 5)


def test_the_right_name_still_occurs_elsewhere() -> None:
    for buggy, label in injects(RICH, 40, **{VARIABLE_MISUSE: 1.0}):
        assert label.name in tokenize(buggy).words
    once = "def f(self, first, second):\n    self.take(first)\n"
    wrong = {label.name for _, label in injects(once, 40, **{VARIABLE_MISUSE: 1.0})}
    assert wrong == {"self", "first"}


def test_nothing_can_be_injected_where_nothing_shows() -> None:
    assert inject(code("def f():\n    pass\n"), np.random.default_rng(0)) is None


def test_names_that_mean_the_same_are_not_exchanged() -> None:
    text = "def f(first, second):\n    first = second\n    return first, second\n"
    tokens = tokenize(code(text))
    assert places_of(tokens).aliases == {frozenset(("first", "second"))}
    for buggy, _ in injects(text, 30):
        assert "return second, second" not in buggy.text


def test_text_that_never_compiled_can_get_a_bug() -> None:
    text = "def f(first, second):\n    print first\n    return g(first, second) + first\n"
    assert not compiles(code(text))
    assert injects(text, 10)


def test_an_indented_method_compiles() -> None:
    assert compiles(code(RICH))
    assert not compiles(code("    def f(:\n"))
