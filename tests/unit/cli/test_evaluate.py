"""`octad evaluate` prints figures beside gates and fails where one is missed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Gate
from octad.cli.dependencies import Dependencies
from octad.cli.main import run
from octad.runtime import Asked


class Head:
    """Half of the answers are right."""

    def metrics(self, answers: Sequence[Any], truth: Sequence[Any], units: Sequence[Any]) -> dict[str, float]:
        return {"detection": sum(a == t for a, t in zip(answers, truth, strict=True)) / len(truth)}


class Runner:
    def __init__(self, *gates: Gate) -> None:
        self.sought: list[tuple[Any, ...]] = []
        sources = {"valid": f"{__name__}:held_out"}
        self.agent = SimpleNamespace(heads={"bug": Head()}, gates=gates, sources=sources, sought=self.sought)

    def ask(self, cases: Sequence[int], progress: Any = None) -> list[Asked[Any, Any]]:
        unit: Any = None
        return [Asked(case, unit, SimpleNamespace(bug=1)) for case in cases]


def held_out(agent: Any, *sought: Any) -> list[tuple[int, Any]]:
    agent.sought.append(sought)
    return [(n, SimpleNamespace(bug=n % 2)) for n in range(4)]


@pytest.mark.parametrize(("least", "expected"), [(0.4, 0), (0.6, 1)])
def test_figures_and_gates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], least: float, expected: int
) -> None:
    name, runner, output = (
        catalog.entries()[0].name,
        Runner(Gate("bug/detection", least)),
        tmp_path / "out.json",
    )
    options = ["--data", str(tmp_path), "--suite", "valid", "--size", "4", "--output", str(output)]
    assert run(["evaluate", name, *options], Dependencies(lambda *_: runner)) == expected  # type: ignore[arg-type, return-value]
    assert runner.sought == [(tmp_path, "valid", 4)]
    assert json.loads(output.read_text())["figures"] == {"bug/detection": 0.5}
    out = capsys.readouterr().out
    assert "0.500" in out and ("below 0.6" in out) == bool(expected)


def test_a_gate_without_a_figure_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runner = Runner(Gate("bug/joint", 0.1))
    name = catalog.entries()[0].name
    assert run(["evaluate", name, "--data", str(tmp_path)], Dependencies(lambda *_: runner)) == 1  # type: ignore[arg-type, return-value]
    assert "below 0.1" in capsys.readouterr().out


def test_no_corpus(octad: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = octad("evaluate", catalog.entries()[0].name, "--data", "nowhere")
    assert (code, out) == (2, "") and "there is no corpus in nowhere" in err
