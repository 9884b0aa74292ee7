"""Whether bytes are JSON that may be parsed: its depth, size and numbers are looked at before anything is.

What comes from elsewhere is scanned by code in C, without recursion and without an object for each value;
only what passes is parsed, and that for the keys that an object has twice, of which parsers keep the last.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from octad.serve.errors import Refusal, refusal
from octad.serve.settings import Limits

DIGITS = 400
"""Digits of one number: no finite float has more before its point."""
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
_LONG = re.compile(rb"[0-9]{%d}" % (DIGITS + 1))
_NO_NUMBER = re.compile(rb"NaN|Infinity")
_BRACKETS = b"[]{}"
_OTHERS = bytes(sorted(set(range(256)) - set(_BRACKETS)))
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


class _Twice(ValueError):
    """A key that an object has twice."""


def check_json(body: bytes | bytearray, limits: Limits) -> str:
    """The text of a body; raises Refusal (400, 413) unless it is JSON within the limits."""
    text = _text(body)
    # What takes strings out lets no other thread run meanwhile, and takes longest where there are many.
    if body.count(b'"') - body.count(b'\\"') > 2 * limits.values:
        raise _too_many(limits)
    bare = _STRING.sub(b"", body)
    if _depth(bare) > limits.depth:
        raise _wrong(f"nested more than {limits.depth} deep")
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > limits.values:
        raise _too_many(limits)
    if _LONG.search(bare):
        raise _wrong(f"a number of more than {DIGITS} digits")
    if _NO_NUMBER.search(bare):
        raise _wrong("NaN and Infinity are no JSON")
    try:
        json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise _wrong(reason(error)) from error
    return text


def once(pairs: list[tuple[str, Any]]) -> None:
    """Raise ValueError where a key stands twice; the object itself is not kept."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Twice


def reason(error: Exception) -> str:
    """What is wrong with JSON, and where, without what stands there."""
    if isinstance(error, _Twice):
        return "an object has the same key twice"
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}"
    return "no JSON that can be read"


def _text(body: bytes | bytearray) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _wrong("not in UTF-8") from error


def _depth(bare: bytes | bytearray) -> int:
    """The deepest nesting of JSON whose strings are taken out."""
    brackets = bare.translate(None, _OTHERS)
    if len(brackets) < 2:
        return len(brackets)
    steps = _STEPS[np.frombuffer(brackets, np.uint8)]
    return int(np.cumsum(steps, dtype=np.int32).max())


def _too_many(limits: Limits) -> Refusal:
    return refusal("request.large", f"JSON of more than {limits.values:,} values", "ask about less")


def _wrong(what: str) -> Refusal:
    return refusal("request.json", f"the body is {what}" if what[:2] == "no" else what, "send JSON in UTF-8")
