"""What a metric measures and which way is worse, read from its name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Family = Literal["errors", "success", "latency", "queue", "throughput", "cpu", "memory", "requests", "other"]
FAMILIES: tuple[Family, ...] = (
    "errors", "success", "latency", "queue", "throughput", "cpu", "memory", "requests", "other",
)  # fmt: skip
WORSE: dict[Family, int] = {
    "errors": 1, "success": -1, "latency": 1, "queue": 1, "throughput": -1,
    "cpu": 1, "memory": 1, "requests": 0, "other": 0,
}  # fmt: skip

# Read in this order: "successful requests" are successes, "queue latency" a time. First comes what is named
# after its opposite, what is granted, and what is timed from the last start: `cpu_idle`, `memory_limit`,
# `process_uptime_seconds`. A latency of failures is a time, a time of
# processors is no latency, nor is the count of what was timed, unless a query divides by it. A percentile of
# nothing else is one of times. A label says `code="500"`, a matcher of PromQL `code=~"5.."` or `code!~'2..'`.
_WORDS: tuple[tuple[Family, str], ...] = (
    ("other", r"(?<![a-z])idle(?![a-z])|mem\w{0,20}_(free|avail)|uptime_(\w{0,20}_)?seconds|start_time"
              r"|_created(?![a-z])|(cpu|mem|memory)_(limit|request|quota)|resource_(limits|requests)"),
    ("latency", r"(succe|err|fail)\w{0,20}(laten|duration)"),
    ("errors", r"err|fail|fault|exception|5xx|4xx|timeout|reject|drop|panic|crash|restart|retr(y|ies)|unavail"
               r"|(code|status)\w{0,20}(=~?[\"']?\[?[45]|!(=|~)[\"']?2)"),
    ("cpu", r"cpu\w{0,40}(seconds|time)"),
    ("requests", r"^(?!.*_sum(?![a-z])).*(duration|latency|time|millis|seconds)(_\w{0,20})?_count(?![a-z])"),
    ("success", r"succe|availab|uptime|healthy|apdex|sli\b|hit.?rat"),
    ("latency", r"laten|(?<![a-z])lat(?![a-z])|duration|elapsed|(response|travel).?time|_time|delay"
                r"|rtt\b|ttfb\b|seconds|millis"),
    ("queue", r"queue|backlog|(?<![a-z])lag|pending|in.?flight|waiting|depth|saturation|occupancy"),
    ("throughput", r"throughput|goodput|processed|completed|speed"),
    ("cpu", r"cpu|load.?avg|throttl"),
    ("memory", r"mem|heap|rss|swap|(?<![a-z])oom"),
    ("requests", r"request|rps|qps|\bops\b|workload|calls|traffic|hits|visits|volume"),
    ("latency", r"(?<![a-z])p\d\d"),
)  # fmt: skip
_PATTERNS = tuple((family, re.compile(words)) for family, words in _WORDS)


@lru_cache(maxsize=4096)
def family(metric: str) -> Family:
    """What a metric of this name measures: `http_request_duration_seconds` is a latency."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", metric).lower()
    return next((name for name, pattern in _PATTERNS if pattern.search(text)), "other")


def direction(metric: str) -> int:
    """1 where more of it is worse, -1 where less is, 0 where neither is: demand is nobody's fault."""
    return WORSE[family(metric)]
