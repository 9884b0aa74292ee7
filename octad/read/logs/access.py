"""Access logs of web servers and proxies: nginx, Apache and what writes as they do, HAProxy.

What a line says first is the status, in words: the templates of two statuses then differ, though numbers
are values. 5xx is an error, 4xx a warning.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from octad.read.logs.fields import Access, Fields
from octad.read.logs.levels import CRITICAL, ERROR, INFO, WARNING
from octad.read.logs.times import NAMED, Clock
from octad.records.logs import Request

_ACCESS = re.compile(rf"([^\[\]\n\"]{{0,400}})\[{NAMED}\] ?(.*)", re.DOTALL)
_REQUEST = re.compile(r'"((?:[^"\\]|\\.){0,8000})" "?(-?\d{3})\b"? ?(.*)', re.DOTALL)
_METHOD = re.compile(r"([A-Z]{3,20}) (?=\S)")
_HOST = re.compile(r"([A-Za-z][\w.-]{0,200}?)(?::(\d{1,5}))? (\S+) \S+ \S+$")
# Times that say what they are: nginx has no format of its own for them.
_LABELLED = re.compile(
    r"\b(?:rt|request_time|urt|upstream_response_time|response_time)[=:] ?\"?(\d{1,9}\.\d{1,9})"
)
_MILLISECONDS = re.compile(r" (\d{1,9}(?:\.\d{1,6})?)ms$")
_QUOTED = r'"(?:[^"\\]|\\.){0,8000}"'
_INGRESS = re.compile(
    rf"\S{{1,20}} {_QUOTED} {_QUOTED} \d{{1,12}} (\d{{1,9}}\.\d{{3}}) \[([\w.-]{{0,250}})\] "
)
_HAPROXY = re.compile(
    rf"\S{{1,80}} \[{NAMED}\] (\S{{1,200}}) ([^\s/]{{1,200}})/(\S{{1,200}}) (?:\S{{1,200}} )?"
    r"((?:[+-]?\d{1,10}/){2,4})([+-]?\d{1,10}) (.*)",
    re.DOTALL,
)
_HTTP = re.compile(r"(-1|\d{3}) \+?\d+ \S+ \S+ ([A-Za-z-]{4}) ")
_TCP = re.compile(r"\+?\d+ ([A-Za-z-]{2}) ")
_TARGET = re.compile(r'"([^"]{0,8000})"?$')
_STATE = re.compile(
    r"(?:Server \S{1,200} is (DOWN|UP)|(?:backend|proxy) \S{1,200} has no server available)\b"
)
# By whom a session of HAProxy was ended: the server, a lack of resources, a bug, the proxy, the client.
_ENDED = {"S": ERROR, "s": ERROR, "R": ERROR, "I": ERROR, "D": ERROR, "P": WARNING}
_CLASSES = {1: "Informational", 2: "Success", 3: "Redirection", 4: "Client Error", 5: "Server Error"}
_OWN = {444: "No Response", 499: "Client Closed Request", 520: "Unknown Error", 521: "Web Server Is Down"}
PHRASES = _OWN | {status.value: status.phrase for status in HTTPStatus}
"""What a status is called."""


def level_of_status(status: int) -> str:
    """The level of a request with this status."""
    return ERROR if status >= 500 else WARNING if status >= 400 else INFO


def told(status: int, request: str, rest: str) -> str:
    """A request as a message: its status in words, its method, and its target as one value."""
    rest = rest.strip()
    phrase = PHRASES.get(status) or _CLASSES.get(status // 100, "Unknown")
    match = _METHOD.match(request)
    if match is None:
        asked = f'"{request}"'
    else:
        target, protocol, version = request[match.end() :].rpartition(" HTTP")
        asked = f'{match.group()}"{target if protocol and "/" in version else target + protocol + version}"'
    return f"HTTP {status} {phrase}: {asked} {rest}".rstrip()


def read_dated_access(text: str, clock: Clock) -> Access | None:
    """The same with the time in front, `[10/Oct/2000:13:55:36 -0700] 127.0.0.1 "GET / HTTP/1.1" 200 12`."""
    found = read_access(text, clock) if text.startswith("[") else None
    return found if isinstance(found, Access) else None


def read_access(text: str, clock: Clock) -> Fields | Access | None:
    """`127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 12`, perhaps after a virtual host."""
    match = _ACCESS.match(text)
    if match is None:
        return None
    who, stamp, fraction, zone, content = match.groups()
    who = who.rstrip()
    asked = _REQUEST.search(content)
    if not who and (asked is None or content.startswith("[")):
        return None  # any line may begin with a time in brackets
    time = clock.seconds(stamp, fraction, zone)
    if time is None:
        return None
    if asked is None:
        return read_haproxy(text, clock) or (time, "", "", f"{who} {content}")
    request, number, rest = asked.groups()
    status, who = int(number), f"{who} {content[: asked.start()]}".strip()
    host = None if who[:1].isdigit() else _HOST.match(who)
    seconds, upstream = _taken(rest)
    service = upstream or (host.group(1) if host else "")
    message = told(status, request, f'{rest} from "{who}"')
    return Access(time, service, level_of_status(status), message, Request(status, seconds))


def _taken(rest: str) -> tuple[float | None, str]:
    """Seconds that a request took and the upstream that served it, as far as a line says so."""
    if "] [" in rest and (match := _INGRESS.match(rest)):
        return float(match.group(1)), match.group(2)
    if ("rt=" in rest or "_time" in rest) and (match := _LABELLED.search(rest)):
        return float(match.group(1)), ""
    if rest.endswith("ms") and (match := _MILLISECONDS.search(rest)):
        return float(match.group(1)) / 1000, ""
    return None, ""


def read_haproxy(text: str, clock: Clock) -> Fields | Access | None:
    """`10.0.1.2:33317 [06/Feb/2009:12:14:14.655] fe be/srv 10/0/30/69/109 200 2750 - - ---- …`, or TCP."""
    match = _HAPROXY.match(text)
    if match is None:
        state = _STATE.match(text)
        if state is None:
            return None
        return None, "", {"UP": INFO, "DOWN": ERROR}.get(state.group(1), CRITICAL), text
    stamp, fraction, zone, front, back, server, timers, total, rest = match.groups()
    time = clock.seconds(stamp, fraction, zone)
    if time is None:
        return None
    way = f"{front} {back}/{server}"
    http = _HTTP.match(rest)
    if http is not None:
        status, ended = int(http.group(1)), http.group(2)
        target = _TARGET.search(rest)
        message = told(status, target.group(1) if target else "", f"{ended} {way} {timers}{total}")
        level = _ENDED.get(ended[0], INFO) if status < 100 else level_of_status(status)
        seconds = int(total.lstrip("+")) / 1000
        return Access(time, back, level, message, Request(status, seconds if seconds >= 0 else None))
    tcp = _TCP.match(rest)
    if tcp is None:
        return None
    return time, back, _ENDED.get(tcp.group(1)[0], INFO), f"TCP {tcp.group(1)}: {way} {timers}{total} {rest}"
