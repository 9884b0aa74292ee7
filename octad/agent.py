"""What an agent is: a declaration, checked when it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from octad.errors import DeclarationError
from octad.fusion.alone import Alone
from octad.fusion.base import Fusion
from octad.heads.base import Head
from octad.modalities.base import Prepared
from octad.records.base import Record
from octad.records.code import Code
from octad.records.defined import Defined
from octad.records.report import Finding, Report

CaseT = TypeVar("CaseT", bound=Record)
AnswerT = TypeVar("AnswerT")

SILENT = 2.0
"""The threshold of a rule that has none: no probability reaches it."""


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


def _as_it_is(case: Any, answer: Any, told: tuple[Finding, ...], report: Report) -> Report:
    """A report that says nothing beyond its findings."""
    return report


@dataclass(frozen=True)
class Agent(Generic[CaseT, AnswerT]):
    """A declaration: data, not behaviour; models, training and serving are made from it.

    `inputs` maps a field of the case, or a name where a modality reads other fields, to its modality;
    `fusion` makes one stream of them, and `heads` maps a field of label and answer to its head. `needs`
    names the inputs without any of which a head has nothing to say. `findings` turns a case, its answer
    and the thresholds into findings; `report` adds to a report of these what else there is to say, given
    all that could have been found, with its evidence. Both are pure. `rehearsals` maps a head that says
    yes or no to what makes, of a case, cases of its own past in which the answer is no: what the head
    raises there is taken off what it says here. `truth` says which findings, as (rule, line), the label of
    a case calls for.
    Raises DeclarationError when the parts contradict each other.
    """

    name: str
    summary: str
    case: type[CaseT]
    label: type[Any]
    answer: type[AnswerT]
    inputs: Mapping[str, Any]
    heads: Mapping[str, Head[Any, Any, Any]]
    findings: Callable[[CaseT, AnswerT, Mapping[str, float]], tuple[Claimed, ...]]
    truth: Callable[[CaseT, Any], frozenset[tuple[str, int]]]
    sources: Mapping[str, Callable[..., Any]]
    primary: str
    example: CaseT
    gates: tuple[Gate, ...] = ()
    backbone: str = "embedded"
    fusion: Fusion = field(default_factory=Alone)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    report: Callable[[CaseT, AnswerT, tuple[Finding, ...], Report], Report] = _as_it_is
    rehearsals: Mapping[str, Callable[[CaseT], Sequence[CaseT]]] = field(default_factory=dict)

    def about(self, code: Code, context: tuple[Defined, ...] = ()) -> CaseT:
        """The case of a unit of code, for an agent that reads nothing else, with what the unit uses."""
        ((name, modality),) = self.inputs.items()
        return self.case(**dict(zip(modality.fields or (name,), (code, context), strict=False)))

    def heard(self, head: str, unit: Prepared) -> bool:
        """Whether a head has anything to go by; without, it is not asked and its answer is None."""
        needed = self.needs.get(head, ())
        return not needed or not unit.present.isdisjoint(needed)

    def __post_init__(self) -> None:
        """Check that names agree everywhere."""
        read = {f for name, modality in self.inputs.items() for f in modality.fields or (name,)}
        unknown = read - set(self.case.model_fields)
        if unknown:
            raise DeclarationError(f"{self.name}: inputs {sorted(unknown)} are no fields of the case")
        opinions = self.fusion.opinions
        asked = {name for names in self.needs.values() for name in names} | set(opinions.values())
        named = {*self.needs, *opinions, *self.rehearsals}
        if stray := sorted((named - set(self.heads)) | (asked - set(self.inputs))):
            raise DeclarationError(f"{self.name}: needs name {stray}, which are no heads or inputs")
        for role, kind in (("label", self.label), ("answer", self.answer)):
            if not is_dataclass(kind):
                raise DeclarationError(f"{self.name}: the {role} must be a dataclass")
            names = {f.name for f in fields(kind)}
            if names != set(self.heads):
                odd = sorted(names ^ set(self.heads))
                raise DeclarationError(f"{self.name}: heads and {role} differ in {odd}")
        if not isinstance(self.example, self.case):
            raise DeclarationError(f"{self.name}: the example is not a {self.case.__name__}")
