"""What no repair of a token may do, whatever its rule: facts of the language, not habits of a project."""

from __future__ import annotations

import ast
import textwrap
from functools import lru_cache
from types import CodeType

from octad.rules.rule import Edit
from octad.syntax.python_source import compiled
from octad.syntax.unbound import has_no_value_yet

MAIN_GUARD = ("__name__", "==")
STRINGS = frozenset({"__name__", "__file__", "__doc__", "__qualname__", "__module__", "__package__"})


def cannot_run(edit: Edit) -> str:
    """A repair after which Python no longer compiles the text, where it did before."""
    if edit.code.language != "python" or _program(edit.text) or not _program(edit.code.text):
        return ""
    return "Python would refuse the repaired text"


def is_same_program(edit: Edit) -> str:
    """A repair after which Python compiles the text to what it did before: nothing would be another."""
    before = _program(edit.code.text) if edit.code.language == "python" else None
    same = before is not None and before == _program(edit.text)
    return "it would be the same program" if same else ""


def has_no_value(edit: Edit) -> str:
    """A repair that reads a variable of the function where it cannot have a value yet."""
    path = edit.path() if edit.verb == "name" else ()
    match path[-1:]:
        case (ast.Name(id=name, ctx=ast.Load()),) if name == edit.tokens.words[edit.item]:
            unset = has_no_value_yet(path, edit.word)
        case _:
            unset = False
    return f"{edit.word} has no value there yet" if unset else ""


def is_main_guard(edit: Edit) -> str:
    """A repair inside the condition of `if __name__ == "__main__"`, which is written everywhere so."""
    words, line = edit.tokens.words, _line(edit)
    condition = tuple(words[i] for i in line[1:3])
    return "it is the guard of a script" if words[line[0]] == "if" and condition == MAIN_GUARD else ""


def _line(edit: Edit) -> list[int]:
    """The items on the line of the one that is repaired."""
    spans = edit.tokens.spans
    return [i for i in range(1, len(spans)) if spans[i, 0] == spans[edit.item, 0]]


def calls_a_string(edit: Edit) -> str:
    """A repair that calls a name of a module which always holds a string."""
    follows = edit.tokens.words[edit.item + 1 : edit.item + 2]
    called = edit.verb == "name" and edit.word in STRINGS and follows == ("(",)
    return f"{edit.word} is a string and cannot be called" if called else ""


def is_type_checking(edit: Edit) -> str:
    """A repair inside the condition of `if TYPE_CHECKING`, which type checkers alone take for true."""
    words, line = edit.tokens.words, _line(edit)
    end = next((i for i in line if words[i] == ":"), 0)
    names = [words[i] for i in line if i < end and words[i] not in ("not", ".")]
    guarded = names[:1] == ["if"] and names[-1] == "TYPE_CHECKING" and len(names) <= 3
    return "it is the guard of what type checkers read" if guarded and edit.item < end else ""


AROUND = ("async def f():\n for _ in ():\n", "def f():\n for _ in ():\n", "class C:\n")
"""What may stand around an indented unit; in an async function `yield` and `return` do not go together."""
GENERAL = (cannot_run, is_same_program, is_main_guard, is_type_checking, calls_a_string, has_no_value)


@lru_cache(maxsize=8)
def _program(text: str) -> object | None:
    """What Python makes of a unit where it stands: at the margin, or in a function, a loop or a class.

    Equal where two units do the same; None where it is refused.
    """
    if text[:1] not in (" ", "\t"):
        code = compiled(text)
    else:
        inner = textwrap.indent(textwrap.dedent(text), "  ")
        code = next((code for around in AROUND if (code := compiled(around + inner)) is not None), None)
    return None if code is None else _instructions(code)


def _instructions(value: object) -> object:
    """A compiled text, or a constant of one, without its place; 1, 1.0 and True are three values."""
    if isinstance(value, CodeType):
        shape = (value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount, value.co_flags)
        names = (value.co_name, value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars)
        return value.co_code, value.co_exceptiontable, shape, names, _instructions(value.co_consts)
    if isinstance(value, tuple):
        return tuple(map(_instructions, value))
    if isinstance(value, frozenset):
        return frozenset(map(_instructions, value))
    return type(value), repr(value)
