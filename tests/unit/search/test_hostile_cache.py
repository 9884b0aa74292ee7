"""What a cache of functions says is believed only where all of it fits; else every function is read again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from octad.read.code.intake import Intake
from octad.search import cache
from octad.search.open_index import open_finder
from tests.unit.search.made import READ, SUM, code

CODES = (code(SUM, "sums.py"), code(READ, "read.py"))
Arrays = dict[str, np.ndarray]
Attack = Callable[[Path], object]


def arrays(change: Callable[[Arrays], object]) -> Attack:
    def attack(path: Path) -> None:
        held = load(path.read_bytes())
        change(held)
        path.write_bytes(save(held))

    return attack


def head(change: Callable[[dict[str, Any]], object]) -> Attack:
    def edit(held: Arrays) -> None:
        raw = json.loads(held["head"].tobytes())
        change(raw)
        held["head"] = np.frombuffer(json.dumps(raw).encode(), np.uint8)

    return arrays(edit)


def spot(place: int, value: object) -> Attack:
    """Another value in the place of every function of every file."""

    def change(raw: dict[str, Any]) -> None:
        for _, spots in raw["files"].values():
            for one in spots:
                one[place] = value

    return head(change)


def put(name: str, make: Callable[[np.ndarray], np.ndarray]) -> Attack:
    return arrays(lambda held: held.update({name: make(held[name])}))


ATTACKS: dict[str, Attack] = {
    "a bit of the header": lambda p: p.write_bytes(b"\xff" + p.read_bytes()[1:]),
    "a header of 50 MB": lambda p: p.write_bytes((50 << 20).to_bytes(8, "little") + b" " * (50 << 20)),
    "a file of 3 GB": lambda p: os.truncate(p, 3 << 30),
    "an array less": arrays(lambda held: held.pop("steps")),
    "no head": arrays(lambda held: held.pop("head")),
    "a head of floats": put("head", lambda a: a.astype(np.float32)),
    "a head of brackets": put("head", lambda a: np.frombuffer(b"[" * 100_000, np.uint8)),
    "keys that lack": head(lambda raw: raw["keys"].pop()),
    "words that lack": head(lambda raw: raw["words"].clear()),
    "an unknown entry": head(lambda raw: raw.update(run="x")),
    "a name that is none": spot(0, 5),
    "a line below zero": spot(1, -1),
    "a line beyond the file": spot(2, 10_000),
    "a place beyond the file": spot(4, 10_000_000),
    "a row that is none": spot(5, 99),
    "meaning of another width": put("meaning", lambda a: a[:, :3].copy()),
    "structure of another width": put("structure", lambda a: np.hstack([a, a])),
    "meaning of another type": put("meaning", lambda a: a.astype(np.float32)),
    "meaning that is no number": put("meaning", lambda a: a * np.float16("nan")),
    "structure without end": put("structure", lambda a: a + np.float16("inf")),
    "steps below zero": put("steps", lambda a: a - 1000),
    "terms below zero": put("terms", lambda a: a - 1000),
    "terms that are none": put("terms", lambda a: a + 10_000),
    "counts of nothing": put("counts", lambda a: a * 0),
    "starts that fall": put("starts", lambda a: a[::-1].copy()),
    "starts beyond the end": put("starts", lambda a: a + 1),
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "functions.safetensors"
    open_finder(Intake(codes=CODES), made)
    return made


def test_what_is_not_attacked_is_believed(path: Path) -> None:
    assert open_finder(Intake(codes=CODES), path).built.computed == 0


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_read_again(name: str, path: Path) -> None:
    right = open_finder(Intake(codes=CODES)).search("read a configuration file").matches
    ATTACKS[name](path)
    found = open_finder(Intake(codes=CODES), path)
    assert found.search("read a configuration file").matches == right
    assert open_finder(Intake(codes=CODES), path).search("read a configuration file").matches == right


def test_a_folder_that_others_can_enter_is_not_used(path: Path) -> None:
    path.parent.chmod(0o755)
    assert open_finder(Intake(codes=CODES), path).built.computed == 2
    assert not cache.save(path, "", cache.Known())


@pytest.mark.parametrize(
    ("check", "attack"),
    [("cache._check", "meaning that is no number"), ("build._is_within", "a line beyond the file")],
)
def test_without_its_check_an_attack_is_believed(
    check: str, attack: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"octad.search.{check}", lambda *given: True)
    with pytest.raises((AssertionError, ValueError, IndexError)):
        test_it_is_read_again(attack, path)
