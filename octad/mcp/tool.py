"""What a tool is, and the questions that tools become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field, create_model

from octad.records.base import Record
from octad.records.report import Report
from octad.render.formats.json import document_of

MOST_FINDINGS = 50
"""Findings of one answer where nobody asks for another number."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the command line, in a folder: its arguments, and what is on its standard input."""

    arguments: tuple[str, ...]
    folder: Path | None = None
    stdin: bytes = b""


@dataclass(frozen=True, slots=True)
class Case:
    """A case of an agent as JSON, or files of code that it reviews, as `octad.serve.exchange` has them."""

    agent: str
    body: bytes
    kind: Literal["case", "files"] = "case"
    evidence: bool = False
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Text that is known without asking anybody."""

    make: Callable[[], str]


Question = Verb | Case | Page


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called and for, the records of its arguments and answers, what it asks.

    `ask` raises InputError for arguments that name what may not be read.
    """

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    answer: type[BaseModel]
    ask: Callable[[Any], Question]


class Answerer(Protocol):
    """Whoever answers the questions of tools."""

    async def answer(self, question: Verb | Case, actor: str) -> dict[str, Any]:
        """The document of a report; raises OctadError with what went wrong, in one line."""
        ...


class Asked(Record):
    """Arguments that every question to an agent has."""

    min_probability: float | None = Field(
        None, ge=0, le=1, description="Findings from this probability on, instead of the shipped thresholds."
    )
    evidence: bool = Field(False, description="Say what moved the model; slower.")
    max_findings: int = Field(MOST_FINDINGS, ge=1, le=500, description="At most so many, the gravest first.")


class Text(Record):
    """An answer that is a text."""

    text: str


@cache
def answer_of(kind: type[Report]) -> type[BaseModel]:
    """The record of an answer: the document of a kind of report, and how much was left out of what."""
    counts: Any = Field(default_factory=dict, description="How many were left out, by field of the report.")
    fields: dict[str, Any] = {"report": (document_of(kind), ...), "left_out": (dict[str, int], counts)}
    return create_model(f"{kind.__name__}Answer", __base__=Record, **fields)
