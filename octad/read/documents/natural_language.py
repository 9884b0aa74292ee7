"""Which language a document is written in, as far as its checks must know: English, or another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "for",
        "that",
        "with",
        "on",
        "as",
        "are",
        "it",
        "this",
        "be",
        "by",
        "from",
        "or",
        "an",
        "can",
        "you",
        "if",
        "not",
        "at",
        "when",
        "use",
        "which",
        "will",
        "your",
        "has",
        "all",
        "have",
        "only",
        "any",
        "but",
        "no",
        "into",
        "its",
        "other",
        "may",
        "also",
        "then",
        "than",
        "there",
        "these",
        "should",
    ]
)
FEWEST = 40
"""Words below which nothing is said."""
ENGLISH = 0.12
"""The share of the commonest words in any English prose, terse lists of options included."""
MOST = 20_000


def language_of(texts: Iterable[str]) -> Literal["en", "other", ""]:
    """Whether some prose is English; empty where there is too little of it.

    Chinese and the like write few words with many letters, so that letters count where words are few.
    """
    words: Counter[str] = Counter()
    letters = foreign = 0
    for text in texts:
        if words.total() > MOST:
            break
        found = _WORD.findall(text.lower())
        words.update(found)
        letters += sum(map(len, found))
        foreign += sum(not character.isascii() for word in found for character in word)
    total = words.total()
    if letters > FEWEST and foreign > 0.3 * letters:
        return "other"
    if total < FEWEST:
        return ""
    share = sum(words[word] for word in _COMMON) / total
    return "en" if share >= ENGLISH else "other"
