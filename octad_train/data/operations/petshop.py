"""Reads the issues caused in the PetShop application, its dependencies, and its normal days.

Hardt et al. 2024, *The PetShop dataset: finding causes of performance issues across microservices*
(CLeaR). Every issue is five readings, five minutes apart: it is noticed in the third.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from octad.errors import UnreadableInput
from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series, SeriesSet
from octad_train.data.operations.incident import Incident
from octad_train.data.public_sets import folder

FILE = "petshop/raw_train.tar.xz"
ROOT = "raw/dataset/"
SYSTEM = "petshop"
_HEADER = 4
Members = Mapping[str, str]


def petshop_incidents() -> Iterator[Incident]:
    """The 20 issues, by scenario. Raises InputError where the set is missing or damaged."""
    members = _members()
    for name in sorted(members):
        if not name.endswith("/target.json"):
            continue
        issue = name.removesuffix("/target.json")
        truth: dict[str, Any] = json.loads(members[name])
        target = truth["target"]
        yield Incident(
            system=SYSTEM,
            origin=issue,
            series=read_metrics(members[f"{issue}/metrics.csv"]),
            graph=read_graph(members[f"{issue.split('/')[0]}/graph.csv"]),
            time=float(target["timestamp"]),
            service=truth["root_cause"]["node"],
            metric=truth["root_cause"]["metric"],
            kind=target["metric"],
            target=target["node"],
        )


def petshop_normal() -> Iterator[Incident]:
    """The two normal spells of two days, one per level of traffic: nothing is at fault."""
    members = _members()
    for name in sorted(members):
        scenario, _, rest = name.partition("/")
        if rest == "noissue/metrics.csv":
            yield Incident(
                system=SYSTEM,
                origin=f"{scenario}/noissue",
                series=read_metrics(members[name]),
                graph=read_graph(members[f"{scenario}/graph.csv"]),
            )


def read_metrics(text: str) -> SeriesSet:
    """A table with three rows of header (node, metric, statistic); columns without a reading are left out."""
    table = list(csv.reader(io.StringIO(text)))
    if len(table) < _HEADER:
        raise UnreadableInput(f"{FILE}: a table of metrics has {len(table)} rows, {_HEADER} are its header")
    times = tuple(float(row[0]) for row in table[_HEADER:])
    columns = list(zip(*table, strict=True))[1:]
    return SeriesSet(series=tuple(_column(column, times) for column in columns if any(column[_HEADER:])))


def _column(column: Sequence[str], times: tuple[float, ...]) -> Series:
    node, metric, statistic = column[:3]
    values = tuple(float(value) if value else None for value in column[_HEADER:])
    return Series(name=f"{node}.{metric}_{statistic}", times=times, values=values, source=FILE)


def read_graph(text: str) -> Graph:
    """A square table: the node of a row depends on those in whose column it has a 1."""
    table = list(csv.reader(io.StringIO(text)))
    names = table[0][1:]
    edges = [
        Edge(source=row[0], target=name)
        for row in table[1:]
        for name, mark in zip(names, row[1:], strict=True)
        if float(mark)
    ]
    return Graph(nodes=tuple(Node(id=name) for name in names), edges=tuple(edges))


def _members() -> Members:
    """The files of the archive by their path below ROOT."""
    return _read(folder() / FILE)


@cache
def _read(path: Path) -> Members:
    try:
        with tarfile.open(path) as archive:
            files = [one for one in archive if one.isfile() and one.name.startswith(ROOT)]
            return {one.name.removeprefix(ROOT): _text(archive, one) for one in files}
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        raise UnreadableInput(f"cannot read the labelled set {FILE}: {error}") from error


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    content = archive.extractfile(member)
    return content.read().decode("utf-8") if content else ""
