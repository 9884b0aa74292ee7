"""What the HTML page shows, as plain values; the template only lays them out, and nothing here is markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from octad.host.terminal import visible
from octad.records.report import Block, Finding, Level, Report
from octad.render.cards import Card, card_of
from octad.render.excerpt import LEVELS, by_place, lines_by_path
from octad.render.layout import Stretch, last_line_of, stretches_of
from octad.render.matrix import Matrix, matrix_of
from octad.render.timeline import Timeline, timeline_of

# Lines in gaps that the page holds for unfolding, all files together.
MAX_HIDDEN = 20_000


@dataclass(frozen=True, slots=True)
class File:
    """A file with findings; `loose` are cards whose line is not in the text."""

    number: int
    folder: str
    name: str
    cards: list[Card]
    stretches: list[Stretch]
    loose: list[Card]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page; each block stands beside its drawing where it is a timeline or a graph."""

    report: Report
    files: list[File]
    counts: dict[Level, int]
    families: list[tuple[str, list[str]]]
    sources: list[str]
    blocks: list[tuple[Block, Timeline | Matrix | None]]


def page_of(report: Report, sources: Mapping[str, str]) -> Page:
    """Lay out a report; `sources` maps a path to the text of its file."""
    findings = _gravest_file_first(by_place(report.findings))
    lines = lines_by_path(findings, sources)
    cards = [card_of(number, finding, lines[finding.anchor.path]) for number, finding in enumerate(findings)]
    by_path: dict[str, list[Card]] = {path: [] for path in lines}
    for card in cards:
        by_path[card.finding.anchor.path].append(card)
    files = []
    n_hidden = 0
    for number, (path, own) in enumerate(by_path.items()):
        stretches = stretches_of(own, lines[path], MAX_HIDDEN - n_hidden)
        n_hidden += sum(len(stretch.lines) for stretch in stretches if stretch.is_gap)
        folder, slash, name = visible(path).rpartition("/")
        loose = [card for card in own if not 1 <= last_line_of(card.finding) <= len(lines[path])]
        files.append(File(number, folder + slash, name, own, stretches, loose))
    levels = [finding.level for finding in findings]
    return Page(
        report=report,
        files=files,
        counts={level: levels.count(level) for level in LEVELS},
        families=_families(finding.rule for finding in findings),
        sources=sorted({finding.source for finding in findings}),
        blocks=[(one, _drawing(one)) for one in report.blocks],
    )


def _gravest_file_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings by file as they are, the file with the gravest before those with less grave ones."""
    gravest: dict[str, int] = {}
    for one in findings:
        grave = LEVELS.index(one.level)
        gravest[one.anchor.path] = min(grave, gravest.get(one.anchor.path, grave))
    return sorted(findings, key=lambda one: gravest[one.anchor.path])


def _drawing(block: Block) -> Timeline | Matrix | None:
    """The picture of a block that has one."""
    if block.kind == "timeline":
        return timeline_of(block)
    return matrix_of(block) if block.kind == "graph" else None


def _families(rules: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Rules by the part before their slash."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        found.setdefault(rule.split("/")[0], set()).add(rule)
    return [(family, sorted(found[family])) for family in sorted(found)]
