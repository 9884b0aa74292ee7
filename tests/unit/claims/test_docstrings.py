"""Docstrings that say what the code beside them does not do, and those that must be left alone."""

from __future__ import annotations

import pytest

from octad.claims.docstrings import check
from octad.claims.tree import Tree
from octad.records.code import Code
from octad.records.report import Finding


def findings(text: str, **others: str) -> list[Finding]:
    codes = [Code(path=f"shop/{name}.py", text=one) for name, one in {"cart": text, **others}.items()]
    tree = Tree("", tuple(one.path for one in codes), codes=tuple(codes))
    return list(check(tree))


def told(text: str, **others: str) -> list[tuple[str, int]]:
    return [(one.rule.removeprefix("docs/"), one.anchor.line) for one in findings(text, **others)]


def function(signature: str, *lines: str, body: str = "return 1", before: str = "") -> str:
    said = "".join(f"    {line}\n" if line else "\n" for line in lines)
    return f'{before}def f({signature}):\n    """Do it.\n\n{said}    """\n    {body}\n'


def args(signature: str, *items: str, before: str = "", body: str = "return 1") -> str:
    return function(signature, "Args:", *(f"    {one}" for one in items), before=before, body=body)


def mended(text: str) -> str:
    """The text with the repairs of its findings, from the last to the first."""
    lines = text.split("\n")
    for one in sorted(findings(text), key=lambda each: (-each.anchor.line, -each.anchor.column)):
        for repair in one.repairs:
            at = repair.anchor
            line = lines[at.line - 1]
            lines[at.line - 1] = line[: at.column - 1] + repair.replacement + line[at.end_column - 1 :]
    return "\n".join(lines)


def test_a_parameter_that_was_renamed_is_named_anew() -> None:
    text = args("width, height", "width: A.", "heigth: B.")
    (found,) = findings(text)
    assert (found.rule, found.anchor.line, found.repairs[0].safe) == ("docs/parameter", 6, True)
    assert "'heigth'" in found.message and "'height'" in found.message
    assert found.evidence[0].text == "def f(width, height):"
    assert findings(mended(text)) == []


def test_every_style_is_read() -> None:
    numpy = function("width, height", "Parameters", "----------", "width", "    A.", "heigth : int", "    B.")
    sphinx = function("width, height", ":param width: A.", ":param int heigth: B.")
    assert [one for text in (numpy, sphinx) for one in told(text)] == [("parameter", 8), ("parameter", 5)]
    assert all(findings(mended(text)) == [] for text in (numpy, sphinx))


def test_without_one_that_is_left_over_no_name_is_offered() -> None:
    (found,) = findings(args("width", "width: A.", "colour: B."))
    assert found.repairs == ()
    assert findings(args("width, size", "colour: B."))[0].repairs == ()


@pytest.mark.parametrize(
    "text",
    [
        args("x, **more", "x: A.", "y: B."),
        args("x, *more", "x: A.", "y: B."),
        args("x", "x: A.", "y: B.", before="@click.option('--y')\n"),
        args("x", "x: A.", "y: B.", before="@overload\n"),
        args("x", "x: A.", "note: this is prose."),
        args("class_", "class: A."),
        args("x", "x: A.", "y: B.", body="return lambda y: x + y"),
        args("x", "x: A.", "x.y: B.", "x[0]: C."),
        function("x", "Attributes:", "    y: B."),
        function("x, class_", r":param class\_: A.", ":param x: B."),
        "def f(x):\n    pass\n",
        "def f(:\n",
    ],
)
def test_what_may_be_a_parameter_all_the_same_is_left_alone(text: str) -> None:
    assert told(text) == []


CLASS = '''class Cart({bases}):
    """A cart.

    Args:
        size: How many.
        colour: Which.
    """
    {rest}
    def __init__(self, size):
        self.size = size
'''


def test_a_class_documents_how_it_is_made() -> None:
    assert told(CLASS.format(bases="", rest="")) == [("parameter", 6)]
    for rest in ("colour = 1", "colour: int", "def colour(self): ...", "def __new__(cls, *a): ..."):
        assert told(CLASS.format(bases="", rest=rest)) == []
    assert (
        told(CLASS.format(bases="BaseModel", rest=""))
        == told(CLASS.format(bases="metaclass=M", rest=""))
        == []
    )
    assert told("@attr.s\n" + CLASS.format(bases="", rest="")) == []


def test_a_dataclass_is_made_otherwise() -> None:
    text = '@dataclass\nclass A:\n    """A.\n\n    Args:\n        y: B.\n    """\n    x: int\n'
    assert told(text) == []


@pytest.mark.parametrize(
    "said",
    [
        "Defaults to 5.",
        "Defaults to 5. More",
        "Default is 5.",
        "(default: 5)",
        "Default: `5`",
        "more, default ``5``.",
        "default=5",
    ],
)
def test_a_default_that_is_another_is_mended(said: str) -> None:
    text = args("x=3", f"x: Number. {said}")
    assert told(text) == [("default", 5)]
    assert findings(mended(text)) == [] and "3" in mended(text).split("\n")[4]


