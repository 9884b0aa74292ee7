"""Masks: what is a value wherever it stands (numbers, addresses, paths, times) becomes `<*>`."""

from __future__ import annotations

import re

from octad.records.logs import VARIES

Shape = tuple[str, ...]
"""The tokens of a masked message; joined they are the message, spaces included."""

LONGEST = 200
"""Tokens that are read of a message; what follows them is one value."""

# Letters count as hexadecimal digits only where a token begins: `node1` keeps its name.
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|(?<![A-Za-z])[a-fA-F]+[0-9][0-9a-fA-F]*|[0-9][0-9a-fA-F]*")
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TOP = "(?:com|net|org|edu|gov|mil|info|biz|arpa|local|localdomain|internal|lan|test|invalid)"
_WORD = r"[\w@~+%*$^-]"
_FREE = r"""[^\s,;="'()\[\]{}<>|]"""
_STEP = r"""[^\s,;:="'()\[\]{}<>|\\]"""
# Each alternative begins where a run of its characters does, so that long runs are not read over again.
_VALUES = re.compile(
    rf"""
    (?<!{_FREE}){_FREE}{{101,}}                          # too long to be a word
  | \b(?:{_DAY},?\s)?{_MONTH}\s{{1,2}}0(?:,?\s0:0:0(?:\.0)?)?(?:\s[A-Z]{{3,4}}\b)?(?:,?\s0\b)?   # a date
  | (?P<verb>"[A-Z]{{3,10}}\s)(?=[^\s"]*/)[^"]*(?=")(?P<end>")  # a quoted request keeps its method
  | "[^"]*" | (?<!\w)'[^']*'(?!\w)                       # a quoted text
  | (?:(?<==)|(?<==\s)(?!\S*=))(?![\s=>])(?:[^\s,;"'()\[\]{{}}<>|]|{{[^{{}}]*}})+   # what a name is set to
  | (?<=\w=)(?=[\s,;)\]}}]|$)                              # what it is set to may be empty
  | \b[A-Za-z][\w+.-]*://[^\s,;"'()\[\]{{}}<>]+          # an address with a scheme
  | (?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+           # an address of mail
  | (?<![\w.-])(?:\w[\w-]*\.)+{_TOP}\b(?![.\w-])(?::0\b)?    # the name of a host
  | (?<!{_STEP}){_STEP}*(?::?\\+{_STEP}+){{2,}}          # a path of Windows
  | (?<![\w<>/.~-])[\w.~-]*(?:/+[\w.@%+~$-]+)+(?::0)*/?  # a path of Unix, or an address after a slash
  | (?<![\w:])(?:[0a-fA-F]{{0,4}}:){{2,7}}[0a-fA-F.]*(?![\w:])   # an address of version 6
  | (?<!{_WORD})(?<![.:])(?P<stem>[A-Za-z]{{2,}}[_-]?)0(?![.:]?{_WORD})   # a name with its number
  | (?<!{_WORD})(?:\w{_WORD}*(?:[.:]\w{_WORD}*)*[.:])?{_WORD}*0(?:{_WORD}|[.:]\w)*   # a word with a number
  | (?:(?<=\s)|(?<=\())[<>]=?\s?0(?:\.0)?(?![\w>])   # no number but a bound of it
  | (?<=\[)[^\[\]\s,][^\[\]]{{0,300}},[^\[\]]{{1,300}}(?=\])   # a list in brackets
  | 0                                                    # a number wherever it is
  | \b[a-f]{{8,}}\b                                      # a hexadecimal number without digits
  | \b(?:true|false|null|None|True|False)\b
""",
    re.VERBOSE,
)
_TOKENS = re.compile(r"\s+|<\*>|[A-Za-z]{2,}[_-]?<\*>|[\w@/\\$*+~^%&-]+(?:\.+[\w@/\\$*+~^%&-]+)*|.", re.DOTALL)


def numbered(message: str) -> str:
    """The message with 0 for every number, hexadecimal ones too: mostly one text per shape, and cheap."""
    return _NUMBER.sub("0", message.strip())


def mask(plain: str) -> Shape:
    """Tokens of a message that `numbered` has gone over, values as `<*>`."""
    tokens = _TOKENS.findall(_VALUES.sub(_value, plain))
    if len(tokens) > LONGEST:
        tokens = [*tokens[:LONGEST], VARIES]
    return tuple(" " if token.isspace() else token for token in tokens)


def _value(match: re.Match[str]) -> str:
    """What stands for a value: all of it varies, but for a method or the stem of a name."""
    if match.lastgroup is None:
        return VARIES
    verb, end, stem = match.group("verb", "end", "stem")
    return f"{verb or stem}{VARIES}{end or ''}"
