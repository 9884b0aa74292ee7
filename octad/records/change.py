"""A change: files before and after, as a diff, a commit or a working tree shows them."""

from __future__ import annotations

from octad.records.base import Record
from octad.records.code import Code


class FileChange(Record):
    """One file of a change; `before` is None for a new file, `after` for a deleted one."""

    before: Code | None
    after: Code | None


class Change(Record):
    """Files changed together, with the message that came with them."""

    files: tuple[FileChange, ...]
    message: str = ""
    revision: str = ""
