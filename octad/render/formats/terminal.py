"""A report for the terminal: each finding with its source line, what moved the model, and a repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from octad.host.terminal import columns, is_coloured, laid_out, text_of, visible
from octad.records.report import Finding, Level, Repair, Report
from octad.records.skipped import Skipped
from octad.render.blocks import print_block
from octad.render.excerpt import (
    Edit,
    Span,
    by_place,
    counted,
    edit_of,
    flat,
    lines_by_path,
    percent,
    spans_of,
    summary,
)

TAB = "    "
MAX_LINES = 6
MAX_EVIDENCE = 6
MAX_NAMES = 3

_COLOURS: dict[Level, str] = {"error": "red", "warning": "yellow", "note": "cyan"}
# Shares of the evidence from faint to strong: backgrounds that carry dark text on any terminal.
_TINTS = ((0.35, "#ffb86b"), (0.2, "#ffcf94"), (0.1, "#ffe2be"), (0.03, "#fff1de"))


def render(
    report: Report, sources: Mapping[str, str], *, color: bool | None = None, width: int | None = None
) -> str:
    """The report as text; `color` None means: where standard output is a terminal and NO_COLOR is unset."""
    if color is None:
        color = is_coloured()
    width = width or columns()
    console = laid_out(width, color=color)
    lines = lines_by_path(report.findings, sources)
    for finding in by_place(report.findings):
        texts = _finding(finding, lines[finding.anchor.path], width)
        console.print(Text("\n").join([*texts, Text()]), soft_wrap=True)
    for block in report.blocks:
        print_block(block, console)
    for text in _closing(report):
        console.print(text, soft_wrap=True)
    return text_of(console)


def _finding(finding: Finding, lines: Sequence[str], width: int) -> list[Text]:
    """Everything about one finding, line by line."""
    anchor = finding.anchor
    colour = _COLOURS[finding.level]
    margin = " " * (len(str(anchor.end_line)) + 2)
    place = visible(f"{anchor.path}:{anchor.line}:{anchor.column}")
    title = Text.assemble(
        (finding.level, f"bold {colour}"), " ", (visible(finding.rule), "bold"), "  ",
        (f"{percent(finding.probability)}  ".lstrip(), colour), (place, "blue"),
    )  # fmt: skip
    texts = [title, Text(f"  {visible(finding.message)}")]
    texts += _excerpt(finding, lines, width, margin)
    for repair in finding.repairs[:2]:
        texts += _repair(edit_of(repair, lines), repair, width, margin)
    if finding.is_explained:
        texts += _why(finding, margin)
    if finding.reference:
        texts.append(_labelled(margin, "see", Text(visible(finding.reference))))
    if finding.source != "model":
        texts.append(_labelled(margin, "from", Text(visible(finding.source))))
    return texts


def _labelled(margin: str, label: str, text: Text) -> Text:
    """A line of particulars under the source."""
    return Text.assemble(f"{margin}= ", (f"{label}: ", "dim"), text)


def _why(finding: Finding, margin: str) -> list[Text]:
    """What moved a model; of a check, the places that say otherwise."""
    if finding.source == "model":
        return [_labelled(margin, "moved by", _evidence(finding))]
    places = [(f"{one.anchor.path}:{one.anchor.line}", flat(one.text)) for one in finding.evidence]
    return [
        _labelled(margin, "against", Text.assemble((visible(place), "blue"), f"  {said}"))
        for place, said in places[:MAX_EVIDENCE]
    ]


def _evidence(finding: Finding) -> Text:
    """The heaviest tokens, and their lines where these are not the finding's own."""
    heaviest = sorted(finding.evidence, key=lambda one: -one.weight)[:MAX_EVIDENCE]
    parts = []
    for one in heaviest:
        word = flat(one.text)
        elsewhere = not finding.anchor.line <= one.anchor.line <= finding.anchor.end_line
        where = f" (line {one.anchor.line})" if elsewhere else ""
        parts.append(Text.assemble((word, _tint(one.weight)), where))
    return Text(", ").join(parts)


@lru_cache(maxsize=1_000)
def _tint(weight: float, is_anchor: bool = False) -> Style:
    """How a token is shown: a background for its share of the evidence, underlined in the finding."""
    colour = next((colour for least, colour in _TINTS if weight >= least), None)
    return Style(
        color="#1c1c1c" if colour else None,
        bgcolor=colour,
        bold=is_anchor or None,
        underline=is_anchor or None,
    )


