"""What reading gives: code to review, what was passed over, and the change it came from."""

from __future__ import annotations

from octad.records.base import Record
from octad.records.change import Change
from octad.records.code import Code
from octad.records.skipped import Skipped


class Intake(Record):
    """Code in a stable order, the inputs that were passed over, and the change if there was one."""

    codes: tuple[Code, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    change: Change | None = None
