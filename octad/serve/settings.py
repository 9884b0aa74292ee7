"""How the server is set up: where it listens, who may ask, and every bound on what a request may take."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from octad.errors import InputError

PORT = 8642
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names that a request from this machine may call the server by."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take; sizes in bytes, times in seconds.

    `body` bounds what is sent and `expanded` what it becomes, `depth` and `values` how deep and how large its
    JSON is. `headers` and `headers_s` bound its head, `body_s` how long its body may take to come, `send_s`
    how long nothing of an answer may be taken, `idle_s` how long a connection may be unused. `deadline_s` is
    the latest answer. `rate`, `burst` and `concurrent` bound the requests of one token, `held` the bodies
    of all requests together, `batch` the cases of one.
    """

    body: int = 8 << 20
    expanded: int = 32 << 20
    depth: int = 64
    values: int = 500_000
    headers: int = 32 << 10
    framing: int = 4 << 20
    headers_s: float = 10.0
    body_s: float = 30.0
    send_s: float = 30.0
    idle_s: float = 15.0
    deadline_s: float = 60.0
    connections: int = 512
    rate: float = 1_000.0
    burst: int = 2_000
    concurrent: int = 256
    held: int = 256 << 20
    batch: int = 256


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Where the server listens and who may ask it.

    `hosts` are names beside those of this machine that requests may call it by, `origins` the pages, beside
    its own, that may ask from a browser. `certificate` and `key` are files for TLS; `behind_proxy` says that
    something else ends TLS before it. After a SIGTERM what is in flight has `drain_seconds` to finish.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    agents: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    log_requests: bool = False
    drain_seconds: float = 8.0
    limits: Limits = field(default_factory=Limits)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def names(self) -> frozenset[str]:
        """Every name, in small letters, that the header Host may hold, without a port."""
        own = f"[{self.host}]" if ":" in self.host else self.host
        return frozenset(name.lower() for name in (*LOOPBACK, own, *self.hosts))


def is_loopback(host: str) -> bool:
    """Whether an address or name is that of this machine to itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check(settings: ServeSettings, *, has_tokens: bool) -> None:
    """Raise InputError for what would leave the server open, or half encrypted."""
    if (settings.certificate is None) != (settings.key is None):
        raise InputError("TLS needs both --certificate and --key", hint="give both files")
    if settings.is_local:
        return
    if settings.certificate is None and not settings.behind_proxy:
        raise InputError(
            f"{settings.host} can be reached from elsewhere, and would be without TLS",
            hint="give --certificate and --key, or --behind-proxy where something before it ends TLS",
        )
    if not has_tokens:
        raise InputError(
            f"{settings.host} can be reached from elsewhere, and there is no token yet",
            hint="make one: octad serve token add NAME --role infer",
        )
