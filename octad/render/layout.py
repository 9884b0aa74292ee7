"""Files cut into stretches of lines around their findings, and lines cut into painted segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from octad.host.terminal import visible
from octad.records.report import Finding, Level
from octad.render.cards import Card, heat_of
from octad.render.excerpt import LEVELS, percent, spans_of, windows

MARGIN = 8
# Longer gaps between findings are counted but not put into the page.
MAX_GAP = 1_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line: how hot (0 to HEATS), its level where it is the finding itself, of which cards."""

    text: str
    heat: int = 0
    level: Level | None = None
    cards: str = ""
    title: str = ""


@dataclass(slots=True)
class Line:
    """A source line, and the cards that stand under it."""

    number: int
    segments: list[Segment]
    level: Level | None = None
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that are shown, or a gap of `n_lines` whose lines may be there to unfold."""

    lines: list[Line]
    n_lines: int
    is_gap: bool


def last_line_of(finding: Finding) -> int:
    """The line that a finding ends on; an end before the first column lies on the line above."""
    anchor = finding.anchor
    return max(anchor.line, anchor.end_line - (anchor.end_column <= 1))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A painted range of one line."""

    start: int
    end: int
    heat: int
    level: Level | None
    card: int
    title: str


def _marks(cards: Sequence[Card], lines: Sequence[str]) -> dict[int, list[_Mark]]:
    """Everything to paint, by line."""
    found: dict[int, list[_Mark]] = {}
    for card in cards:
        finding = card.finding
        for span in spans_of(finding.anchor, lines):
            mark = _Mark(
                span.start,
                max(span.end, span.start + 1),
                0,
                finding.level,
                card.number,
                visible(finding.message),
            )
            found.setdefault(span.line, []).append(mark)
        top = max((one.weight for one in finding.evidence), default=0.0)
        for one in finding.evidence:
            if one.anchor.path != finding.anchor.path:
                continue
            title = f"evidence {percent(one.weight)} · {finding.rule}"
            for span in spans_of(one.anchor, lines):
                mark = _Mark(span.start, span.end, heat_of(one, top), None, card.number, title)
                found.setdefault(span.line, []).append(mark)
    return found


def _segments(text: str, marks: Sequence[_Mark]) -> list[Segment]:
    """A line cut where a mark starts or ends; the hottest and the gravest mark of each piece win."""
    cuts = sorted({0, len(text), *(min(at, len(text)) for mark in marks for at in (mark.start, mark.end))})
    segments = []
    for start, end in pairwise(cuts):
        here = [mark for mark in marks if mark.start <= start and end <= mark.end]
        levels = [mark.level for mark in here if mark.level is not None]
        segments.append(
            Segment(
                text=visible(text[start:end]),
                heat=max((mark.heat for mark in here), default=0),
                level=min(levels, key=LEVELS.index, default=None),
                cards=" ".join(str(number) for number in sorted({mark.card for mark in here})),
                title="\n".join(dict.fromkeys(mark.title for mark in here)),
            )
        )
    return segments


def stretches_of(cards: Sequence[Card], lines: Sequence[str], room: int) -> list[Stretch]:
    """The file around its findings, with gaps; at most `room` lines lie hidden in gaps."""
    marks = _marks(cards, lines)
    under: dict[int, list[Card]] = {}
    for card in cards:
        under.setdefault(last_line_of(card.finding), []).append(card)
    wanted = [
        (line, margin)
        for card in cards
        for line, margin in (
            *((at, MARGIN) for at in (card.finding.anchor.line, last_line_of(card.finding))),
            *((word.line, 1) for word in card.words if word.line),
        )
    ]

    def lines_in(first: int, last: int) -> list[Line]:
        return [
            _line(number, lines[number - 1], marks.get(number, []), under)
            for number in range(first, last + 1)
        ]

    stretches: list[Stretch] = []
    next_line = 1
    for first, last in [*windows(wanted, len(lines)), (len(lines) + 1, len(lines))]:
        n_gap = first - next_line
        if n_gap > 0:
            shown = lines_in(next_line, first - 1) if n_gap <= min(MAX_GAP, room) else []
            room -= len(shown)
            stretches.append(Stretch(shown, n_gap, is_gap=True))
        if first <= last:
            stretches.append(Stretch(lines_in(first, last), last - first + 1, is_gap=False))
        next_line = last + 1
    return stretches


def _line(number: int, text: str, marks: Sequence[_Mark], under: Mapping[int, list[Card]]) -> Line:
    """One line, painted, with the cards that stand under it."""
    levels = [mark.level for mark in marks if mark.level is not None]
    segments = _segments(text, marks) if marks else [Segment(visible(text))]
    return Line(number, segments, min(levels, key=LEVELS.index, default=None), under.get(number, []))
