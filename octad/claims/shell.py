"""Commands that documentation tells its readers to type, word by word, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from octad.budget import current
from octad.claims.context import Said, said_of_now
from octad.claims.tree import Tree, fact
from octad.records.report import Anchor

SHELLS = frozenset(
    {
        "sh",
        "bash",
        "shell",
        "zsh",
        "fish",
        "console",
        "shell-session",
        "sh-session",
        "shellsession",
        "terminal",
        "ksh",
    }
)
_PLAIN = frozenset({"", "text", "none", "plain", "plaintext", "txt", "output", "default"})
_PROMPT = re.compile(r"\s*(?:\([\w .-]+\)\s*)?(?:[\w.@~:/-]*[$%\u276f]|>) +(?=\S)")
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<place><[\w .:|/-]+>(?:\.\.\.)?)|(?P<end>&&|\|\||[|;&]|\$\(|`|\))"""
    r"""|(?P<other>\d?[<>]+&?\d?)"""
    r"""|(?P<word>(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\\.|[^\s"'|;&<>`()\\])+)|(?P<broken>["'(\\])"""
)
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
_RUNNERS = frozenset(
    {"sudo", "time", "exec", "env", "uvx", "command", "nohup", "winpty", "export", "set", "nice"}
)
_RUN = frozenset({"uv", "poetry", "pipx", "pipenv", "hatch", "pdm", "rye", "pixi"})
_PYTHON = re.compile(r"(?:python[\d.]*|py|pypy3?|\$?\{?PYTHON\}?)(?:\.exe)?\Z")
_MOST_WORDS, _MOST_COMMANDS = 400, 100_000


class Word(NamedTuple):
    """A word of a command, without its quotes where it is quoted as a whole, and the place of it."""

    text: str
    line: int
    column: int

    def anchor(self, path: str, length: int | None = None) -> Anchor:
        """Its place in a document, or that of its first `length` characters."""
        size = len(self.text) if length is None else length
        return Anchor(
            path=path, line=self.line, column=self.column, end_line=self.line, end_column=self.column + size
        )


class Typed(NamedTuple):
    """One command: what it runs, with what, under which variables, after which changes of folder.

    `module` says that Python runs it as a module.
    """

    said: Said
    program: Word
    arguments: tuple[Word, ...]
    assigned: tuple[Word, ...]
    folders: tuple[str, ...]
    module: bool = False


@fact
def all_typed(tree: Tree) -> tuple[Typed, ...]:
    """The commands of all documents, as far as the budget lets."""
    found: list[Typed] = []
    for one in said_of_now(tree):
        if current().spent() or len(found) > _MOST_COMMANDS:
            break
        found += typed(one)
    return tuple(found)


def typed(said: Said) -> Iterator[Typed]:
    """The commands of a passage: of shell code, of a block with prompts, of inline code."""
    folders: list[str] = []
    for words in _commands(said):
        command = _of_words(said, words, tuple(folders))
        if command is None:
            continue
        if command.program.text in ("cd", "pushd") and command.arguments:
            folders.append(command.arguments[0].text)
        yield command


def _commands(said: Said) -> Iterator[list[Word]]:
    """The words of each command of a passage."""
    passage = said.passage
    if passage.kind != "code":
        for span in passage.spans:
            if (
                span.role in ("code", "bold", "command", "program", "kbd", "samp")
                and span.anchor.line == span.anchor.end_line
            ):
                line = said.document.lines[span.anchor.line - 1] if span.anchor.line else ""
                start = line.find(span.text, span.anchor.column - 1)
                if start >= 0:
                    yield from _split([(span.anchor.line, start + 1, span.text)])
        return
    lines = list(_placed(said))
    prompted = [one for one in lines if _PROMPT.match(one[2])]
    language = passage.language.lower()
    if language not in SHELLS and not (language in _PLAIN and passage.name != "doctest"):
        return
    for logical in _logical(lines, only_prompted=bool(prompted)):
        yield from _split(logical)


def _placed(said: Said) -> Iterator[tuple[int, int, str]]:
    """The lines of a block of code with their place in the document: line, and column where it begins."""
    lines = said.document.lines
    for offset, text in enumerate(said.passage.text.split("\n")):
        number = said.passage.first + offset
        whole = lines[number - 1] if number <= len(lines) else ""
        column = whole.find(text)
        if column >= 0:
            yield number, column + 1, text


def _logical(
    lines: Iterable[tuple[int, int, str]], *, only_prompted: bool
) -> Iterator[list[tuple[int, int, str]]]:
    """Lines that belong to one command, which a backslash continues; beside prompts, the rest is output."""
    held: list[tuple[int, int, str]] = []
    for number, column, text in lines:
        if not held:
            prompt = _PROMPT.match(text)
            if prompt is None and only_prompted:
                continue
            cut = prompt.end() if prompt else 0
            number, column, text = number, column + cut, text[cut:]
        elif only_prompted and text.startswith("> "):
            column, text = column + 2, text[2:]
        if text.rstrip().endswith("\\"):
            held.append((number, column, text.rstrip()[:-1]))
            continue
        yield [*held, (number, column, text)]
        held = []
    if held:
        yield held


def _split(lines: Iterable[tuple[int, int, str]]) -> Iterator[list[Word]]:
    """The commands in some lines; a line whose quotes are not closed says nothing."""
    words: list[Word] = []
    for number, column, text in lines:
        for token in _TOKEN.finditer(text):
            if token.lastgroup == "broken" or len(words) > _MOST_WORDS:
                return
            if token.lastgroup == "comment" and not (token.start() and not text[token.start() - 1].isspace()):
                break
            if token.lastgroup == "end":
                if words:
                    yield words
                words = []
            elif token.lastgroup in ("word", "place", "comment"):
                words.append(_word(token[0], number, column + token.start()))
    if words:
        yield words


def _word(text: str, line: int, column: int) -> Word:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
        return Word(text[1:-1], line, column + 1)
    return Word(text, line, column)


def _of_words(said: Said, words: list[Word], folders: tuple[str, ...]) -> Typed | None:
    """A command without what only says how to run it."""
    rest, assigned, module = list(words), [], False
    while rest:
        first = rest[0].text
        if _ASSIGNED.match(first):
            assigned.append(rest.pop(0))
        elif first in _RUNNERS:
            rest.pop(0)
        elif first in _RUN and len(rest) > 1 and rest[1].text == "run":
            rest = rest[2:]
        elif _PYTHON.match(first) and len(rest) > 2 and rest[1].text == "-m":
            rest, module = rest[2:], True
            break
        elif _PYTHON.match(first) and len(rest) > 1 and rest[1].text.endswith(".py"):
            rest = rest[1:]
            break
        else:
            break
    if not rest:
        return Typed(said, words[0], (), tuple(assigned), folders) if assigned else None
    return Typed(said, rest[0], tuple(rest[1:]), tuple(assigned), folders, module)
