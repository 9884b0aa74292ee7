"""What an item of code is: its kind, role and shape, and the record of all items of a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

MOST = 480
"""Items of a unit, the summary included: what encoders with 512 positions read, with some to spare."""


class Kind(IntEnum):
    """What an item is, as far as syntax tells."""

    SUMMARY = 0
    KEYWORD = 1
    NAME = 2
    ATTRIBUTE = 3
    METHOD = 4
    PARAMETER = 5
    KEYWORD_ARGUMENT = 6
    DEFINITION = 7
    CALLEE = 8
    IMPORT = 9
    TYPE = 10
    DECORATOR = 11
    CONSTANT = 12
    NUMBER = 13
    STRING = 14
    COMMENT = 15
    OPERATOR = 16
    COMPARISON = 17
    BOOLEAN = 18
    ASSIGNMENT = 19
    BRACKET = 20
    DELIMITER = 21
    ERROR = 22
    OTHER = 23


class Role(IntEnum):
    """Whether an item is a name that another name of the same role could have been written for."""

    NONE = 0
    VARIABLE = 1
    ATTRIBUTE = 2


class Use(IntEnum):
    """What happens to the variable that an item names."""

    NONE = 0
    LOAD = 1
    STORE = 2
    UPDATE = 3
    DELETE = 4
    DECLARE = 5


@dataclass(frozen=True, slots=True)
class Tokens:
    """The N items of a text; item 0 is the summary (empty word, zero span).

    `offsets` [N, 2] are characters of the text, half open; `spans` [N, 4] are line, column, end line,
    end column, 1-based in the numbering of the file; `name` [N] numbers the distinct (role, word) and is
    -1 where there is no role; `edges` [R, 3] are source, target, Relation; `edits` [E, 2] are item and
    index into EDITS, without the pointer edit; `arguments` [S, 6] are item, position, and the offsets of the
    two arguments that a swap at the item exchanges. `truncated` says that the text has more items.
    """

    words: tuple[str, ...]
    offsets: Ints
    spans: Ints
    kind: Bytes
    shape: Bytes
    depth: Bytes
    first: Flags
    changed: Flags
    role: Bytes
    name: Ints
    edges: Ints
    edits: Ints
    truncated: bool
    arguments: Ints = field(default_factory=lambda: np.zeros((0, 6), dtype=np.int32))
    use: Bytes = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))

    def __len__(self) -> int:
        """The number of items, the summary included."""
        return len(self.words)


@lru_cache(maxsize=65536)
def shape(word: str) -> int:
    """The case shape of a word, below 16.

    0 other, 1 lower, 2 UPPER, 3 Capitalised, 4 camelCase, 5 snake_case, 6 UPPER_SNAKE, 7 _private,
    8 __dunder__, 9 digits, 10 other number, 11 one letter, 12 one upper-case letter, 13 letters with digits.
    """
    if not word.isidentifier():
        return (9 if word.isdigit() else 10) if word[:1].isdigit() else 0
    if word[0] == "_":
        return 8 if word.startswith("__") and word.endswith("__") and len(word) > 4 else 7
    if len(word) == 1:
        return 12 if word.isupper() else 11
    if "_" in word:
        return 6 if word.isupper() else 5
    if word.isupper():
        return 2
    if any(map(str.isdigit, word)):
        return 13
    if word.islower():
        return 1
    return 3 if word[0].isupper() else 4
