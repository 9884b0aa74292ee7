"""How likely people act on what an analyser found, learned from what became of findings within two years.

A card of points: those of the rule, of its family, and of the step that each measure of the place falls in,
added up and turned into a chance. Known are rules of ruff; a rule of bandit counts as its twin there (B602 is
S602). Of other tools, and outside functions, nothing is said.

Legend: M measures, E edges between the steps of one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from octad.analysers.merge import twin
from octad.errors import ArtefactError
from octad.host.files import read_bytes
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Finding
from octad.review.measures import Place, family, measures, place_of
from octad.store.artefact import Offset, Share, load, loading, require_files
from octad.store.tensors import ArrayKind, read_tensors

Floats = NDArray[np.float32]
NAME = "judge"
FILE, NAMES = "points.safetensors", "rules.json"
LARGEST = 1 << 20
"""Bytes of the points by name; those shipped have 3,000."""
KINDS: Mapping[str, ArrayKind] = {"edges": ("float32", (None, None)), "points": ("float32", (None, None))}


class _Points(Record):
    """The points that have names, as they are stored."""

    rules: dict[str, Offset]
    families: dict[str, Offset]
    start: Offset
    fold_below: Share


@dataclass(frozen=True)
class Judge:
    """Points by rule and by family; of each measure the `edges` [M, E] and `points` [M, E + 1] of its steps.

    A number on an edge is of the step below it; edges that are not needed are infinite. Findings whose chance
    is below `fold_below` held fifteen in a hundred of what people acted on when it was chosen.
    """

    rules: Mapping[str, float]
    families: Mapping[str, float]
    edges: Floats
    points: Floats
    start: float
    fold_below: float = 0.0

    def chance(self, place: Place) -> float | None:
        """The chance that it is acted on within two years; None for a family of rules that is not known."""
        if family(place.rule) not in self.families:
            return None
        numbers = np.array(list(measures(place).values()), np.float32)
        steps = (numbers[:, None] > self.edges).sum(1)
        of_place = float(self.points[np.arange(len(steps)), steps].sum())
        of_rule = self.families[family(place.rule)] + self.rules.get(place.rule, 0.0)
        return 1 / (1 + math.exp(-(self.start + of_rule + of_place)))


def chances(findings: Sequence[Finding], codes: Mapping[str, Code]) -> list[float | None]:
    """The chance of each finding; None where nothing is known of the tool, the rule or the place.

    `codes` holds the files by path. Raises ArtefactError where the shipped points are damaged.
    """
    judge = shipped_judge()
    found: list[float | None] = [None] * len(findings)
    places = [(one.anchor.path, one.anchor.line, number) for number, one in enumerate(findings)]
    for path, _, number in sorted(places):  # what is measured of a function serves all findings in it
        found[number] = _chance(judge, findings[number], codes.get(path))
    return found


def fold_below() -> float:
    """The chance below which a finding is folded away."""
    return shipped_judge().fold_below


@lru_cache(maxsize=1)
def shipped_judge() -> Judge:
    """The points that come with the package, read once."""
    return load_judge()


def load_judge(folder: Path | None = None) -> Judge:
    """The points in a folder, those shipped by default; raises ArtefactError where missing or damaged."""
    with loading(folder or NAME):
        folder, manifest = load(NAME, folder)
        require_files(folder, manifest, (FILE, NAMES))
        said = _Points.model_validate_json(read_bytes(folder / NAMES, LARGEST, follow=False))
        tensors = read_tensors(folder / FILE, KINDS, infinite=True)
        if tensors["edges"].shape != (len(tensors["points"]), tensors["points"].shape[1] - 1):
            raise ArtefactError(f"{folder / FILE} has not one step more than edges")
        return Judge(**said.model_dump(), edges=tensors["edges"], points=tensors["points"])


def _chance(judge: Judge, finding: Finding, code: Code | None) -> float | None:
    rule = _of_ruff(finding.rule)
    if not rule or code is None or code.language != "python":
        return None
    place = place_of(finding, code)
    return judge.chance(place._replace(rule=rule)) if place else None


def _of_ruff(rule: str) -> str:
    """The rule's name in ruff, "" where it has none."""
    match = re.fullmatch(r"ruff/([A-Z]+\d+)", rule if rule.startswith("ruff/") else twin(rule))
    return match[1] if match else ""
