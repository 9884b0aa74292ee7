"""Correct code that looks wrong to a model of planted bugs, as read among its findings on released code.

A dictionary whose values are pairs is unpacked as `items()` is, and the text after the condition of an
assertion belongs to its failure. Planted bugs look just so, and are more frequent in training than the real
thing.
"""

from __future__ import annotations

import re

TRAPS: dict[str, re.Pattern[str]] = {
    "pairs as values": re.compile(
        r"\bfor\s+\(?\w+\s*,[\w\s,*()]*?\bin\s+(?!enumerate|zip)[\w.\[\]'\"()]*\.values\(\)"
    ),
    "assertion with a message": re.compile(
        r"^[ \t]*assert\b[^\n]*,\s*\(?[rbuf]{0,2}(\"[^\"\n]*\"|'[^'\n]*')\)?$", re.MULTILINE
    ),
}
"""What the text of a unit with the trap holds, by the name of the trap."""
