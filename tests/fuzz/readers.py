"""Every reader of what somebody else wrote, by name."""

from __future__ import annotations

from tests.fuzz import code_readers, document_readers, history_readers, operations_readers, record_readers
from tests.fuzz.reader import Reader

READERS: dict[str, Reader] = {
    one.name: one
    for part in (operations_readers, code_readers, document_readers, history_readers, record_readers)
    for one in part.READERS
}
