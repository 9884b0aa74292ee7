"""The verbs of rollouts act on the registry that the server has, in the name of who calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from octad.cli.rollout import _actor

Octad = Callable[..., tuple[int, str, str]]


def test_they_take_the_registry_that_is_named(
    octad: Octad, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("OCTAD_REGISTRY", "elsewhere")
    code, _, err = octad("rollout", "start", "debugger", "stable")
    assert code == 2 and "'elsewhere' is no registry" in err


def test_they_act_in_the_name_of_who_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_ACTOR", "ada")
    assert _actor() == "ada"
