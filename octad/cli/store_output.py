"""How versions, what differs between them and what is wrong with them look on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from octad.cli.output import write

if TYPE_CHECKING:
    from octad.registry.base import Problem, Version
    from octad.registry.difference import Difference

_SHORT = 12


def as_json(held: Any) -> int:
    """Write a value as JSON."""
    write(json.dumps(held, indent=2, ensure_ascii=False) + "\n", None)
    return 0


def a_version(version: Version, aliases: Mapping[str, str]) -> dict[str, Any]:
    """A version as JSON, with the aliases that name it."""
    named = sorted(alias for alias, digest in aliases.items() if digest == version.digest)
    return version.model_dump(mode="json") | {"aliases": named}


def table_of(versions: Sequence[Version], aliases: Mapping[str, Mapping[str, str]]) -> str:
    """Versions as lines under each other."""
    rows = []
    for one in versions:
        held = a_version(one, aliases[one.agent])
        made_from = f"from {one.parent[:_SHORT]}" if one.parent else ""
        named = ", ".join(held["aliases"])
        size = f"{one.size / 1e6:.1f} MB"
        rows.append(
            (one.digest[:_SHORT], one.agent, one.version, _day(one), size, named, made_from, one.note)
        )
    return _columns(rows)


def lines_of(held: Mapping[str, Any]) -> str:
    """All that is known of a version."""
    created = datetime.fromtimestamp(held["created"], UTC)
    lines = [
        f"{held['agent']} {held['version']}",
        f"digest   {held['digest']}",
        f"aliases  {', '.join(held['aliases']) or 'none'}",
        f"parent   {held['parent'] or 'none that is known'}",
        f"created  {f'{created:%Y-%m-%d %H:%M} UTC' if held['created'] else 'with this version of octad'}",
        f"size     {held['size']:,} bytes",
        *([f"note     {held['note']}"] if held["note"] else []),
    ]
    for part in ("metrics", "recipe", "data"):
        rows = [(f"  {name}", _short(value)) for name, value in sorted(held[part].items())]
        lines += [f"{part}:", _columns(rows).rstrip("\n")] if rows else []
    return "\n".join(lines) + "\n"


def the_problems(problems: Iterable[Problem]) -> str:
    """What is wrong, a line each."""
    return "".join(f"{one.subject}: {one.what}\n" for one in problems)


def the_differences(found: Iterable[Difference]) -> str:
    """What differs, under the part that it belongs to."""
    parts: dict[str, list[tuple[str, ...]]] = {}
    for one in found:
        row = (f"  {one.name}", _short(one.before), "→", _short(one.after), _change(one))
        parts.setdefault(one.section, []).append(row)
    return "".join(f"{part}:\n{_columns(rows)}" for part, rows in parts.items())


def _change(one: Difference) -> str:
    """By how much a number is greater."""
    numbers = isinstance(one.before, float) and isinstance(one.after, float)
    return f"({one.after - one.before:+.4f})" if numbers else ""


def _short(value: Any) -> str:
    """A value in little room."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.4f}"
    text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _day(version: Version) -> str:
    return f"{datetime.fromtimestamp(version.created, UTC):%Y-%m-%d %H:%M}" if version.created else "shipped"


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines with columns under each other."""
    flat = [[" ".join(cell.split()) if at else cell for at, cell in enumerate(row)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*flat, strict=True)]
    lines = ("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in flat)
    return "".join(f"{line.rstrip()}\n" for line in lines)
