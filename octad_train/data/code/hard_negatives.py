"""Correct code that looks wrong to a model of injected bugs, as read among its findings on released code.

A dictionary whose values are pairs is unpacked as `items()` is, and the text after the condition of an
assertion belongs to its failure. Injected bugs look just so, and are more frequent in training than the real
thing.
"""

from __future__ import annotations

import re

PATTERNS: dict[str, re.Pattern[str]] = {
    "pairs as values": re.compile(
        r"\bfor\s+\(?\w+\s*,[\w\s,*()]*?\bin\s+(?!enumerate|zip)[\w.\[\]'\"()]*\.values\(\)"
    ),
    "assertion with a message": re.compile(
        r"^[ \t]*assert\b[^\n]*,\s*\(?[rbuf]{0,2}(\"[^\"\n]*\"|'[^'\n]*')\)?$", re.MULTILINE
    ),
}
"""What the text of a unit that matches holds, by the name of the pattern."""
