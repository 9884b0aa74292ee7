"""The service that a log file is of, by its name."""

from __future__ import annotations

import re

from octad.read.logs.fields import workload_of

_ENDING = re.compile(
    r"(?:[-_.](?:access|errors?|log)|\.(?:gz|log|txt|jsonl?|ndjson|csv|xml|out|err|\d{1,4})|[-_.]?\d{4}-?\d\d-?\d\d(?:[-_T]?\d{1,6})?)$"
)
_CONTAINER = re.compile(r"([a-z0-9.-]+)_[a-z0-9-]+_[a-z0-9.-]+-[0-9a-f]{64}$")
_UNNAMED = re.compile(r"[0-9a-f]{64}(?:-json)?|\d+|[-<].*")
_GENERIC = re.compile(
    "access|all|app|application|combined|console|containers?|default|errors?|json|kern|lines|logs?|main|messages"
    "|out|output|server|std|stderr|stdin|stdout|syslog|system|test|text|trace",
    re.IGNORECASE,
)


def service_of(name: str) -> str:
    """The service in the name of a log file, empty where the name is what any log could be called."""
    base = name.replace("\\", "/").rpartition("/")[2]
    while (shorter := _ENDING.sub("", base)) and shorter != base:
        base = shorter
    if match := _CONTAINER.match(base):
        return workload_of(match.group(1))
    return "" if _GENERIC.fullmatch(base) or _UNNAMED.fullmatch(base) else base
