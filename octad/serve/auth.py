"""Who may ask for what: roles, and the rule that every route declares and the gate checks.

The rule of a route stands in its OpenAPI operation as `security`, where clients read it too; a route without
one is an error when the server is made.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from octad.errors import DeclarationError, InputError, StoreError, UnreadableInput
from octad.host.files import read_bytes
from octad.host.private import locked
from octad.host.whole_file import PRIVATE, replace
from octad.records.base import Record

Role = Literal["infer", "operate", "admin", "audit"]
"""Ask agents; see and change what is in service; everything; read the audit log."""
ROLES: tuple[Role, ...] = get_args(Role)
SCHEME = "token"
"""The name of the security scheme in OpenAPI."""
MOST = 1_000
"""Tokens of one server."""
PREFIX = "octad_"
"""What every token begins with, so that it is known as one in logs and in code."""
LARGEST = 1 << 20
WAIT = 10.0


class Token(Record):
    """A token by the digest of it: whose it is, and what it may."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")
    roles: tuple[Role, ...] = Field(min_length=1)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: float

    def may(self, rule: frozenset[Role]) -> bool:
        """Whether any of its roles is one of a rule; `admin` may everything."""
        return "admin" in self.roles or not rule.isdisjoint(self.roles)


class _File(Record):
    tokens: Annotated[tuple[Token, ...], Field(max_length=MOST)] = ()


def needs(*roles: Role) -> dict[str, Any]:
    """The `openapi_extra` of a route: which roles may ask for it, any of them; of none it asks no token."""
    return {"security": [{SCHEME: [role]} for role in roles]}


def rule_of(extra: Mapping[str, Any] | None, path: str) -> frozenset[Role]:
    """The roles of a route's `openapi_extra`, empty where it is for everybody; raises DeclarationError."""
    declared = (extra or {}).get("security")
    if declared is None:
        raise DeclarationError(f"{path} does not say who may ask for it", hint="openapi_extra=needs(…)")
    found = frozenset(role for one in declared for role in one.get(SCHEME, ()))
    if not found <= set(ROLES) or (declared and not found):
        raise DeclarationError(f"{path} is for roles that there are not", hint=", ".join(ROLES))
    return found


class Tokens:
    """The tokens of a server, in a file that only its owner reads; of each only the digest.

    What another process changes in the file counts from the next request on. All raise StoreError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._held: tuple[Token, ...] = ()
        self._lock = threading.Lock()

    def all(self) -> tuple[Token, ...]:
        """Every token, the first made first."""
        try:
            state = os.lstat(self.path)
        except FileNotFoundError:
            self._seen, self._held = None, ()
            return ()
        except OSError as error:
            raise _unusable(self.path, (error.strerror or "").lower()) from error
        if hasattr(os, "geteuid") and stat.S_IMODE(state.st_mode) & 0o077:
            raise _unusable(self.path, "open to others; chmod 600")
        identity = (state.st_ino, state.st_mtime_ns, state.st_size)
        if identity != self._seen:
            self._held, self._seen = self._read(), identity
        return self._held

    def actor(self, presented: str) -> Token | None:
        """Whose token this is; every one is compared, and each in constant time."""
        digest = digest_of(presented)
        found = None
        for one in self.all():
            if hmac.compare_digest(one.digest, digest):
                found = one
        return found

    def add(self, name: str, roles: Sequence[Role]) -> str:
        """Make a token; it is returned this once and kept nowhere. Raises InputError for a name in use."""
        with self._alone():
            held = self.all()
            if any(one.name == name for one in held):
                raise InputError(
                    f"there is a token {name!r} already", hint="revoke it, or choose another name"
                )
            if len(held) >= MOST:
                raise InputError(f"there are {MOST:,} tokens already", hint="revoke some")
            plain = PREFIX + secrets.token_urlsafe(32)
            try:
                made = Token(name=name, roles=tuple(roles), digest=digest_of(plain), created=time.time())
            except ValueError as error:
                raise InputError(
                    f"{name!r} is no name of a token, or a role is unknown",
                    hint=f"letters, digits, . _ @ -; roles are {', '.join(ROLES)}",
                ) from error
            self._write((*held, made))
            return plain

    def revoke(self, name: str) -> None:
        """Forget a token; raises InputError where there is none of the name."""
        with self._alone():
            held = self.all()
            kept = tuple(one for one in held if one.name != name)
            if len(kept) == len(held):
                raise InputError(f"there is no token {name!r}", hint="`octad serve token list` shows them")
            self._write(kept)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other thread or process changes the file."""
        try:
            with self._lock, locked(self.path.with_name(f"{self.path.name}.lock"), WAIT):
                yield
        except TimeoutError as error:
            raise StoreError(f"somebody else changes {self.path}", kind="busy", hint="try again") from error

    def _read(self) -> tuple[Token, ...]:
        try:
            return _File.model_validate_json(read_bytes(self.path, LARGEST, follow=False)).tokens
        except UnreadableInput as error:
            raise _unusable(self.path, error.message) from error
        except ValueError as error:
            raise StoreError(
                f"{self.path} holds no tokens that can be read", kind="damaged", hint="mend or remove it"
            ) from error

    def _write(self, tokens: tuple[Token, ...]) -> None:
        try:
            replace(self.path, _File(tokens=tokens).model_dump_json(indent=1).encode() + b"\n", PRIVATE)
        except OSError as error:
            raise _unusable(self.path, (error.strerror or "").lower()) from error


def digest_of(token: str) -> str:
    """What is kept of a token: it is random and long, so that a plain digest tells nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _unusable(path: Path, reason: str) -> StoreError:
    return StoreError(f"{path} cannot be used: {reason}", kind="refused", hint="make it yours, with mode 600")
