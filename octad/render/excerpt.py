"""Pieces of source to show: what stands at an anchor, what a repair makes of it, which lines to print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from octad.host.terminal import visible
from octad.records.lines import lines_of
from octad.records.report import Anchor, Finding, Level, Repair

LEVELS: tuple[Level, ...] = ("error", "warning", "note")

_NAME = re.compile(r"(\S{21,})")
_PARTS = re.compile(r"[^./_:=,({\[-]{1,24}[./_:=,({\[-]?|[./_:=,({\[-]")


class Span(NamedTuple):
    """Characters `start` to `end` (0-based, end excluded) of line `line` (1-based)."""

    line: int
    start: int
    end: int


class Edit(NamedTuple):
    """A repair as lines: what is before and after it, and the lines that it replaces and puts there."""

    line: int
    head: str
    removed: str
    inserted: str
    tail: str

    @property
    def before(self) -> list[str]:
        """The lines as they are."""
        return f"{self.head}{self.removed}{self.tail}".split("\n")

    @property
    def after(self) -> list[str]:
        """The lines as the repair leaves them."""
        return f"{self.head}{self.inserted}{self.tail}".split("\n")


def breakable(text: str) -> list[str]:
    """The text in parts between which a line may end: long names are in several, words are whole."""
    pieces = enumerate(_NAME.split(text))
    return [part for at, piece in pieces if piece for part in (_PARTS.findall(piece) if at % 2 else [piece])]


def flat(text: str) -> str:
    """The same in one line: every stretch of white space is one space."""
    return visible(" ".join(text.split()))


def spans_of(anchor: Anchor, lines: Sequence[str]) -> Iterator[Span]:
    """The part of each line that lies in `anchor`; lines that the text does not have are left out."""
    for number in range(max(1, anchor.line), min(anchor.end_line, len(lines)) + 1):
        length = len(lines[number - 1])
        start = anchor.column - 1 if number == anchor.line else 0
        end = anchor.end_column - 1 if number == anchor.end_line else length
        yield Span(number, min(max(0, start), length), min(max(0, end), length))


def edit_of(repair: Repair, lines: Sequence[str]) -> Edit | None:
    """The repair on the lines it touches; None when the text has no such lines."""
    anchor = repair.anchor
    if not 1 <= anchor.line <= anchor.end_line <= len(lines):
        return None
    spans = list(spans_of(anchor, lines))
    parts = [lines[span.line - 1][span.start : span.end] for span in spans]
    head = lines[anchor.line - 1][: spans[0].start]
    tail = lines[anchor.end_line - 1][spans[-1].end :]
    return Edit(anchor.line, head, "\n".join(parts), repair.replacement, tail)


def windows(wanted: Iterable[tuple[int, int]], n_lines: int) -> list[tuple[int, int]]:
    """Ranges of lines, both ends included, that show each wanted line with its margin of lines around it.

    Ranges that touch or are one line apart become one: a gap marker would take that line anyway.
    """
    found: list[tuple[int, int]] = []
    inside = [(max(1, line - margin), min(n_lines, line + margin)) for line, margin in wanted]
    for first, last in sorted(pair for pair in inside if pair[0] <= pair[1]):
        if found and first <= found[-1][1] + 2:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def by_place(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in reading order: path, line, column, then the likeliest first."""
    return sorted(
        findings,
        key=lambda one: (one.anchor.path, one.anchor.line, one.anchor.column, -one.likelihood, one.rule),
    )


def lines_by_path(findings: Iterable[Finding], sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Lines of every file that has a finding; none for a file whose text is not known."""
    paths = dict.fromkeys(finding.anchor.path for finding in findings)
    return {path: lines_of(sources.get(path, "")) for path in paths}


def percent(probability: float | None) -> str:
    """A probability for people; never 100 % unless it is certain, nothing where nobody measured it."""
    if probability is None:
        return ""
    if 0.995 <= probability < 1:
        return ">99 %"
    return f"{probability:.0%}".replace("%", " %")


def stated(finding: Finding) -> str:
    """What a finding says, or its rule where it says nothing, and how sure that is where it is known."""
    chance = percent(finding.probability)
    return (finding.message or finding.rule) + (f" ({chance})" if chance else "")


def web_address(reference: str) -> str:
    """A reference that is a web address, with what may not stand in one escaped; else nothing."""
    if not reference.startswith(("https://", "http://")):
        return ""
    return quote(reference, safe=":/?#[]@!$&'()*+,;=%~-._")


def counted(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary(findings: Sequence[Finding]) -> str:
    """`3 findings (1 error, 2 warnings) in 2 files`."""
    if not findings:
        return "No findings"
    counts = [(sum(one.level == level for one in findings), level) for level in LEVELS]
    levels = ", ".join(counted(number, level) for number, level in counts if number)
    n_files = len({finding.anchor.path for finding in findings})
    return f"{counted(len(findings), 'finding')} ({levels}) in {counted(n_files, 'file')}"
