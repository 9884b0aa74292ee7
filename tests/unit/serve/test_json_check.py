"""What may be parsed, seen before it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from octad.serve.errors import Refusal
from octad.serve.json_check import check_json
from octad.serve.settings import Limits

LIMITS = Limits(values=1_000)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(10**20), 10**20) | some.text()
    | some.floats(allow_nan=False, allow_infinity=False),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def wrong(body: bytes) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        check_json(body, LIMITS)
    return caught.value.fault.status, caught.value.fault.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"[" * 100_000, "nested"), (b'{"a":' * 900, "nested"), (b"[" * 65 + b"]" * 65, "nested"),
        (b"[NaN]", "NaN"), (b"[-Infinity]", "NaN"), (b"[Infinity]", "NaN"),
        (b'{"a": 1, "a": 2}', "twice"), (b'{"\\u0061": 1, "a": 2}', "twice"), 
        (b'[{"b": {"a":1,"a":1}}]', "twice"),
        (b"9" * 5_000, "digits"), (b"[1." + b"0" * 5_000 + b"]", "digits"),
        (b"", "no JSON"), (b"[1,]", "no JSON"), (b"{]", "no JSON"), (b'"a', "no JSON"), (b"[1] 2", "no JSON"),
        (b"\xef\xbb\xbf[]", "no JSON"), (b'["\x00"]', "no JSON"), (b"\xff\xfe[\x00", "UTF-8"),
        (b'["\xc0\xaf"]', "UTF-8"), (b"]" * 100, "no JSON"), (b"'a'", "no JSON"),
    ],
)  # fmt: skip
def test_it_is_refused(body: bytes, said: str) -> None:
    status, message = wrong(body)
    assert status == 400
    assert said in message


def test_too_many_values_are_refused_before_they_are_made() -> None:
    assert wrong(b"[" + b"{}," * 1_001 + b"1]")[0] == 413


def test_too_many_strings_are_refused_before_they_are_taken_out() -> None:
    """32 MB of quotes, which 32 kB of gzip are, would hold up everybody for seconds."""
    assert wrong(b'"' * 5_000)[0] == 413
    escaped = json.dumps('"' * 5_000).encode()
    assert check_json(escaped, LIMITS) == escaped.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 64 + b"]" * 64, json.dumps("[" * 500).encode(), json.dumps('\\"' * 300 + "[{" * 200).encode(),
        b'{"a": {"b": 1}, "c": {"b": 1}}', b'["NaN", "Infinity"]', json.dumps("9" * 5_000).encode(),
        b" [1e300, -0.5, true, null] ", '["ż"]'.encode(), b'["\\ud800"]', b'["\\\\", "]"]',
    ],
)  # fmt: skip
def test_it_passes(body: bytes) -> None:
    assert check_json(body, LIMITS) == body.decode()


@settings(max_examples=50)
@given(VALUES)
def test_what_is_json_passes(value: object) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        try:
            check_json(text.encode("utf-8", "replace"), Limits())
        except Refusal as error:
            assert "more than 64 deep" in error.fault.message


@settings(max_examples=100)
@given(some.binary(max_size=60) | some.text(alphabet='[]{}",:\\ 1aN').map(str.encode))
def test_what_passes_is_json(body: bytes) -> None:
    try:
        text = check_json(body, LIMITS)
    except Refusal:
        return
    json.loads(text)
