"""Cases to answers: in any company, in the order asked, with nothing read or computed twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from octad import catalog
from octad.encoders.batch import TokenBatch
from octad.encoders.prepared import Prepared
from octad.errors import ArtefactError
from octad.records.code import Code
from octad.records.text import Text
from octad.runtime import HeadOutputs, Runner
from octad.states import TextStates
from octad.store.output_cache import OutputCache
from tests import tiny
from tests.conftest import Stored
from tests.contract.agents import commit_kind

TEXTS = tuple(
    f"def f{n}(first, second):\n" + "    first += second\n" * n + "    return first\n" for n in (9, 1, 30, 4)
)
MESSAGES = (
    "Left is not right.",
    "Do not lose the first. The second is in self. Return if none is left.",
    "Right is not left.",
    "The second is in self.",
)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    """An agent that reads code token by token."""
    folder: Path = tmp_path_factory.mktemp("code")
    return tiny.runner(catalog.load(catalog.entries()[0].name), folder, started=True)


@pytest.fixture(scope="module")
def units(runner: Runner[Any, Any]) -> list[Prepared]:
    (field,) = runner.agent.inputs
    return [runner.prepare(runner.agent.case(**{field: Code(path="a.py", text=text)})) for text in TEXTS]


@pytest.fixture(scope="module")
def prose(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    """An agent that reads texts."""
    return tiny.runner(commit_kind.agent, tmp_path_factory.mktemp("prose"), started=True)


def said(text: str) -> commit_kind.Case:
    return commit_kind.Case(message=Text(text=text))


def assert_same(one: HeadOutputs, other: HeadOutputs) -> None:
    assert one.keys() == other.keys()
    for name, arrays in one.items():
        for a, b in zip(arrays, other[name], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


def test_company_does_not_matter_and_order_is_kept(
    runner: Runner[Any, Any], units: list[Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    together = runner.run(units, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
    for unit, outputs in zip(units, together, strict=True):
        (alone,) = runner.run([unit])
        assert_same(outputs, alone)
    monkeypatch.setattr("octad.runtime.BUDGET", 1)
    for outputs, apart in zip(together, runner.run(units), strict=True):
        assert_same(outputs, apart)


def test_company_does_not_matter_to_texts(prose: Runner[Any, Any]) -> None:
    units = [prose.prepare(said(text)) for text in MESSAGES]
    for unit, outputs in zip(units, prose.run(units), strict=True):
        (alone,) = prose.run([unit])
        assert_same(outputs, alone)


def test_outputs_are_trimmed_to_the_items_of_the_unit(
    runner: Runner[Any, Any], units: list[Prepared]
) -> None:
    for unit, outputs in zip(units, runner.run(units), strict=True):
        for name, head in runner.agent.heads.items():
            for array, per_item in zip(outputs[name], head.per_item, strict=True):
                assert not per_item or len(array) == len(unit)


def test_hidden_items_are_not_seen(runner: Runner[Any, Any], units: list[Prepared]) -> None:
    plain, hidden, other = runner.run_hidden(units[1], [[], [3], [4, 5]])
    (whole,) = runner.run([units[1]])
    assert_same(plain, whole)
    name = next(iter(whole))
    assert np.abs(hidden[name][0] - plain[name][0]).max() > 1e-3
    assert np.abs(hidden[name][0] - other[name][0]).max() > 1e-3


def test_what_is_hidden_may_as_well_be_something_else(
    runner: Runner[Any, Any], units: list[Prepared]
) -> None:
    """Other word pieces and features at a hidden token change nothing at the rest."""
    unit = units[1].without([3])
    (one,) = unit.sequences
    assert one.starts[4] - one.starts[3] == 1
    pieces, features = one.pieces.copy(), one.features.copy()
    pieces[one.starts[3]] += 1
    features[3] = 1
    other = replace(unit, sequences=(replace(one, pieces=pieces, features=features),))
    rest = np.delete(np.arange(len(unit)), 3)
    before, after = runner.run([unit, other])
    for name, head in runner.agent.heads.items():
        for a, b, per_item in zip(before[name], after[name], head.per_item, strict=True):
            first, second = (a[rest], b[rest]) if per_item else (a, b)
            np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-4)


def test_the_order_of_the_words_of_a_text_matters(prose: Runner[Any, Any]) -> None:
    """The first and the third message have the same words."""
    first, _, third, _ = prose.answers([said(text) for text in MESSAGES])
    one, other = (sorted(MESSAGES[i].lower().strip(".").split()) for i in (0, 2))
    assert one == other
    assert max(abs(first.kind[kind] - third.kind[kind]) for kind in first.kind) > 1e-5


def test_the_order_of_sentences_matters(prose: Runner[Any, Any]) -> None:
    one, other = prose.answers(
        [said("Left is first. Right is second."), said("Right is second. Left is first.")]
    )
    assert max(abs(one.kind[kind] - other.kind[kind]) for kind in one.kind) > 1e-5


def test_what_is_no_number_is_refused(runner: Runner[Any, Any], units: list[Prepared]) -> None:
    class Broken(Counting):
        def decide(self, batch: Any, vectors: Any) -> Any:
            outputs = self.engine.decide(batch, vectors)
            return {name: [np.full_like(one, np.nan) for one in arrays] for name, arrays in outputs.items()}

    broken = Runner(runner.agent, runner.manifest, runner.pieces, Broken(runner.engine))
    with pytest.raises(ArtefactError, match="answers with what is no number"):
        broken.run(units[:1])


class Counting:
    """An engine that counts the texts that it reads."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.width, self.shapes, self.read = engine, engine.width, engine.shapes, 0

    def encode(self, tokens: TokenBatch) -> np.ndarray:
        self.read += len(tokens.mask)
        found: np.ndarray = self.engine.encode(tokens)
        return found

    def decide(self, batch: Any, vectors: np.ndarray) -> Any:
        return self.engine.decide(batch, vectors)


