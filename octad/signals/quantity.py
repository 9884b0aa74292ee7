"""Names of metrics: which quantity they measure, and whose, in words that no single system owns."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

QUANTITIES = ("latency", "outgoing", "caller", "callee", "failure", "traffic", "cpu", "memory", "other")
"""`latency` of serving, `outgoing` of the calls made, `caller` and `callee`: of one call, at either end."""

SUCCESS = "success"
"""Measures failure from the other side: down is bad."""

# In this order: a node's own load says little of a service, and `success_latency` is a latency.
_WORDS = (
    ("other", r"^node(?!js)"),
    ("latency", r"laten|duration|response.?time|delay|rtt|(^|[^a-z])p\d\d"),
    (SUCCESS, r"success|availab|uptime|healthy"),
    ("failure", r"err|fail|fault|[45]xx|exception|timeout|dropped|retr(y|ies)|unavail"),
    ("cpu", r"cpu|throttl"),
    ("memory", r"mem|heap|rss|oom"),
    ("traffic", r"request|workload|\bops|_ops|rps|qps|throughput|calls|hits"),
)
_PATTERNS = tuple((name, re.compile(words)) for name, words in _WORDS)
_CALLER = re.compile(r"source|client|caller|outbound|outgoing|egress|upstream")
_CALLEE = re.compile(r"dest|server|callee|inbound|incoming|ingress")


class Place(NamedTuple):
    """The service that a series tells about, and the quantity it measures."""

    service: str
    quantity: str


def quantity(metric: str) -> str:
    """One of QUANTITIES or SUCCESS, from the words in the name of a metric."""
    lower = metric.lower()
    found = next((name for name, pattern in _PATTERNS if pattern.search(lower)), "other")
    return "outgoing" if found == "latency" and _CALLER.search(lower) else found


def place(service: str, metric: str, services: Collection[str]) -> Place:
    """Whose a series is: of its service, or of the callee when it measures one call.

    Tables of calls name their two ends: `source_50.frontend_cartservice` is what frontend sees of
    cartservice, whatever stands between the two names.
    """
    if service in services:
        return Place(service, quantity(metric))
    for caller in services:
        callee = metric[len(caller) :].lstrip("_-=>:/|. ") if metric.startswith(caller) else ""
        if callee in services:
            return Place(callee, _end(service))
    return Place(service, quantity(metric))


def _end(table: str) -> str:
    lower = table.lower()
    if _CALLER.search(lower):
        return "caller"
    return "callee" if _CALLEE.search(lower) else "latency"
