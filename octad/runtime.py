"""Prepare, run, finish: from cases to answers, on any engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from octad.agent import Agent
from octad.engines import Engine, OnnxEngine
from octad.heads.base import Array, Calibration, trim
from octad.modalities.base import Prepared
from octad.modalities.pieces import Pieces
from octad.records.base import Record
from octad.store.artefact import Manifest, load, shipped
from octad.store.memory import Memory, key
from octad.store.table import PieceTable

CaseT = TypeVar("CaseT", bound=Record)
AnswerT = TypeVar("AnswerT")
Progress = Callable[[int, int], None]
HeadOutputs = dict[str, list[Array]]

BUDGET = 2_048
"""Padded items of one batch at inference: large enough to fill two cores, small enough for memory."""
WASTE = 0.1
"""The share of a batch that may be padding."""


class Runner(Generic[CaseT, AnswerT]):
    """An agent with its weights on an engine.

    With a `memory`, `run` computes what is not remembered; `recalled` counts the units that were.
    """

    def __init__(
        self, agent: Agent[CaseT, AnswerT], manifest: Manifest, pieces: Pieces, engine: Engine
    ) -> None:
        self.agent = agent
        self.manifest = manifest
        self.pieces = pieces
        self.engine = engine
        self.memory: Memory | None = None
        self.recalled = 0

    @classmethod
    def load(
        cls, agent: Agent[CaseT, AnswerT], folder: Path | None = None, *, threads: int = 0
    ) -> Runner[CaseT, AnswerT]:
        """The agent with stored weights, the shipped ones by default, in ONNX Runtime.

        Raises ArtefactError when they are missing or damaged.
        """
        folder = folder or shipped(agent.name)
        manifest = load(folder, agent.name)
        shared = shipped(manifest.backbone) if manifest.backbone else folder
        relations = agent.fusion.relations(agent.inputs)
        engine = OnnxEngine(folder, PieceTable.load(shared), manifest.outputs, relations, threads)
        return cls(agent, manifest, Pieces(shared), engine)

    def prepare(self, case: CaseT) -> Prepared:
        """The case as arrays; pure."""
        return self.agent.fusion.prepare(case, self.agent.inputs, self.pieces)

    def run(self, units: Sequence[Prepared], progress: Progress | None = None) -> list[HeadOutputs]:
        """The outputs of every head for each unit, trimmed; batches are cut by cost."""
        if self.memory is None:
            return self._computed(units, progress)
        weights = self._digest()
        keys = [key(weights, self.agent.fusion.collate([unit])._asdict()) for unit in units]
        known = self.memory.recall(keys)
        new = [i for i, name in enumerate(keys) if name not in known]
        self.recalled += len(units) - len(new)
        if new:
            computed = self._computed([units[i] for i in new], progress)
            made = {keys[i]: one for i, one in zip(new, computed, strict=True)}
            self.memory.keep(made)
            known |= made
        return [known[name] for name in keys]

    def _digest(self) -> str:
        """A digest of the weights and of their graph."""
        return ",".join(f"{name}={digest}" for name, digest in sorted(self.manifest.files.items()))

    def _computed(self, units: Sequence[Prepared], progress: Progress | None) -> list[HeadOutputs]:
        results: list[HeadOutputs] = [{} for _ in units]
        done = 0
        for batch in cut([unit.cost for unit in units], BUDGET, WASTE):
            chosen = [units[i] for i in batch]
            outputs = self.engine.run(self.agent.fusion.collate(chosen))
            for row, index in enumerate(batch):
                results[index] = self._row(outputs, row, units[index].cost)
            done += len(batch)
            if progress is not None:
                progress(done, len(units))
        return results

    def run_hidden(self, unit: Prepared, hidden: Sequence[Sequence[int] | Array]) -> list[HeadOutputs]:
        """The outputs for copies of a unit, in each of which some items are hidden from attention."""
        results: list[HeadOutputs] = []
        for batch in cut([unit.cost] * len(hidden), BUDGET):
            arrays = self.agent.fusion.collate([unit] * len(batch))
            for row, index in enumerate(batch):
                arrays.mask[row, np.asarray(hidden[index], np.int64)] = False
            outputs = self.engine.run(arrays)
            results += [self._row(outputs, row, unit.cost) for row in range(len(batch))]
        return results

    def _row(self, outputs: Mapping[str, list[Array]], row: int, items: int) -> HeadOutputs:
        """One row of every output, without padding; what is no head's is of the row as a whole."""
        heads = self.agent.heads
        return {
            name: trim(heads[name], arrays, row, items) if name in heads else [array[row] for array in arrays]
            for name, arrays in outputs.items()
        }

    def past(self, case: CaseT, unit: Prepared, outputs: HeadOutputs) -> dict[str, float]:
        """The most that each head that says yes raises in rehearsals, where the answer is known to be no."""
        found: dict[str, float] = {}
        for name, rehearse in self.agent.rehearsals.items():
            head = self.agent.heads[name]
            if self.agent.heard(name, unit) and head.belief(outputs[name], unit, 0, "") > 0.5:
                said = self.run([self.prepare(one) for one in rehearse(case)])
                found[name] = max((float(one[name][0][0]) for one in said), default=0.0)
        return found

    def finish(self, case: CaseT, unit: Prepared, outputs: HeadOutputs) -> AnswerT:
        """Decoded, calibrated values, one field per head.

        None where a head has nothing to go by, or weights from before it was there.
        """
        past = self.past(case, unit, outputs)
        decoded = {
            name: head.decode(outputs[name], unit, replace(self.calibration(name), past=past.get(name, 0.0)))
            if name in outputs and self.agent.heard(name, unit)
            else None
            for name, head in self.agent.heads.items()
        }
        return self.agent.answer(**decoded)

    def calibration(self, head: str) -> Calibration:
        """The calibration of a head, the identity where none was fitted."""
        return Calibration(self.manifest.temperatures.get(head, 1.0), self.manifest.offsets.get(head, 0.0))

    def answers(self, cases: Sequence[CaseT], progress: Progress | None = None) -> list[AnswerT]:
        """What the agent says of each case, in their order."""
        units = [self.prepare(case) for case in cases]
        return [self.finish(*asked) for asked in zip(cases, units, self.run(units, progress), strict=True)]

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The least probability per rule at which a finding is made."""
        return self.manifest.thresholds

    @property
    def changes(self) -> Mapping[str, float]:
        """The same where a change is under review."""
        return self.manifest.changes or self.manifest.thresholds

    @property
    def silent(self) -> Sequence[str]:
        """Rules without a threshold that may still be asked for."""
        return self.manifest.silent


def cut(costs: Sequence[int], budget: int, waste: float = 1.0) -> list[list[int]]:
    """Indices sorted by cost, cut so that each batch's padded cost stays within the budget.

    No more than the share `waste` of a batch is padding.
    """
    batches: list[list[int]] = []
    current: list[int] = []
    held = 0
    for index in sorted(range(len(costs)), key=costs.__getitem__):
        padded, held = (len(current) + 1) * costs[index], held + costs[index]
        if current and (padded > budget or padded - held > waste * padded):
            batches.append(current)
            current, held = [], costs[index]
        current.append(index)
    return [*batches, current] if current else batches
