"""Masks: what is a value wherever it stands (numbers, addresses, paths, times) becomes `<*>`."""

from __future__ import annotations

import re

from octad.records.logs import VARIES

Shape = tuple[str, ...]
"""The tokens of a masked message; joined they are the message, spaces included."""

LONGEST = 200
"""Tokens that are read of a message; what follows them is one value."""

_NUMBER = re.compile(r"[a-fA-F]*[0-9][0-9a-fA-F]*")
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_WORD = r"[\w@~+%*$^-]"
_FREE = r"""[^\s,;="'()\[\]{}<>|]"""
_STEP = r"""[^\s,;:="'()\[\]{}<>|\\]"""
# Each alternative begins where a run of its characters does, so that long runs are not read over again.
_VALUES = re.compile(
    rf"""
    (?<!{_FREE}){_FREE}{{101,}}                          # too long to be a word
  | \b(?:{_DAY},?\s)?{_MONTH}\s{{1,2}}0(?:,?\s0:0:0(?:\.0)?)?(?:\s[A-Z]{{3,4}}\b)?(?:,?\s0\b)?   # a date
  | "[^"]*" | (?<!\w)'[^']*'(?!\w)                       # a quoted text
  | (?:(?<==)|(?<==\s)(?!\S*=))(?![\s=>])(?:[^\s,;"'()\[\]{{}}<>|]|{{[^{{}}]*}})+   # what a name is set to
  | \b[A-Za-z][\w+.-]*://[^\s,;"'()\[\]{{}}<>]+          # an address with a scheme
  | (?<!{_STEP}){_STEP}*(?::?\\+{_STEP}+){{2,}}          # a path of Windows
  | (?<![\w<>/.~-])[\w.~-]*(?:/+[\w.@%+~$-]+)+(?::0)*/?  # a path of Unix, or an address after a slash
  | (?<!{_WORD})(?:\w{_WORD}*(?:[.:]\w{_WORD}*)*[.:])?{_WORD}*0(?:{_WORD}|[.:]\w)*   # a word with a number
  | 0                                                    # a number wherever it is
  | \b[a-f]{{8,}}\b                                      # a hexadecimal number without digits
  | \b(?:true|false|null|None|True|False)\b
""",
    re.VERBOSE,
)
_TOKENS = re.compile(r"\s+|<\*>|[\w.@/\\$*+~^%&-]+|.", re.DOTALL)


def numbered(message: str) -> str:
    """The message with 0 for every number, hexadecimal ones too: mostly one text per shape, and cheap."""
    return _NUMBER.sub("0", message)


def mask(plain: str) -> Shape:
    """Tokens of a message that `numbered` has gone over, values as `<*>`."""
    tokens = _TOKENS.findall(_VALUES.sub(VARIES, plain))
    if len(tokens) > LONGEST:
        tokens = [*tokens[:LONGEST], VARIES]
    return tuple(" " if token.isspace() else token for token in tokens)
