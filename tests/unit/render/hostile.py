"""Findings whose text wants to be more than text."""

from __future__ import annotations

from octad.records.report import Anchor, Finding, Repair, Report
from octad.records.skipped import Skipped

PATH = "a,b:c%/ü\n::error::x.py"
MESSAGE = "100 % sure\r\n::set-env name=X::evil\x1b[31m <&\"'> \x00\x0b\ufffe ##[add-mask]x"


def finding(**fields: object) -> Finding:
    """A finding without a probability on the first line of a file, but for what is given."""
    anchor = fields.pop("anchor", None) or place(str(fields.pop("path", "a.py")))
    usual = {"rule": "bug/word", "level": "warning", "message": "m", "probability": None, "anchor": anchor}
    return Finding.model_validate({**usual, **fields})


def place(path: str, line: int = 1, column: int = 1, end_line: int = 0, end_column: int = 2) -> Anchor:
    return Anchor(path=path, line=line, column=column, end_line=end_line or line, end_column=end_column)


def report(*findings: Finding, skipped: tuple[Skipped, ...] = ()) -> Report:
    return Report(agent="a", version="1", findings=findings, skipped=skipped)


HOSTILE = finding(
    rule="bug/x,y::z",
    message=MESSAGE,
    anchor=place(PATH),
    repairs=(Repair(anchor=place(PATH), replacement="\r\n::x\x1b", description=MESSAGE, safe=True),),
)
EMPTY = report()
