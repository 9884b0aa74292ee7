"""Asked once: written where it is wanted, exit code by the gravest finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad.cli.consult import Asked, answer
from octad.cli.options import FailOn, Format
from octad.cli.surroundings import Surroundings
from octad.errors import OutputError
from octad.modalities.pieces import Pieces
from tests import plain

Answer = Callable[..., int]


@pytest.fixture
def ask(pieces: Pieces) -> Answer:
    """The example of the agent that assesses."""
    from octad import catalog

    agent = catalog.load(catalog.by_verb("assess").name)

    def asked(**changes: Any) -> int:
        thresholds = changes.pop("thresholds", {"deployment/risk": 0.5})
        told = {
            "verb": "assess",
            "form": Format.json,
            "output": None,
            "least": None,
            "fail_on": FailOn.warning,
            "evidence": False,
            "weights": None,
        }
        surroundings = Surroundings(lambda name, weights: plain.runner(agent, pieces, thresholds=thresholds))
        return answer(surroundings, Asked(**told | changes), dict(agent.example))

    return asked


def test_the_gravest_finding_decides(ask: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask() == 1 and ask(fail_on=FailOn.error) == 0 and ask(fail_on=FailOn.never) == 0
    assert ask(thresholds={"deployment/rollback": 0.3}, fail_on=FailOn.error) == 1
    assert ask(thresholds={}) == 0
    capsys.readouterr()


def test_a_least_probability_takes_the_place_of_thresholds(
    ask: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(least=1.0) == 0 and ask(thresholds={"deployment/risk": 1.0}, least=0.0) == 1
    capsys.readouterr()


@pytest.mark.parametrize("form", list(Format))
def test_every_format_goes_to_a_file(
    ask: Answer, form: Format, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(form=form, output=tmp_path / "report")
    assert "deployment/risk" in (tmp_path / "report").read_text("utf-8")
    assert capsys.readouterr().out == ""


def test_evidence_is_told_where_it_is_wanted(ask: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    ask()
    bare = json.loads(capsys.readouterr().out)
    ask(evidence=True)
    told = json.loads(capsys.readouterr().out)
    assert not bare["findings"][0]["evidence"] and told["findings"][0]["evidence"]


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    def load(name: str, weights: Path | None) -> Any:
        raise AssertionError("nothing may be loaded")

    asked = Asked("assess", Format.json, tmp_path / "no" / "r", None, FailOn.never, False, None)
    with pytest.raises(OutputError, match="no such folder"):
        answer(Surroundings(load), asked, {})
