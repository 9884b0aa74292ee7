"""Labels of a metric, as monitoring keeps them, to the name of a series.

The rule: the service is the label `service`, else `job`, else `instance`. The name is
`service.metric{label=value,…}` with the other labels sorted; one that only repeats the service is left
out. The last dot of a name parts service and metric, so that dots behind it become underscores; where
two series then share a name, the second is `…#2`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

METRIC = "__name__"
SERVICE = ("service", "job", "instance")


def series_name(labels: Mapping[str, str]) -> str:
    """The name of a series with these labels; a metric without a name is called `value`."""
    service = next((labels[label] for label in SERVICE if labels.get(label)), "")
    others = sorted(
        f"{label}={value}"
        for label, value in labels.items()
        if label not in (METRIC, "service") and value not in ("", service)
    )
    metric = labels.get(METRIC) or "value"
    if others:
        metric += "{" + ",".join(others) + "}"
    metric = metric.replace(".", "_")
    return f"{service}.{metric}" if service else metric


def disambiguated(names: Iterable[str]) -> list[str]:
    """The names in their order, repeats numbered."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return distinct