def counting(runner: Runner[Any, Any]) -> tuple[Runner[Any, Any], Counting]:
    engine = Counting(runner.engine)
    return Runner(runner.agent, runner.manifest, runner.pieces, engine), engine


def test_equal_texts_are_read_once(prose: Runner[Any, Any]) -> None:
    made, engine = counting(prose)
    made.answers([said(text) for text in MESSAGES])
    assert engine.read == 5, "one sentence of the second message is the fourth"
    made.answers([said(text) for text in MESSAGES[::-1]])
    assert engine.read == 5
    made.answers([said(f"{MESSAGES[3]} And more.")])
    assert engine.read == 6


def test_nothing_to_do_is_nothing(runner: Runner[Any, Any], units: list[Prepared]) -> None:
    assert runner.run([]) == runner.run_hidden(units[0], []) == runner.answers([]) == runner.ask([]) == []


def test_who_asks_is_given_case_arrays_and_answer(prose: Runner[Any, Any]) -> None:
    cases = [said(text) for text in MESSAGES]
    asked = prose.ask(cases)
    assert [one.case for one in asked] == cases
    assert [one.unit.fingerprint for one in asked] == [prose.prepare(case).fingerprint for case in cases]
    assert [one.answer for one in asked] == prose.answers(cases)


def test_a_head_with_nothing_to_go_by_says_nothing(prose: Runner[Any, Any]) -> None:
    (answer,) = prose.answers([commit_kind.Case()])
    assert answer.kind is None


def test_weights_from_before_a_head_was_there_say_nothing_of_it(runner: Runner[Any, Any]) -> None:
    case = runner.agent.example
    unit = runner.prepare(case)
    (outputs,) = runner.run([unit])
    whole = runner.finish(case, unit, outputs)
    for name in runner.agent.heads:
        rest = {head: arrays for head, arrays in outputs.items() if head != name}
        answer = runner.finish(case, unit, rest)
        assert getattr(answer, name) is None
        assert all(getattr(answer, other) == getattr(whole, other) for other in rest)


def test_calibration_is_that_of_the_manifest(runner: Runner[Any, Any]) -> None:
    name = next(iter(runner.agent.heads))
    manifest = runner.manifest.model_copy(update={"temperatures": {name: 3.0}, "offsets": {name: 0.5}})
    warm = Runner(runner.agent, manifest, runner.pieces, runner.engine).calibration(name)
    assert (warm.temperature, warm.offset) == (3.0, 0.5)
    plain = runner.calibration(name)
    assert (plain.temperature, plain.offset) == (1.0, 0.0)


@pytest.fixture
def cache(tmp_path: Path) -> OutputCache:
    return OutputCache(tmp_path / "outputs.sqlite")


def test_what_is_remembered_is_not_computed_again(
    runner: Runner[Any, Any], units: list[Prepared], cache: OutputCache
) -> None:
    plain = runner.run(units)
    made, engine = counting(runner)
    made.remember(cache)
    made.run(units[:3])
    seen: list[int] = []
    again = made.run(units, lambda done, total: seen.append(total))
    assert (made.recalled, seen, engine.read) == (3, [1], 4)
    for one, other in zip(plain, again, strict=True):
        assert_same(one, other)


