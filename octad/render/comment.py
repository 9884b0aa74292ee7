"""A report as a comment under a change, in the Markdown that GitHub and GitLab share.

What the findings quote was written by whoever wrote the change: nothing of it becomes markup, an address, the
name of a person who would be told, a reference, or a command to the forge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from octad.host.terminal import visible
from octad.records.report import Finding
from octad.render.excerpt import percent, summary

MOST = 50
"""Findings of one comment."""
LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""
MESSAGE = 400
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&$]")
_ADDRESS = re.compile(r"(:)(?=//)|(www)(?=\.)", re.IGNORECASE)
_REFERENCE = re.compile(r"([@#!$%~&])(?=\w)")
APART = "\u200b"
"""What is put into the name of a person, a reference or an address, so that it is none; it is not seen."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
Link = Callable[[str, int], str]
"""The address of a line of a file at the commit under review, "" where there is none."""


def marker(name: str) -> str:
    """What a comment begins with, so that it is found again; one of a name for every comment of a change."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name")
    return f"<!-- octad:{name} -->"


def comment(title: str, findings: Sequence[Finding], link: Link, more: str = "") -> str:
    """The whole comment, the gravest findings first; what does not fit is counted."""
    lines = [marker(title), f"### octad {title}: {_said(findings)}", ""]
    rows = [_row(finding, link) for finding in _gravest(findings)[:MOST]]
    if rows:
        lines += ["| | where | what |", "|---|---|---|"]
    room = LONGEST - sum(map(len, lines)) - len(more) - 200
    shown = 0
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        lines.append(row)
        shown += 1
    if shown < len(findings):
        lines += ["", f"{len(findings) - shown:,} more, less grave or less likely, are in the report."]
    return "\n".join([*lines, *(["", more] if more else [])]) + "\n"


def plain(text: str) -> str:
    """A text that is shown as it is, whatever stands in it, on one line."""
    flat = visible(" ".join(text.split()))
    apart = _ADDRESS.sub(lambda found: found.group() + APART, _REFERENCE.sub(rf"\1{APART}", flat))
    return _MARKUP.sub(lambda found: f"&#{ord(found.group())};", apart)


def address(base: str, path: str, line: int) -> str:
    """The address of a line of a file below the address of its tree."""
    return f"{base}/{quote(path)}#L{line}"


def _row(finding: Finding, link: Link) -> str:
    """One finding as a row of a table."""
    anchor = finding.anchor
    place = plain(f"{anchor.path}:{anchor.line}")
    where = link(anchor.path, anchor.line)
    message = finding.message if len(finding.message) <= MESSAGE else f"{finding.message[: MESSAGE - 1]}…"
    sure = "" if finding.probability is None else f" ({percent(finding.probability)})"
    said = f"{plain(message)}{sure} · {plain(finding.rule)}"
    return f"| {finding.level} | {f'[{place}]({where})' if where else place} | {said} |"


def _gravest(findings: Sequence[Finding]) -> list[Finding]:
    """The gravest first, of these the likeliest."""
    levels = ("error", "warning", "note")
    return sorted(findings, key=lambda one: (levels.index(one.level), -one.likelihood))


def _said(findings: Sequence[Finding]) -> str:
    text = summary(findings)
    return text[0].lower() + text[1:]