@pytest.mark.parametrize(
    ("default", "said"),
    [
        ("3", "Defaults to 3."),
        ("3", "Defaults to 3.0."),
        ("None", "Defaults to 5."),
        ("0", "Defaults to 5."),
        ("''", "Defaults to 'a'."),
        ("LIMIT", "Defaults to 5."),
        ("300", "Defaults to 5 minutes."),
        ("3", "Defaults to 5 if y is given."),
        ("3", "Before 2.0 the default was 5."),
        ("3", "Defaults to 5. Default: 3"),
        ("3", "Defaults to 5x."),
        ("'a'", 'Defaults to "a".'),
        ("True", "Defaults to true."),
        ("1", "Defaults to True."),
        ("(1, 2)", "Defaults to 1."),
    ],
)
def test_a_default_that_may_be_right_is_left_alone(default: str, said: str) -> None:
    assert told(args(f"x={default}", f"x: Number. {said}")) == []


def test_quotes_stay_as_they_are_written() -> None:
    assert 'Defaults to "b".' in mended(args("x='b'", 'x: Name. Defaults to "a".'))
    assert "Defaults to 'b'." in mended(args("x='b'", "x: Name. Defaults to 'a'."))


def test_the_default_of_a_type_in_numpy_style() -> None:
    text = function("x=3", "Parameters", "----------", "x : int, default 5", "    A.")
    assert told(text) == [("default", 6)]


@pytest.mark.parametrize(
    ("annotation", "said", "wrong"),
    [
        ("int", "str", True), ("list[int]", "dict", True), ("Optional[int]", "str", True),
        ("str | None", "list of str", True), ("'int'", "str", True),
        ("int", "float", False), ("bool", "int", False), ("str | int", "str", False),
        ("Path", "str", False), ("list", "tuple", False), ("Sequence", "dict", False),
        ("int", "str or int", False), ("int", "int, optional", False), ("int", "callable", False),
        ("Literal['a']", "int", False), ("Annotated[str, 1]", "str", False),
    ],
)  # fmt: skip
def test_types(annotation: str, said: str, wrong: bool) -> None:
    assert told(args(f"x: {annotation}", f"x ({said}): A.")) == ([("type", 5)] if wrong else [])


ERROR = "class GoneError(Exception):\n    pass\n"
RAISES = function("x", "Raises:", "    GoneError: If gone.")


def test_an_exception_that_nothing_raises() -> None:
    (found,) = findings(RAISES, errors=ERROR)
    assert (found.rule, found.anchor.line) == ("docs/raises", 5)
    assert (found.evidence[0].anchor.path, found.evidence[0].anchor.line) == ("shop/errors.py", 1)
    caught = "from shop.errors import GoneError\ntry:\n    f()\nexcept GoneError:\n    pass\n"
    assert told(RAISES, errors=ERROR, use=caught) == [("raises", 5)]


@pytest.mark.parametrize(
    "use", ["raise GoneError\n", "raise errors.GoneError('x')\n", "make(GoneError)\n", "x = {1: GoneError}\n",
            "class A(GoneError): ...\n", "getattr(errors, 'GoneError')\n", "def f(:\n    GoneError\n"],
)  # fmt: skip
def test_an_exception_that_may_be_raised_somewhere_is_left_alone(use: str) -> None:
    assert told(RAISES, errors=ERROR, use=use) == []


def test_an_exception_from_elsewhere_is_left_alone() -> None:
    assert told(RAISES) == []


RETURNS = ("Returns:", "    The sum of all.")


def test_a_result_that_there_is_not() -> None:
    assert told(function("x", *RETURNS, body="y = x + 1\n    print(y)")) == [("returns", 5)]
    assert told(function("x", "Yields:", "    int: All.", body="y = x\n    print(y)")) == [("returns", 5)]
    assert told(function("x", "Returns:", "    None", body="return [x]")) == [("returns", 5)]


@pytest.mark.parametrize(
    "text",
    [
        function("x", *RETURNS, body="return x"),
        function("x", *RETURNS, body="yield x"),
        function("x", *RETURNS, body="y = x\n    go(y)").replace("def f", "def __init__"),
        function("x", *RETURNS, body="..."),
        function("x", *RETURNS, body="raise NotImplementedError"),
        function("x", *RETURNS, body="log('to be written')"),
        function("x", *RETURNS, body="while True:\n        go()"),
        function("x", *RETURNS, body="y = x\n    go(y)", before="@abstractmethod\n"),
        function("x", *RETURNS, body="y = x\n    go(y)", before="@wrap\n"),
        function("x", "Returns:", "    Nothing.", body="y = x\n    go(y)"),
        function("x", "Returns:", "    None", body="y = x\n    go(y)"),
        function("x", "Returns:", "    None", body="return go(x)"),
        function("x", "Returns:", "    None: if there is none, else x.", body="return [x]"),
    ],
)
def test_a_result_that_there_may_be_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_result_that_only_a_function_inside_returns() -> None:
    body = "def inner():\n        return x\n    inner()"
    assert told(function("x", *RETURNS, body=body)) == [("returns", 5)]


def test_tests_and_copies_of_others_are_not_judged() -> None:
    text = args("width", "width: A.", "colour: B.")
    for path in ("tests/test_a.py", "shop/_vendor/a.py", "docs/conf.py"):
        tree = Tree("", (path,), codes=(Code(path=path, text=text),))
        assert list(check(tree)) == []
