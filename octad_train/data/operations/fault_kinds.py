"""What was done to a system, in words that simulated, injected and recorded faults share."""

from __future__ import annotations

from collections.abc import Mapping

from octad.signals.metric_polarity import Family, family
from octad_train.inject.courses import Shape

RECORDED: Mapping[str, str] = {
    "cpu": "cpu", "delay": "network", "slow": "latency", "tail": "latency", "errors": "errors",
    "return": "early return", "leak": "memory", "crash": "outage", "overload": "load", "load": "load",
    "lost": "outage", "quiet": "none", "dip": "none", "cpu_contention": "cpu", "cpu_consumed": "cpu",
    "network_delay": "network", "exception": "errors",
}  # fmt: skip
"""Of the kinds that the simulation and Nezha speak of."""
_WORSENED: Mapping[Family, str] = {
    "latency": "latency", "queue": "latency", "errors": "errors", "success": "errors", "cpu": "cpu",
    "memory": "memory",
}  # fmt: skip


def kind_of_injected(metric: str, shape: Shape) -> str | None:
    """The kind of a regression that worsened a metric; None where the metric does not tell."""
    return "outage" if shape == "outage" else _WORSENED.get(family(metric))


def kind_of_benign(benign: str) -> str | None:
    """The kind of a window that nobody is to blame for; None where it shows an incident that is past."""
    if benign in ("early", "restart"):
        return None
    return "load" if benign in ("load", "demand") else "none"
