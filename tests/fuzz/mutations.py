"""Inputs that are nearly right: changes of bytes, tokens, numbers, lines and JSON trees of other inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

LARGEST = 20_000
"""Bytes of a case."""
_TOKENS = re.compile(rb"\w+|\s+|[^\w\s]")
_NUMBERS = re.compile(rb"\d+(?:\.\d+)?")
ODD_NUMBERS = (
    b"0", b"-0", b"-1", b"00", b"1.5", b"1e400", b"-1e308", b"nan", b"Infinity", b"0x1p9", b"1_0",
    b"4294967296", b"9223372036854775808", b"253402300800", b"-62135596800", b"99999999999999999999",
    b"9" * 400, b"9" * 4500, "١٢".encode(), "²".encode(), b"",
)  # fmt: skip
ODD = (
    b"\0", b"\r", b"\r\n", b"\n", b"\t", b" ", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"(", b")", b"<",
    b">", b"&", b"*", b"%", b"#", b"$", b"@", b"`", b"|", b":", b";", b",", b"=", b"-->", b"--", b"->",
    b"---", b"/*", b"*/", b"//", b"<!--", b"\\N", b"null", b"true", b"None", b"\x0b", b"\x0c", b"\x1c",
    b"\x1b[31m", b"\x1b]0;x\x07", b"\x02", b"\x7f", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80", "💩".encode(), "\u202e".encode(), "\u2066".encode(), "\x85".encode(),
    "\x9b31m".encode(), "\u2028".encode(), "\xad".encode(), "\U000e0041".encode(), "\u200b".encode(),
    "\xa0".encode(), "e\u0301".encode(), "İ".encode(), b"!!python/object/apply:os.system", b"&a", b"*a",
    b"<<: *a", b"- - - -", b"? ", b"---\n", b"...\n", b"%YAML 1.1\n", b"1969-12-31T23:59:59Z",
    b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00+14:00", b"2026-13-45", b"2026-01-01T00:00:60Z",
    b"2026-01-01T24:00:00+99:99", b"../../", b"/dev/null", b"a" * 300, b"(" * 300, b"[" * 1500,
    b'{"a":' * 1500, b"  " * 200, b"-" * 300, b"@@ -1,9999999999 +1,99999999999 @@", b"@@ -0,0 +0,0 @@",
    b"\\ No newline at end of file", b"octad: ignore[", b"# coding: utf-16\n", b"# -*- coding: hz -*-\n",
    b"\\u0000", b"\\ud800", b"\\x", b"\\777", b"{{", b"}}", b"${{", b"<![CDATA[", b"]]>",
)  # fmt: skip
"""What readers have stumbled over somewhere."""
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**18, 10**30, -(10**400), 1e308, float("nan"), float("inf"), "", " ",
    "a", "1", "\0", "\ud800", "\x1b[31m", "\u202e", "x" * 300, "2026-01-01T00:00:00Z", "1e400", [], {},
    [[]], [None], {"": None}, {"a": {"a": {}}}, [1, "a", None], "../../x", "9" * 4500,
)  # fmt: skip
Mutation = Callable[[Random, bytearray, Sequence[bytes]], bytearray]


def mutated(random: Random, pool: Sequence[bytes]) -> bytes:
    """One of the inputs, changed in one to ten places; the same for the same state of `random`."""
    data = bytearray(random.choice(pool))
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 10))):
        data = random.choice(MUTATIONS)(random, data, pool)
        del data[LARGEST:]
    return bytes(data)


def _byte(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)
    return data


def _removed(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.choice((1, 2, 5, 20, 100))]
    return data


def _odd(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    at, odd = random.randrange(len(data) + 1), random.choice(ODD)
    data[at : at + random.choice((0, len(odd)))] = odd
    return data


def _repeated(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    at = random.randrange(len(data) + 1)
    data[at:at] = data[at : at + random.choice((1, 4, 16, 64))] * random.choice((1, 2, 10, 100))
    return data


def _spliced(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    at, other = random.randrange(len(data) + 1), random.choice(pool)
    begin = random.randrange(len(other) + 1)
    data[at:at] = other[begin : begin + random.choice((4, 20, 200))]
    return data


def _cut(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    at = random.randrange(len(data) + 1)
    return data[:at] if random.random() < 0.5 else data[at:]


def _lines(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    """A line removed, doubled, moved, or taken from another input."""
    lines = data.split(b"\n")
    at = _rearranged(random, lines)
    if at is not None:
        lines.insert(at, bytearray(random.choice(random.choice(pool).split(b"\n"))))
    return bytearray(b"\n".join(lines))


def _tokens(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    """A word, a stretch of space or a mark removed, doubled, exchanged, or taken from another input."""
    tokens = _TOKENS.findall(data)
    if not tokens:
        return data
    at = _rearranged(random, tokens)
    if at is not None:
        tokens[at] = random.choice(_TOKENS.findall(random.choice(pool)) or [b""])
    return bytearray(b"".join(tokens))


def _rearranged(random: Random, parts: list[Any]) -> int | None:
    """Remove, double or exchange a part; else where one of another input is due."""
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    match random.randrange(4):
        case 0:
            del parts[at]
        case 1:
            parts.insert(at, parts[other])
        case 2:
            parts[at], parts[other] = parts[other], parts[at]
        case _:
            return at
    return None


def _number(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    found = list(_NUMBERS.finditer(data))
    if found:
        match = random.choice(found)
        start, end = match.span()
        del found, match  # they hold the bytes, whose length could not change
        data[start:end] = random.choice(ODD_NUMBERS)
    return data


def _json(random: Random, data: bytearray, pool: Sequence[bytes]) -> bytearray:
    """A value of a JSON document, or of one of its lines, exchanged, removed, doubled or nested."""
    lines = [bytes(data)] if data[:1] in (b"{", b"[") and b"\n{" not in data else bytes(data).split(b"\n")
    at = random.randrange(len(lines))
    try:
        tree = json.loads(lines[at])
    except (ValueError, RecursionError):
        return _tokens(random, data, pool)
    lines[at] = json.dumps(_changed(random, tree), ensure_ascii=random.random() < 0.5).encode(
        "utf-8", "replace"
    )
    return bytearray(b"\n".join(lines))


def _changed(random: Random, tree: Any) -> Any:
    """A tree with one value of it changed, at a random depth."""
    if isinstance(tree, dict | list) and tree and random.random() < 0.85:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        key = random.choice(keys)
        match random.randrange(8):
            case 0:
                del tree[key]
            case 1 if isinstance(tree, list):
                tree.insert(key, tree[random.choice(keys)])
            case 1:
                tree[random.choice(("", key.swapcase(), f"{key}s", "\x1b[31m"))] = tree[key]
            case 2:
                tree[key] = tree[random.choice(keys)]
            case _:
                tree[key] = _changed(random, tree[key])
        return tree
    if random.random() < 0.1:
        return {"a": tree} if random.random() < 0.5 else [tree]
    return random.choice(ODD_VALUES)


MUTATIONS: tuple[Mutation, ...] = (
    _byte, _removed, _odd, _odd, _repeated, _spliced, _cut, _lines, _lines, _tokens, _tokens, _number,
    _json, _json,
)  # fmt: skip
