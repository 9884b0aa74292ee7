"""What the other callers in a repository do with what the changed lines of a unit call, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from octad.records.code import Code
from octad.records.look import Look
from octad.records.report import Block
from octad.repository.practices import Kind
from octad.repository.usage import Custom, Usage

MOST = 3
"""Sentences about one unit."""
_UNTAKEN: dict[Kind, str] = {
    "none": "what {name}() returns is used without a check for None",
    "close": "what {name}() opens is not closed",
    "caught": "{name}() is called without `try`",
    "lock": "{name}() is called without a lock",
}
_CARE: dict[Kind, str] = {
    "none": "check for None",
    "close": "close it",
    "caught": "catch exceptions around it",
    "lock": "hold a lock",
}

UsageOf = Callable[[Sequence[Code]], Usage]
"""Reads the repository around some codes, which stand in it in place of their files."""


def with_others(looks: Sequence[Look], codes: Sequence[Code], usage: Usage) -> tuple[Look, ...]:
    """Units with what others do, where it is not done in them too."""
    changed = {code.path: code.changed or () for code in codes}
    found = []
    for one in looks:
        own = range(one.anchor.line, one.anchor.end_line + 1)
        lines = {line for r in changed.get(one.anchor.path, ()) for line in own if r.first <= line <= r.last}
        said = [text for each in usage.context(one.anchor.path, lines) if (text := _sentence(each))]
        found.append(one.model_copy(update={"others": tuple(said[:MOST])}))
    return tuple(found)


def block_of_others(looks: Sequence[Look]) -> Block | None:
    """The sentences with their files; None where there are none."""
    rows = tuple((f"{one.anchor.path}: {text}",) for one in looks for text in one.others)
    return Block(kind="paragraph", title="What others here do", rows=rows) if rows else None


def _sentence(custom: Custom) -> str:
    """Empty where the unit does as the others; of None also where what is returned is handed on."""
    if custom.here or (custom.here is None and custom.kind != "none"):
        return ""
    words = _UNTAKEN[custom.kind] if custom.here is False else "what {name}() returns may be None"
    name = ".".join(custom.name.split(".")[-2:])
    here = words.replace("{name}()", f"`{name}()`")
    places = ", ".join(f"{path}:{line}" for path, line in custom.places)
    more = ", …" if custom.agree > len(custom.places) else ""
    care = f"{custom.agree} of {custom.others} other callers {_CARE[custom.kind]}"
    return f"line {custom.line}: {here}; {care} ({places}{more})"
