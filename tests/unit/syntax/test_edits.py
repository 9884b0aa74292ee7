import ast
import asyncio.queues
import asyncio.streams
import functools
import inspect
import json.decoder
import textwrap
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.code import Code
from octad.syntax.edits import EDITS, INDEX, KINDS, apply, describe, inverse, item_at, rule_kind
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Role, Tokens

MODULES: tuple[ModuleType, ...] = (
    ast,
    textwrap,
    json.decoder,
    functools,
    asyncio.queues,
    asyncio.streams,
    inspect,
)


def functions() -> list[str]:
    found = []
    for module in MODULES:
        text = inspect.getsource(module)
        lines = text.split("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                found.append("\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n")
    return found


FUNCTIONS = functions()


def read(text: str) -> Tokens:
    return tokenize(Code(path="x.py", text=text), limit=4096)


def edits_of(text: str) -> list[tuple[str, str]]:
    tokens = read(text)
    return [(tokens.words[item], EDITS[edit]) for item, edit in tokens.edits.tolist()]


def compiles(text: str) -> bool:
    try:
        compile(textwrap.dedent(text), "x", "exec")
    except SyntaxError as error:
        return "outside" in str(error)
    return True


@settings(max_examples=70, deadline=None)
@given(st.sampled_from(FUNCTIONS), st.data())
def test_every_edit_of_real_code_can_be_undone_at_the_same_place(text: str, data: st.DataObject) -> None:
    tokens = read(text)
    if not len(tokens.edits):
        return
    item, edit = data.draw(st.sampled_from([tuple(pair) for pair in tokens.edits.tolist()]))
    edited = apply(text, tokens, item, edit)
    again = read(edited)
    repair, name = inverse(tokens, item, edit)
    place = item_at(again, int(tokens.offsets[item, 0]))
    assert edited != text
    assert [place, repair] in again.edits.tolist(), EDITS[edit]
    assert apply(edited, again, place, repair, name) == text
    assert compiles(edited) or not compiles(text)


def test_no_edit_is_listed_twice_and_none_is_the_pointer() -> None:
    for text in FUNCTIONS[:60]:
        edits = [tuple(pair) for pair in read(text).edits.tolist()]
        assert len(set(edits)) == len(edits)
        assert all(edit for _, edit in edits)


@pytest.mark.parametrize(
    ("text", "word", "edit", "edited"),
    [
        ("if a < b: pass", "<", "replace:<=", "if a <= b: pass"),
        ("if a is not b: pass", "is not", "replace:is", "if a is b: pass"),
        ("if a: pass", "a", "insert:not", "if not a: pass"),
        ("while not (a or b): pass", "not", "delete:not", "while (a or b): pass"),
        ("x = a[2]", "2", "replace:1", "x = a[1]"),
        ("x = a[10]", "10", "add:-1", "x = a[9]"),
        ("x = a[1]", "1", "insert:-", "x = a[-1]"),
        ("x = a[-1]", "-", "delete:-", "x = a[1]"),
        ("f(a, b + 1, c)", "(", "swap:1", "f(a, c, b + 1)"),
        ("def f():\n    return g(1)\n", "return", "delete:return", "def f():\n    g(1)\n"),
        ("def f():\n    a.g(1)\n", "a", "insert:return", "def f():\n    return a.g(1)\n"),
        ("async def f():\n    x = a.g(1)\n", "a", "insert:await", "async def f():\n    x = await a.g(1)\n"),
        ("async def f():\n    x = await g()\n", "await", "delete:await", "async def f():\n    x = g()\n"),
        ("t = 0\nfor x in y:\n    t += x\n", "+=", "replace:=", "t = 0\nfor x in y:\n    t = x\n"),
        ("for x in y:\n    break\n", "break", "replace:continue", "for x in y:\n    continue\n"),
        ("x = any(y)", "any", "replace:all", "x = all(y)"),
    ],
)
def test_edits_that_are_offered(text: str, word: str, edit: str, edited: str) -> None:
    tokens = read(text)
    item = next(i for i, e in tokens.edits.tolist() if (tokens.words[i], EDITS[e]) == (word, edit))
    assert apply(text, tokens, item, INDEX[edit]) == edited
    assert edit not in {"name"} and KINDS[edit]


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ('x = "a" + b', "replace:-"),  # a text has no difference
        ('x = "%s" % b', "replace:/"),
        ("x = [0] * n", "replace:/"),
        ('if a == "b": pass', "replace:<="),  # nor an order that is meant
        ("for a in b: pass", "replace:not in"),
        ("x: int | None = 1", "replace:&"),
        ("if not a: pass", "insert:not"),
        ("if(a): pass", "insert:not"),
        ("if a == b: pass", "insert:not"),
        ("while True: pass", "insert:not"),
        ("x = a or b", "insert:not"),
        ("f(a, a)", "swap:0"),
        ("f(a, *b)", "swap:0"),
        ("f(a, k=b)", "swap:0"),
        ("x = max(a, b)", "swap:0"),
        ("def f():\n    g()\n", "insert:await"),
        ("async def f():\n    await g()\n", "insert:await"),
        ("async def f():\n    g().h\n", "insert:await"),
        ("g()\n", "insert:return"),
        ("def f():\n    g()\n    h = 1\n", "insert:return"),
        ("def __init__(self):\n    g()\n", "insert:return"),
        ("x = 0x10 + 1_000", "add:1"),
        ("x = -0", "replace:1"),
        ("total = 5", "replace:+="),
        ("x.append(1)", "replace:extend"),
    ],
)
def test_edits_that_make_no_sense_are_not_offered(text: str, edit: str) -> None:
    assert edit not in {found for _, found in edits_of(text)}


def test_the_vocabulary_is_closed_and_named() -> None:
    assert EDITS[0] == "name"
    assert len(set(EDITS)) == len(EDITS) <= 80
    assert set(KINDS) == set(EDITS)
    for edit in EDITS:
        verb, _, what = edit.partition(":")
        if verb in ("insert", "delete"):
            assert f"{'delete' if verb == 'insert' else 'insert'}:{what}" in INDEX


def test_the_pointer_edit_puts_another_name() -> None:
    text = "a = box.b + c\n"
    tokens = read(text)
    assert apply(text, tokens, 1, 0, "c") == "c = box.b + c\n"
    assert inverse(tokens, 1, 0, "c") == (0, "a")
    assert rule_kind(0) == "variable-misuse"
    assert rule_kind(0, Role.ATTRIBUTE) == "wrong-attribute"
    with pytest.raises(ValueError, match="new name"):
        apply(text, tokens, 1, 0)
    with pytest.raises(ValueError, match="swap"):
        apply(text, tokens, 1, INDEX["swap:0"])
    with pytest.raises(ValueError, match="delete"):
        apply(text, tokens, 1, INDEX["delete:not"])


def test_descriptions_say_what_to_write() -> None:
    assert describe(0, "a", "b") == "replace `a` by `b`"
    assert describe(INDEX["replace:<="], "<") == "replace `<` by `<=`"
    assert describe(INDEX["add:-1"], "10") == "replace `10` by `9`"
    assert describe(INDEX["swap:0"], "(") == "swap the first two arguments"
    assert describe(INDEX["insert:await"], "run") == "insert `await` before `run`"
    assert describe(INDEX["delete:not"], "not") == "delete `not`"
