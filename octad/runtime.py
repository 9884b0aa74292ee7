"""Prepare, run, finish: from cases to answers, on any engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from octad.agents.agent import Agent
from octad.budget import current
from octad.encoders.batch import WASTE, cut
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.engines import Engine, OnnxEngine
from octad.errors import ArtefactError, OutOfBudget
from octad.golden import verify_once
from octad.heads.base import Array, Calibration, trim
from octad.records.base import Record
from octad.states import TextStates
from octad.store.artefact import (
    Manifest,
    agent_files,
    encoder_of,
    load,
    loading,
    pieces_of,
    require_files,
    shared_version,
)
from octad.store.output_cache import OutputCache, key
from octad.store.piece_table import PieceTable
from octad.store.tensors import difference

CaseT = TypeVar("CaseT", bound=Record)
AnswerT = TypeVar("AnswerT")
Progress = Callable[[int, int], None]
HeadOutputs = dict[str, list[Array]]

KEPT_AT_ONCE = 512
"""Cases after which what was computed is kept: a run that is stopped loses no more."""
GATES = "gates"
"""What is no head's: how much each stream counted where several were fused, as `octad.nn.core` names it."""
BUDGET = 2_048
"""Padded items of one batch at inference: large enough to fill two cores, small enough for memory."""


def shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of a part of all cases as that of all."""
    return None if progress is None else lambda done, _: progress(before + done, total)


def _whole(outputs: list[HeadOutputs]) -> list[HeadOutputs]:
    """The outputs of all cases; raises OutOfBudget where those of some are missing."""
    if not all(outputs):
        raise OutOfBudget(current().spent())
    return outputs


def _are_numbers(arrays: Sequence[Array]) -> bool:
    """Whether every number is finite."""
    return all(bool(np.isfinite(array).all()) for array in arrays)


def _check_outputs(agent: Agent[Any, Any], folder: Path, manifest: Manifest) -> None:
    """Raise ArtefactError unless the outputs are those of the agent's heads.

    Weights from before a head was there do without it.
    """
    expected = {name: head.outputs for name, head in agent.heads.items()} | {GATES: (GATES,)}
    if not manifest.outputs.keys() & agent.heads.keys():
        raise ArtefactError(f"the weights in {folder} have none of the heads of {agent.name}")
    for name, names in manifest.outputs.items():
        if expected.get(name) != names:
            raise ArtefactError(
                f"the weights in {folder} have outputs of {name} that {agent.name} does not know",
                hint="they are of another version, train again",
            )


@dataclass(frozen=True, slots=True)
class Asked(Generic[CaseT, AnswerT]):
    """A case, what the model read of it, and the answer."""

    case: CaseT
    unit: Prepared
    answer: AnswerT


class Runner(Generic[CaseT, AnswerT]):
    """An agent with its weights on an engine.

    With a `cache`, `run` computes what it does not hold; `recalled` counts the cases that it held.
    """

    def __init__(
        self, agent: Agent[CaseT, AnswerT], manifest: Manifest, pieces: WordPieces, engine: Engine
    ) -> None:
        self.agent = agent
        self.manifest = manifest
        self.pieces = pieces
        self.engine = engine
        self.states = TextStates(engine, shared_version(manifest) or self._version())
        self.cache: OutputCache | None = None
        self.recalled = 0

    @classmethod
    def load(
        cls, agent: Agent[CaseT, AnswerT], folder: Path | None = None, *, threads: int = 0
    ) -> Runner[CaseT, AnswerT]:
        """The agent with stored weights, the shipped ones by default, in ONNX Runtime.

        Raises ArtefactError when they are missing, damaged or of another agent, and where they do not answer
        their golden case as they did when they were stored, which they are asked once.
        """
        with loading(folder or agent.name):
            runner = cls.draft(agent, folder, threads=threads)
            verify_once(runner)
            return runner

    @classmethod
    def draft(
        cls, agent: Agent[CaseT, AnswerT], folder: Path | None = None, *, threads: int = 0
    ) -> Runner[CaseT, AnswerT]:
        """The same of an artefact in the making: it has no golden case yet, or one that will be replaced."""
        with loading(folder or agent.name):
            folder, manifest = load(agent.name, folder)
            require_files(folder, manifest, agent_files(manifest))
            _check_outputs(agent, folder, manifest)
            shared = pieces_of(folder, manifest)
            table = PieceTable.load(shared)
            if table.values.shape[1] != manifest.width:
                raise ArtefactError(f"{folder} is of width {manifest.width}, its pieces of another")
            engine = OnnxEngine(folder, encoder_of(folder, manifest), table, manifest.outputs, threads)
            return cls(agent, manifest, WordPieces(shared), engine)

    def remember(self, cache: OutputCache) -> None:
        """Keep what is computed in a cache, and use what it holds."""
        self.cache = self.states.cache = cache

    def prepare(self, case: CaseT) -> Prepared:
        """The case as arrays; pure."""
        return self.agent.prepare(case, self.pieces)

    def run(self, units: Sequence[Prepared], progress: Progress | None = None) -> list[HeadOutputs]:
        """The outputs of every head for each case, trimmed; batches are cut by cost.

        Raises OutOfBudget where the run ends before all are there.
        """
        return _whole(self._in_time(units, progress))

    def _in_time(self, units: Sequence[Prepared], progress: Progress | None) -> list[HeadOutputs]:
        """The same, with nothing for the cases that the budget of the run was not enough for."""
        if self.cache is None:
            return self._computed(units, progress)
        weights = f"{self.states.version} {self._version()}"
        keys = [key(weights, unit.fingerprint) for unit in units]
        lengths = {name: len(unit) for name, unit in zip(keys, units, strict=True)}
        known = self.cache.recall(keys, lambda name, outputs: self._fits(outputs, lengths[name]))
        new = [i for i, name in enumerate(keys) if name not in known]
        self.recalled += len(units) - len(new)
        for start in range(0, len(new), KEPT_AT_ONCE):
            some = new[start : start + KEPT_AT_ONCE]
            computed = self._computed([units[i] for i in some], shifted(progress, start, len(new)))
            made = {keys[i]: one for i, one in zip(some, computed, strict=True) if one}
            self.cache.keep(made)
            known |= made
        return [known.get(name, {}) for name in keys]

    def _version(self) -> str:
        """A digest of the weights and of their graphs."""
        return ",".join(f"{name}={digest}" for name, digest in sorted(self.manifest.files.items()))

    def _computed(self, units: Sequence[Prepared], progress: Progress | None) -> list[HeadOutputs]:
        results: list[HeadOutputs] = [{} for _ in units]
        done = 0
        for part in cut([len(unit) for unit in units], BUDGET, WASTE):
            if current().spent():
                break
            batch = self.agent.collate([units[i] for i in part])
            outputs = self.engine.decide(batch, self.states.vectors(batch))
            for row, index in enumerate(part):
                results[index] = self._row(outputs, row, len(units[index]))
                if odd := [name for name, arrays in results[index].items() if not _are_numbers(arrays)]:
                    raise ArtefactError(
                        f"{self.agent.name} answers with what is no number in {odd[0]}",
                        hint="the weights are unsound, or a value of the case is beyond any measure",
                    )
            done += len(part)
            if progress is not None:
                progress(done, len(units))
        return results

    def _fits(self, outputs: HeadOutputs, items: int) -> bool:
        """Whether what a cache holds is what the engine would give for a case of so many items."""
        if outputs.keys() != self.manifest.outputs.keys():
            return False
        for name, arrays in outputs.items():
            if len(arrays) != len(self.manifest.outputs[name]):
                return False
            shapes = self.engine.shapes.get(name) or [(None,) * array.ndim for array in arrays]
            head = self.agent.heads.get(name)
            per_item = head.per_item if head else (False,) * len(shapes)
            wanted = [(items, *s[1:]) if per else s for s, per in zip(shapes, per_item, strict=True)]
            if any(difference(one, ("float32", shape)) for one, shape in zip(arrays, wanted, strict=False)):
                return False
        return True

    def run_hidden(self, unit: Prepared, hidden: Sequence[Sequence[int] | Array]) -> list[HeadOutputs]:
        """The outputs for copies of a case, in each of which some items are hidden from attention.

        Raises OutOfBudget as `run` does.
        """
        return _whole(self._computed([unit.without(items) for items in hidden], None))

    def _row(self, outputs: Mapping[str, list[Array]], row: int, items: int) -> HeadOutputs:
        """One row of every output, without padding; what is no head's is of the row as a whole."""
        heads = self.agent.heads
        return {
            name: trim(heads[name], arrays, row, items) if name in heads else [array[row] for array in arrays]
            for name, arrays in outputs.items()
        }

    def placebo(self, case: CaseT, unit: Prepared, outputs: HeadOutputs) -> dict[str, float]:
        """The most that each head with placebo cases raises in them, where it says yes of the case itself."""
        found: dict[str, float] = {}
        for extension in self.agent.extensions:
            for name in extension.heads:
                head = self.agent.heads[name]
                if (
                    name not in outputs
                    or not self.agent.can_answer(name, unit)
                    or head.probability(outputs[name], unit, 0, "") <= 0.5
                ):
                    continue
                if cases := extension.placebos(case):
                    said = self.run([self.prepare(one) for one in cases])
                    found[name] = max(float(one[name][0][0]) for one in said)
        return found

    def finish(self, case: CaseT, unit: Prepared, outputs: HeadOutputs) -> AnswerT:
        """Decoded, calibrated values, one field per head.

        None where a head has nothing to go by, or weights from before it was there.
        """
        placebo = self.placebo(case, unit, outputs)
        decoded: dict[str, Any] = {}
        for name, head in self.agent.heads.items():
            decoded[name] = None
            if name in outputs and self.agent.can_answer(name, unit):
                calibration = replace(self.calibration(name), placebo=placebo.get(name, 0.0))
                decoded[name] = head.decode(outputs[name], unit, calibration)
        return self.agent.answer(**decoded)

    def calibration(self, head: str) -> Calibration:
        """The calibration of a head, the identity where none was fitted."""
        return Calibration(self.manifest.temperatures.get(head, 1.0), self.manifest.offsets.get(head, 0.0))

    def ask(self, cases: Sequence[CaseT], progress: Progress | None = None) -> list[Asked[CaseT, AnswerT]]:
        """Each case with its arrays and its answer, in their order.

        Missing are those that the budget of the run was not enough for.
        """
        units: list[Prepared] = []
        for case in cases:
            if current().spent():
                break
            units.append(self.prepare(case))
        return [
            Asked(case, unit, self.finish(case, unit, output))
            for case, unit, output in zip(cases, units, self._in_time(units, progress), strict=False)
            if output
        ]

    def answers(self, cases: Sequence[CaseT], progress: Progress | None = None) -> list[AnswerT]:
        """What the agent says of each case, in their order; raises OutOfBudget where one is missing."""
        asked = self.ask(cases, progress)
        if len(asked) < len(cases):
            raise OutOfBudget(current().spent())
        return [one.answer for one in asked]
