"""What an agent is: a declaration, checked when it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from octad.agents.command import Command
from octad.calibration.promise import Promises
from octad.encoders.base import Encoder
from octad.encoders.batch import Batch, collate
from octad.encoders.prepared import Prepared
from octad.errors import DeclarationError, UnreadableInput
from octad.extensions.base import Extension
from octad.fusion.fusion import Fusion
from octad.heads.base import Head
from octad.host.files import read_text
from octad.records.base import Record, reason_of
from octad.records.report import Finding, Report

if TYPE_CHECKING:
    from octad.encoders.word_pieces import WordPieces

CaseT = TypeVar("CaseT", bound=Record)
AnswerT = TypeVar("AnswerT")

SOURCES = ("train", "valid", "sample", "repository", "real")
NEVER = 2.0
"""The threshold of a rule that has none: no probability reaches it."""


class EveryRule(Mapping[str, float]):
    """Thresholds that let everything through, rules without a stored one too."""

    def __getitem__(self, rule: str) -> float:
        """No probability is too low."""
        return 0.0

    def __iter__(self) -> Iterator[str]:
        """No rule is singled out."""
        return iter(())

    def __len__(self) -> int:
        """How many rules are singled out."""
        return 0


class EvidenceTarget(NamedTuple):
    """What evidence is sought for: the output of a head at an item, of a label where an item has several."""

    head: str
    item: int
    label: str = ""


class Candidate(NamedTuple):
    """What could be found, with its probability, and the output of the model that it rests on."""

    finding: Finding
    target: EvidenceTarget


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure that an artefact should reach; `octad train` says where one does not."""

    metric: str
    least: float


def _as_it_is(case: Any, answer: Any, candidates: tuple[Finding, ...], report: Report) -> Report:
    """A report that says nothing beyond its findings."""
    return report


