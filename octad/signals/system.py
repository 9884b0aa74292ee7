"""A case's series and its graph as arrays: which service each series tells about, and who calls whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.records.graph import Graph
from octad.records.series import Series, split_name
from octad.signals.levels import Floats, align, levels
from octad.signals.quantity import call_of, placed
from octad.signals.service_names import services_of


class System(NamedTuple):
    """Levels `[S, T]` of series with the service `[S]` and the quantity of each, and who calls whom `[n, n]`.

    `values` `[S, T]` are the series before they became levels; `owner` is -1 for a series of none of the n.
    A series of one call is its callee's; `caller` `[S]` is who makes it, -1 for a series of no call, and
    `measured` `[S]` what its name says of it, the call left out.
    """

    level: Floats
    values: Floats
    owner: NDArray[np.int64]
    quantities: Sequence[str]
    calls: NDArray[np.bool_]
    caller: NDArray[np.int64]
    measured: Sequence[str]


class Observed(NamedTuple):
    """A system with the names of its n services and the times `[T]` of its steps."""

    services: tuple[str, ...]
    times: Floats
    system: System


def observe(series: Sequence[Series], graph: Graph | None = None) -> Observed:
    """Align the series and give each to a service: to one of the graph's nodes, where there are any."""
    nodes = tuple(node.id for node in graph.nodes) if graph else ()
    services = services_of(series, nodes)
    index = {name: at for at, name in enumerate(services)}
    names = [split_name(one.name, services) for one in series]
    made = [call_of(*name, index) for name in names]
    places = [placed(*name, call) for name, call in zip(names, made, strict=True)]
    times, values = align([(one.times, np.array(one.values, dtype=np.float64)) for one in series])
    quantities = [where.quantity for where in places]
    calls = np.zeros((len(services), len(services)), dtype=bool)
    for edge in graph.edges if graph else ():
        calls[index[edge.source], index[edge.target]] = edge.source != edge.target
    owner = np.array([index.get(where.service, -1) for where in places], dtype=np.int64)
    caller = np.array([index[call.caller] if call else -1 for call in made], dtype=np.int64)
    measured = [call.table if call else metric for call, (_, metric) in zip(made, names, strict=True)]
    level = levels(values, quantities)
    system = System(level, values, owner, quantities, calls, caller, measured)
    return Observed(services, times, system)
