"""Quiet stretches of real metrics: public incident sets with their incidents left out.

NAB (Lavin and Ahmad 2015, MIT) outside its labelled windows, PetShop (Hardt et al. 2024, CC-BY-4.0) without
an issue, Nezha's OnlineBoutique (Yu et al. 2023, MIT) in the minutes before each injection.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from octad.data.labelled import Row, folder, rows
from octad.errors import UnreadableInput
from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series, SeriesSet

Floats = NDArray[np.float64]

NAB = "nab/series.npz"
PETSHOP = "petshop/raw_train.tar.xz"
NEZHA = "nezha/onlineboutique.jsonl.xz"
# The faults of Nezha act for about five minutes, and the next one comes after eight or more.
QUIET_SECONDS = 180
MINUTE = 60.0
# The times, and a share of successes that is 0 throughout.
_NOT_MEASURED = ("t", "PodSuccessRate(%)")
_NAB_METRICS = {
    "cpu": "cpu_utilization", "disk_write": "disk_write_bytes", "network_in": "network_in_bytes",
    "NetworkIn": "network_in_bytes", "request_count": "requests", "asg": "cpu_utilization",
    "cpc": "cost_per_click", "cpm": "cost_per_mille", "TravelTime": "travel_time",
    "occupancy": "occupancy", "speed": "speed", "volume": "volume",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quiet:
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

    def cut(self, start: int, stop: int) -> Quiet:
        """The points `start` to `stop`, the end excluded."""
        return replace(self, times=self.times[start:stop], values=self.values[start:stop])

    def only(self, services: Sequence[str]) -> Quiet:
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


def quiet() -> list[Quiet]:
    """Every quiet stretch of the three sets."""
    return [*nab(), *petshop(), *nezha()]


def nab() -> list[Quiet]:
    """Stretches of NAB's real series between the labelled windows, one series each."""
    try:
        with np.load(folder() / NAB, allow_pickle=False) as arrays:
            names = sorted(key[:-2] for key in arrays.files if key.endswith("|t") and key.startswith("real"))
            found = [(name, arrays[f"{name}|t"], arrays[f"{name}|v"]) for name in names]
        windows = json.loads((folder() / "nab/labels.json").read_text("utf-8"))["windows"]
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableInput(f"cannot read the labelled set {NAB}: {error}") from error
    return [stretch for name, t, v in found for stretch in outside(name, t, v, windows.get(name, []))]


def outside(name: str, t: NDArray[np.int64], v: Floats, windows: Sequence[Sequence[str]]) -> Iterator[Quiet]:
    """The stretches of one series of NAB outside the windows (first and last time, UTC)."""
    order = np.unique(t, return_index=True)[1]
    times, v = t[order].astype(np.float64), v[order].astype(np.float64)
    loud = np.zeros(len(times), dtype=bool)
    for first, last in windows:
        loud |= (times >= _seconds(first)) & (times <= _seconds(last))
    system, _, stem = name.removesuffix(".csv").partition("/")
    metric = next((metric for part, metric in _NAB_METRICS.items() if part in stem), "value")
    edges = np.flatnonzero(np.diff(np.concatenate([[1], loud, [1]]))).tolist()
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield Quiet("nab", system, ((stem, metric),), times[start:stop], v[start:stop, None])


def petshop() -> list[Quiet]:
    """PetShop's two days without an issue, under low and under high traffic, with their graphs."""
    found = []
    try:
        with tarfile.open(folder() / PETSHOP) as archive:
            for member in archive:
                parts = member.name.split("/")
                if parts[-2:] == ["noissue", "metrics.csv"]:
                    graph = _member(archive, "/".join([*parts[:-2], "graph.csv"]))
                    found.append(_petshop(parts[-3], _member(archive, member.name), graph))
    except (OSError, KeyError, lzma.LZMAError, tarfile.TarError, ValueError) as error:
        raise UnreadableInput(f"cannot read the labelled set {PETSHOP}: {error}") from error
    return found


def _petshop(system: str, table: list[list[str]], matrix: list[list[str]]) -> Quiet:
    services, metrics, statistics, _, *body = table
    names = tuple(
        (service, metric if statistic in ("Average", "Sum") else f"{metric}_{statistic}")
        for service, metric, statistic in zip(services[1:], metrics[1:], statistics[1:], strict=True)
    )
    numbers = np.array([[float(cell) if cell else np.nan for cell in line] for line in body])
    targets, *lines = matrix
    calls = [(line[0], to) for line in lines for to, cell in zip(targets[1:], line[1:], strict=True)
             if float(cell)]  # fmt: skip
    graph = graph_of(calls, {service for service, _ in names})
    return Quiet("petshop", system, names, numbers[:, 0], numbers[:, 1:], graph)


def nezha() -> list[Quiet]:
    """OnlineBoutique before the injections of a day, one minute after the other: pieces set end to end."""
    days: dict[str, list[Row]] = {}
    for row in rows(NEZHA):
        if row["record"] == "fault":
            days.setdefault(row["inject_time"][:10], []).append(row)
    return [_nezha(day, faults) for day, faults in sorted(days.items())]


def _nezha(day: str, faults: Sequence[Row]) -> Quiet:
    first = faults[-1]["metrics"]
    calls = [tuple(name.split("_")) for name in first.get("source_50", {}) if "_" in name]
    services = sorted(name for name in first if name not in ("source_50", "destination_50"))
    names = [
        (service, metric) for service in services for metric in first[service] if metric not in _NOT_MEASURED
    ]
    pieces = [_before_injection(fault["metrics"], names) for fault in faults]
    values = np.concatenate(pieces)
    minutes = np.arange(len(values), dtype=np.float64)
    times = _seconds(f"{day} 00:00:00") + MINUTE * minutes
    return Quiet("nezha", day, tuple(names), times, values, graph_of(calls, set(services)))


def _before_injection(metrics: Row, names: Sequence[tuple[str, str]]) -> Floats:
    """The last minutes before a fault `[minutes, N]`; a service's points are counted from its own last."""
    minutes = QUIET_SECONDS // int(MINUTE)
    piece = np.full((minutes, len(names)), np.nan)
    for column, (service, metric) in enumerate(names):
        points = metrics.get(service, {})
        for second, value in zip(points.get("t", ()), points.get(metric, ()), strict=False):
            back = int(-second // MINUTE)
            if second < 0 and back < minutes and value is not None:
                piece[minutes - 1 - back, column] = value
    return piece


def graph_of(calls: Sequence[tuple[str, ...]], services: set[str]) -> Graph:
    """A graph of who calls whom, and of services that nobody calls."""
    edges = sorted({(source, target) for source, target in calls if source != target})
    ids = sorted(services | {end for edge in edges for end in edge})
    return Graph(
        nodes=tuple(Node(id=name) for name in ids),
        edges=tuple(Edge(source=source, target=target) for source, target in edges),
    )


def _between(graph: Graph | None, services: Sequence[str]) -> Graph | None:
    if graph is None:
        return None
    nodes = tuple(node for node in graph.nodes if node.id in services)
    edges = tuple(edge for edge in graph.edges if edge.source in services and edge.target in services)
    return Graph(nodes=nodes, edges=edges)


def _member(archive: tarfile.TarFile, name: str) -> list[list[str]]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return list(csv.reader(io.TextIOWrapper(file, "utf-8", newline="")))


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
