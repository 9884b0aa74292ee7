"""Choices that several verbs offer."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from octad.records.code import Language

VERB = "review"
LANGUAGES: tuple[Language, ...] = ("python",)


class Format(StrEnum):
    """How a report is written."""

    terminal = "terminal"
    json = "json"
    sarif = "sarif"
    html = "html"


class FailOn(StrEnum):
    """The mildest level that makes the exit code 1."""

    error = "error"
    warning = "warning"
    note = "note"
    never = "never"
