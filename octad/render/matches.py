"""What was found among functions, for the terminal: each with its place, its similarity, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from rich.text import Text

from octad.host.terminal import is_coloured, laid_out, text_of, visible
from octad.records.matches import Alike, Clones, Group, Indexed, Match, Place, Search, Similar, Trace
from octad.render.excerpt import counted

MOST_LINES, MOST_WIDE, MOST_SKIPPED = 3, 100, 3
MARGIN = "      "

Lines = Callable[[str, int], str]


def render(report: Indexed, sources: Mapping[str, str], *, color: bool | None = None) -> str:
    """The report as text; `color` None means: where standard output is a terminal and NO_COLOR is unset."""
    if color is None:
        color = is_coloured()
    console = laid_out(10_000, color=color)
    for text in [*_body(report, partial(_line, _split(sources))), *_closing(report)]:
        console.print(text, soft_wrap=True)
    return text_of(console)


def _split(sources: Mapping[str, str]) -> dict[str, list[str]]:
    return {path: text.split("\n") for path, text in sources.items()}


def _line(lines: Mapping[str, Sequence[str]], path: str, number: int) -> str:
    known = lines.get(path, ())
    return known[number - 1] if 0 < number <= len(known) else ""


def _body(report: Indexed, line: Lines) -> Iterator[Text]:
    """Everything that was found."""
    if isinstance(report, Similar):
        yield Text.assemble("like ", _name(report.of), "  ", _where(report.of))
        yield Text()
    if isinstance(report, Search | Similar):
        for match in report.matches:
            yield from _match(match, line)
    if isinstance(report, Clones):
        for group in report.groups:
            yield from _group(group, line)


def _match(match: Match, line: Lines) -> Iterator[Text]:
    yield Text.assemble(
        (f"{match.score:.2f}", "bold green"), "  ", _name(match.place), "  ", _where(match.place)
    )
    yield from _excerpts(match.traces, line)
    yield from _why(match.traces, match.alike, match.place.path)
    parts = [f"words {match.parts.words:.2f}", f"meaning {match.parts.meaning:.2f}"]
    if match.parts.structure is not None:
        parts.append(f"structure {match.parts.structure:.2f}")
    yield Text(f"{MARGIN}= {', '.join(parts)}", "dim")
    yield Text()


def _group(group: Group, line: Lines) -> Iterator[Text]:
    head = f"{group.kind}, {group.least:.2f} alike" if group.kind == "similar" else group.kind
    yield Text.assemble((head, "bold yellow"), f"  {counted(len(group.members), 'function')}")
    for place in group.members:
        yield Text.assemble("  ", _name(place), "  ", _where(place))
    yield from _why(group.traces, group.alike, group.members[1].path)
    yield Text()


def _excerpts(traces: Sequence[Trace], line: Lines) -> Iterator[Text]:
    """The lines with the heaviest words, in their order."""
    places = list(dict.fromkeys((one.anchor.path, one.anchor.line) for one in traces))[:MOST_LINES]
    for path, number in sorted(places):
        here = [one for one in traces if (one.anchor.path, one.anchor.line) == (path, number)]
        source = line(path, number)
        start = (
            max(0, min(one.anchor.column for one in here) - 1 - MOST_WIDE // 2)
            if len(source) > MOST_WIDE
            else 0
        )
        shown = Text(visible(source[start : start + MOST_WIDE]))
        for one in here:
            shown.stylize(
                "bold", max(0, one.anchor.column - 1 - start), max(0, one.anchor.end_column - 1 - start)
            )
        before, after = ("…" if start else ""), ("…" if start + MOST_WIDE < len(source) else "")
        yield Text.assemble((f"{number:>5} │ ", "dim"), before, shown, after)


def _why(traces: Sequence[Trace], alike: Alike | None, path: str) -> Iterator[Text]:
    """The words in a line, and the run of steps that both take."""
    exact = [
        one.text if one.text == one.asked else f"{one.asked} = {one.text}" for one in traces if one.exact
    ]
    close = [f"{one.asked} ≈ {one.text}" for one in traces if not one.exact]
    if exact:
        yield Text(f"{MARGIN}= same words: {visible(', '.join(exact))}")
    if close:
        yield Text(f"{MARGIN}= near in meaning: {visible(', '.join(close))}")
    if alike is not None:
        here, there = (_range(one.first, one.last) for one in (alike.here, alike.there))
        yield Text(f"{MARGIN}= same steps: {alike.steps} in a row, {here} and {visible(path)} {there}")


def _range(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _name(place: Place) -> tuple[str, str]:
    return visible(place.name), "bold"


def _where(place: Place) -> tuple[str, str]:
    return visible(f"{place.path}:{place.line}"), "blue"


def _closing(report: Indexed) -> Iterator[Text]:
    """How many there are, what was skipped, and what had to be computed."""
    for one in report.skipped[:MOST_SKIPPED]:
        yield Text(f"skipped {visible(one.path)}: {visible(one.reason)}", "dim")
    if len(report.skipped) > MOST_SKIPPED:
        yield Text(f"skipped {len(report.skipped) - MOST_SKIPPED:,} more", "dim")
    if isinstance(report, Clones):
        found = counted(len(report.groups), "group") + " of clones"
    elif isinstance(report, Search | Similar):
        found = counted(len(report.matches), "match").replace("matchs", "matches")
    else:
        found = "nothing asked"
    read = f"{report.computed:,} computed, {report.functions - report.computed:,} remembered"
    yield Text(f"{found} among {counted(report.functions, 'function')} · {read}")
