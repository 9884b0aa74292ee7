"""What an agent is: a declaration, checked when it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from octad.errors import DeclarationError
from octad.heads.base import Head
from octad.modalities.code import CodeModality
from octad.records.base import Record
from octad.records.report import Finding

CaseT = TypeVar("CaseT", bound=Record)
AnswerT = TypeVar("AnswerT")


class Claim(NamedTuple):
    """What a finding rests on: the output of a head at an item, for a rule where there are several."""

    head: str
    item: int
    rule: str = ""


class Claimed(NamedTuple):
    """A finding and the claim that evidence is sought for."""

    finding: Finding
    claim: Claim


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure that an artefact must reach before it is stored."""

    metric: str
    least: float


@dataclass(frozen=True)
class Agent(Generic[CaseT, AnswerT]):
    """A declaration: data, not behaviour; models, training and serving are made from it.

    `inputs` maps a field of the case to its modality and `heads` a field of label and answer to
    its head. `findings` turns a case, its answer and the thresholds into findings and is pure; `truth`
    says which findings, as (rule, line), the label of a case calls for.
    Raises DeclarationError when the parts contradict each other.
    """

    name: str
    summary: str
    case: type[CaseT]
    label: type[Any]
    answer: type[AnswerT]
    inputs: Mapping[str, CodeModality]
    heads: Mapping[str, Head[Any, Any]]
    findings: Callable[[CaseT, AnswerT, Mapping[str, float]], tuple[Claimed, ...]]
    truth: Callable[[CaseT, Any], frozenset[tuple[str, int]]]
    sources: Mapping[str, Callable[..., Any]]
    primary: str
    example: CaseT
    gates: tuple[Gate, ...] = ()
    backbone: str = "embedded"
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that names agree everywhere."""
        unknown = set(self.inputs) - set(self.case.model_fields)
        if unknown:
            raise DeclarationError(f"{self.name}: inputs {sorted(unknown)} are no fields of the case")
        for role, kind in (("label", self.label), ("answer", self.answer)):
            if not is_dataclass(kind):
                raise DeclarationError(f"{self.name}: the {role} must be a dataclass")
            names = {f.name for f in fields(kind)}
            if names != set(self.heads):
                odd = sorted(names ^ set(self.heads))
                raise DeclarationError(f"{self.name}: heads and {role} differ in {odd}")
        if not isinstance(self.example, self.case):
            raise DeclarationError(f"{self.name}: the example is not a {self.case.__name__}")
