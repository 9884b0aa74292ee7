"""Normal stretches of real metrics: public incident sets with their incidents left out.

NAB outside its labelled windows, PetShop without an issue, OnlineBoutique before each injection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from octad.records.graph import Graph
from octad.records.series import Series, SeriesSet, split_name
from octad_train.data.operations.incident import Incident
from octad_train.data.operations.nab import Labelled, nab_series
from octad_train.data.operations.nezha import nezha_incidents
from octad_train.data.operations.petshop import petshop_normal

Floats = NDArray[np.float64]

MINUTE, DAY = 60.0, 86_400.0
#: The faults of Nezha act for about five minutes, and the next one comes after eight or more.
QUIET_MINUTES = 3
_NAB_METRICS = {
    "cpu": "cpu_utilization", "disk_write": "disk_write_bytes", "network_in": "network_in_bytes",
    "NetworkIn": "network_in_bytes", "request_count": "requests", "asg": "cpu_utilization",
    "cpc": "cost_per_click", "cpm": "cost_per_mille", "TravelTime": "travel_time",
    "occupancy": "occupancy", "speed": "speed", "volume": "volume",
}  # fmt: skip
# A share of successes that is 0 throughout.
_NOT_MEASURED = "PodSuccessRate(%)"


@dataclass(frozen=True, slots=True)
class NormalWindow:
    """Series observed together while nothing was wrong: times `[T]`, values `[T, N]` (NaN: not observed).

    `source` is the set (`nab`, `petshop`, `nezha`), `system` what was observed within it. `names` are
    (service, metric).
    """

    source: str
    system: str
    names: tuple[tuple[str, str], ...]
    times: Floats
    values: Floats
    graph: Graph | None = None

    def __len__(self) -> int:
        return len(self.times)

    @property
    def services(self) -> list[str]:
        """The services observed, sorted."""
        return sorted({service for service, _ in self.names})

    def cut(self, start: int, stop: int) -> NormalWindow:
        """The points `start` to `stop`, the end excluded."""
        return replace(self, times=self.times[start:stop], values=self.values[start:stop])

    def only(self, services: Sequence[str]) -> NormalWindow:
        """The series of these services, and the part of the graph between them."""
        keep = [at for at, (service, _) in enumerate(self.names) if service in services]
        names = tuple(self.names[at] for at in keep)
        return replace(self, names=names, values=self.values[:, keep], graph=_between(self.graph, services))

    def records(self) -> SeriesSet:
        """The same as records, without the series that were never observed."""
        times = tuple(self.times.tolist())
        series = []
        for (service, metric), column in zip(self.names, self.values.T, strict=True):
            seen = np.isfinite(column)
            if seen.any():
                values = tuple(v if ok else None for v, ok in zip(column.tolist(), seen, strict=True))
                series.append(Series(name=f"{service}.{metric}", times=times, values=values))
        return SeriesSet(series=tuple(series))


def normal_windows() -> list[NormalWindow]:
    """Every normal stretch of the three sets. Raises InputError where one is missing or damaged."""
    stretches = [stretch for one in nab_series() for stretch in outside(one)]
    stretches += [petshop_stretch(one) for one in petshop_normal()]
    return stretches + before_injections(nezha_incidents())


def outside(series: Labelled) -> Iterator[NormalWindow]:
    """The stretches of a series of NAB outside its windows; those made by a formula have none."""
    group, _, stem = series.name.removesuffix(".csv").partition("/")
    if not group.startswith("real"):
        return
    metric = next((metric for part, metric in _NAB_METRICS.items() if part in stem), "value")
    loud = np.zeros(len(series.times), dtype=bool)
    for first, last in series.windows:
        loud[first : last + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[1], loud, [1]]))).tolist()
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        # Where clocks were put back, times repeat.
        times, kept = np.unique(series.times[start:stop], return_index=True)
        values = series.values[start:stop][kept]
        yield NormalWindow("nab", group, ((stem, metric),), times, values[:, None])


def petshop_stretch(spell: Incident) -> NormalWindow:
    """A spell without an issue; every series of it is read at the same times."""
    series = spell.series.series
    names = tuple(split_name(one.name) for one in series)
    values = np.array([one.values for one in series], dtype=np.float64).T
    return NormalWindow("petshop", spell.origin, names, np.array(series[0].times), values, spell.graph)


def before_injections(faults: Iterable[Incident]) -> list[NormalWindow]:
    """The minutes before the injections of a day as one stretch, set end to end."""
    days: dict[float, list[Incident]] = {}
    for fault in faults:
        if fault.time is not None:
            days.setdefault(fault.time // DAY * DAY, []).append(fault)
    return [_day(day, incidents) for day, incidents in sorted(days.items())]


def _day(day: float, faults: Sequence[Incident]) -> NormalWindow:
    found = {series.name for fault in faults for series in fault.series.series}
    order = sorted(name for name in found if not name.endswith(_NOT_MEASURED))
    values = np.full((len(faults) * QUIET_MINUTES, len(order)), np.nan)
    for number, fault in enumerate(faults):
        known = {series.name: series for series in fault.series.series}
        for column, name in enumerate(order):
            if name in known and fault.time is not None:
                place = slice(number * QUIET_MINUTES, (number + 1) * QUIET_MINUTES)
                values[place, column] = _last_minutes(known[name], fault.time)
    times = day + MINUTE * np.arange(len(values), dtype=np.float64)
    names = tuple(split_name(name) for name in order)
    return NormalWindow("nezha", f"{faults[0].system}-{day:.0f}", names, times, values, faults[0].graph)


def _last_minutes(series: Series, until: float) -> Floats:
    """The values of the last minutes before a time, `[minutes]`; a service's clock is its own."""
    found = np.full(QUIET_MINUTES, np.nan)
    for time, value in zip(series.times, series.values, strict=True):
        back = int((until - time) // MINUTE)
        if time < until and back < QUIET_MINUTES and value is not None:
            found[QUIET_MINUTES - 1 - back] = value
    return found


def _between(graph: Graph | None, services: Sequence[str]) -> Graph | None:
    if graph is None:
        return None
    nodes = tuple(node for node in graph.nodes if node.id in services)
    edges = tuple(edge for edge in graph.edges if edge.source in services and edge.target in services)
    return Graph(nodes=nodes, edges=edges)
