"""Reads rows of GREAT's variable-misuse set and renders their tokens as Python text.

Hellendoorn et al. 2020, *Global relational models of source code* (ICLR). Their tokens carry layout as
`#NEWLINE#`, `#INDENT#` and `#UNINDENT#`, and `def name(` is one token; strings hold escaped newlines.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from octad.errors import UnreadableInput
from octad.heads.pointer import BugLabel
from octad.records.code import Code
from octad.syntax.edits import VARIABLE_MISUSE

NEWLINE, INDENT, UNINDENT = "#NEWLINE#", "#INDENT#", "#UNINDENT#"
_TIGHT_BEFORE = frozenset([")", "]", "}", ",", ":", ".", ";"])
_TIGHT_AFTER = frozenset(["(", "[", "{", ".", "~", "@"])


@dataclass(frozen=True, slots=True)
class GreatRow:
    """One function of the set.

    `offsets` gives the character offset of each source token in the text (-1 for layout), so that a
    prediction can be judged in the set's own terms: the location is right when it is the token
    `error_location` (0: no bug), the repair when the chosen name is that of the `targets`.
    `candidates` are the distinct names among which the set chooses.
    """

    code: Code
    label: BugLabel | None
    candidates: tuple[str, ...]
    targets: frozenset[str]
    offsets: tuple[int, ...]
    error_location: int
    origin: str


def read_great(path: Path) -> Iterator[GreatRow]:
    """Read `functions.jsonl.xz`. Raises UnreadableInput for a missing or damaged file."""
    for row in _read(path):
        tokens: list[str] = row["source_tokens"]
        text, offsets = render(tokens)
        targets = frozenset(_bare(tokens[index]) for index in row["repair_targets"])
        label = None
        if row["has_bug"]:
            at = row["error_location"]
            skip = tokens[at].index(_bare(tokens[at]))
            right = min(targets, default="") or _keywords(tokens)
            label = BugLabel(offsets[at] + skip, 0, right, VARIABLE_MISUSE)
        # Where the right name occurs only as the token `**name`, the set gives no target at all.
        yield GreatRow(
            code=Code(path=row["filepath"].rsplit("/", 1)[-1], text=text),
            label=label,
            candidates=tuple(dict.fromkeys(_bare(tokens[index]) for index in row["repair_candidates"])),
            targets=targets,
            offsets=tuple(offsets),
            error_location=row["error_location"],
            origin=row["filepath"],
        )


def great_texts(path: Path) -> Iterator[str]:
    """The functions without their bugs: what a training set must not resemble."""
    for row in _read(path):
        tokens = list(row["source_tokens"])
        if row["has_bug"]:
            targets = [tokens[index] for index in row["repair_targets"]]
            tokens[row["error_location"]] = _bare(targets[0]) if targets else _keywords(tokens)
        yield render(tokens)[0]


def render(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """Text with real lines and indentation, and the character offset of every token (-1: layout)."""
    parts: list[str] = []
    offsets: list[int] = []
    length = depth = 0
    previous = ""
    for token in tokens:
        if token in (NEWLINE, INDENT, UNINDENT):
            offsets.append(-1)
            depth += (token == INDENT) - (token == UNINDENT)
            if token == NEWLINE and parts:
                parts.append("\n")
                length += 1
                previous = ""
            continue
        space = _space(previous, token, max(depth, 0))
        parts.extend((space, token))
        offsets.append(length + len(space))
        length += len(space) + len(token)
        previous = token
    return "".join(parts) + "\n", offsets


def _space(previous: str, token: str, depth: int) -> str:
    if not previous:
        return "    " * depth
    if token in "([":
        tight = previous[-1] in ")]" or (previous[-1].isidentifier() and not iskeyword(previous))
    else:
        tight = token in _TIGHT_BEFORE and not (token == "." and previous[-1].isdigit())
    return "" if tight or previous in _TIGHT_AFTER or previous[-1] == "(" else " "


def _keywords(tokens: Sequence[str]) -> str:
    return next((_bare(token) for token in tokens if token.startswith("**") and len(token) > 2), "")


def _bare(token: str) -> str:
    """The name in a token: `kw` of `**kw`, `inner` of `def inner(`."""
    return token.lstrip("*").removeprefix("def ").removeprefix("class ").rstrip("(: ")


def _read(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, lzma.LZMAError, EOFError, ValueError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}") from error
