"""Folders of weights made to mislead, to last or to run: each is refused in one line that says what is wrong.

The folder attacked is a copy of shipped weights. `reseal` gives it digests that fit, as an attacker would.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from octad import catalog
from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.errors import ArtefactError
from octad.golden import verify_once
from octad.runtime import Runner
from octad.store import artefact
from octad.store.artefact import MANIFEST, PINNED, digest, loading, shipped
from octad.store.folders import cache_folder
from octad.store.piece_table import PieceTable
from octad.store.tensors import LARGEST_HEADER, check_header, read_tensors

SEVERAL = [
    one.name
    for one in catalog.entries()
    if len(catalog.load(one.name).heads) > 1
    and json.loads((shipped(one.name) / MANIFEST).read_text())["priors"]
]
"""Agents that still answer where one head is taken away, with thresholds that were chosen for a prior."""
NAME, OTHER = SEVERAL[-1], SEVERAL[0]
GRAPH, WEIGHTS = "core.onnx", "weights.safetensors"
Edit = Callable[[Path], object]


def reseal(folder: Path) -> None:
    """Digests of the files as they are now; bounds are not looked at."""
    raw = json.loads((folder / MANIFEST).read_text())
    raw["files"] = {name: digest(folder / name) for name in raw["files"]}
    (folder / MANIFEST).write_text(json.dumps(raw))


def said(**fields: Any) -> Edit:
    """Change fields of the manifest; a function gets what was there."""

    def edit(folder: Path) -> None:
        raw = json.loads((folder / MANIFEST).read_text())
        for name, value in fields.items():
            raw[name] = value(raw.get(name)) if callable(value) else value
        (folder / MANIFEST).write_text(json.dumps(raw))

    return edit


def every(value: float) -> Callable[[dict[str, float]], dict[str, float]]:
    return lambda held: dict.fromkeys(held, value)


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda held: {name: value for name, value in held.items() if name not in names}


def text(content: str | bytes) -> Edit:
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / MANIFEST).write_bytes(data)


def flipped(name: str) -> Edit:
    def edit(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 0x40
        (folder / name).write_bytes(data)

    return edit


def cut(name: str, size: int) -> Edit:
    return lambda folder: os.truncate(folder / name, size)


def instead(name: str, make: Callable[[Path], object]) -> Edit:
    def edit(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return edit


def sealed(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)
        reseal(folder)

    return edit


def not_numbers(folder: Path) -> None:
    """Weights of the right length, all of them NaN."""
    data = bytearray((folder / WEIGHTS).read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    data[start:] = b"\xff" * (len(data) - start)
    (folder / WEIGHTS).write_bytes(data)


def headed(header: bytes, said: int | None = None) -> Edit:
    length = (len(header) if said is None else said).to_bytes(8, "little")
    return lambda folder: (folder / WEIGHTS).write_bytes(length + header)


def graph(change: Callable[[Any], object]) -> Edit:
    def edit(folder: Path) -> None:
        model = onnx.load(folder / GRAPH, load_external_data=False)
        change(model)
        (folder / GRAPH).write_bytes(model.SerializeToString())

    return edit


def elsewhere(place: str) -> Callable[[Any], None]:
    """Weights of the graph read from another file."""

    def change(model: Any) -> None:
        held = next(tensor for tensor in model.graph.initializer if tensor.external_data)
        next(pair for pair in held.external_data if pair.key == "location").value = place

    return change


def foreign(model: Any) -> None:
    model.opset_import.append(helper.make_opsetid("evil.ops", 1))
    model.graph.node.append(helper.make_node("Run", [], ["ran"], domain="evil.ops"))


def looping(model: Any) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["looped"], body=body))


def in_function(model: Any) -> None:
    model.functions.append(helper.make_function("own", "f", [], [], [], []))


def of_doubles(model: Any) -> None:
    given = model.graph.output[0]
    node = helper.make_node("Cast", [given.name], ["wide"], to=TensorProto.DOUBLE)
    model.graph.node.append(node)
    shape = [d.dim_param or d.dim_value for d in given.type.tensor_type.shape.dim]
    model.graph.output.append(helper.make_tensor_value_info("wide", TensorProto.DOUBLE, shape))


def of_another(folder: Path) -> None:
    for name in (GRAPH, WEIGHTS):
        shutil.copyfile(shipped(OTHER) / name, folder / name)


def first_output(held: dict[str, Any]) -> dict[str, Any]:
    return held | {min(held): ["other"]}


def golden(**fields: str) -> Edit:
    return said(golden=lambda held: held | fields)


class Attack(NamedTuple):
    edit: Edit
    line: str


ATTACKS = {
    "a bit of the graph": Attack(flipped(GRAPH), "core.onnx is missing or damaged"),
    "a bit of the weights": Attack(flipped(WEIGHTS), "weights.safetensors is missing or damaged"),
    "a graph cut off": Attack(cut(GRAPH, 1000), "core.onnx is missing or damaged"),
    "a file more": Attack(lambda f: (f / "evil.bin").write_bytes(b"x"), "evil.bin is no part of the weights"),
    "a hidden file": Attack(lambda f: (f / ".evil").write_bytes(b"x"), r"\.evil is no part of the weights"),
    "a folder more": Attack(lambda f: (f / "more").mkdir(), "more is no part of the weights"),
    "no files": Attack(said(files={}), "core.onnx is no part of the weights"),
    "weights not named": Attack(said(files=without(WEIGHTS)), "weights.safetensors is no part of"),
    "a file named and missing": Attack(
        said(files=lambda held: held | {"more.bin": "0" * 64}), "more.bin is missing or damaged"
    ),
    "a file too many, sealed": Attack(
        sealed(
            lambda f: (f / "more.bin").write_bytes(b"x"), said(files=lambda held: held | {"more.bin": ""})
        ),
        "holds more than it should: more.bin",
    ),
    "a name out of the folder": Attack(
        said(files=lambda held: held | {"../../../etc/passwd": "0" * 64}), "is not a manifest: files"
    ),
    "an absolute name": Attack(
        said(files=lambda held: held | {"/etc/passwd": "0" * 64}), "is not a manifest: files"
    ),
    "no digest": Attack(said(files=lambda held: dict.fromkeys(held, "")), "is not a manifest: files"),
    "a list": Attack(text("[1]"), "is not a manifest"),
    "brackets without end": Attack(text("[" * 200_000), "is not a manifest: RecursionError"),
    "UTF-16": Attack(text(b"\xff\xfe\x00"), "is not a manifest"),
    "a long number": Attack(text('{"format":' + "9" * 5000 + "}"), "is not a manifest"),
    "a long manifest": Attack(text(" " * (2 << 20)), "is not a manifest: .*larger than 1,048,576"),
    "an unknown field": Attack(said(run="x"), "is not a manifest: run"),
    "no manifest": Attack(lambda f: (f / MANIFEST).unlink(), "no weights for"),
    "a pipe as manifest": Attack(instead(MANIFEST, os.mkfifo), "not a regular file but a named pipe"),
    "a link as manifest": Attack(
        instead(MANIFEST, lambda p: p.symlink_to(shipped(NAME) / MANIFEST)),
        "is not a manifest: not a regular file but a symbolic link",
    ),
    "a device as manifest": Attack(instead(MANIFEST, lambda p: p.symlink_to("/dev/zero")), "not a manifest"),
    "a folder as manifest": Attack(instead(MANIFEST, Path.mkdir), "is not a manifest"),
    "a link as weights": Attack(
        instead(WEIGHTS, lambda p: p.symlink_to(shipped(NAME) / WEIGHTS)), "weights.safetensors is missing"
    ),
    "a device as weights": Attack(
        instead(WEIGHTS, lambda p: p.symlink_to("/dev/zero")), "weights.safetensors is missing or damaged"
    ),
    "a pipe as weights": Attack(instead(WEIGHTS, os.mkfifo), "weights.safetensors is missing"),
    "a folder as weights": Attack(instead(WEIGHTS, Path.mkdir), "weights.safetensors is missing"),
    "thresholds that are no numbers": Attack(said(thresholds=every(float("nan"))), "is not a manifest: thr"),
    "a threshold below zero": Attack(said(thresholds=every(-0.1)), "is not a manifest: thresholds"),
    "a threshold above one": Attack(said(diff_thresholds={"r": 1.5}), "is not a manifest: diff_thresholds"),
    "temperature zero": Attack(said(temperatures=every(0.0)), "is not a manifest: temperatures"),
    "temperature below zero": Attack(said(temperatures=every(-1.0)), "is not a manifest: temperatures"),
    "no temperature": Attack(said(temperatures=every(float("inf"))), "is not a manifest: temperatures"),
    "an offset without end": Attack(said(offsets={"x": float("-inf")}), "is not a manifest: offsets"),
    "a prior above one": Attack(said(priors=every(2.0)), "is not a manifest: priors"),
    "a precision below zero": Attack(said(precisions=every(-0.5)), "is not a manifest: precisions"),
    "a figure that is none": Attack(said(metrics=every(float("nan"))), "is not a manifest: metrics"),
    "more right than shown": Attack(said(real={"r": {"right": 2, "shown": 1}}), "is not a manifest: real.r"),
    "cases below zero": Attack(said(real_cases=-1), "is not a manifest: real_cases"),
    "a width without end": Attack(said(width=10**9), "is not a manifest: width"),
    "another width": Attack(said(width=383), "is of width 383"),
    "another format": Attack(said(format=99), "is of format 99"),
    "of another agent": Attack(said(agent=OTHER), f"holds weights of {OTHER}"),
    "no outputs": Attack(said(outputs={}), "have none of the heads"),
    "an output of another name": Attack(said(outputs=first_output), "that .* does not know"),
    "an output of no head": Attack(said(outputs=lambda held: held | {"evil": ["x"]}), "outputs of evil that"),
    "an output left out": Attack(
        said(outputs=lambda held: without(min(set(held) - {"gates"}))(held)), "differ in the output"
    ),
    "no golden case": Attack(said(golden=None), "have no golden case"),
    "a golden case that is none": Attack(golden(case="{"), "the golden case .* cannot be read"),
    "a golden answer without end": Attack(golden(answer="[" * 100_000), "the golden case .* cannot be read"),
    "another golden answer": Attack(golden(answer="[1]"), "do not answer their golden case as they did"),
    "a long golden case": Attack(golden(case="x" * 300_000), "is not a manifest: golden.case"),
    "a backbone above": Attack(said(backbone="../.."), "is not a manifest: backbone"),
    "a backbone elsewhere": Attack(said(backbone="/tmp/x"), "is not a manifest: backbone"),
    "a backbone within": Attack(said(backbone="a/b"), "is not a manifest: backbone"),
    "an encoder above": Attack(said(encoder=".."), "is not a manifest: encoder"),
    "a backbone that is none": Attack(said(backbone="nope"), "no weights for nope"),
    "an agent as backbone": Attack(said(backbone=OTHER), "pieces.safetensors is missing"),
    "a backbone of its own that is not there": Attack(said(backbone=""), "lacks pieces.safetensors"),
    "an encoder of its own that is not there": Attack(said(encoder=""), "lacks encoder.onnx"),
    "graph and weights of another": Attack(sealed(of_another), "differ in the output"),
    "weights that are no numbers": Attack(sealed(not_numbers), "answers with what is no number in "),
    "rubbish as graph": Attack(sealed(lambda f: (f / GRAPH).write_bytes(b"\x96" * 5000)), "is no graph"),
    "weights cut off": Attack(sealed(cut(WEIGHTS, 20_000)), "is cut off, or holds more"),
    "a header of 100 MB": Attack(
        sealed(headed(b"{}", 100 << 20), cut(WEIGHTS, 101 << 20)), "has a header of 104,857,600 bytes"
    ),
    "a header beyond the file": Attack(sealed(headed(b"{}", 1 << 60)), "is no safetensors file"),
    "no header": Attack(sealed(lambda f: (f / WEIGHTS).write_bytes(b"")), "is no safetensors file"),
    "a header of brackets": Attack(sealed(headed(b"[" * 900_000)), "is no safetensors file: RecursionError"),
    "a header that is a list": Attack(sealed(headed(b"[]")), "has a header that is no object"),
    "a header without places": Attack(sealed(headed(b'{"a":1}')), "is no safetensors file: TypeError"),
    "weights in /etc": Attack(sealed(graph(elsewhere("/etc/passwd"))), "reads '/etc/passwd', and may read"),
    "weights above": Attack(sealed(graph(elsewhere("../x"))), r"reads '\.\./x', and may read"),
    "weights in the manifest": Attack(sealed(graph(elsewhere(MANIFEST))), "reads 'manifest.json'"),
    "operators of its own": Attack(sealed(graph(foreign)), "needs operators of 'evil.ops'"),
    "a loop": Attack(sealed(graph(looping)), "holds a subgraph, which no graph of Octad does"),
    "a function": Attack(sealed(graph(in_function)), "holds a function, which no graph of Octad does"),
    "outputs of another type": Attack(sealed(graph(of_doubles)), "gives tensor.double. as wide, not floats"),
    "a graph too large": Attack(sealed(cut(GRAPH, 17 << 20)), "core.onnx: larger than 16,777,216 bytes"),
}  # fmt: skip


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return catalog.load(NAME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(shipped(NAME), tmp_path / "weights")
    return tmp_path / "weights"


def test_the_folder_that_is_attacked_loads(agent: Agent[Any, Any], folder: Path) -> None:
    reseal(folder)
    assert Runner.load(agent, folder, threads=1).agent is agent


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused(name: str, agent: Agent[Any, Any], folder: Path) -> None:
    """In one line; a run that computes ends with it, and not with findings or none."""
    attack = ATTACKS[name]
    attack.edit(folder)
    with pytest.raises(ArtefactError, match=attack.line) as caught:
        Runner.load(agent, folder, threads=1)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("check", "attack"),
    [
        ("octad.runtime._check_outputs", "an output of no head"),
        ("octad.runtime.verify_once", "no golden case"),
        ("octad.engines.check", "weights above"),
        ("octad.runtime.require_files", "a file too many, sealed"),
        ("octad.store.artefact._check_file", "a bit of the weights"),
        ("octad.runtime._are_numbers", "weights that are no numbers"),
        ("octad.store.artefact.check_header", "a header that is a list"),
    ],
)
def test_without_its_check_it_is_not_refused_so(
    check: str, attack: str, agent: Agent[Any, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A negative control: what refuses each is the check that is meant to."""
    monkeypatch.setattr(check, lambda *given, **named: True)
    with pytest.raises((pytest.fail.Exception, AssertionError)):
        test_it_is_refused(attack, agent, folder)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shared backbone and of an agent, in the place of what is shipped."""
    for name in (NAME, "minilm"):
        shutil.copytree(shipped(name), tmp_path / name)
    monkeypatch.setattr(artefact, "shipped", lambda name: tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["pieces.safetensors", "weights.safetensors", "encoder.onnx", "tokenizer.json"]
)
def test_a_shared_backbone_that_was_changed_is_refused(
    name: str, agent: Agent[Any, Any], package: Path
) -> None:
    """By its own digests, and where these were made to fit by the one that is pinned."""
    flipped(name)(package / "minilm")
    with pytest.raises(ArtefactError, match=f"{name} is missing or damaged"):
        Runner.load(agent, threads=1)
    reseal(package / "minilm")
    with pytest.raises(ArtefactError, match="is not the one that this version came with"):
        Runner.load(agent, threads=1)


def test_shipped_weights_that_were_changed_are_refused(agent: Agent[Any, Any], package: Path) -> None:
    said(thresholds=every(0.0))(package / NAME)
    with pytest.raises(ArtefactError, match="is not the one that this version came with"):
        Runner.load(agent, threads=1)


def test_every_shipped_folder_is_pinned() -> None:
    assert {digest(path) for path in shipped("").glob(f"*/{MANIFEST}")} == PINNED


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whose golden case was asked; what is remembered of it begins empty."""
    found: list[object] = []
    monkeypatch.setenv("OCTAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("octad.golden.verify", found.append)
    return found


def test_the_golden_case_is_asked_once(agent: Agent[Any, Any], folder: Path, asked: list[object]) -> None:
    runner = Runner.draft(agent, folder, threads=1)
    for _ in range(2):
        verify_once(runner)
    assert len(asked) == 1
    marks = cache_folder() / "answered"
    assert marks.stat().st_mode & 0o777 == 0o700
    other = runner.manifest.model_copy(update={"version": "other"})
    verify_once(Runner(agent, other, runner.pieces, runner.engine))
    assert len(asked) == 2, "other weights are asked"
    marks.chmod(0o755)
    for _ in range(2):
        verify_once(runner)
    assert len(asked) == 4, "where others could have written, nothing is remembered"


def test_a_link_is_no_memory_of_a_golden_case(
    agent: Agent[Any, Any], folder: Path, asked: list[object]
) -> None:
    runner = Runner.draft(agent, folder, threads=1)
    verify_once(runner)
    (mark,) = (cache_folder() / "answered").iterdir()
    mark.unlink()
    mark.symlink_to(folder / MANIFEST)
    verify_once(runner)
    assert len(asked) == 2


class Panic(BaseException):
    """What a library in Rust raises where it panics."""


@pytest.mark.parametrize(
    "error",
    [
        Panic("index out of range"),
        RecursionError(),
        FileNotFoundError("x"),
        KeyError("x"),
        MemoryError(),
        OSError(),
    ],
)
def test_whatever_goes_wrong_in_loading_is_one_error(error: BaseException) -> None:
    line = f"weights in here cannot be loaded: {type(error).__name__}"
    with pytest.raises(ArtefactError, match=line), loading("here"):
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ArtefactError("as it is")])
def test_what_stops_a_program_passes(error: Any) -> None:
    with pytest.raises(BaseException) as caught, loading("here"):
        raise error
    assert caught.type is (error if isinstance(error, type) else type(error))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}", b'{"model":{"type":"Evil"}}',
        b'{"version":"1.0","model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}',
        b'{"version":"1.0","model":{"type":"Unigram","unk_id":5,"vocab":[["a",0.0]]}}',
    ],
)  # fmt: skip
def test_a_tokenizer_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(ArtefactError, match=r"tokenizer\.json cannot be read"):
        WordPieces(tmp_path)


