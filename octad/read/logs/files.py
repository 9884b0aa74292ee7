"""Log files to messages and their templates, whatever format they are in."""

from __future__ import annotations

import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from octad.read.logs.clocks import Noticed
from octad.read.logs.documents import lines_of
from octad.read.logs.messages import Messages
from octad.read.logs.requests import Requests
from octad.read.logs.service_names import service_of
from octad.read.logs.stream import open_log
from octad.read.usual import Usual
from octad.records.logs import LogLine, Logs
from octad.templates.miner import Miner


def read_lines(
    stream: BinaryIO | Iterable[bytes],
    name: str,
    *,
    noticed: Noticed | None = None,
    now: float | None = None,
    service: str | None = None,
) -> Iterator[LogLine]:
    """Messages of a log in order, in bounded memory; `name` is its file's, for errors.

    `service` is that of lines that name none, the one in the name of the file where it is None.
    `noticed` learns what is odd about the log, `now` in Unix seconds dates the stamps without a year.
    Raises UnreadableInput when the log begins with bytes that are no text.
    """
    noticed = noticed or Noticed()
    service = service_of(name) if service is None else service
    messages = Messages(service, time.time() if now is None else now, noticed)
    places = array("q")
    for lines in lines_of(stream, name, noticed.flags, places):
        yield from _placed(messages.add(lines), places)
    yield from _placed(messages.end(), places)


def services_of_files(paths: Sequence[Path], known: Collection[str] = ()) -> list[str]:
    """The service in the name of each file: one of the `known`, else where several files are of several.

    What a single file happens to be called, `incident.log`, is no service.
    """
    named = [service_of(str(path)) for path in paths]
    several = len({name for name in named if name}) > 1
    return [name if (name in known if known else several) else "" for name in named]


def read_logs(paths: Sequence[Path], known: Collection[str] = (), usual: Usual | None = None) -> Logs:
    """The templates of these log files together, and the requests they tell of.

    `known` are the services that a file may be named after; where there is a `usual` period, only lines of it
    and since the incident count. Raises UnreadableInput for a file that is no log.
    """
    miner, noticed, requests = Miner(), Noticed(), Requests()
    for path, service in zip(paths, services_of_files(paths, known), strict=True):
        source = str(path)
        with open_log(path, noticed.flags) as stream:
            lines = read_lines(stream, source, noticed=noticed, service=service)
            lines = requests.counted(usual.lines(lines) if usual else lines)
            for line in noticed.spanning(lines, source):
                miner.add(line, source)
    logs = miner.logs()
    flags = tuple(sorted({*logs.flags, *noticed.conclusions()}))
    return logs.model_copy(update={"flags": flags, "series": requests.series()})


def _placed(lines: Iterator[LogLine], places: Sequence[int]) -> Iterator[LogLine]:
    """The messages with the lines on which the records of a document begin, where it is one."""
    return (line._replace(line=places[line.line - 1]) for line in lines) if places else lines
