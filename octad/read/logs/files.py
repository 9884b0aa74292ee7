"""Log files to messages and their templates, whatever format they are in."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from octad.read.logs.clocks import Noticed
from octad.read.logs.messages import Messages
from octad.read.logs.service_names import service_of
from octad.read.logs.stream import lines_in, open_log
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
    for lines in lines_in(stream, name, noticed.flags):
        yield from messages.add(lines)
    yield from messages.end()


def services_of_files(paths: Sequence[Path], known: Collection[str] = ()) -> list[str]:
    """The service in the name of each file: one of the `known`, else where several files are of several.

    What a single file happens to be called, `incident.log`, is no service.
    """
    named = [service_of(str(path)) for path in paths]
    several = len({name for name in named if name}) > 1
    return [name if (name in known if known else several) else "" for name in named]


def read_logs(paths: Sequence[Path], known: Collection[str] = ()) -> Logs:
    """The templates of these log files together; raises UnreadableInput for one that is no log.

    `known` are the services that a file may be named after.
    """
    miner, noticed = Miner(), Noticed()
    for path, service in zip(paths, services_of_files(paths, known), strict=True):
        source = str(path)
        with open_log(path, noticed.flags) as stream:
            for line in noticed.spanning(
                read_lines(stream, source, noticed=noticed, service=service), source
            ):
                miner.add(line, source)
    logs = miner.logs()
    return logs.model_copy(update={"flags": tuple(sorted({*logs.flags, *noticed.conclusions()}))})
