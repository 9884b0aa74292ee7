"""What no repair of a token may do, whatever its rule: facts of the language, not habits of a project."""

from __future__ import annotations

import textwrap

from octad.rules.rule import Edit
from octad.syntax.python_source import is_compiled

MAIN_GUARD = ("__name__", "==")
STRINGS = frozenset({"__name__", "__file__", "__doc__", "__qualname__", "__module__", "__package__"})


def cannot_run(edit: Edit) -> str:
    """A repair after which Python no longer compiles the text, where it did before."""
    if edit.code.language != "python" or _compiles(edit.text) or not _compiles(edit.code.text):
        return ""
    return "Python would refuse the repaired text"


def is_main_guard(edit: Edit) -> str:
    """A repair inside the condition of `if __name__ == "__main__"`, which is written everywhere so."""
    words, spans = edit.tokens.words, edit.tokens.spans
    line = [i for i in range(1, len(words)) if spans[i, 0] == spans[edit.item, 0]]
    condition = tuple(words[i] for i in line[1:3])
    return "it is the guard of a script" if words[line[0]] == "if" and condition == MAIN_GUARD else ""


def calls_a_string(edit: Edit) -> str:
    """A repair that calls a name of a module which always holds a string."""
    follows = edit.tokens.words[edit.item + 1 : edit.item + 2]
    called = edit.verb == "name" and edit.word in STRINGS and follows == ("(",)
    return f"{edit.word} is a string and cannot be called" if called else ""


AROUND = ("async def f():\n for _ in ():\n", "def f():\n for _ in ():\n", "class C:\n")
"""What may stand around an indented unit; in an async function `yield` and `return` do not go together."""
GENERAL = (cannot_run, is_main_guard, calls_a_string)


def _compiles(text: str) -> bool:
    """Whether a unit compiles where it stands: at the margin, or in a function, a loop or a class."""
    if text[:1] not in (" ", "\t"):
        return is_compiled(text)
    inner = textwrap.indent(textwrap.dedent(text), "  ")
    return any(is_compiled(around + inner) for around in AROUND)
