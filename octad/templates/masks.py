"""Masks: what is a value wherever it stands (numbers, addresses, paths, times) becomes `<*>`."""

from __future__ import annotations

import re

from octad.records.logs import VARIES

Shape = tuple[str, ...]
"""The tokens of a masked message; joined they are the message, spaces included."""

LONGEST = 200
"""Tokens that are read of a message; what follows them is one value."""

_DIGITS = re.compile(r"[0-9]+")
_VALUES = re.compile(
    r"""
    \b[A-Za-z][\w+.-]*://[^\s,;"'()\[\]{}<>]+     # an address with a scheme
  | \b[A-Za-z]:\\[^\s,;"'()\[\]{}<>]*             # a path of Windows
  | (?<![\w.<>/])(?:/[\w.@%+~$:-]+)+/?            # a path of Unix, or an address after a slash
  | [+-]?[\w.@-]*0[\w.:@-]*[\w]                   # a word with a number in it: id, time, address
  | [+-]?[\w.@-]*0
""",
    re.VERBOSE,
)
_TOKENS = re.compile(r"\s+|<\*>|[\w.@/\\$*+~^%&-]+|.", re.DOTALL)


def numbered(message: str) -> str:
    """The message with 0 for every number: the same for most lines of a shape, and cheap."""
    return _DIGITS.sub("0", message)


def mask(plain: str) -> Shape:
    """Tokens of a message that `numbered` has gone over, values as `<*>`."""
    tokens = _TOKENS.findall(_VALUES.sub(VARIES, plain))
    if len(tokens) > LONGEST:
        tokens = [*tokens[:LONGEST], VARIES]
    return tuple(" " if token.isspace() else token for token in tokens)
