"""What the server hands to a worker, and what comes back: a head in JSON, then bodies as they are."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from octad.records.base import Record
from octad.serve.exchange import Kind
from octad.serve.faults import Fault

Task = Literal["load", "ask"]
RULES = "rules"
"""In the place of a version: no model at all."""
_LENGTH = struct.Struct(">I")


class SourceFile(Record):
    """A source file that is reviewed: where it lies, relative to its project, and what it holds."""

    path: str = Field(min_length=1, max_length=1_000)
    text: str = Field(max_length=2_000_000)


class Sources(Record):
    """What a question of the kind `files` holds; `analysers` run beside the model where that is asked for."""

    files: tuple[SourceFile, ...] = Field(min_length=1, max_length=1_000)
    analysers: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a worker gets it; `seconds` are left to its deadline."""

    body: bytes
    seconds: float
    evidence: bool = False
    least: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions of one kind to one version, whose artefact lies in `folder`, "" for the shipped one.

    `version` is its digest, or RULES. A batch to `load` has no questions.
    """

    task: Task
    agent: str
    version: str
    folder: str = ""
    kind: Kind = "case"
    questions: Sequence[Question] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: a report, or a fault; seconds of clock and of processor; facts."""

    body: bytes = b""
    fault: Fault | None = None
    ran: float = 0.0
    cpu: float = 0.0
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a batch: an outcome a question, or why the version cannot be used.

    `resident` are bytes of memory that the worker holds, `loaded` the versions that it has at hand;
    `trace` is for whoever runs the server, and nobody else.
    """

    outcomes: Sequence[Outcome] = ()
    unusable: str = ""
    trace: str = ""
    resident: int = 0
    loaded: Sequence[str] = ()


def packed_batch(batch: Batch) -> bytes:
    """The frame of a batch."""
    head = {
        "task": batch.task, "agent": batch.agent, "version": batch.version, "folder": batch.folder,
        "kind": batch.kind,
        "questions": [[len(one.body), one.seconds, one.evidence, one.least] for one in batch.questions],
    }  # fmt: skip
    return _packed(head, [one.body for one in batch.questions])


def batch_of(frame: bytes) -> Batch:
    """The batch of a frame."""
    head, rest = _unpacked(frame)
    questions = []
    for size, seconds, evidence, least in head.pop("questions"):
        questions.append(Question(bytes(rest[:size]), seconds, evidence, least))
        rest = rest[size:]
    return Batch(**head, questions=questions)


def packed_done(done: Done) -> bytes:
    """The frame of what came of a batch."""
    head = {
        "unusable": done.unusable, "trace": done.trace, "resident": done.resident,
        "loaded": list(done.loaded),
        "outcomes": [
            [len(one.body), _said(one.fault), one.ran, one.cpu, dict(one.facts)] for one in done.outcomes
        ],
    }  # fmt: skip
    return _packed(head, [one.body for one in done.outcomes])


def done_of(frame: bytes) -> Done:
    """What came of a batch, of its frame."""
    head, rest = _unpacked(frame)
    outcomes = []
    for size, wrong, ran, cpu, facts in head.pop("outcomes"):
        found = None if wrong is None else Fault(*wrong)
        outcomes.append(Outcome(bytes(rest[:size]), found, ran, cpu, facts))
        rest = rest[size:]
    return Done(**head, outcomes=outcomes)


def _said(wrong: Fault | None) -> list[Any] | None:
    if wrong is None:
        return None
    return [wrong.code, wrong.status, wrong.message, wrong.hint, wrong.retry, wrong.retry_after]


def _packed(head: Mapping[str, Any], bodies: Sequence[bytes]) -> bytes:
    text = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([_LENGTH.pack(len(text)), text, *bodies])


def _unpacked(frame: bytes) -> tuple[dict[str, Any], memoryview]:
    (length,) = _LENGTH.unpack_from(frame)
    end = _LENGTH.size + length
    return json.loads(frame[_LENGTH.size : end]), memoryview(frame)[end:]
