"""Source code: a file, or a run of whole lines of one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from octad.records.base import Record

MOST_LINES = 10**7
"""No line has a greater number."""

Language = Literal["python", "javascript", "typescript", "java", "go", "c", "cpp", "rust", "unknown"]


class LineRange(Record):
    """Lines `first` to `last`, 1-based, both included."""

    first: int = Field(ge=1, le=MOST_LINES)
    last: int = Field(ge=1, le=MOST_LINES)


class Code(Record):
    """Text of a file, or of the unit of it that starts on line `first_line`.

    `changed` holds the changed lines in the numbering of the file; None means that the code is
    not part of a change and every line is of interest. `flags` names what decoding had to repair
    or noticed: `bom`, `utf-16`, `encoding`, `invalid-utf8`, `nul`, `crlf`, `bidi`, `homoglyph`; `hunk`
    marks lines of a patch whose file is not here, `notebook` the code cells of one.
    """

    path: str
    text: str
    language: Language = "python"
    first_line: int = Field(default=1, ge=1, le=MOST_LINES)
    changed: tuple[LineRange, ...] | None = None
    flags: tuple[str, ...] = ()

    @property
    def last_line(self) -> int:
        """The line of the file that its last character is on, line ends at the end left out."""
        return self.first_line + self.text.rstrip("\n").count("\n")
