"""Log files to messages and their templates, whatever format they are in."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
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
) -> Iterator[LogLine]:
    """Messages of a log in order, in bounded memory; `name` is its file's, for errors and the service.

    `noticed` learns what is odd about the log, `now` in Unix seconds dates the stamps without a year.
    Raises UnreadableInput when the log begins with bytes that are no text.
    """
    noticed = noticed or Noticed()
    messages = Messages(service_of(name), time.time() if now is None else now, noticed)
    for lines in lines_in(stream, name, noticed.flags):
        yield from messages.add(lines)
    yield from messages.end()


def read_logs(paths: Sequence[Path]) -> Logs:
    """The templates of these log files together; raises UnreadableInput for one that is no log."""
    miner, noticed = Miner(), Noticed()
    for path in paths:
        source = str(path)
        with open_log(path, noticed.flags) as stream:
            for line in noticed.spanning(read_lines(stream, source, noticed=noticed), source):
                miner.add(line, source)
    logs = miner.logs()
    return logs.model_copy(update={"flags": tuple(sorted({*logs.flags, *noticed.conclusions()}))})