def test_a_tokenizer_that_panics_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panicking:
        @staticmethod
        def from_str(text: str) -> object:
            raise Panic("called `Option::unwrap()` on a `None` value")

    (tmp_path / "tokenizer.json").write_text("{}")
    monkeypatch.setattr("tokenizers.Tokenizer", Panicking)
    with pytest.raises(ArtefactError, match="cannot be read: Panic"):
        WordPieces(tmp_path)


def test_a_tokenizer_without_a_word_for_the_unknown_says_so(tmp_path: Path) -> None:
    model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
             "max_input_chars_per_word": 100, "vocab": {"a": 0}}  # fmt: skip
    (tmp_path / "tokenizer.json").write_text(json.dumps({"version": "1.0", "model": model}))
    with pytest.raises(ArtefactError, match="the tokenizer cannot read 'zebra'"):
        WordPieces(tmp_path).of("zebra")


def test_pieces_beyond_the_table_say_so() -> None:
    with pytest.raises(ArtefactError, match="pieces beyond the 2 of the weights"):
        PieceTable.quantise(np.ones((2, 2))).rows(np.array([2]))


TABLE = {"values": np.ones((2, 3), np.int8), "scale": np.ones((2, 1), np.float32)}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"scale": np.array([[1], [np.nan]], np.float32)}, "scale holds what is no number"),
        ({"scale": np.array([[1], [np.inf]], np.float32)}, "scale holds what is no number"),
        ({"scale": np.ones((2, 1))}, "scale is of type float64, not float32"),
        ({"scale": np.ones((2, 2), np.float32)}, "scale has the shape"),
        ({"scale": np.ones((3, 1), np.float32)}, "not one scale per row"),
        ({"values": np.ones((2, 3), np.int16)}, "values is of type int16, not int8"),
        ({"values": np.ones(2, np.int8)}, "values has the shape"),
        ({"more": np.ones(2)}, "odd is more"),
    ],
)
def test_a_table_of_pieces_of_another_kind_is_refused(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    from safetensors.numpy import save_file

    save_file(TABLE | changes, tmp_path / "pieces.safetensors")
    with pytest.raises(ArtefactError, match=line):
        PieceTable.load(tmp_path)


def test_a_header_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    header = b'{"__metadata__":{}' + b" " * (LARGEST_HEADER - 19) + b"}"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    check_header(path)
    assert read_tensors(path, {}) == {}
    path.write_bytes((len(header) + 1).to_bytes(8, "little") + header + b" ")
    with pytest.raises(ArtefactError, match="has a header of 1,048,577 bytes"):
        check_header(path)
