"""Docstrings and the code under them, before and after it changed: which had to change with it.

The set `docs` holds functions of projects' histories: `both` changed together, or the code alone. That the
docstring stayed is no proof that it still fits, nor that it changed one that it had to: most labels hold.
A project is in one part alone: of those that the set calls its train part, a seventh is kept for measuring
and a seventh joins the valid part, by a digest of the name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from octad.agents.agent import Agent
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad.records.text import Text
from octad_train.data.mixture import Mixture, Part
from octad_train.data.public_sets import Row, rows
from octad_train.sources import IsRight

DOCS = "docs/docs.jsonl.xz"
KEPT_AWAY = frozenset({"httpie/cli"})
"""Projects that are kept for measuring under another name."""
PROJECTS = 7
"""One of so many projects of the train part is for measuring, another for choosing."""
Pair = tuple[Any, Any]


class DocsExample(NamedTuple):
    """A docstring, its function before and after, and whether it changed with it."""

    text: str
    before: str
    after: str
    path: str
    project: str
    unfit: bool
    is_clear: bool


def training(agent: Agent[Any, Any], folder: Path, size: int = 100_000) -> Mixture[Pair]:
    """Rows of the train projects without end, each once before any again, but none only reworded."""
    held = _some([one for one in examples("train") if one.is_clear], size)

    def example(epoch: int, index: int) -> DocsExample:
        turn, place = divmod(index, len(held))
        return held[_order(len(held), epoch + turn)[place]]

    return Mixture([Part(1.0, example)]).map(lambda one: pair(agent, one))


def validation(agent: Agent[Any, Any], folder: Path, part: str = "valid", size: int = 100_000) -> list[Pair]:
    """Rows of projects that training never saw. `part` may be test."""
    return [pair(agent, one) for one in _some(examples(part), size)]


def _some(held: Sequence[DocsExample], size: int) -> list[DocsExample]:
    """At most so many, the same each time, in their order."""
    chosen = np.random.default_rng(0).permutation(len(held))[:size]
    return [held[number] for number in sorted(chosen.tolist())]


def sample(agent: Agent[Any, Any], size: int) -> list[Pair]:
    """So many cases that need no data: a told parameter is renamed, or what the docstring does not tell."""
    return [pair(agent, made(number)) for number in range(size)]


def real(agent: Agent[Any, Any]) -> Iterator[tuple[Any, IsRight]]:
    """Cases of the projects that are kept for measuring; right is a finding where the docstring changed."""
    for case, label in validation(agent, Path(), "test"):
        yield case, partial(_is_right, label.unfit)


def _is_right(unfit: bool, finding: Finding) -> bool:
    return unfit and finding.rule == "docs/unfit"


def pair(agent: Agent[Any, Any], one: DocsExample) -> Pair:
    """Case and label of a row."""
    before, after = (Code(path=one.path, text=text) for text in (one.before, one.after))
    place = Anchor(path=one.path, line=1, end_line=1, end_column=1)
    case = agent.case(text=Text(text=one.text), before=before, after=after, place=place)
    return case, agent.label(unfit=one.unfit)


@lru_cache(maxsize=4)
def examples(part: str) -> Sequence[DocsExample]:
    """All rows of a part: train, valid or test."""
    return [one for row in rows(DOCS) if (one := example_of(row)) and part_of(row) == part]


def part_of(row: Row) -> str:
    """The part that the project of a row is in."""
    if row["split"] != "train":
        return "valid"
    number = int(hashlib.sha256(f"docs {row['repo']}".encode()).hexdigest(), 16) % PROJECTS
    return {0: "test", 1: "valid"}.get(number, "train")


def example_of(row: Row) -> DocsExample | None:
    """A row as an example; None where a docstring was mended alone, or is not to be looked at."""
    if row["kind"] == "doc" or row["repo"] in KEPT_AWAY:
        return None
    unfit = row["kind"] == "both"
    clear = not unfit or not is_reworded(row["old_doc"], row["new_doc"])
    return DocsExample(
        row["old_doc"], row["old_code"], row["new_code"], row["path"], row["repo"], unfit, clear
    )


def is_reworded(old: str, new: str) -> bool:
    """Whether a docstring changed in layout, marks or letter case alone: the code called for none of it."""
    return _words(old) == _words(new)


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


@lru_cache(maxsize=4)
def _order(count: int, epoch: int) -> Sequence[int]:
    order: list[int] = np.random.default_rng((17, epoch)).permutation(count).tolist()
    return order


_NAMES = ("limit", "retries", "folder", "encoding", "timeout", "depth", "rate", "mark")
_BODY = (
    "def fetch(source, {0}):\n    for part in source.parts({0}):\n        store(part{1})\n    return source\n"
)


def made(number: int) -> DocsExample:
    """A case of our own; every other one is a parameter that the docstring tells and the change renames."""
    name, other = _NAMES[number % len(_NAMES)], _NAMES[(number // 2 + 3) % len(_NAMES)]
    unfit = number % 2 == 0 and name != other
    text = (
        f"Fetch every part of a source.\n\nArgs:\n    source: What is fetched.\n    {name}: The {name} of it."
    )
    after = _BODY.format(other, "") if unfit else _BODY.format(name, f", number={number}")
    return DocsExample(text, _BODY.format(name, ""), after, "shop/fetch.py", "", unfit, True)
