import ast
from itertools import product

import numpy as np
import pytest

from octad.records.code import Code
from octad.syntax.tokenizer import tokenize
from octad_train.inject.counterfactual.pairs import Counterfactual, counterfactuals, crossed, names_of

BETWEEN = "".join(
    f"def step_{number}(first_{number}):\n    # über {number}\n    return first_{number} + {number} * 2\n\n\n"
    for number in range(80)
)
"""Some 1,200 items, with letters beyond ASCII."""


def file(definition: str, use: str, between: str = BETWEEN) -> Code:
    return Code(path="a.py", text=f"{definition}\n\n{between}{use}\n\n{between.replace('step', 'last')}")


def found(code: Code, kind: str, seed: int = 0, **names: tuple[str, ...]) -> list[Counterfactual]:
    return [
        item for item in counterfactuals(code, np.random.default_rng(seed), names=names) if item.kind == kind
    ]


def run(code: Code, call: str) -> object:
    """What a call in the text gives; the error where it fails."""
    space: dict[str, object] = {}
    try:
        exec(code.text, space)
        return eval(call, space)
    except (TypeError, AttributeError, NameError) as error:
        return error


RIGHT = {
    "renamed": ("def pay(due, *, rate=1):\n    return due - rate", "def use():\n    return pay(7, rate=2)"),
    "swapped": (
        "def pay(due, rate):\n    return due - rate",
        "def use(due=7, rate=2):\n    return pay(due, rate)",
    ),
    "added": ("def pay(due):\n    return due - 2", "def use():\n    return pay(7)"),
    "method": (
        "class Till:\n    def pay(self, due: int, rate: int) -> int:\n        return due - rate",
        "    def use(self, due, rate):\n        return self.pay(due, rate)\n",
    ),
    "class": (
        "class Till:\n    def __init__(self, due):\n        self.total = due - 2\n\n\n"
        "def show(till: Till | None): ...",
        "def use():\n    return Till(7).total",
    ),
    "field": (
        "class Till:\n    def __init__(self):\n        self.total = 5\n        self.total += 0",
        "    def use(self, extra=''):\n        return f'ä{self.total}{extra}'",
    ),
    "constant": (
        "LIMIT = 3\nNAMES = ('a', 'bcdef')\n\n\ndef longest():\n    return max(map(len, NAMES))",
        "def use():\n    return 2 + LIMIT",
    ),
}
IN_CLASS = {"method", "field"}


def right(name: str) -> tuple[Code, str]:
    definition, use = RIGHT[name]
    if name not in IN_CLASS:
        return file(definition, use), "use()"
    inside = BETWEEN.replace("\n", "\n    ").replace("(first", "(self, first").replace("    \n", "\n")
    text = f"{definition}\n\n    {inside.rstrip()}\n\n{use}\n\n\n{BETWEEN}"
    return Code(path="a.py", text=text), "Till().use(7, 2)" if name == "method" else "Till().use()"


@pytest.mark.parametrize("name", RIGHT)
def test_two_of_the_four_texts_work_and_two_do_not(name: str) -> None:
    code, call = right(name)
    expected = run(code, call)
    assert not isinstance(expected, Exception)
    kind = name if name in ("field", "constant") else "signature"
    items = [
        item for seed in range(4) for item in found(code, kind, seed, signature=("spare",), field=("spare",))
    ]
    assert items
    for item, (defined, used) in product(items, product((False, True), repeat=2)):
        text, use = crossed(code, item, defined=defined, used=used)
        assert (run(text, call) == expected) is (defined == used)
        assert text.text.count("\n") == code.text.count("\n")
        assert text.text[use:].startswith(("pay(", "Till(", "total", "spare", "LIMIT", "NAMES", "first_"))


def test_the_offsets_name_definition_and_use() -> None:
    code, _ = right("field")
    item = found(code, "field", field=("spare",))[0]
    assert code.text[item.definition :].startswith("total = 5")
    assert code.text[item.use :].startswith("total}")
    code, _ = right("class")
    item = found(code, "signature")[0]
    assert code.text[item.definition :].startswith("__init__(")
    assert code.text[item.use :].startswith("Till(7)")


