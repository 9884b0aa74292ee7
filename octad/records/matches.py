"""What was found among functions: answers to a question, those like another, groups of clones."""

from __future__ import annotations

from typing import Literal

from octad.records.base import Record
from octad.records.code import Language, LineRange
from octad.records.report import Anchor, Report


class Place(Record):
    """A function and its lines."""

    path: str
    line: int
    end_line: int
    name: str
    language: Language


class Trace(Record):
    """A word of a function that speaks for it, and what it was looked for by.

    `exact` says that both are the same word, in whatever form; otherwise they are near in meaning. `weight`
    is its share of what all words say.
    """

    asked: str
    text: str
    anchor: Anchor
    exact: bool
    weight: float


class Parts(Record):
    """How alike in each respect, 0 to 1; `structure` is nothing where a question was asked."""

    words: float
    meaning: float
    structure: float | None = None


class Alike(Record):
    """The longest run of steps that two functions take alike: how many, and its lines in each."""

    steps: int
    here: LineRange
    there: LineRange


class Match(Record):
    """A function that was found, how well it fits (0 to 1, no probability), and why."""

    place: Place
    score: float
    parts: Parts
    traces: tuple[Trace, ...] = ()
    alike: Alike | None = None


class Indexed(Report):
    """How many functions were looked at, and of how many the cache knew nothing."""

    functions: int
    computed: int


class Search(Indexed):
    """Answers to a question, best first."""

    question: str
    matches: tuple[Match, ...]


class Similar(Indexed):
    """Functions like another, the most alike first."""

    of: Place
    matches: tuple[Match, ...]


class Group(Record):
    """Functions of which every two are alike; `least` is the smallest similarity among them.

    `identical` functions differ in layout and comments at most, `renamed` ones in names and literals too.
    `traces` and `alike` compare the second with the first.
    """

    kind: Literal["identical", "renamed", "similar"]
    least: float
    members: tuple[Place, ...]
    traces: tuple[Trace, ...] = ()
    alike: Alike | None = None


class Clones(Indexed):
    """Groups of clones, those first that have the most lines."""

    groups: tuple[Group, ...]
