"""What comes out: findings with anchors and evidence, and blocks for everything else."""

from __future__ import annotations

from typing import Literal

from octad.records.base import Record
from octad.records.graph import Graph
from octad.records.skipped import Skipped

Level = Literal["error", "warning", "note"]


class Anchor(Record):
    """A place in a file; lines and columns are 1-based, columns count characters, the end is excluded."""

    path: str
    line: int
    column: int = 1
    end_line: int
    end_column: int


class Evidence(Record):
    """A place that moved the model, and by how much (share of the evidence, 0 to 1)."""

    anchor: Anchor
    text: str
    weight: float


class Faithfulness(Record):
    """How far the evidence explains the probability (DeYoung et al. 2020, ERASER).

    `comprehensiveness` is the fall of the probability when the evidence is taken away,
    `sufficiency` the fall when only the evidence is kept, and `random` the comprehensiveness of as
    many tokens drawn at random: the floor.
    """

    comprehensiveness: float
    sufficiency: float
    random: float


class Repair(Record):
    """A suggested edit: the text at `anchor` becomes `replacement`.

    `probability` is that it is the right one, given that the finding is; None where nobody measured it.
    `safe` says that whoever suggests it vouches that the program stays what it was meant to be.
    """

    anchor: Anchor
    replacement: str
    description: str
    probability: float | None = None
    safe: bool = False


class Finding(Record):
    """One thing that is wrong, where, how sure, and why.

    `probability` is that it is right, None where nobody measured how often such findings are; `acted_on`
    that people act on a finding like it within two years, None where that is not known.
    """

    rule: str
    level: Level
    message: str
    probability: float | None
    anchor: Anchor
    evidence: tuple[Evidence, ...] = ()
    faithfulness: Faithfulness | None = None
    reference: str = ""
    fingerprint: str = ""
    repairs: tuple[Repair, ...] = ()
    source: str = "model"
    acted_on: float | None = None

    @property
    def likelihood(self) -> float:
        """The probability, 0 where it is not known: what findings are ranked by."""
        return 0.0 if self.probability is None else self.probability

    @property
    def is_explained(self) -> bool:
        """Whether the evidence is worth showing: taking it away tells more than taking as many at random."""
        measured = self.faithfulness
        return bool(self.evidence) and (measured is None or measured.comprehensiveness > measured.random)


class Suppressed(Record):
    """A finding that is not shown: ignored in the code, known before, acted on by few, or dismissed."""

    finding: Finding
    by: Literal["comment", "baseline", "judge", "feedback"]
    reason: str


class Curve(Record):
    """A series to draw; `times` are Unix seconds in UTC, a value is None where there was none."""

    name: str
    times: tuple[float, ...]
    values: tuple[float | None, ...]
    unit: str = ""


class Mark(Record):
    """Something that happened at a time; `weight` is its share of the evidence, 0 where it has none."""

    time: float
    kind: Literal["change", "event", "log", "metric", "incident"]
    text: str
    subject: str = ""
    weight: float = 0.0


class Block(Record):
    """Something to show beside the findings; `kind` says what of it to read.

    A paragraph and a table have `rows`, the first row of a table being its head; a timeline has `marks` in
    the order of time over `curves` that share its axis; the `rows` of a `graph` say of each edge
    in its order where it comes from.
    """

    kind: Literal["paragraph", "table", "timeline", "graph"]
    title: str
    rows: tuple[tuple[str, ...], ...] = ()
    curves: tuple[Curve, ...] = ()
    marks: tuple[Mark, ...] = ()
    graph: Graph | None = None


class Report(Record):
    """What an agent says of its cases."""

    agent: str
    version: str
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    blocks: tuple[Block, ...] = ()
