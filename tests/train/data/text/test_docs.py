"""Cases of docstrings: parts by project, labels, and what is left out."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad_train.data.text import docs

ROW = {
    "repo": "a/b", "path": "m.py", "kind": "code", "split": "train",
    "old_doc": "Go, once.", "new_doc": "Go, once.",
    "old_code": "def f():\n    pass\n", "new_code": "def f():\n    go()\n",
}  # fmt: skip


@pytest.fixture
def agent() -> Any:
    found = [one for one in catalog.entries() if one.path.stem == "documentation_keeper"]
    return catalog.load(found[0].name)


@pytest.fixture(autouse=True)
def _set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rows = [ROW | {"repo": f"a/{n}", "old_doc": f"Go {n}.", "new_doc": f"Go {n}."} for n in range(60)]
    rows += [ROW | {"repo": f"b/{n}", "kind": "both", "new_doc": "Stay."} for n in range(60)]
    rows += [ROW | {"kind": "doc"}, ROW | {"repo": "httpie/cli"}, ROW | {"repo": "c/d", "split": "valid"}]
    rows += [ROW | {"repo": f"e/{n}", "kind": "both", "new_doc": "go once"} for n in range(20)]
    path = tmp_path / docs.DOCS
    path.parent.mkdir()
    path.write_bytes(lzma.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    docs.examples.cache_clear()
    yield
    docs.examples.cache_clear()


def test_a_project_is_in_one_part_alone() -> None:
    parts = {part: {one.project for one in docs.examples(part)} for part in ("train", "valid", "test")}
    assert all(parts.values()) and "c/d" in parts["valid"]
    assert sum(map(len, parts.values())) == len(set().union(*parts.values())) == 60 + 60 + 20 + 1
    assert "httpie/cli" not in set().union(*parts.values())


def test_training_reads_each_row_once_before_any_again_and_none_reworded(agent: Any) -> None:
    mixture = docs.training(agent, Path())
    clear = [one for one in docs.examples("train") if one.is_clear]
    assert not any(one.project.startswith("e/") for one in clear)
    pairs = list(islice(mixture.stream(3, 0, 1), 2 * len(clear)))
    first, second = (
        sorted(case.text.text + str(label.unfit) for case, label in half)
        for half in (pairs[: len(clear)], pairs[len(clear) :])
    )
    assert first == second == sorted(one.text + str(one.unfit) for one in clear)


def test_labels_and_what_a_finding_is_right_about(agent: Any) -> None:
    found = docs.validation(agent, Path(), "test")
    assert {label.unfit for _, label in found} == {True, False}
    assert len(docs.validation(agent, Path(), "test", 2)) == 2
    for case, label in found:
        assert bool(agent.expected(case, label)) == label.unfit


def test_a_row_that_is_real_says_whether_its_docstring_changed(agent: Any) -> None:
    rights = []
    for case, is_right in docs.real(agent):
        (found,) = agent.candidates(case, agent.answer(0.9), {"docs/unfit": 0.1})
        rights.append(is_right(found.finding))
    assert rights == [label.unfit for _, label in docs.validation(agent, Path(), "test")]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [("Go, once.", "go once", True), ("Go once", "Go twice", False), ("a a", "a", False)],
)
def test_reworded(old: str, new: str, same: bool) -> None:
    assert docs.is_reworded(old, new) is same


def test_samples_need_no_data(agent: Any) -> None:
    found = docs.sample(agent, 16)
    told = [label.unfit for _, label in found]
    assert len(found) == 16 and any(told) and not all(told)
    for case, label in found:
        name = case.text.text.rpartition("\n")[2].split(":")[0].strip()
        assert (name in case.after.text) is not label.unfit