@dataclass(frozen=True)
class Agent(Generic[CaseT, AnswerT]):
    """A declaration: data, not behaviour; models, training, asking and serving are made from it.

    `inputs` maps a field of the case, or a name where an encoder reads other fields, to its encoder;
    `fusion` makes one stream of them, and `heads` maps a field of label and answer to its head. `required`
    names the inputs without any of which a head has nothing to go by. `candidates` turns a case, its answer
    and the least probability of each rule into candidate findings; `report` adds to a report of these what
    else there is to say, given all candidates with their evidence. `expected` says which findings the label
    of a case calls for, as (rule, line) or, where names distinguish them, (rule, reference). All three
    are pure. `sources` name functions of the laboratory, `module:function`, by what they give (one of
    SOURCES). `promises` say of a head what its thresholds keep, `example_file` is a case as
    JSON, `extensions` are what no other agent needs. Raises DeclarationError when the parts contradict each
    other.
    """

    name: str
    summary: str
    command: Command
    case: type[CaseT]
    label: type[Any]
    answer: type[AnswerT]
    inputs: Mapping[str, Encoder]
    heads: Mapping[str, Head[Any, Any]]
    candidates: Callable[[CaseT, AnswerT, Mapping[str, float]], tuple[Candidate, ...]]
    expected: Callable[[CaseT, Any], frozenset[tuple[str, int | str]]]
    sources: Mapping[str, str]
    primary: str
    example_file: Path
    gates: tuple[Gate, ...] = ()
    adaptation: str = "frozen"
    fusion: Fusion = field(default_factory=Fusion)
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()
    promises: Mapping[str, Promises] = field(default_factory=dict)
    report: Callable[[CaseT, AnswerT, tuple[Finding, ...], Report], Report] = _as_it_is

    @property
    def reports_all(self) -> bool:
        """Whether its report says more than its findings do, of candidates below the thresholds too."""
        return self.report is not _as_it_is

    @cached_property
    def example(self) -> CaseT:
        """The example case; raises DeclarationError where its file does not hold one."""
        try:
            return self.case.model_validate_json(read_text(self.example_file))
        except (UnreadableInput, ValueError) as error:
            reason = reason_of(error) if isinstance(error, ValueError) else str(error)
            raise DeclarationError(f"{self.name}: {self.example_file} is no example: {reason}") from error

    def prepare(self, case: CaseT, pieces: WordPieces) -> Prepared:
        """The case as arrays; pure."""
        unit = self.fusion.prepare(case, self.inputs, pieces)
        made = {one.name: one.prepare(case, unit.parts, pieces) for one in self.extensions}
        return replace(unit, added={name: added for name, added in made.items() if added is not None})

    def collate(self, units: Sequence[Prepared]) -> Batch:
        """Padded arrays of several cases."""
        made = [one.collate(units) for one in self.extensions]
        return replace(
            collate(units),
            added={name: array for one in made for name, array in one.arrays.items()},
            words={name: words for one in made for name, words in one.words.items()},
        )

    def can_answer(self, head: str, unit: Prepared) -> bool:
        """Whether a head has anything to go by; without, it is not asked and its answer is None."""
        required = self.required.get(head, ())
        return not required or not unit.present.isdisjoint(required)

    def __post_init__(self) -> None:
        """Check that names agree everywhere."""
        self._check_types()
        self._check("inputs", self._read(), self.case.model_fields, "fields of the case")
        heads = {*self.required, *self.promises, *(name for one in self.extensions for name in one.heads)}
        self._check("required, promises and extensions", heads, self.heads, "heads")
        inputs = {name for names in self.required.values() for name in names}
        inputs |= {name for one in self.extensions for name in one.reads()}
        self._check("required and extensions", inputs, self.inputs, "inputs")
        self._check("the primary metric", {self.primary.partition("/")[0]}, self.heads, "heads")
        for role, kind in (("label", self.label), ("answer", self.answer)):
            if not is_dataclass(kind):
                raise DeclarationError(f"{self.name}: the {role} must be a dataclass")
            odd = sorted({f.name for f in fields(kind)} ^ set(self.heads))
            if odd:
                raise DeclarationError(f"{self.name}: heads and {role} differ in {odd}")
        if not self.fusion.joins and len(self.inputs) != 1:
            raise DeclarationError(f"{self.name}: {len(self.inputs)} inputs need a fusion that joins them")
        if len({one.name for one in self.extensions}) != len(self.extensions):
            raise DeclarationError(f"{self.name}: two extensions have one name")
        for one in self.extensions:
            if odd := [name for name in one.heads if one.corrects_logit and not self.heads[name].one_logit]:
                raise DeclarationError(f"{self.name}: {one.name} corrects one logit, which {odd[0]} has not")
        if self.adaptation == "frozen" and any(one.token_features for one in self.inputs.values()):
            raise DeclarationError(f"{self.name}: features of tokens need a backbone that is trained")

    def _check_types(self) -> None:
        """Check what a type checker would, for files that none has seen."""
        sources: Mapping[str, Any] = self.sources
        required: Mapping[str, Any] = self.required
        gates: tuple[Any, ...] = self.gates
        self._check("sources", set(sources), dict.fromkeys(SOURCES), f"kind ({', '.join(SOURCES)})")
        if odd := [name for name, value in sources.items() if str(value).count(":") != 1]:
            raise DeclarationError(f"{self.name}: sources: {odd[0]} is not module:function")
        if odd := [name for name, value in required.items() if isinstance(value, str)]:
            raise DeclarationError(f"{self.name}: required: {odd[0]} needs a tuple of inputs")
        if odd := [repr(gate) for gate in gates if not isinstance(gate, Gate)]:
            raise DeclarationError(f"{self.name}: gates: {odd[0]} is no Gate")
        if not self.inputs:
            raise DeclarationError(f"{self.name}: inputs: there are none")

    def _read(self) -> set[str]:
        return {name for key, encoder in self.inputs.items() for name in encoder.fields or (key,)}

    def _check(self, what: str, names: set[str], known: Mapping[str, Any], kind: str) -> None:
        if odd := sorted(names - set(known)):
            raise DeclarationError(f"{self.name}: {what}: no {kind} of the name {', '.join(odd)}")
