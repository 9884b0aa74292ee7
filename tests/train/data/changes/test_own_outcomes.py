"""Watched deployments as labels, from the file that the verb writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from octad.advice.taken_back import shipped
from octad.errors import InputError
from octad_train.data.changes.own_outcomes import own_outcomes
from tests.past import Past


def events(path: Path, *told: tuple[str, str]) -> Path:
    written = [
        {"time": 1_769_860_800 + at, "kind": kind, "subject": "shop", "attributes": {"revision": revision}}
        for at, (kind, revision) in enumerate(told)
    ]
    written.append({"time": 1, "kind": "deployed", "subject": "shop", "attributes": {}})
    path.write_text(json.dumps({"events": written}))
    return path


def test_what_was_taken_back_is_a_label(tmp_path: Path) -> None:
    past = Past(tmp_path / "repository")
    past.commit("Begin", {"cart/a.py": "x = 1\n"})
    past.commit("Raise", {"cart/a.py": "x = 2\n"}, day=1)
    past.commit("Fix a race", {"cart/a.py": "x = 3\n"}, day=2)
    file = events(
        tmp_path / "o.json", ("deployed", "HEAD~1"), ("deployed", "HEAD"), ("rolled-back", "HEAD"),
        ("incident", "HEAD~1"),
    )  # fmt: skip
    found = list(own_outcomes(file, past.root))
    assert [(one.reverted, one.project, one.part) for one in found] == [
        (False, "shop", "train"), (True, "shop", "train"),
    ]  # fmt: skip
    assert all(set(shipped().weights) & set(one.cues) for one in found)
    assert found[0].cues != found[1].cues


def test_a_revision_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    past = Past(tmp_path / "repository")
    past.commit("Begin", {"cart/a.py": "x = 1\n"})
    with pytest.raises(InputError):
        list(own_outcomes(events(tmp_path / "o.json", ("deployed", "nothing")), past.root))
