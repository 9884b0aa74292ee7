"""Tokens at rest, and who they are of."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from octad.errors import DeclarationError, InputError, StoreError
from octad.serve.auth import Tokens, needs, rule_of
from octad.serve.errors import Refusal, redacted
from octad.serve.limits import MOST, Allowances
from octad.serve.settings import Limits, ServeSettings, check


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "tokens.json")


def test_a_token_is_long_random_and_nowhere_kept(tokens: Tokens) -> None:
    first, second = tokens.add("a", ["infer"]), tokens.add("b", ["infer", "audit"])
    assert first != second and len(first) >= 6 + 43
    held = tokens.path.read_text("utf-8")
    assert first not in held and second not in held
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    assert [len(one["digest"]) for one in json.loads(held)["tokens"]] == [64, 64]


def test_it_is_known_again_until_it_is_revoked(tokens: Tokens) -> None:
    plain = tokens.add("a", ["infer"])
    other = Tokens(tokens.path)
    assert (found := other.actor(plain)) is not None and found.name == "a"
    for wrong in ("", plain[:-1], plain + "x", plain.upper(), "\ud800"):
        assert other.actor(wrong) is None
    tokens.revoke("a")
    assert other.actor(plain) is None, "what another process revokes opens nothing any more"


def test_roles(tokens: Tokens) -> None:
    plain = tokens.add("a", ["operate"])
    actor = tokens.actor(plain)
    assert actor is not None
    assert actor.may(frozenset({"operate", "infer"})) and not actor.may(frozenset({"infer"}))
    admin = tokens.actor(tokens.add("b", ["admin"]))
    assert admin is not None and admin.may(frozenset({"audit"}))


def test_names_are_taken_once(tokens: Tokens) -> None:
    tokens.add("a", ["infer"])
    with pytest.raises(InputError, match="already"):
        tokens.add("a", ["admin"])
    with pytest.raises(InputError, match="no token"):
        tokens.revoke("b")
    for name in ("", "../a", "a b", "x" * 65, "a\n"):
        with pytest.raises(InputError, match="no name"):
            tokens.add(name, ["infer"])


def test_many_at_once_lose_none(tokens: Tokens) -> None:
    threads = [
        threading.Thread(target=Tokens(tokens.path).add, args=(f"t{at}", ["infer"])) for at in range(12)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {one.name for one in tokens.all()} == {f"t{at}" for at in range(12)}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tokens": [{"name": "a"}]}', '{"tokens": 1}', "\xff"])
def test_a_damaged_file_opens_nothing(tokens: Tokens, text: str) -> None:
    plain = tokens.add("a", ["infer"])
    tokens.path.write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError):
        tokens.actor(plain)


def test_a_file_that_others_read_opens_nothing(tokens: Tokens) -> None:
    plain = tokens.add("a", ["infer"])
    os.utime(tokens.path, (1, 1))
    tokens.path.chmod(0o644)
    with pytest.raises(StoreError, match="600"):
        tokens.actor(plain)
    tokens.path.chmod(0o600)
    assert tokens.actor(plain) is not None
    tokens.path.chmod(0o644)  # later, and without a change of what stands there
    with pytest.raises(StoreError, match="600"):
        tokens.actor(plain)


def test_a_link_is_not_followed(tokens: Tokens, tmp_path: Path) -> None:
    other = Tokens(tmp_path / "other.json")
    plain = other.add("a", ["admin"])
    tokens.path.symlink_to(other.path)
    with pytest.raises(StoreError):
        tokens.actor(plain)


def test_every_route_needs_a_rule() -> None:
    assert rule_of(needs("infer", "audit"), "/a") == {"infer", "audit"}
    assert rule_of(needs(), "/a") == frozenset()
    for wrong in (
        None,
        {},
        {"security": [{}]},
        {"security": [{"token": ["x"]}]},
        {"security": [{"other": []}]},
    ):
        with pytest.raises(DeclarationError, match="/a"):
            rule_of(wrong, "/a")


def test_allowances_are_bounded_and_come_back() -> None:
    now = [0.0]
    allowances = Allowances(Limits(rate=2, burst=2, concurrent=1), clock=lambda: now[0])
    with allowances.one("a"), pytest.raises(Refusal, match="at once"), allowances.one("a"):
        pass
    with allowances.one("a"):
        pass
    with pytest.raises(Refusal, match="a second") as caught, allowances.one("a"):
        pass
    assert caught.value.fault.retry_after == pytest.approx(0.5)
    now[0] = 0.6
    with allowances.one("a"):
        pass
    for at in range(MOST + 50):
        with allowances.one(f"x{at}"):
            pass
    assert len(allowances) <= MOST


@pytest.mark.parametrize(
    ("settings", "has_tokens", "said"),
    [
        (ServeSettings(host="0.0.0.0"), True, "TLS"),
        (ServeSettings(host="192.0.2.1"), True, "TLS"),
        (ServeSettings(host="::"), True, "TLS"),
        (ServeSettings(host="example.org"), True, "TLS"),
        (ServeSettings(host="0.0.0.0", behind_proxy=True), False, "token"),
        (ServeSettings(host="0.0.0.0", certificate=Path("a"), key=Path("b")), False, "token"),
        (ServeSettings(certificate=Path("a")), True, "both"),
        (ServeSettings(key=Path("a")), True, "both"),
    ],
)
def test_what_would_be_open_does_not_start(settings: ServeSettings, has_tokens: bool, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check(settings, has_tokens=has_tokens)


@pytest.mark.parametrize(
    "settings",
    [
        ServeSettings(),
        ServeSettings(host="::1"),
        ServeSettings(host="localhost"),
        ServeSettings(host="127.1.2.3"),
        ServeSettings(host="0.0.0.0", behind_proxy=True),
        ServeSettings(host="0.0.0.0", certificate=Path("a"), key=Path("b")),
    ],
)
def test_what_is_closed_starts(settings: ServeSettings) -> None:
    check(settings, has_tokens=True)
    if settings.is_local:
        check(settings, has_tokens=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("octad_abcdefghijklmnopqrstuvwxyz", "octad_[redacted]"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted]"),
        ("password=hunter2&x=1", "password=[redacted]&x=1"),
        ('{"api_key": "abc"}', '{"api_key": "[redacted]"}'),
        ("a token of ten words", "a token of ten words"),
        ("octad_train.sources", "octad_train.sources"),
    ],
)
def test_secrets_are_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
