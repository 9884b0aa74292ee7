"""Answers within bounds, in which nothing is hidden: a reader of them may do what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from octad.errors import InputError
from octad.host.terminal import visible_lines

MOST_BYTES = 131_072
"""Bytes of one answer as JSON."""
LONGEST = 8_192
"""Characters of one text."""
DEEPEST = 64


def seen(value: Any, depth: int = 0) -> Any:
    """JSON in which every control, bidirectional and zero-width character is one that is seen.

    Longer texts than LONGEST are cut, and what lies deeper than DEEPEST is left out.
    """
    if isinstance(value, str):
        return visible_lines(value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…")
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {visible_lines(str(name)): seen(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [seen(one, depth + 1) for one in value]
    return value


def shortened(document: Mapping[str, Any], findings: int, most: int = MOST_BYTES) -> dict[str, Any]:
    """A report that is no longer than `most` bytes, and how many entries of its lists were left out.

    The longest list is halved until it fits: findings stand in the order of their gravity, other lists in
    that of the report. Raises InputError where it does not fit at all.
    """
    report: dict[str, Any] = dict(document)
    left_out: dict[str, int] = {}
    _cut(report, "findings", findings, left_out)
    while _size(report) > most - 4_096:
        sizes = {name: _size(one) for name, one in report.items() if isinstance(one, list) and one}
        if not sizes:
            raise InputError("the answer is too large", hint="ask about less")
        longest = max(sizes, key=lambda name: sizes[name])
        _cut(report, longest, len(report[longest]) // 2, left_out)
    return {"report": report, "left_out": left_out}


def _cut(report: dict[str, Any], name: str, most: int, left_out: dict[str, int]) -> None:
    """Keep the first entries of a list; findings are in reading order, and the gravest of them are kept."""
    entries = report.get(name)
    if not isinstance(entries, list) or len(entries) <= most:
        return
    kept = range(most)
    if name == "findings":
        kept = sorted(sorted(range(len(entries)), key=lambda i: _gravity(entries[i]))[:most])  # type: ignore[assignment]
    report[name] = [entries[i] for i in kept]
    left_out[name] = left_out.get(name, 0) + len(entries) - most


def _gravity(finding: Mapping[str, Any]) -> tuple[int, float]:
    """The gravest and likeliest first."""
    levels = ("error", "warning", "note")
    level = finding.get("level")
    return levels.index(level) if level in levels else len(levels), -(finding.get("probability") or 0.0)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
