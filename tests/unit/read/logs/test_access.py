from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.read.logs.files import read_lines
from octad.records.logs import LogLine, Request
from octad.templates.miner import Miner

STAMP = "[15/Nov/2023:02:50:00 +0000]"
SECONDS = 1_700_016_600.0
SYSLOG = "Feb  6 12:14:14 lb haproxy[14389]: "
HAPROXY = "10.0.1.2:33317 [06/Feb/2023:12:14:14.655]"


def line(text: str, name: str = "access.log") -> LogLine:
    [found] = read_lines([text.encode()], name, now=1.8e9)
    return found


@pytest.mark.parametrize(
    ("text", "service", "level", "begins", "asked"),
    [
        (
            f'1.2.3.4 - - {STAMP} "GET /a?b=1 HTTP/1.1" 502 157 "-" "curl/8.0"',
            "",
            "error",
            'HTTP 502 Bad Gateway: GET "/a?b=1" 157 "-" "curl/8.0"',
            Request(502),
        ),
        (f'1.2.3.4 - bo {STAMP} "POST / HTTP/2.0" 404 -', "", "warning", "HTTP 404 Not Found", Request(404)),
        (f'1.2.3.4 - - {STAMP} "GET / HTTP/1.0" 304 -', "", "info", "HTTP 304 Not Modified", Request(304)),
        (f'1.2.3.4 - - {STAMP} "GET / HTTP/1.0" 599 -', "", "error", "HTTP 599 Server Error", Request(599)),
        (
            f'1.2.3.4 - - {STAMP} "\\x16\\x03\\"" 400 157',
            "",
            "warning",
            'HTTP 400 Bad Request: "\\x16\\x03\\"" 157',
            Request(400),
        ),
        (
            f'shop.example:443 1.2.3.4 - - {STAMP} "GET / HTTP/1.1" 200 5',
            "shop.example",
            "info",
            "HTTP 200 OK",
            Request(200),
        ),
        (
            f'1.2.3.4 - - {STAMP} "GET / HTTP/1.1" 499 0 "-" "curl" rt=1.250 urt="0.001"',
            "",
            "warning",
            "HTTP 499 Client Closed Request",
            Request(499, 1.25),
        ),
        (
            f'::1 - - {STAMP} "GET /v2 HTTP/2.0" 503 9 "-" "a \\"b\\"" 459 0.012 [shop-cart-8080] [] x',
            "shop-cart-8080",
            "error",
            "HTTP 503 Service Unavailable",
            Request(503, 0.012),
        ),
        (
            f'1.2.3.4 - - {STAMP} "GET / HTTP/1.1" 200 3 "-" "-" 4 "r@docker" "http://x:80" 25ms',
            "",
            "info",
            "HTTP 200 OK",
            Request(200, 0.025),
        ),
        (f'{STAMP} 1.2.3.4 "GET / HTTP/1.1" 500 1', "", "error", "HTTP 500", Request(500)),
        (
            f"{SYSLOG}{HAPROXY} http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "
            '{x} {} "GET /i HTTP/1.1"',
            "static",
            "info",
            'HTTP 200 OK: GET "/i" ---- http-in static/srv1',
            Request(200, 0.109),
        ),
        (
            f'{HAPROXY} http-in static/<NOSRV> 0/-1/-1/-1/+3003 503 212 - - SC-- 1/1/1/1/0 0/0 "GET /"',
            "static",
            "error",
            "HTTP 503 Service Unavailable",
            Request(503, 3.003),
        ),
        (
            f'{HAPROXY} in~ app/n1 sni.example 0/0/1/30/31 -1 0 - - CD-- 1/1/1/1/0 0/0 "GET / HTTP/1.1"',
            "app",
            "info",
            "HTTP -1 ",
            Request(-1, 0.031),
        ),
        (f"{HAPROXY} fnt db/s1 0/0/5007 212 -- 0/0/0/0/3 0/0", "db", "info", "TCP --: fnt db/s1", None),
        (f"{HAPROXY} fnt db/s1 0/-1/5007 0 SC 0/0/0/0/3 0/0", "db", "error", "TCP SC", None),
        (f"{SYSLOG}Server db/s1 is DOWN, reason: x", "haproxy", "error", "Server db/s1", None),
        (f"{SYSLOG}backend db has no server available!", "haproxy", "critical", "backend db", None),
    ],
)
def test_requests_of_access_logs(
    text: str, service: str, level: str, begins: str, asked: Request | None
) -> None:
    found = line(text)
    assert (found.service, found.level, found.request) == (service, level, asked)
    assert found.message.startswith(begins)


def test_year_of_syslog_is_that_of_the_message_within() -> None:
    text = f"{SYSLOG}{HAPROXY} fnt db/s1 0/0/5007 212 -- 0/0/0/0/3 0/0"
    assert line(text).time == pytest.approx(1_675_685_654.655)


def test_line_of_another_shape_is_no_request() -> None:
    found = line(f"1.2.3.4 - - {STAMP} hello")
    assert (found.time, found.level, found.request) == (SECONDS, "", None)
    assert line('[Sun Dec 04 04:47:44 2005] [:error] [client x] "GET / HTTP/1.1" 500').request is None


@pytest.mark.parametrize(
    ("record", "level", "message", "asked"),
    [
        (
            {"msg": "handled", "level": "info", "request": {"method": "GET", "uri": "/a"}, "status": 502},
            "error",
            'HTTP 502 Bad Gateway: GET "/a" handled',
            Request(502),
        ),
        (
            {"time_local": STAMP, "request_method": "GET", "status": "404", "request_time": "0.003"},
            "warning",
            'HTTP 404 Not Found: GET "-"',
            Request(404, 0.003),
        ),
        (
            {"DownstreamStatus": 200, "RequestMethod": "PUT", "RequestPath": "/", "Duration": 25_000_000},
            "info",
            'HTTP 200 OK: PUT "/"',
            Request(200, 0.025),
        ),
        ({"msg": "job", "status": 7, "method": "GET"}, "", "job", None),
        ({"msg": "job", "status": 500}, "", "job", None),
        ({"msg": "m", "method": "GET", "status": True, "request_time": []}, "", "m", None),
    ],
)
def test_requests_of_structured_lines(
    record: dict[str, object], level: str, message: str, asked: Request | None
) -> None:
    found = line(json.dumps({"ts": SECONDS} | record))
    assert (found.level, found.message, found.request) == (level, message, asked)


def test_statuses_have_templates_of_their_own() -> None:
    miner = Miner()
    for number, status in enumerate((200, 301, 404, 403, 500, 502, 503) * 40):
        text = f'1.2.3.{number} - - {STAMP} "GET /p{number} HTTP/1.1" {status} {number} "-" "curl/{number}"'
        miner.add(line(text))
    found = {(one.level, one.template.split(":")[0]) for one in miner.logs().templates}
    assert ("error", "HTTP <*> Bad Gateway") in found
    assert len(found) == 7


@given(st.text('"\\ [](){}-/:0123456789abcGET.,', max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_line_is_read(text: str) -> None:
    for form in ("{}", '1.2.3.4 - - {} "GET {}" 200'.replace("{}", STAMP, 1), HAPROXY + " a b/c {}"):
        list(read_lines([form.replace("{}", text).encode()], "x.log", now=1.8e9))
