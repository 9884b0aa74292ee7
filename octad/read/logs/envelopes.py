"""Lines in the envelope of a runtime: syslog, Kubernetes and its containers, docker-compose."""

from __future__ import annotations

import re

from octad.read.logs.fields import Fields, Wrapped, workload_of
from octad.read.logs.levels import LETTERS, level_of, severity
from octad.read.logs.times import ISO, NAMED, Clock

_CRI = re.compile(rf"{ISO} (stdout|stderr) ([FP])(?::\S*)? ?(.*)", re.DOTALL)
_KUBECTL = re.compile(rf"\[pod/([^/\]\s]+)/[^\]\s]*\] (?:{ISO} )?(.*)", re.DOTALL)
_COMPOSE = re.compile(r"([A-Za-z0-9][\w.-]{0,80}) {2,40}\| ?(.*)", re.DOTALL)
_KLOG = re.compile(r"([IWEF])(\d{4} \d\d:\d\d:\d\d)\.(\d{6}) +\d+ [^\s\]]{1,120}\] ?(.*)", re.DOTALL)
_TAG = r"([A-Za-z][\w./@-]{0,60})(?:\([^)\s]{0,40}\))?"
_RFC3164 = re.compile(
    rf"(?:<(\d{{1,3}})>)?{NAMED} (\S{{1,255}}) {_TAG}(?:\[[^\]\s]{{0,20}}\])?: ?(.*)", re.DOTALL
)
_RSYSLOG = re.compile(rf"(?:<(\d{{1,3}})>)?{ISO} (\S{{1,255}}) {_TAG}\[\d{{1,10}}\]: ?(.*)", re.DOTALL)
# Without a process only where the time is as rsyslog writes it: "host tag:" could be words of a message.
_UNNUMBERED = re.compile(
    rf"(?:<(\d{{1,3}})>)?(?=\S{{19}}\.\d{{6}}[+-]\d\d:\d\d ){ISO} (\S{{1,255}}) {_TAG}: ?(.*)", re.DOTALL
)
_DATA = r'(?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)'
_RFC5424 = re.compile(
    rf"<(\d{{1,3}})>1 (?:{ISO}|-) \S{{1,255}} (\S{{1,48}}) \S{{1,128}} \S{{1,32}} {_DATA}(?: \ufeff?(.*))?$",
    re.DOTALL,
)
_BGL = re.compile(
    r"\S{1,40} (1\d{9}) \d{4}\.\d\d\.\d\d \S{1,80} "
    r"(?:[\d-]{10}-[\d.]{8}\.(\d{1,9}) \S{1,80} \S{1,40} (\S{1,40}) (\S{1,20}) )?(.*)",
    re.DOTALL,
)


def read_cri(text: str, clock: Clock) -> Wrapped | None:
    """`2024-03-12T10:00:00.123456789Z stdout F message`: a container's log on a node of Kubernetes."""
    match = _CRI.match(text)
    if match is None:
        return None
    stamp, fraction, zone, stream, whole, content = match.groups()
    time = clock.seconds(stamp, fraction, zone)
    return None if time is None else Wrapped(time, "", "", content, whole == "F", stream)


def read_kubectl(text: str, clock: Clock) -> Wrapped | None:
    """`[pod/web-6d4f9c7b5-x2x4z/server] message`, as `kubectl logs --prefix` prints it."""
    match = _KUBECTL.match(text)
    if match is None:
        return None
    pod, stamp, fraction, zone, content = match.groups()
    time = clock.seconds(stamp, fraction, zone) if stamp else None
    return Wrapped(time, workload_of(pod), "", content, stream=pod)


def read_compose(text: str, clock: Clock) -> Wrapped | None:
    """`web-1  | message`, as `docker compose logs` prints it."""
    match = _COMPOSE.match(text)
    if match is None:
        return None
    name, content = match.groups()
    return Wrapped(None, re.sub(r"[-_]\d{1,4}$", "", name) or name, "", content, stream=name)


def read_syslog(text: str, clock: Clock) -> Wrapped | None:
    """RFC 3164, `Jun 14 15:16:01 host sshd[19939]: message`, perhaps with a priority or an ISO time."""
    match = _RFC3164.match(text) or _RSYSLOG.match(text) or _UNNUMBERED.match(text)
    if match is None:
        return None
    priority, stamp, fraction, zone, host, tag, content = match.groups()
    time = clock.seconds(stamp, fraction, zone)
    return None if time is None else Wrapped(time, tag, severity(priority), content, stream=host)


def read_syslog5424(text: str, clock: Clock) -> Wrapped | None:
    """RFC 5424, `<34>1 2003-10-11T22:14:15.003Z host app 1234 ID47 - message`."""
    match = _RFC5424.match(text)
    if match is None:
        return None
    priority, stamp, fraction, zone, app, content = match.groups()
    time = clock.seconds(stamp, fraction, zone) if stamp else None
    return Wrapped(time, "" if app == "-" else app, severity(priority), content or "")


def read_klog(text: str, clock: Clock) -> Fields | None:
    """`I0312 10:00:00.123456       1 controller.go:12] message`: the parts of Kubernetes itself."""
    match = _KLOG.match(text)
    if match is None:
        return None
    letter, stamp, fraction, content = match.groups()
    time = clock.seconds(f"{stamp[:2]}-{stamp[2:]}", fraction, None)
    return None if time is None else (time, "", LETTERS[letter], content)


def read_bgl(text: str, clock: Clock) -> Wrapped | None:
    """`- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.363779 R02 RAS KERNEL INFO text`: supercomputers."""
    match = _BGL.match(text)
    if match is None:
        return None
    stamp, fraction, part, level, content = match.groups()
    return Wrapped(clock.seconds(stamp, fraction, None), part or "", level_of(level), content)
