"""Which language a document is written in, as far as its checks must know: English, or another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    """
    the of and to in is for that with on as are it this be by from or an can you if not at when use which will
    your has all have only any but into its other may also then than there these should
    """.split()  # noqa: SIM905
)
_OTHERS = frozenset(
    """
    der die das und ist nicht mit von den dem ein eine zu für auf werden wird sie oder auch
    le la les des et est une dans pour que qui par sur avec pas vous du ce au
    el los las una es por con para del se como su o os uma não com da em ao um
    il di che per sono della nel non più è het een van niet voor zijn wordt met
    nie jest się na do w z dla oraz lub ve bir için ile bu yang dan untuk dengan ini dari
    """.split()  # noqa: SIM905
)
FEWEST = 40
"""Words, or letters of another script, below which nothing is said."""
MOST = 20_000


def language_of(texts: Iterable[str]) -> Literal["en", "other", ""]:
    """Whether some prose is English; empty where there is too little to tell, and for lists of names.

    A script that English is not written in tells it by its letters, a language in the same by its commonest
    words.
    """
    words: Counter[str] = Counter()
    letters = foreign = 0
    for text in texts:
        if words.total() > MOST:
            break
        found = _WORD.findall(text.lower())
        words.update(found)
        letters += sum(map(len, found))
        foreign += sum(ord(character) > 0x24F for word in found for character in word)
    if foreign > FEWEST and foreign > 0.25 * letters:
        return "other"
    english, other = (sum(words[word] for word in common) for common in (_ENGLISH, _OTHERS))
    if words.total() < FEWEST or english == other == 0:
        return ""
    if other > english and other > 0.1 * words.total():
        return "other"
    return "en" if english > 0.1 * words.total() else ""
