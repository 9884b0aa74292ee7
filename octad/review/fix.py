"""Repairs that whoever suggests them vouches for, made in texts; no file is read or written.

No two of them change the same place in one pass: the first wins, the other is left for the next run. Python
that can be parsed can still be parsed afterwards.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from octad.records.code import Code
from octad.records.report import Finding, Repair
from octad.syntax.python_source import problem_of


class Fixes(NamedTuple):
    """New texts by path, of files that change, and the findings whose repairs were made."""

    texts: dict[str, str]
    fixed: tuple[Finding, ...]


class _Edit(NamedTuple):
    """Characters `start` to `end` of a text become `replacement`, which repairs a finding."""

    start: int
    end: int
    replacement: str
    finding: Finding


def safe_repair(finding: Finding) -> Repair | None:
    """The first repair of a finding that may be made without asking; None where there is none."""
    return next((repair for repair in finding.repairs if repair.safe), None)


def fixes_of(findings: Iterable[Finding], codes: Iterable[Code]) -> Fixes:
    """The safe repairs of findings in the codes, which must be whole files; other paths are left alone."""
    by_path: dict[str, list[tuple[Repair, Finding]]] = {}
    for finding in findings:
        if (repair := safe_repair(finding)) is not None:
            by_path.setdefault(repair.anchor.path, []).append((repair, finding))
    texts: dict[str, str] = {}
    fixed: list[Finding] = []
    for code in codes:
        made = _made(code, by_path.get(code.path, ()))
        text = _applied(code.text, made)
        if text != code.text:
            texts[code.path] = text
            fixed += [edit.finding for edit in made]
    return Fixes(texts, tuple(fixed))


def patch(path: str, before: str, after: str) -> str:
    """What changes in a file as a unified diff that `git apply` and `patch` take."""
    open_ended = "\n\\ No newline at end of file\n"
    diff = difflib.unified_diff(_lines(before), _lines(after), _header("a", path), _header("b", path))
    return "".join(line if line.endswith("\n") else f"{line}{open_ended}" for line in diff)


def _made(code: Code, repairs: Sequence[tuple[Repair, Finding]]) -> list[_Edit]:
    """The edits that are made together; where all of them break a program, those that do not."""
    starts = [0, *accumulate(len(line) + 1 for line in code.text.split("\n"))]
    placed = (_placed(code.text, starts, repair, finding) for repair, finding in repairs)
    edits = _apart(code.text, (edit for edit in placed if edit is not None))
    if not _breaks(code, edits):
        return edits
    made: list[_Edit] = []
    for edit in edits:
        if not _breaks(code, [*made, edit]):
            made.append(edit)
    return made


def _breaks(code: Code, edits: Sequence[_Edit]) -> bool:
    """Whether Python can parse a file, but not with the edits in it."""
    is_program = code.language == "python" and not problem_of(code.text)
    return is_program and bool(problem_of(_applied(code.text, edits)))


def _placed(text: str, starts: Sequence[int], repair: Repair, finding: Finding) -> _Edit | None:
    """The edit of a text that a repair is; None where the text has no such place."""
    anchor = repair.anchor
    start = _offset(starts, anchor.line, anchor.column)
    end = _offset(starts, anchor.end_line, anchor.end_column)
    if start is None or end is None or end < start:
        return None
    if not repair.replacement and _begins_line(text, start) and start < end and text[end:] == "\n":
        end += 1  # the last lines go with their line end, or an empty one would be left
    return _Edit(start, end, repair.replacement, finding)


def _offset(starts: Sequence[int], line: int, column: int) -> int | None:
    """The offset of a 1-based place in lines that start there; None where there is no such place."""
    if not 1 <= line < len(starts) or not 1 <= column <= starts[line] - starts[line - 1]:
        return None
    return starts[line - 1] + column - 1


def _apart(text: str, edits: Iterable[_Edit]) -> list[_Edit]:
    """Edits in the order of the text, without those that meet an earlier one; equal ones are kept."""
    kept: list[_Edit] = []
    for edit in sorted(edits, key=lambda one: one[:2]):
        last = kept[-1] if kept else None
        if last is None or edit[:3] == last[:3] or not _meet(text, last, edit):
            kept.append(edit)
    return kept


def _meet(text: str, last: _Edit, edit: _Edit) -> bool:
    """Whether two edits overlap or touch; whole lines, one after the other, do not."""
    if last.end != edit.start:
        return edit.start < last.end
    return last.start == last.end or edit.start == edit.end or not _begins_line(text, edit.start)


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    """The text with edits in the order of their places; an equal one is made once."""
    pieces, position = [], 0
    for edit in dict.fromkeys(edit[:3] for edit in edits):
        start, end, replacement = edit
        pieces += [text[position:start], replacement]
        position = end
    return "".join([*pieces, text[position:]])


def _begins_line(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n"


def _lines(text: str) -> list[str]:
    """Lines with their ends, split at line feeds only."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _header(side: str, path: str) -> str:
    """A path in the head of a diff, quoted as git does where it holds what ends or escapes a name."""
    name = f"{side}/{path}"
    if name.isprintable() and not set(name) & set('"\\'):
        return f"{name}\t" if " " in name else name
    plain = set(range(32, 127)) - set(b'"\\')
    return '"' + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in name.encode()) + '"'
