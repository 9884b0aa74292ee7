from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.read.logs.files import read_lines
from octad.records.logs import LogLine

NOW = datetime(2024, 11, 24, tzinfo=UTC).timestamp()
NOON = "2024-03-12T12:00:00Z"
# Of a bar nobody can say from one line whether docker-compose wrote it.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\0\x1b|", exclude_categories=("Cc", "Cs")),
    max_size=60,
).map(lambda text: f"served {text} in".strip())


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=datetime.fromisoformat(text).tzinfo or UTC).timestamp()


def lines(text: str, name: str = "app.log") -> list[LogLine]:
    return list(read_lines([text.encode()], name, now=NOW))


@pytest.mark.parametrize(
    ("text", "time", "service", "level", "message"),
    [
        (
            "2015-07-29 17:41:44,747 - INFO  [Q:1@774] - out: 3",
            "2015-07-29T17:41:44.747",
            "",
            "info",
            "[Q:1@774] - out: 3",
        ),
        (
            "081109 203615 148 INFO dfs.DataNode$Pack: Packet 1",
            "2008-11-09T20:36:15",
            "dfs.DataNode$Pack",
            "info",
            "Packet 1",
        ),
        (
            "17/06/09 20:10:40 WARN executor.Backend: Registered",
            "2017-06-09T20:10:40",
            "executor.Backend",
            "warning",
            "Registered",
        ),
        (
            "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: failure; x=",
            "2024-06-14T15:16:01",
            "sshd",
            "",
            "failure; x=",
        ),
        ("Dec 31 23:59:59 combo cron: late", "2023-12-31T23:59:59", "cron", "", "late"),
        ("Feb 29 10:00:00 combo cron[1]: leap", "2024-02-29T10:00:00", "cron", "", "leap"),
        ("<34>Oct 11 22:14:15 host su: failed", "2024-10-11T22:14:15", "su", "critical", "failed"),
        (
            '<165>1 2003-10-11T22:14:15.5Z h.example app 7 ID47 [x@1 a="\\]"] hello',
            "2003-10-11T22:14:15.5+00:00",
            "app",
            "info",
            "hello",
        ),
        (
            "2024-01-01T10:00:00.5+02:00 host sshd[12]: Accepted",
            "2024-01-01T08:00:00.5",
            "sshd",
            "",
            "Accepted",
        ),
        (
            "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok",
            "2005-12-04T04:47:44",
            "",
            "info",
            "workerEnv.init() ok",
        ),
        (
            "2024/01/01 10:00:00 [error] 12#12: *1 open() failed",
            "2024-01-01T10:00:00",
            "",
            "error",
            "12#12: *1 open() failed",
        ),
        (
            '1.2.3.4 - bo [10/Oct/2000:13:55:36 -0700] "GET /" 200',
            "2000-10-10T20:55:36",
            "",
            "info",
            'HTTP 200 OK: GET "/" from "1.2.3.4 - bo"',
        ),
        ("1700000000 ERROR down", "2023-11-14T22:13:20", "", "error", "down"),
        ("1700000000123 ERROR down", "2023-11-14T22:13:20.123", "", "error", "down"),
        (
            "- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.363779 R02-M1 RAS KERNEL INFO parity error",
            "2005-06-03T22:42:50.363779",
            "KERNEL",
            "info",
            "parity error",
        ),
        (
            "I0312 10:00:00.123456       1 main.go:12] Starting",
            "2024-03-12T10:00:00.123456",
            "",
            "info",
            "Starting",
        ),
        (
            "2024-03-12T10:00:00.123456789Z stderr F WARN slow",
            "2024-03-12T10:00:00.123456789",
            "",
            "warning",
            "slow",
        ),
        (
            "[pod/web-6d4f9c7b5-x2x4z/server] 2024-03-12T10:00:00Z slow",
            "2024-03-12T10:00:00",
            "web",
            "",
            "slow",
        ),
        ("web-1  | 2024-03-12 10:00:00 INFO up", "2024-03-12T10:00:00", "web", "info", "up"),
        (
            "2024-01-01T10:00:00.1Z  INFO 12 --- [main] c.e.Foo : up",
            "2024-01-01T10:00:00.1",
            "",
            "info",
            "[main] c.e.Foo : up",
        ),
        ("2024-01-01 10:00:00,1 - jobs - WARNING - late", "2024-01-01T10:00:00.1", "", "warning", "late"),
        ("2024-01-01 10:00:00.1 CET [12] ERROR:  relation", "2024-01-01T09:00:00.1", "", "error", "relation"),
        (
            "03-17 16:13:38.8  1702  2395 D Window: shown",
            "2024-03-17T16:13:38.8",
            "",
            "debug",
            "Window: shown",
        ),
        ("2024-01-01 10:00:00 error while reading", "2024-01-01T10:00:00", "", "", "error while reading"),
        ("2024-13-01 10:00:00 INFO no such month", None, "", "", "2024-13-01 10:00:00 INFO no such month"),
        ("WARNING: no time", None, "", "warning", "no time"),
        ("nothing known", None, "", "", "nothing known"),
        (
            'level=error time=2024-03-12T12:00:00Z app=cart msg="it \\"failed\\"" err=refused',
            NOON,
            "cart",
            "error",
            'it "failed": refused',
        ),
    ],
)
def test_line_is_taken_apart(text: str, time: str | None, service: str, level: str, message: str) -> None:
    [line] = lines(text)
    assert (line.service, line.level, line.message) == (service, level, message)
    assert line.time == (None if time is None else pytest.approx(seconds(time), abs=1e-5))


