"""Whether a span failed and whom it calls, in the words of OpenTelemetry, OpenTracing and Zipkin."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from octad.read.traces.span import Attributes, Peer, text, whole

FAILED_RPC = frozenset({2, 4, 12, 13, 14, 15})
"""Status codes of gRPC that a server is to blame for; 2 is also what OpenTelemetry calls an error."""
_HTTP = ("http.response.status_code", "http.status_code", "http.status", "response.status_code")
_RPC = ("rpc.grpc.status_code", "grpc.status_code", "rpc.response.status_code")
_HOSTS = (
    "server.address",
    "net.peer.name",
    "peer.hostname",
    "http.host",
    "peer.address",
)
_URLS = ("url.full", "http.url")
_DATABASE = ("db.system.name", "db.system", "db.type")
_SCHEMA = ("db.namespace", "db.name", "db.instance")
_TOPIC = ("messaging.destination.name", "messaging.destination", "message_bus.destination")
_LONGEST = 120
_NO = frozenset({"", "false", "0", "no"})


def is_failure(attributes: Attributes) -> bool:
    """Whether attributes say so: a tag `error`, a status of 500 and more, one of gRPC that is a failure."""
    if not attributes:
        return False
    tag = attributes.get("error")
    if tag is True or (tag is not None and text(tag).strip().lower() not in _NO):
        return True
    if first(attributes, ("otel.status_code", "status.code")).upper().endswith("ERROR"):
        return True
    return is_failed_status(first(attributes, _HTTP)) or is_failed_status(first(attributes, _RPC))


def is_failed_status(status: str) -> bool:
    """Whether a number is a status of HTTP or gRPC that a server is to blame for."""
    number = whole(status)
    return number is not None and (number in FAILED_RPC or 500 <= number < 600)


def peer_of(attributes: Attributes) -> Peer | None:
    """Whom a call goes to, by the name that says most: a service, a database, a queue, a host."""
    if not attributes:
        return None
    named, host = first(attributes, ("peer.service", "server.service.name")), _host(attributes)
    system, topic = first(attributes, _DATABASE), first(attributes, _TOPIC)
    bus = first(attributes, ("messaging.system",))
    if system and not (topic or bus):
        schema = first(attributes, _SCHEMA)
        name = named or host or (f"{system}/{schema}" if schema else system)
        return Peer(name, "database")
    if topic or bus:
        return Peer(named or topic or bus, "queue")
    if named:
        return Peer(named, "service")
    return Peer(host, "external") if host else None


def first(attributes: Attributes, names: tuple[str, ...]) -> str:
    """The first of these that is said, as text, cut where it is no name any more."""
    for name in names:
        if name in attributes and (found := text(attributes[name]).strip()):
            return found[:_LONGEST]
    return ""


def _host(attributes: Attributes) -> str:
    """The host that is called, without its port; empty for addresses, which say nothing of a service."""
    host = first(attributes, _HOSTS)
    if not host and (address := first(attributes, _URLS)):
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
    host = host.rpartition("//")[2].partition("/")[0]
    name = host.rpartition(":")[0] if host.count(":") == 1 else host
    return "" if name == "localhost" or _is_address(name) else name.lower().rstrip(".")


def _is_address(name: str) -> bool:
    if not name[:1].isdigit() and ":" not in name:
        return False
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