def _excerpt(finding: Finding, lines: Sequence[str], width: int, margin: str) -> list[Text]:
    """The anchored lines with marks under them: `^` the finding itself, `~` heavy evidence."""
    spans = list(spans_of(finding.anchor, lines))
    texts = []
    for span in spans[:MAX_LINES]:
        line = lines[span.line - 1]
        own = finding.evidence if finding.is_explained else ()
        nearby = [one for one in own if one.anchor.path == finding.anchor.path]
        tints = [
            (found, one.weight)
            for one in nearby
            for found in spans_of(one.anchor, lines)
            if found.line == span.line
        ]
        first, last = _crop(line, span, width - len(margin) - 3)
        source = Text()
        marks = ""
        for start, end, weight in _pieces(first, last, span, tints):
            is_anchor = span.start <= start < max(span.end, span.start + 1)
            shown = visible(line[start:end]).replace("\t", TAB)
            source.append(shown, _tint(weight, is_anchor))
            marks += ("^" if is_anchor else "~" if weight >= 0.1 else " ") * cell_len(shown)
        if span.start >= last:
            marks += "^"
        number = str(span.line).rjust(len(margin) - 1)
        left, right = ("…" if first else ""), ("…" if last < len(line) else "")
        texts.append(Text.assemble((f"{number} \u2502 ", "dim"), left, source, right))
        under = f"{' ' * len(left)}{marks}".rstrip()
        texts.append(Text.assemble((f"{margin}\u2502 ", "dim"), (under, _COLOURS[finding.level])))
    if len(spans) > MAX_LINES:
        texts.append(Text(f"{margin}\u2502 … {counted(len(spans) - MAX_LINES, 'more line')}", "dim"))
    return texts


def _pieces(
    first: int, last: int, span: Span, tints: Sequence[tuple[Span, float]]
) -> Iterator[tuple[int, int, float]]:
    """The characters from `first` to `last` cut where the look changes: start, end, evidence."""
    edges = {span.start, max(span.end, span.start + 1)}
    edges.update(edge for found, _ in tints for edge in (found.start, found.end))
    cuts = [first, *sorted(edge for edge in edges if first < edge < last), last]
    for start, end in pairwise(cuts):
        yield start, end, max((w for found, w in tints if found.start <= start < found.end), default=0.0)


def _crop(line: str, span: Span, room: int) -> tuple[int, int]:
    """The part of a long line that shows the span; the whole line where it fits."""
    room = max(20, room)
    if len(line) <= room:
        return 0, len(line)
    first = max(0, min(span.start - room // 3, len(line) - room))
    return first, min(len(line), first + room - 2)


def _repair(edit: Edit | None, repair: Repair, width: int, margin: str) -> list[Text]:
    """A repair as the lines before and after."""
    chance = f" ({percent(repair.probability)})" if repair.probability is not None else ""
    head = Text(f"{visible(repair.description)}{chance}")
    texts = [_labelled(margin, "repair", head)]
    if edit is None or max(len(edit.before), len(edit.after)) > MAX_LINES:
        return texts
    room = max(20, width - len(margin) - 5)
    for sign, colour, lines in (("-", "red", edit.before), ("+", "green", edit.after)):
        for line in lines:
            start = max(0, len(edit.head) - room // 2) if len(line) > room else 0
            shown = visible(line[start : start + room]).replace("\t", TAB)
            texts.append(Text.assemble((f"{margin}\u2502 ", "dim"), (f"{sign} {shown}", colour)))
    return texts


def _closing(report: Report) -> list[Text]:
    """What was skipped, by reason, and the count of everything."""
    texts = []
    for reason, group in groupby(sorted(report.skipped, key=_by_reason), key=lambda one: one.reason):
        paths = [visible(one.path) for one in group]
        names = ", ".join(paths[:MAX_NAMES])
        more = f" and {len(paths) - MAX_NAMES:,} more" if len(paths) > MAX_NAMES else ""
        texts.append(Text(f"skipped, {visible(reason)}: {names}{more}", "dim"))
    heard = Counter(one.reason for one in report.suppressed if one.by == "feedback")
    for reason, count in heard.items():
        texts.append(Text(f"not shown, {visible(reason)}: {counted(count, 'finding')}", "dim"))
    parts = [summary(report.findings)]
    folded = sum(one.by == "judge" for one in report.suppressed)
    if others := len(report.suppressed) - folded - heard.total():
        parts.append(f"{others:,} suppressed")
    if heard:
        parts.append(f"{heard.total():,} dismissed (--no-feedback shows them)")
    if folded:
        parts.append(f"{folded:,} that few people act on (--all shows them)")
    if report.skipped:
        parts.append(f"{len(report.skipped):,} skipped")
    style = "bold red" if report.findings else "bold green"
    texts.append(Text.assemble((parts[0], style), *(f" · {part}" for part in parts[1:])))
    return texts


def _by_reason(skipped: Skipped) -> tuple[str, str]:
    """Skipped inputs with one reason stand together."""
    return skipped.reason, skipped.path
