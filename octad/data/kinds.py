"""What was done to a system, in words that simulated, planted and recorded faults share."""

from __future__ import annotations

from collections.abc import Mapping

from octad.data.shapes import Shape
from octad.signals.families import Family, family

KINDS = ("cpu", "memory", "network", "latency", "errors", "early return", "outage", "load", "none")
"""Kinds of trouble: `network` is a delay between services, `latency` one within a service, an `early return`
skips what should have been done, `load` is demand and nobody's fault, `none` is nothing at all."""

RECORDED: Mapping[str, str] = {
    "cpu": "cpu", "delay": "network", "slow": "latency", "tail": "latency", "errors": "errors",
    "return": "early return", "leak": "memory", "crash": "outage", "overload": "load", "load": "load",
    "quiet": "none", "dip": "none", "cpu_contention": "cpu", "cpu_consumed": "cpu",
    "network_delay": "network", "exception": "errors",
}  # fmt: skip
"""Of the kinds that the simulation and Nezha speak of."""
_WORSENED: Mapping[Family, str] = {
    "latency": "latency", "queue": "latency", "errors": "errors", "success": "errors", "cpu": "cpu",
    "memory": "memory",
}  # fmt: skip


def kind_of_planted(metric: str, shape: Shape) -> str | None:
    """The kind of a regression that worsened a metric; None where the metric does not tell."""
    return "outage" if shape == "outage" else _WORSENED.get(family(metric))


def kind_of_harmless(harmless: str) -> str | None:
    """The kind of a window that nobody is to blame for; None where it shows a trouble that is past."""
    if harmless in ("early", "restart"):
        return None
    return "load" if harmless in ("load", "demand") else "none"
