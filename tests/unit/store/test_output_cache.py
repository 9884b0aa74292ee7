"""What was computed once is recalled as it was; what goes wrong with the file is no harm."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from octad.store.output_cache import OutputCache, Outputs, key, packed, unpacked


def outputs(seed: int, size: int = 4) -> Outputs:
    rng = np.random.default_rng(seed)
    return {"bug": [rng.random((size, 2), np.float32), rng.random(3)], "kind": [rng.random(5, np.float32)]}


def same(one: Outputs, other: Outputs) -> bool:
    return one.keys() == other.keys() and all(
        all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(one[head], other[head], strict=True))
        for head in one
    )


def test_bytes_and_back() -> None:
    assert same(unpacked("a", packed("a", outputs(0))), outputs(0))


def test_what_was_kept_is_recalled_by_another(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "outputs.sqlite"
    OutputCache(path).keep({"a": outputs(1), "b": outputs(2)})
    found = OutputCache(path).recall(["b", "c", "a"])
    assert found.keys() == {"a", "b"} and same(found["a"], outputs(1)) and same(found["b"], outputs(2))


def test_what_was_used_longest_ago_is_forgotten(tmp_path: Path) -> None:
    many = [outputs(seed, 50_000) for seed in range(3)]
    cache = OutputCache(tmp_path / "outputs.sqlite", largest=2 * len(packed("a", many[0])) + 30_000)
    cache.keep({"a": many[0]})
    cache.keep({"b": many[1]})
    cache.recall(["a"])
    cache.keep({"c": many[2]})
    assert cache.recall(["a", "b", "c"]).keys() == {"a", "c"}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_database_is_no_harm(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "outputs.sqlite"
    path.write_bytes(content)
    cache = OutputCache(path)
    assert cache.recall(["a"]) == {}
    cache.keep({"a": outputs(1)})
    assert same(cache.recall(["a"])["a"], outputs(1)), "it is made anew"


def test_a_damaged_entry_is_not_recalled(tmp_path: Path) -> None:
    path = tmp_path / "outputs.sqlite"
    cache = OutputCache(path)
    cache.keep({"a": outputs(1), "b": outputs(2)})
    with sqlite3.connect(path) as base:
        base.execute("UPDATE kept SET outputs = ? WHERE key = 'a'", [b"junk"])
    base.close()
    assert cache.recall(["a", "b"]).keys() == {"b"}


def test_keys_tell_models_and_contents_apart() -> None:
    every = [key("x", "a"), key("y", "a"), key("x", "b"), key("", "a")]
    assert len(set(every)) == len(every) and key("x", "a") == every[0]
