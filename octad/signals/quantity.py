"""Names of metrics: which quantity they measure, by their family, and whose."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, NamedTuple

from octad.signals.metric_polarity import Family, family

QUANTITIES = ("latency", "outgoing", "caller", "callee", "failure", "traffic", "cpu", "memory", "other")
"""`latency` of serving, `outgoing` of the calls made, `caller` and `callee`: of one call, at either end."""

SELF = "self"
"""A latency of serving without the calls that are made meanwhile."""
SUCCESS = "success"
"""Measures failure from the other side: down is bad."""

_OF: dict[Family, str] = {
    "errors": "failure", "success": SUCCESS, "latency": "latency", "queue": "other", "throughput": "traffic",
    "cpu": "cpu", "memory": "memory", "requests": "traffic", "other": "other",
}  # fmt: skip
_MACHINE = re.compile(r"node(?!js)|host_|machine", re.IGNORECASE)
"""A machine's own load says little of a service."""
_CALLER = re.compile(r"source|client|caller|outbound|outgoing|egress|upstream")
_CALLEE = re.compile(r"dest|server|callee|inbound|incoming|ingress")
_SELF = re.compile(r"(?<![a-z])(self|exclusive)(?![a-z])")
_BETWEEN = "_-=>:/|. "
"""What may stand between the two ends of a call."""


class Place(NamedTuple):
    """The service that a series tells about, and the quantity it measures."""

    service: str
    quantity: str


def quantity(metric: str) -> str:
    """One of QUANTITIES, SUCCESS or SELF, from the family of a metric."""
    lower = metric.lower()
    found = "other" if _MACHINE.match(metric) else _OF[family(metric)]
    if found != "latency":
        return found
    return "outgoing" if _CALLER.search(lower) else SELF if _SELF.search(lower) else found


def place(service: str, metric: str, services: Collection[str]) -> Place:
    """Whose a series is: of its service, or of the callee when it measures one call.

    Tables of calls name their two ends: `source_50.frontend_cartservice` is what frontend sees of
    cartservice, whatever stands between the two names.
    """
    return placed(service, metric, call_of(service, metric, services))


def placed(service: str, metric: str, call: Call | None) -> Place:
    """The same, where it is known which call it measures, or that it measures none."""
    return Place(call.callee, _end(call.table)) if call else Place(service, quantity(metric))


def whose(service: str, metric: str, services: Collection[str]) -> tuple[str, str]:
    """Whose a series is, and the words that say what it measures: of a call, its table."""
    found = call_of(service, metric, services)
    return (found.callee, found.table) if found else (service, metric)


class Call(NamedTuple):
    """What is measured of a call, and its two ends."""

    table: str
    caller: str
    callee: str


def call_of(service: str, metric: str, services: Collection[str]) -> Call | None:
    """The call that a series measures, None where it measures none.

    What begins with a service is that one's own. The names of services may have dots, so that the first one
    may part the table from the call as well.
    """
    if service in services:
        return None
    table, _, call = f"{service}.{metric}".partition(".")
    for before, pair in dict.fromkeys(((service, metric), (table, call))):
        for caller in services:
            if pair.startswith(caller):
                rest = pair[len(caller) :]
                callee = next((name for name in (rest.lstrip(_BETWEEN), rest[1:]) if name in services), None)
                if callee is not None:
                    return Call(before, caller, callee)
    return None


def _end(table: str) -> str:
    """The quantity of a table of calls: failures and traffic are what they are, a latency is of an end."""
    if (found := quantity(table)) in (SUCCESS, "failure", "traffic"):
        return found
    return end_of(table) or "latency"


def end_of(table: str) -> Literal["caller", "callee"] | None:
    """At which end of a call a table measures it, None where its name does not say so."""
    lower = table.lower()
    if _CALLER.search(lower):
        return "caller"
    return "callee" if _CALLEE.search(lower) else None
