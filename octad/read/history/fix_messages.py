"""Which messages of commits speak of the repair of a defect."""

from __future__ import annotations

import re

_WORD = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|hot-?fix(?:e[sd])?|bug-?fix(?:e[sd]|ing)?|bugs?|buggy|defects?|faults?|faulty|"
    r"regressions?|crash(?:e[sd]|ing)?|segfaults?|deadlocks?|data races?|memory leaks?|leaks?|"
    r"(?:null|nil) (?:pointer|dereference)|off[- ]by[- ]one|incorrect(?:ly)?|wrong(?:ly)?|broken|"
    r"fails? to|repairs?|resolve[sd]?|patch(?:e[sd])? (?:a|the) (?:bug|hole|vulnerability))\b",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?):?\s+(?:[\w./-]*#|gh-|https?://\S*/)(\d+)", re.I
)
_TICKET = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b|(?<![\w/])#\d+|\b(?:[Ii]ssue|[Bb]ug|[Tt]icket)s?[ :#]+\d+")
_REPAIR = re.compile(
    r"\b(?:fix|bug|defect|fault|regression|crash|broken|wrong|incorrect|leak|fail)\w*\b", re.I
)
# A repair of what is no behaviour of the program, by what the subject says of itself.
_OTHER = re.compile(
    r"\b(?:typos?|spelling|grammar|misspell\w*|docs?|documentation|docstrings?|readme|changelog|comments?|"
    r"lint\w*|pylint|flake8|mypy|eslint|clippy|rubocop|checkstyle|style|formatting|whitespace|indent\w*|"
    r"copyright|licen[cs]e|tests?|specs?|flaky|ci|travis|appveyor|builds?|makefile|cmake|gradle|maven|pom|"
    r"bump\w*|warnings?|fixtures?|benchmarks?)\b",
    re.IGNORECASE,
)
_CONVENTIONAL = re.compile(r"^(\w+)(?:\([^)]*\))?!?:")
_NO_CODE = frozenset(
    {"docs", "doc", "test", "tests", "style", "ci", "build", "chore", "refactor", "feat", "perf"}
)
_GENERATED = re.compile(r"^(?:merge\b|revert\b|\[?wip\b|bump\b|release\b|fixup!|squash!)", re.IGNORECASE)


def is_fix(message: str) -> bool:
    """Whether a message says, by its subject or by the issue it closes, that a defect is repaired.

    The subject decides. Where it speaks of no defect, an issue that the body *fixes* makes it one, and a
    conventional type (`fix:` or `docs:`) outweighs every word. Typos, documentation, tests, style, builds
    and releases are no defects of the program; merges and reverts are not fixes: a revert has the label of
    no line, for it brings back lines that were there before.
    """
    subject, _, body = message.strip().partition("\n")
    if not subject or _GENERATED.match(subject):
        return False
    kind = _CONVENTIONAL.match(subject)
    if kind and kind[1].lower() in _NO_CODE:
        return False
    if _OTHER.search(subject):
        return False
    if kind and kind[1].lower() in {"fix", "bugfix", "hotfix"}:
        return True
    if _WORD.search(subject):
        return True
    return bool(_TICKET.search(subject) and _REPAIR.search(body)) or bool(_fixed(body))


def _fixed(body: str) -> list[str]:
    """Issues that the body says are fixed; `closes` alone may close a wish."""
    return [match[1] for match in _CLOSES.finditer(body) if match[0].lower().startswith("fix")]


def reverted(message: str) -> str:
    """The revision that a message says it reverts, "" for none."""
    found = re.search(r"This reverts commit ([0-9a-f]{7,40})", message)
    return found[1] if found else ""
