"""Which lines and tokens a fix changed, seen from the code before it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Names and numbers, strings on one line, operators of several characters, then any other sign. A
# lexer of the language would refuse code that does not parse, and some of the code here does not.
TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>"[^"\n]*"|'[^'\n]*')|\w+"""
    r"""|\*\*=?|//=?|<<=?|>>=?|[-+*/%&|^@=!<>:]=|->|\S"""
)


MOST_CELLS = 40_000


def read_tokens(text: str) -> list[tuple[str, int]]:
    """Split Python text, broken or not, into (token, line from 1); comments are left out."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        found += [(m.group(), number) for m in TOKEN.finditer(line) if m.lastgroup != "comment"]
    return found


def changed_lines(before: str, after: str) -> tuple[int, ...]:
    """Lines of `before`, from 1, that the way to `after` changes or removes.

    Where lines are only added, the code lines around the addition count: the place of an
    omission is between them. Blank lines, comments and trailing spaces do not count.
    """
    old, new = _code_lines(before), _code_lines(after)
    matcher = SequenceMatcher(None, [line for line, _ in old], [line for line, _ in new], autojunk=False)
    found: set[int] = set()
    for operation, first, last, _, _ in matcher.get_opcodes():
        if operation in ("replace", "delete"):
            found.update(number for _, number in old[first:last])
        elif operation == "insert":
            found.update(number for _, number in old[max(first - 1, 0) : first + 1])
    return tuple(sorted(found))


def edited_tokens(before: str, after: str) -> int:
    """How many tokens must be added, removed or replaced between two texts; 0 if only layout changes."""
    old = [word for word, _ in read_tokens(before)]
    new = [word for word, _ in read_tokens(after)]
    for _ in range(2):  # first what both begin with, then, backwards, what both end with
        same = next(
            (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
        )
        old, new = old[same:][::-1], new[same:][::-1]
    return _distance(old, new)


def _distance(old: list[str], new: list[str]) -> int:
    """Levenshtein's distance; where it would take long, that of one way from old to new."""
    if len(old) * len(new) > MOST_CELLS:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")
    row = list(range(len(new) + 1))
    for at, word in enumerate(old, start=1):
        corner, row[0] = row[0], at
        for column, other in enumerate(new, start=1):
            best = min(corner + (word != other), row[column] + 1, row[column - 1] + 1)
            corner, row[column] = row[column], best
    return row[-1]


def _code_lines(text: str) -> list[tuple[str, int]]:
    """Lines with code on them, without trailing comments and spaces, and their numbers."""
    kept = []
    for number, line in enumerate(text.split("\n"), start=1):
        end = next((m.start() for m in TOKEN.finditer(line) if m.lastgroup == "comment"), len(line))
        code = line[:end].rstrip()
        if code:
            kept.append((code, number))
    return kept
