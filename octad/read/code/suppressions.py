"""Comments that say: this finding is known, and why it may stay.

`# octad: ignore[bug/wrong-operator] because the bound is exclusive`, or with `//`, on the line of the
finding or alone on the line above it; in Markdown `<!-- octad: ignore[docs/link] because … -->`, in
reStructuredText the same after `..`. A rule may be a prefix (`bug` stands for `bug/...`) and several are
separated by commas. Without a reason nothing is suppressed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from octad.records.code import LineRange
from octad.records.lines import LineSet, lines_of
from octad.records.report import Anchor, Finding, Suppressed

WITHOUT_REASON = "octad/suppression-without-reason"
UNUSED = "octad/unused-suppression"

_SAID = (
    r"[ \t]*octad:[ \t]*ignore[ \t]*\[(?P<rules>[^\]\n]{0,500})\])(?:[ \t:,-]*because[ \t:](?P<reason>[^\n]*"
)
_COMMENT = re.compile(rf"(?P<bracket>(?:#|//){_SAID}))?")
_MARKUP = {
    "md": re.compile(rf"(?<!`)(?P<bracket><!--{_SAID}?))?[ \t]*-->"),
    "rst": re.compile(rf"^[ \t]*(?P<bracket>\.\.[ \t]{_SAID}))?"),
}
"""How comments are written in texts: there, what stands for a comment in code is text."""
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: where it is, the lines it speaks of, its rules, and its reason (empty: none given)."""

    anchor: Anchor
    lines: tuple[int, ...]
    rules: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether the comment speaks of this finding."""
        place = finding.anchor
        return (
            place.path == self.anchor.path
            and place.line in self.lines
            and any(finding.rule == rule or finding.rule.startswith(f"{rule}/") for rule in self.rules)
        )


class Outcome(NamedTuple):
    """What stays, with a note on every comment that does nothing, and what is suppressed."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


def suppressions_in(path: str, text: str) -> list[Suppression]:
    """Every suppression comment of a file, in order."""
    if "octad:" not in text:
        return []
    lines, markup = lines_of(text), _MARKUP.get(path.rpartition(".")[2].lower())
    below = _below(lines, markup)
    return [
        _suppression(path, number, match, below)
        for number, line in enumerate(lines, 1)
        for match in (markup.finditer(line) if markup else _unquoted(line))
    ]


def _suppression(path: str, number: int, match: re.Match[str], below: Mapping[int, int]) -> Suppression:
    """What a comment on a line says; `below` tells which line one that stands alone speaks of."""
    alone = not match.string[: match.start()].strip()
    reason = match["reason"] or ""
    is_given = _WORD.search(reason) is not None
    end = match.end() if is_given else match.end("bracket")
    return Suppression(
        anchor=Anchor(path=path, line=number, column=match.start() + 1, end_line=number, end_column=end + 1),
        lines=(number, below[number]) if alone else (number,),
        rules=tuple(rule for part in match["rules"].split(",") if (rule := part.strip().strip("/"))),
        reason=reason.lstrip(" \t:").rstrip() if is_given else "",
    )


def _below(lines: Sequence[str], markup: re.Pattern[str] | None) -> dict[int, int]:
    """The line that a comment alone on a line speaks of; more comments of its kind may come first.

    In a text empty lines may come first as well.
    """
    found: dict[int, int] = {}
    for number in range(len(lines), 0, -1):
        line = lines[number - 1].lstrip()
        if (markup or _COMMENT).match(line) or (markup and not line):
            found[number] = found.get(number + 1, number + 1)
    return found


def apply_suppressions(
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    changed: Mapping[str, Sequence[LineRange]] | None = None,
    asked: Callable[[str], bool] = lambda rule: True,
) -> Outcome:
    """Part the findings by the comments in `sources` (text by path).

    Where a path is in `changed`, only those lines were reviewed, and only rules that were `asked`: other
    comments are not called unused.
    """
    comments = [comment for path in sorted(sources) for comment in suppressions_in(path, sources[path])]
    by_line: dict[tuple[str, int], list[Suppression]] = {}
    for comment in comments:
        for line in comment.lines:
            by_line.setdefault((comment.anchor.path, line), []).append(comment)
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[Anchor] = set()
    for finding in findings:
        near = by_line.get((finding.anchor.path, finding.anchor.line), ())
        covering = [comment for comment in near if comment.covers(finding)]
        used.update(comment.anchor for comment in covering)
        reason = next((comment.reason for comment in covering if comment.reason), "")
        if reason:
            suppressed.append(Suppressed(finding=finding, by="comment", reason=reason))
        else:
            kept.append(finding)
    looked_at = {path: LineSet(ranges) for path, ranges in (changed or {}).items()}
    reviewed = [comment for comment in comments if _was_reviewed(comment, looked_at)]
    return Outcome((*kept, *_notes(reviewed, used, asked)), tuple(suppressed))


def _was_reviewed(comment: Suppression, changed: Mapping[str, LineSet]) -> bool:
    """Whether a line that the comment speaks of was looked at."""
    lines = changed.get(comment.anchor.path)
    return lines is None or any(line in lines for line in comment.lines)


def _notes(comments: Iterable[Suppression], used: set[Anchor], asked: Callable[[str], bool]) -> list[Finding]:
    """One note for each comment without a reason, and for each that matched nothing."""
    notes = []
    for comment in comments:
        rules = ", ".join(comment.rules) or "nothing"
        if not comment.reason:
            message = f"The comment ignores {rules} without a reason, so it does nothing: add `because …`."
            notes.append(_note(WITHOUT_REASON, message, comment.anchor))
        elif comment.anchor not in used and all(map(asked, comment.rules)):
            message = f"The comment ignores {rules}, but there is no such finding here: take it out."
            notes.append(_note(UNUSED, message, comment.anchor))
    return notes


def _note(rule: str, message: str, anchor: Anchor) -> Finding:
    """A certain finding about a comment."""
    return Finding(rule=rule, level="note", message=message, probability=1.0, anchor=anchor, source="octad")


def _unquoted(line: str) -> Iterator[re.Match[str]]:
    """The comments of a line that stand in no string literal (so that tests may quote one)."""
    quote, index, is_comment = "", 0, False
    for match in _COMMENT.finditer(line):
        while index < match.start() and not is_comment:
            character = line[index]
            if quote and character == "\\":
                index += 1
            elif quote:
                quote = "" if character == quote else quote
            elif character == "#" or line.startswith("//", index):
                is_comment = True  # an apostrophe in an earlier comment opens nothing
            elif character in "\"'`":
                quote = character
            index += 1
        if is_comment or not quote:
            yield match
