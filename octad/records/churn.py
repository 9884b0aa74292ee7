"""What a change does to the code of the program itself, counted."""

from __future__ import annotations

from octad.records.base import Record


class Churn(Record):
    """Lines `added` and `deleted` in `files` of the program, and elsewhere (`other_added`, `other_deleted`).

    Of the added lines of the program: `statements` are no comment, import or punctuation; `branches` counts
    their conditions and loops, `calls` their opening brackets, `depth` their indentation in characters, all
    summed. `tests` is how many files of tests are changed.
    """

    added: float = 0.0
    deleted: float = 0.0
    other_added: float = 0.0
    other_deleted: float = 0.0
    files: float = 0.0
    statements: float = 0.0
    branches: float = 0.0
    calls: float = 0.0
    depth: float = 0.0
    tests: float = 0.0
