import textwrap

from octad_train.data.code.functions import functions

BODY = "    total = first + second * 3 - len(names)\n    return total\n"


def test_methods_and_decorators_keep_their_lines() -> None:
    text = (
        "import os\n\n"
        "class A:\n"
        "    @property\n"
        "    def size(self):\n"
        "        def inner(x):\n"
        "            return x + 1\n"
        "        return inner(self.a) + self.b\n\n"
        "try:\n"
        "    def late(first, second, names):\n"
        "        return first + second - len(names)\n"
        "except ImportError:\n"
        "    pass\n"
    )
    found = functions(text)
    assert [(item.first_line, item.last_line) for item in found] == [(4, 8), (11, 12)]
    lines = text.split("\n")
    assert all(item.text == "\n".join(lines[item.first_line - 1 : item.last_line]) for item in found)


def test_stubs_overloads_and_shared_lines_are_left_out() -> None:
    text = (
        "def stub(first, second, third, fourth):\n    '''Says what.'''\n    raise NotImplementedError\n\n"
        "@typing.overload\ndef over(first: int, second: int, names: int) -> int:\n"
        + BODY
        + "def shared(first, second, third): return first + second; x = third\n"
        "y = 1; z = 2\n"
        "def fine(first, second, names):\n" + BODY
    )
    assert [item.text.split("(")[0].split()[-1] for item in functions(text)] == ["shared", "fine"]


def test_too_short_and_too_long_functions_are_left_out() -> None:
    assert functions("def f(x):\n    return x\n") == []
    assert functions("def f(x):\n" + "    x = x + 1\n" * 100) == []


def test_a_long_docstring_loses_words_but_no_lines() -> None:
    doc = "\n".join(f"    line {i} of a very long explanation of nothing" for i in range(40))
    text = f'def f(first, second, names):\n    """Say.\n{doc}\n    """\n{BODY}'
    (item,) = functions(text)
    assert item.text.count("\n") == text.rstrip("\n").count("\n")
    assert "line 2 of" in item.text
    assert "line 39 of" not in item.text
    scope: dict[str, object] = {}
    exec(compile(textwrap.dedent(item.text), "f", "exec"), scope)
    assert callable(scope["f"])


def test_text_that_does_not_parse_gives_nothing() -> None:
    assert functions("print 'two'\n") == []
    assert functions("def f(:\n") == []