def test_what_was_computed_is_kept_when_a_run_is_stopped(
    runner: Runner[Any, Any], units: list[Prepared], cache: OutputCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octad.runtime.KEPT_AT_ONCE", 1)
    made, _ = counting(runner)
    made.remember(cache)
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.run(units, stop)
    assert seen == [(1, len(units)), (2, len(units)), (3, len(units))]
    later, engine = counting(runner)
    later.remember(cache)
    later.run(units)
    assert (later.recalled, engine.read) == (2, len(units) - 2)


def test_states_of_texts_are_remembered_beyond_the_process(
    prose: Runner[Any, Any], cache: OutputCache
) -> None:
    """A new message of old sentences needs no reading, only an answer."""
    made, _ = counting(prose)
    made.remember(cache)
    made.answers([said(text) for text in MESSAGES])
    later, engine = counting(prose)
    later.remember(cache)
    later.answers([said(f"{MESSAGES[3]} {MESSAGES[0]}")])
    assert (engine.read, later.recalled) == (0, 0)


def of_files(runner: Runner[Any, Any], files: dict[str, str]) -> Runner[Any, Any]:
    manifest = runner.manifest.model_copy(update={"files": files})
    return Runner(runner.agent, manifest, runner.pieces, runner.engine)


def test_other_weights_remember_for_themselves(
    prose: Runner[Any, Any], cache: OutputCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own ones by their digests; those that several agents share by the digests of these."""
    unit = prose.prepare(said(MESSAGES[0]))

    def recalled(runner: Runner[Any, Any]) -> tuple[int, int]:
        made, engine = counting(runner)
        made.remember(cache)
        made.run([unit])
        return made.recalled, engine.read

    assert recalled(of_files(prose, {"core.onnx": "1"})) == (0, 1)
    assert recalled(of_files(prose, {"core.onnx": "1"})) == (1, 0)
    assert recalled(of_files(prose, {"core.onnx": "2"})) == (0, 1)
    monkeypatch.setattr("octad.runtime.shared_version", lambda manifest: "shared")
    assert recalled(of_files(prose, {"core.onnx": "1"})) == (0, 1), "the same core over other states"
    assert recalled(of_files(prose, {"core.onnx": "3"})) == (0, 0), "another core over the same states"


def test_states_are_of_the_version_of_the_weights(prose: Runner[Any, Any]) -> None:
    one, other = (of_files(prose, {"encoder.onnx": digest}) for digest in "12")
    assert isinstance(one.states, TextStates)
    assert one.states.version != other.states.version


def spoiled(change: Any) -> Any:
    """A cache whose every entry of a case is changed before it is looked at."""

    class Spoiled(OutputCache):
        def recall(self, keys: Any, fits: Any = lambda name, outputs: True) -> Any:
            found = super().recall(keys)
            for outputs in found.values():
                if "state" not in outputs:
                    change(outputs)
            return {name: outputs for name, outputs in found.items() if fits(name, outputs)}

    return Spoiled


def every_array(change: Any) -> Any:
    def spoil(outputs: Any) -> None:
        for name, arrays in outputs.items():
            outputs[name] = [change(array) for array in arrays]

    return spoil


SPOILED = {
    "nothing": lambda outputs: outputs.clear(),
    "a head less": lambda outputs: outputs.pop(min(outputs)),
    "a head more": lambda outputs: outputs.update(evil=[np.zeros(1, np.float32)]),
    "an array less": lambda outputs: outputs[min(outputs)].pop(),
    "an array more": lambda outputs: outputs[min(outputs)].append(np.zeros(1, np.float32)),
    "no numbers": every_array(lambda array: array * np.float32("nan")),
    "without end": every_array(lambda array: array + np.float32("inf")),
    "double precision": every_array(lambda array: array.astype(np.float64)),
    "whole numbers": every_array(lambda array: array.astype(np.int32)),
    "items that lack": every_array(lambda array: array[:-1]),
    "an axis more": every_array(lambda array: array[None]),
    "a class more": every_array(lambda array: np.concatenate([array, array], -1)),
}


@pytest.fixture(scope="module")
def exported(stored: Stored) -> Runner[Any, Any]:
    """Weights as they are stored: their graphs say what shapes their outputs have."""
    name = catalog.entries()[0].name
    return Runner.load(catalog.load(name), stored(name), threads=1)


@pytest.mark.parametrize("name", SPOILED)
def test_what_a_cache_holds_is_used_only_where_it_could_have_been_computed(
    name: str, exported: Runner[Any, Any], tmp_path: Path
) -> None:
    units = [exported.prepare(exported.agent.example)]
    (expected,) = exported.run(units)
    later = Runner(exported.agent, exported.manifest, exported.pieces, exported.engine)
    later.remember(OutputCache(tmp_path / "outputs.sqlite"))
    later.run(units)
    later.remember(spoiled(SPOILED[name])(tmp_path / "outputs.sqlite"))
    (found,) = later.run(units)
    assert_same(found, expected)
    assert later.recalled == 0
    later.remember(spoiled(lambda outputs: None)(tmp_path / "outputs.sqlite"))
    later.run(units)
    assert later.recalled == 1, "it is refused for what was changed"
