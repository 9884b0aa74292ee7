"""Says what a commit is for, from its message alone: a feature, a repair, or something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget
from octad.agents.command import Command, Option
from octad.calibration.promise import Promise, Promises
from octad.encoders.prose import ProseEncoder
from octad.heads.classes import Classes
from octad.records.base import Record
from octad.records.report import Anchor, Finding
from octad.records.text import Text

KINDS = ("feature", "repair", "other")


class Case(Record):
    """The message of a commit."""

    message: Text | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What it is for."""

    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How likely each kind is."""

    kind: dict[str, float] | None


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """A repair is worth a finding."""
    chance = (answer.kind or {}).get("repair", 0.0)
    if chance < thresholds.get("kind/repair", NEVER):
        return ()
    anchor = Anchor(path="message", line=1, end_line=1, end_column=1)
    finding = Finding(
        rule="kind/repair", level="note", message="this repairs", probability=chance, anchor=anchor
    )
    return (Candidate(finding, EvidenceTarget("kind", 0, "repair")),)


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """A repair is to be found."""
    return frozenset({("kind/repair", 1)} if label.kind == "repair" else ())


def fields(options: Mapping[str, str]) -> dict[str, Text]:
    """The message as it was given."""
    return {"message": Text(text=options["message"])}


SUBJECTS = {
    "feature": "Add a way to {0} the {1}.",
    "repair": "Do not lose the {1} when it is {0}ed.",
    "other": "Words on how to {0} a {1}.",
}
VERBS = ("paint", "fold", "print", "load", "mount", "test")
NOUNS = ("cart", "table", "queue", "page", "key", "clock", "lamp", "door")


def sample(agent: Agent[Case, Answer], size: int) -> list[tuple[Case, Label]]:
    """So many messages, their kind in turn."""
    found = []
    for i in range(size):
        kind = KINDS[i % 3]
        text = SUBJECTS[kind].format(VERBS[i // 3 % len(VERBS)], NOUNS[i // 2 % len(NOUNS)])
        found.append((Case(message=Text(text=f"{text} More is said below.")), Label(kind)))
    return found


def training(agent: Agent[Case, Answer], folder: Path) -> Endless:
    """The messages of the sample, again and again."""
    return Endless(sample(agent, 48))


def validation(
    agent: Agent[Case, Answer], folder: Path, part: str, size: int = 60
) -> list[tuple[Case, Label]]:
    """The same messages, in their order."""
    return sample(agent, size)


@dataclass(frozen=True)
class Endless:
    """A stream of cases without end, as a training run reads it."""

    cases: list[tuple[Case, Label]]

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Case, Label]]:
        """Each of so many shards takes its turn."""
        return islice(cycle(self.cases), seed + shard, None, shards)


agent = Agent(
    name="commit-kind",
    summary=__doc__.splitlines()[0],
    command=Command(
        "kind",
        "Say what a commit is for.",
        options=(Option("message", "Its message.", "text"),),
        read=f"{__name__}:fields",
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={"message": ProseEncoder()},
    heads={"kind": Classes(KINDS)},
    required={"kind": ("message",)},
    candidates=candidates,
    expected=expected,
    sources={
        "train": f"{__name__}:training",
        "valid": f"{__name__}:validation",
        "sample": f"{__name__}:sample",
    },
    primary="kind/accuracy",
    promises={"kind": Promises(Promise(alarms=200))},
    example_file=Path(__file__).with_suffix(".json"),
)
