"""The words of a function and of a question: names split and endings dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from octad.encoders.word_pieces import split_identifier
from octad.search.functions import Function, Item
from octad.syntax.tokens import Kind

NAMES = frozenset(
    {
        Kind.NAME, Kind.ATTRIBUTE, Kind.METHOD, Kind.PARAMETER, Kind.KEYWORD_ARGUMENT, Kind.DEFINITION,
        Kind.CALLEE, Kind.IMPORT, Kind.TYPE, Kind.DECORATOR,
    }
)  # fmt: skip
PROSE = frozenset({Kind.COMMENT, Kind.STRING})
# What says nothing about a function: words that prose and code are full of.
STOP = frozenset(
    {
        "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "get",
        "given", "has", "have", "how", "if", "in", "into", "is", "it", "its", "not", "of", "on", "or",
        "our", "self", "should", "so", "such", "that", "the", "their", "them", "then", "there", "these",
        "this", "those", "to", "use", "used", "using", "was", "we", "what", "when", "where", "which",
        "while", "will", "with", "write", "function", "method", "python", "java", "javascript",
        "typescript", "golang", "code", "param", "parameter", "argument", "arg", "args", "kwargs", "return",
        "returns", "type", "void", "int", "bool", "boolean", "true", "false", "none", "null", "undefined",
        "std", "public", "static", "def", "var", "let", "const",
    }
)  # fmt: skip
OWN_NAME = 2
"""How many times a word in the name of a function counts."""
_NAME = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_LONGEST, _LONGEST_TEXT = 40, 2_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a function: as it is compared, in full, the name it is part of, its line, and its kind.

    One that has no meaning of its own is empty in full.
    """

    term: str
    word: str
    name: str
    line: int
    kind: Kind


def words_of(function: Function) -> list[Word]:
    """The words of names, comments and strings, and numbers; those of its own name are a DEFINITION.

    Names of one letter and numbers mean nothing by themselves, and are compared all the same.
    """
    found: list[Word] = []
    for item in function.items:
        if item.kind == Kind.NUMBER or (item.kind in NAMES and len(item.word) == 1):
            found.append(Word(item.word[:_LONGEST], "", item.word[:_LONGEST], item.line, item.kind))
        elif item.kind in NAMES or item.kind in PROSE:
            own = item.word == function.name
            found += _words(Item(item.word, Kind.DEFINITION, item.line) if own else item)
    return found


def asked(text: str) -> list[Word]:
    """The words of a question; those that say nothing are left out."""
    return list(_words(Item(text, Kind.COMMENT, 1)))


def _words(item: Item) -> Iterator[Word]:
    for name in _NAME.findall(item.word[:_LONGEST_TEXT]):
        for word in _WORD.findall(split_identifier(name)):
            term = term_of(word)
            if term:
                yield Word(term, word.lower(), name, item.line, item.kind)


@lru_cache(maxsize=100_000)
def term_of(word: str) -> str:
    """A word as it is compared, empty where it says nothing."""
    word = word.lower()[:_LONGEST]
    if word in STOP or (len(word) < 2 and not word.isdigit()):
        return ""
    stem = _stem(word)
    return "" if stem in STOP else stem


def _stem(word: str) -> str:
    """Without the ending of plurals and of verbs, and without a last e, where enough of the word remains."""
    if not word.isascii() or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            doubled = word[-1] == word[-2] and word[-1] not in "ls"
            word = word[:-1] if ending in ("ing", "ed") and doubled else word
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