@pytest.mark.parametrize(
    ("record", "service", "level", "message"),
    [
        ({"event": "started", "level": "info", "timestamp": NOON, "logger": "a.b"}, "a.b", "info", "started"),
        ({"ts": 1710244800.0, "level": "warn", "msg": "slow", "caller": "x.go:1"}, "", "warning", "slow"),
        (
            {"v": 0, "name": "api", "hostname": "h", "pid": 1, "level": 50, "msg": "m", "time": NOON},
            "api",
            "error",
            "m",
        ),
        (
            {"level": 30, "time": 1710244800000, "pid": 1, "hostname": "h", "name": "api", "msg": "m"},
            "api",
            "info",
            "m",
        ),
        (
            {"@timestamp": NOON, "log": {"level": "ERROR"}, "service": {"name": "s"}, "message": "m"},
            "s",
            "error",
            "m",
        ),
        (
            {
                "MESSAGE": "m",
                "PRIORITY": "3",
                "_SYSTEMD_UNIT": "x.service",
                "__REALTIME_TIMESTAMP": "1710244800000000",
            },
            "x",
            "error",
            "m",
        ),
        ({"t": {"$date": NOON}, "s": "I", "msg": "m"}, "", "info", "m"),
        ({"log": "WARN slow\n", "stream": "stdout", "time": NOON}, "", "warning", "slow"),
        (
            {"log": f'{{"msg":"m","app":"cart","time":"{NOON}"}}\n', "stream": "stdout", "time": NOON},
            "cart",
            "",
            "m",
        ),
        ({"time": NOON, "method": "GET", "state": 500}, "", "", "method=GET state=500"),
        ({"time": NOON, "msg": "m", "error": {"stack_trace": "T\n at x"}}, "", "", "m\nT\n at x"),
    ],
)
def test_json_of_the_usual_loggers(record: object, service: str, level: str, message: str) -> None:
    [line] = lines(json.dumps(record))
    assert (line.time, line.service, line.level, line.message) == (seconds(NOON), service, level, message)


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("logs/checkout.log", "checkout"),
        ("my.svc.log.1.gz", "my.svc"),
        ("cart-20240312.log", "cart"),
        ("payment_2024-03-12.json", "payment"),
        ("web-6d4f9c7b5-x2x4z_shop_server-" + "0a" * 32 + ".log", "web"),
        ("ab" * 32 + "-json.log", ""),
        ("app.log", ""),
        ("shop-access.log", "shop"),
        ("access_log.1", ""),
        ("-", ""),
        ("<stdin>", ""),
    ],
)
def test_service_by_the_name_of_the_file(name: str, service: str) -> None:
    assert lines("hello", name)[0].service == service


def test_logger_stands_for_the_service_only_where_the_file_has_no_name() -> None:
    text = "2015-10-18 18:01:47 INFO nova.compute.manager: up"
    assert lines(text)[0][1:4] == ("nova.compute.manager", "info", "up")
    assert lines(text, "nova.log")[0][1:4] == ("nova", "info", "nova.compute.manager: up")
    assert lines("2015-10-18 18:01:47 ERROR java.io.IOException: gone")[0].service == ""


def test_formats_may_mix_in_one_file() -> None:
    text = f"2024-03-12 12:00:00 INFO a\n{json.dumps({'time': NOON, 'msg': 'b'})}\nlevel=info msg=c\nd\n" * 3
    assert [(line.message, line.line) for line in lines(text)] == [
        ("abcd"[at % 4], at + 1) for at in range(12)
    ]


def test_epoch_is_no_time_unless_the_log_begins_so() -> None:
    text = "2024-03-12 12:00:00 INFO a\n" * 300 + "1234567890 items served\n"
    assert lines(text)[-1][3] == "1234567890 items served"


FORMATS = (
    "2024-03-12 12:00:00,000 INFO {}",
    "2024-03-12T12:00:00Z [INFO] {}",
    "Mar 12 12:00:00 host app[7]: {}",
    "<14>1 2024-03-12T12:00:00Z host app 7 - - {}",
    "2024-03-12T12:00:00.000Z stdout F {}",
    "[pod/web-0/web] 2024-03-12T12:00:00Z {}",
    "[Tue Mar 12 12:00:00 2024] [info] {}",
    "I0312 12:00:00.000000 1 a.go:1] {}",
    "1710244800 INFO {}",
)


@pytest.mark.parametrize("form", FORMATS)
@given(message=WORDS)
@settings(max_examples=25, deadline=None)
def test_message_is_kept_in_every_format(form: str, message: str) -> None:
    [line] = lines(form.format(message), "cart.log")
    assert (line.time, line.message) == (seconds(NOON), message)


@given(message=WORDS)
@settings(max_examples=50, deadline=None)
def test_message_is_kept_in_structured_formats(message: str) -> None:
    quoted = message.replace("\\", "\\\\").replace('"', '\\"')
    for text in (json.dumps({"ts": NOON, "msg": message}), f'ts={NOON} msg="{quoted}"'):
        assert [(line.time, line.message) for line in lines(text)] == [(seconds(NOON), message)]


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(data: bytes) -> None:
    found = list(read_lines([b"a log\n", data], "x.log", now=NOW))
    assert all(one.line < other.line for one, other in pairwise(found))
