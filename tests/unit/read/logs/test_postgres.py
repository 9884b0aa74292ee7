from __future__ import annotations

import pytest

from octad.read.logs.files import read_lines
from octad.records.logs import LogLine

TIME = "2024-03-12 12:00:00.500"
SECONDS = 1_710_244_800.5


def lines(text: str) -> list[LogLine]:
    return list(read_lines([text.encode()], "postgresql.log", now=1.8e9))


@pytest.mark.parametrize(
    "prefix",
    [
        " UTC [4974] ",
        " GMT [768-1] bob@shop ",
        " UTC [1]: [2-1] user=u,db=d,app=[unknown],client=1.2.3.4 ",
        " UTC:10.0.0.1(35230):bob@shop:[19083]:",
        " ",
    ],
)
@pytest.mark.parametrize(
    ("said", "level", "message"),
    [
        ("LOG:  checkpoint starting: time", "info", "checkpoint starting: time"),
        ('ERROR:  relation "x" is missing: LOG:  y', "error", 'relation "x" is missing: LOG:  y'),
        ("FATAL:  too many connections", "critical", "too many connections"),
        ("WARNING:  slow", "warning", "slow"),
        ("DEBUG2:  fine", "debug", "fine"),
        ("STATEMENT:  select 1", "info", "STATEMENT: select 1"),
    ],
)
def test_level_stands_after_any_prefix(prefix: str, said: str, level: str, message: str) -> None:
    [line] = lines(f"{TIME}{prefix}{said}")
    assert (line.time, line.service, line.level, line.message) == (SECONDS, "postgresql", level, message)


def row(level: str, message: str) -> str:
    session = '"bob","shop",42,"127.0.0.1:5000",61d0.1092,3,"SELECT",2024-03-12 11:00:00 UTC,3/4,0'
    return f'{TIME} UTC,{session},{level},42P01,"{message}",,,,,,,,,"psql","client backend",,0'


def test_rows_of_csv() -> None:
    found = lines("\n".join((row("ERROR", 'relation ""x""'), row("LOG", "ready"), row("PANIC", "disk full"))))
    assert [(one.time, one.level, one.message) for one in found] == [
        (SECONDS, "error", 'relation "x"'),
        (SECONDS, "info", "ready"),
        (SECONDS, "critical", "disk full"),
    ]


def test_row_over_several_lines_is_one_message() -> None:
    found = lines("\n".join((row("LOG", "statement: select\n'1'\nfrom x"), row("ERROR", "no"))))
    assert [(one.line, one.level, one.message) for one in found] == [
        (1, "info", "statement: select"),
        (4, "error", "no"),
    ]


def test_rows_that_never_end_are_read() -> None:
    found = lines("\n".join([f'{row("LOG", "a")[:-30]}"open'] * 50 + ["2024-03-12 12:00:00 INFO b"]))
    assert found[-1].level == "info"
