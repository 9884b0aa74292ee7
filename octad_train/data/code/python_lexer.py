"""A cheap lexer for Python text: counts items and finds duplicates, any version of the language."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?P<string>[rRbBuUfFtT]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|\*\*=?|//=?|>>=?|<<=?|->|:=|[-+*/%@&|^<>=!]=|\S",
    re.DOTALL,
)
_CODES: dict[str, int] = {}


def read_tokens(text: str) -> list[str]:
    """The tokens of Python text without comments; a string literal becomes `""`, a number `0`."""
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group == "comment":
            continue
        words.append('""' if group == "string" else "0" if group == "number" else match.group())
    return words


def count(text: str) -> int:
    """About how many items `syntax.tokenize` makes of the text: strings up to 8, comments up to 4."""
    total = 0
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group == "comment":
            total += min(4, 1 + match.group().count(" ") // 4)
        elif group == "string":
            total += min(8, 1 + len(match.group().split()) // 4)
        else:
            total += 1
    return total


def codes(words: list[str]) -> np.ndarray:
    """uint64 [N]: a hash of each token, the same in every run."""
    out = np.empty(len(words), np.uint64)
    for index, word in enumerate(words):
        code = _CODES.get(word)
        if code is None:
            code = _CODES[word] = crc32(word.encode()) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        out[index] = code
    return out
