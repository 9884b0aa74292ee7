"""Which services the names of series begin with, where no graph says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from octad.records.series import SEPARATORS, Series, split_name
from octad.signals.quantity import quantity

ALIKE = 2
"""Services that have a metric in common, and metrics that they have in common, at least."""
LONGEST, DEEPEST = 120, 8
"""Characters and separators of a name that are looked at."""
_SEPARATOR = re.compile("[" + re.escape(SEPARATORS[1:]) + "]")
# What stands before a metric without being anybody's: protocols, runtimes, machines, directions, statistics.
_NOBODY = re.compile(
    "https?|grpc|rpc|tcp|udp|dns|sql|tls|ssl|read|write|in|out|rx|tx|sen[dt]|recv|received|input|output|disk"
    "|net|network|io|fs|file|filesystem|node|host|machine|sys|system|os|vm|proc|process|go|jvm|python|nodejs"
    "|container|pod|kube|kubelet|instance|job|cluster|namespace|min|max|avg|mean|median|sum|total|count|rate|p"
    "|kernel|idle|used|free|available|usage|percent|pct|ratio|(in|out)bound|client|server|source|destination"
    "|internal|external|request|response|metrics?|service|app"
)


def services_of(series: Sequence[Series], nodes: Collection[str] = ()) -> tuple[str, ...]:
    """The services that names of series may begin with: the nodes of a graph, else those that they name.

    A name with a dot says itself where its service ends. Of the others, `front_cpu`, `front_latency`,
    `cart_cpu` and `cart_latency` tell of front and cart: at least ALIKE beginnings that measure nothing
    themselves, each with ALIKE of the same measurements behind it, in at least half of the names.
    """
    if nodes:
        return tuple(nodes)
    dotted = {split_name(one.name)[0] for one in series} - {""}
    others = {one.name.partition("{")[0][:LONGEST] for one in series if not split_name(one.name)[0]}
    return tuple(sorted(dotted | _beginnings(others)))


def _beginnings(names: Collection[str]) -> set[str]:
    """The services that names without dots begin with; none unless half of the names agree on them."""
    by_metric: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for beginning, metric in _parted(name):
            by_metric[metric].add(beginning)
    metrics: dict[str, set[str]] = defaultdict(set)
    for metric, beginnings in by_metric.items():
        if len(beginnings) >= ALIKE and quantity(metric) != "other":
            for one in filter(_somebody, beginnings):
                metrics[one].add(metric)
    found = {one for one, measured in metrics.items() if len(measured) >= ALIKE}
    told = sum(bool(split_name(name, found)[0]) for name in names)
    return found if len(found) >= ALIKE and 2 * told >= len(names) else set()


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """Every beginning of a name with what is behind it."""
    for number, found in enumerate(_SEPARATOR.finditer(name)):
        if number == DEEPEST:
            return
        if found.start() and found.end() < len(name):
            yield name[: found.start()], name[found.end() :]


@lru_cache(maxsize=4096)
def _somebody(beginning: str) -> bool:
    """Whether the beginning of a name may be a service: it measures nothing, and is no common word."""
    words = _SEPARATOR.split(beginning.lower())
    return quantity(beginning) == "other" and not any(map(_NOBODY.fullmatch, (words[0], words[-1])))
