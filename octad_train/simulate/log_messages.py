"""Log templates of made-up services: what they always say, what a release adds, what a fault adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from octad.records.logs import VARIES, Logs, LogTemplate

Floats = NDArray[np.float64]
Kind = Literal["usual", "noise", "release", "fault"]

_WORDS: dict[str, tuple[str, ...]] = {
    "thing": (
        "session", "order", "cart", "invoice", "account", "message", "product", "image", "shipment",
        "quote", "token", "profile", "payment", "listing", "report", "job", "coupon", "address",
    ),
    "did": (
        "loaded", "fetched", "stored", "sent", "accepted", "closed", "refreshed", "validated",
        "published", "indexed", "rendered", "priced",
    ),
    "do": (
        "load", "fetch", "store", "send", "accept", "close", "refresh", "validate", "publish", "index",
        "render", "price",
    ),
    "doing": (
        "loading", "fetching", "storing", "sending", "accepting", "closing", "refreshing", "validating",
        "publishing", "indexing", "rendering", "pricing",
    ),
    "cause": (
        "connection refused", "deadline exceeded", "null reference", "out of memory", "missing key",
        "permission denied", "no such column", "pool exhausted", "invalid token", "checksum mismatch",
        "unexpected end of input", "too many open files", "connection reset by peer",
        "index out of range", "cannot parse number", "division by zero", "host not found",
        "certificate expired",
    ),
    "type": (
        "NullPointerException", "TimeoutError", "KeyError", "IOException", "ConnectionError",
        "TypeError", "IllegalStateException", "ValueError", "SQLException", "OutOfMemoryError",
    ),
    "flag": (
        "new-checkout", "fast-search", "dark-mode", "lazy-images", "bulk-import", "price-rounding",
    ),
}  # fmt: skip
_FORMS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "usual": (
        ("info", "{did} {thing} <*> in <*> ms"), ("info", "GET /api/{thing}s/<*> 200 <*>"),
        ("info", "POST /api/{thing}s 201 <*>"), ("debug", "{thing} <*> {did} for user <*>"),
        ("info", "worker <*> {did} <*> {thing}s"), ("debug", "cache hit for {thing} <*>"),
        ("info", "health check passed in <*> ms"), ("debug", "{doing} {thing} <*> from <*>"),
    ),
    "noise": (
        ("warn", "slow {thing} query took <*> ms"), ("error", "could not {do} {thing} <*>: {cause}"),
        ("warn", "retry <*> of <*> while {doing} {thing}"), ("error", "{type}: {cause}"),
        ("warn", "client closed request for {thing} <*>"), ("error", "GET /api/{thing}s/<*> 404 <*>"),
    ),
    "release": (
        ("info", "started version <*> on port <*>"), ("info", "feature {flag} is enabled"),
        ("info", "configuration read from <*>"), ("info", "migration <*> applied in <*> ms"),
        ("warn", "option {flag} is deprecated and will be removed in <*>"),
        ("debug", "{flag}: {did} {thing} <*>"), ("info", "no failed {thing} since <*>"),
        ("info", "error budget is <*> percent after {doing} {thing}"),
        ("warn", "cache of {thing}s is cold, {doing} <*>"), ("info", "{doing} {thing} <*> with {flag}"),
    ),
    "fault": (
        ("error", "failed to {do} {thing} <*>: {cause}"), ("error", "{cause} while {doing} {thing} <*>"),
        ("error", "{type}: {cause} at <*>"), ("error", "POST /api/{thing}s 500 <*>"),
        ("error", "panic: {cause}"), ("warn", "giving up on {thing} <*> after <*> retries: {cause}"),
        ("error", "unhandled {type} in {doing} {thing}"), ("fatal", "cannot {do} {thing}: {cause}"),
    ),
}  # fmt: skip
_QUIETLY = 0.1


@dataclass(frozen=True, slots=True)
class Said:
    """A template of a service, and how many lines of it are expected in each bucket `[T]`."""

    service: str
    level: str
    template: str
    rate: Floats


def sentence(kind: Kind, service: str, rate: Floats, rng: np.random.Generator) -> Said:
    """A template of a kind with words drawn for it; one fault in ten is logged as a mere warning."""
    forms = _FORMS[kind]
    level, form = forms[int(rng.integers(len(forms)))]
    words = {name: choices[int(rng.integers(len(choices)))] for name, choices in _WORDS.items()}
    if kind == "fault" and rng.random() < _QUIETLY:
        level = "warn"
    return Said(service, level, form.format(**words), rate)


def usual(service: str, length: int, rng: np.random.Generator) -> list[Said]:
    """What a service says on a normal day: a few frequent messages, and at times a warning or an error."""
    kinds: tuple[tuple[Kind, int, float], ...] = (("usual", 6, 8.0), ("noise", 3, 0.3))
    said = [
        sentence(kind, service, np.full(length, scale * rng.lognormal(0, 1)), rng)
        for kind, most, scale in kinds
        for _ in range(int(rng.integers(1, most + 1)))
    ]
    return list({one.template: one for one in said}.values())


def logs(said: list[Said], start: float, interval: float, rng: np.random.Generator) -> Logs:
    """The templates with Poisson counts of lines; those without a line are not there."""
    templates = []
    for number, one in enumerate(said):
        counts = rng.poisson(one.rate)
        buckets = np.flatnonzero(counts).tolist()
        if buckets:
            values = tuple(_values(rng) for _ in range(one.template.count(VARIES)))
            example = one.template
            for value in values:
                example = example.replace(VARIES, value[0], 1)
            templates.append(
                LogTemplate(
                    template=one.template,
                    service=one.service,
                    level=one.level,
                    count=int(counts.sum()),
                    first=start + buckets[0] * interval,
                    last=start + buckets[-1] * interval,
                    counts=tuple((bucket, int(counts[bucket])) for bucket in buckets),
                    parameters=values,
                    example=example,
                    line=number + 1,
                )
            )
    lines = sum(template.count for template in templates)
    return Logs(templates=tuple(templates), lines=lines, start=start, interval=interval)


def _values(rng: np.random.Generator) -> tuple[str, ...]:
    return tuple(str(value) for value in rng.integers(1, 10_000, int(rng.integers(1, 4))).tolist())