@pytest.mark.parametrize("name", RIGHT)
def test_no_window_around_the_use_holds_the_definition(name: str) -> None:
    code, _ = right(name)
    tokens = tokenize(code, 50_000)
    for item in counterfactuals(code, np.random.default_rng(1), names={"field": ("spare",)}):
        starts = tokens.offsets[:, 0]
        use = int(np.searchsorted(starts, item.use, side="right"))
        for edit in item.defined:
            assert abs(int(np.searchsorted(starts, edit.start, side="right")) - use) > 512
    assert not counterfactuals(code, np.random.default_rng(1), 3_000, names={"field": ("spare",)})


def test_a_constructor_far_below_the_head_of_its_class_may_be_too_near() -> None:
    inside = "\n".join(f"    part_{number} = {number}" for number in range(200))
    head, body = RIGHT["class"][0].partition("\n\n\n")[0].split("\n", 1)
    use = RIGHT["class"][1]
    text = f"{BETWEEN}{head}\n{inside}\n{body}\n\n{use}\n\n\n{BETWEEN.replace('step', 'last')}"
    assert not found(Code(path="a.py", text=text), "signature")


def test_a_word_near_the_use_forbids_it_even_in_a_comment() -> None:
    definition, use = RIGHT["swapped"]
    assert found(file(definition, use), "signature")
    assert not found(file(definition, use + "\n# as pay has it"), "signature")


@pytest.mark.parametrize(
    "more",
    [
        "ways = [pay]",
        "def pay(due, rate):\n    return due",
        "def other(pay):\n    return pay",
        "__all__ = ['pay']",
        "total = pay(*[1, 2])",
    ],
)
def test_a_function_whose_uses_are_not_all_known_is_left_alone(more: str) -> None:
    definition, use = RIGHT["swapped"]
    assert not found(file(definition + "\n\n\n" + more, use), "signature")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("class Till:", "class Till(Unknown):"),
        ("self.total += 0", "setattr(self, 'due', 0)"),
        ("self.total += 0", "self.part = self.total.total"),
        ("self.total += 0", "hasattr(self, 'total')"),
    ],
)
def test_a_class_with_hidden_fields_is_left_alone(old: str, new: str) -> None:
    code, _ = right("field")
    assert found(code, "field", field=("spare",))
    changed = code.model_copy(update={"text": code.text.replace(old, new)})
    assert ast.parse(changed.text)
    assert not found(changed, "field", field=("spare",))


@pytest.mark.parametrize("use", ["return LIMIT", "return show(LIMIT)", "LIMIT = 4\n    return LIMIT + 1"])
def test_a_constant_counts_where_its_kind_matters(use: str) -> None:
    assert not found(file(RIGHT["constant"][0], f"def use():\n    {use}"), "constant")


def test_an_argument_that_an_optional_parameter_takes_is_no_error() -> None:
    definition = "def pay(due, tip=True):\n    return due"
    assert not found(file(definition, "def use():\n    return pay(7)"), "signature")
    assert found(file(definition, "def use():\n    return pay(7, tip=False)"), "signature")


def test_other_calls_follow_the_definition() -> None:
    code = file(
        "def pay(due, rate):\n    return due - rate\n\n\ndef twice():\n    return pay(3, (1 + 1))",
        RIGHT["swapped"][1],
    )
    for item in found(code, "signature"):
        text, _ = crossed(code, item, defined=True, used=False)
        assert run(text, "twice()") == (1 if "pay(3, (1 + 1))" not in text.text else run(code, "twice()"))


def test_the_same_generator_gives_the_same_and_short_or_broken_files_nothing() -> None:
    code, _ = right("swapped")
    assert found(code, "signature", 3) == found(code, "signature", 3)
    assert not counterfactuals(
        Code(path="a.py", text="def f(a):\n    return f(a)\n"), np.random.default_rng(0)
    )
    assert not counterfactuals(Code(path="a.py", text=code.text + "\ndef ("), np.random.default_rng(0))


def test_names_of_a_file_by_what_they_name() -> None:
    names = names_of(Code(path="a.py", text="def f(self, size):\n    self.width = size\n"))
    assert names == {"signature": ("size",), "field": ("width",)}
    assert names_of(Code(path="a.py", text="def (")) == {}
