import inspect
import textwrap

import pytest

from octad.records.code import Code, LineRange
from octad.syntax.tokenizer import tokenize
from octad.syntax.units import units, unread

FILE = '''"""Doc."""
import a

X = 1
# About f.
@dec
def f():
    def g():
        pass

    return g


class A(B):
    """Doc."""

    y = 2

    def m(self):
        return 1

    z = 3

    # About n.
    async def n(self): pass

class C(Exception):
    pass
if X:
    f()
'''


def cut(text: str, limit: int = 512, **more: object) -> list[Code]:
    return units(Code.model_validate({"path": "x.py", "text": text, **more}), limit)


def test_functions_with_decorators_and_runs_of_the_rest() -> None:
    found = [(unit.first_line, unit.text.rstrip("\n").split("\n")[-1]) for unit in cut(FILE)]
    assert found == [
        (1, "X = 1"),
        (5, "    return g"),
        (14, "    y = 2"),
        (19, "        return 1"),
        (22, "    z = 3"),
        (24, "    async def n(self): pass"),
        (27, "    f()"),
    ]


def test_units_keep_path_numbering_and_changes() -> None:
    changed = (LineRange(first=101, last=101),)
    found = cut("x = 1\ndef f():\n    pass\n", first_line=100, changed=changed, flags=("bom",))
    assert [unit.first_line for unit in found] == [100, 101]
    assert all((unit.path, unit.flags) == ("x.py", ("bom",)) for unit in found)
    assert [unit.changed for unit in found] == [(), changed]
    assert all(unit.changed is None for unit in cut("x = 1\ndef f():\n    pass\n"))


@pytest.mark.parametrize("limit", [64, 512])
def test_real_code_is_covered_once_and_each_unit_fits(limit: int) -> None:
    text = inspect.getsource(textwrap)
    lines = text.split("\n")
    seen: set[int] = set()
    for unit in cut(text, limit):
        body = unit.text.removesuffix("\n").split("\n")
        numbers = range(unit.first_line, unit.first_line + len(body))
        assert lines[numbers.start - 1 : numbers.stop - 1] == body
        assert not seen.intersection(numbers)
        seen.update(numbers)
        tokens = tokenize(unit, limit)
        assert not tokens.truncated
    assert not [number for number, line in enumerate(lines, 1) if line.strip() and number not in seen]


def test_long_functions_are_cut_where_shallow_statements_begin() -> None:
    body = "    if a:\n        b = c\n        d = e\n"
    found = cut("def f():\n" + body * 40, limit=64)
    assert len(found) > 4
    assert all(unit.text.startswith("    if a:") for unit in found[1:])


def test_other_languages_and_plain_text() -> None:
    java = "class K {\n  int x = 1;\n  int f() {\n    return x;\n  }\n}\n"
    assert [unit.first_line for unit in cut(java, language="java")] == [1, 3, 6]
    script = "let a = 1;\nconst f = (x) => {\n  return x;\n};\n"
    assert [unit.first_line for unit in cut(script, language="javascript")] == [1, 2]
    assert [unit.first_line for unit in cut("a b c d\n" * 20, limit=16, language="unknown")] == [
        1,
        4,
        7,
        10,
        13,
        16,
        19,
    ]


def test_broken_text_is_cut_too() -> None:
    assert [unit.text for unit in cut("def f(:\n  retrun (\n\n\n")] == ["def f(:\n  retrun (\n"]
    assert cut("") == cut("\n \n") == []


def test_what_of_a_giant_file_no_unit_holds_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.syntax.units.MOST_ITEMS", 1_000)
    code = Code(path="x.py", text="x = 1\n" * 400)
    found = units(code)
    assert max(len(tokenize(unit)) for unit in found) <= 480
    last = found[-1].first_line + found[-1].text.count("\n") - 1
    assert 300 <= last < 400
    assert unread(code) == f"only its first {last} of 400 lines are looked at"
    assert unread(Code(path="x.py", text="x = 1\n" * 150)) == ""


def test_lines_of_which_only_the_beginning_is_looked_at_are_said() -> None:
    line = "x = [" + "1, " * 2_000 + "]\n"
    said = "only the beginning is looked at of what is on line"
    assert unread(Code(path="x.py", text="y = 2\n" + line)) == f"{said} 2"
    assert unread(Code(path="x.py", text="y = 2\n" + line * 3)) == f"{said} 2 and in 2 more places"
    assert unread(Code(path="x.py", text="x = '" + "word " * 400 + "'\n")) == ""
