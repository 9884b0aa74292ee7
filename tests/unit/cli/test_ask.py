"""`octad ask`: any agent about a case in a file, with the options that all verbs share."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.cli.dependencies import Dependencies
from octad.cli.main import run
from octad.cli.options import Format
from octad.encoders.word_pieces import WordPieces
from tests import plain

AGENT = catalog.load(catalog.by_verb("assess").name)
RISK, ROLLBACK = "deployment/risk", "deployment/rollback"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(
    pieces: WordPieces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ask:
    """Ask about a file in an empty folder that holds the example as `case.json`."""
    monkeypatch.chdir(tmp_path)
    Path("case.json").write_text(AGENT.example.model_dump_json())

    def asked(*arguments: str, thresholds: dict[str, float] | None = None) -> tuple[int, str, str]:
        least = {RISK: 0.5} if thresholds is None else thresholds

        def load(name: str, weights: Path | None) -> Any:
            return plain.runner(catalog.load(name), pieces, thresholds=least)

        code = run(["ask", *arguments, "--no-cache"], Dependencies(load))
        out, err = capsys.readouterr()
        return code, out, err

    return asked


@pytest.fixture
def about_example(ask: Ask) -> Ask:
    """The same about the example, without evidence."""
    return lambda *options, **more: ask(AGENT.name, "case.json", "--no-evidence", *options, **more)


def test_an_answer_is_a_report(about_example: Ask) -> None:
    code, out, err = about_example("--format", "json")
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert document["agent"] == AGENT.name and [one["rule"] for one in document["findings"]] == [RISK]
    assert {"risk", "rollback", "scaling", "strategy"} <= set(document)


def test_the_gravest_finding_decides(about_example: Ask) -> None:
    assert about_example()[0] == 1
    assert about_example("--fail-on", "error")[0] == about_example("--fail-on", "never")[0] == 0
    assert about_example("--fail-on", "error", thresholds={ROLLBACK: 0.3})[0] == 1
    assert about_example(thresholds={})[0] == 0


def test_a_least_probability_takes_the_place_of_thresholds(about_example: Ask) -> None:
    assert about_example("--min-probability", "1")[0] == 0
    assert about_example("--min-probability", "0", thresholds={RISK: 1.0})[0] == 1


@pytest.mark.parametrize("form", [form.value for form in Format])
def test_every_format_goes_to_a_file(about_example: Ask, form: str) -> None:
    assert about_example("--format", form, "--output", "report")[1] == ""
    assert RISK in Path("report").read_text("utf-8")


def test_evidence_is_given_where_it_is_wanted(ask: Ask, about_example: Ask) -> None:
    bare = json.loads(about_example("--format", "json")[1])
    full = json.loads(ask(AGENT.name, "case.json", "--format", "json")[1])
    assert not bare["findings"][0]["evidence"] and full["findings"][0]["evidence"]


def test_a_case_may_come_on_standard_input(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    given = AGENT.example.model_dump_json().encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert ask(AGENT.name, "-", "--no-evidence")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "case.json"), "there is no agent 'nobody'; "),
        ((AGENT.name, "none.json"), "none.json: cannot be read: no such file"),
        ((AGENT.name, "."), ".: "),
        ((AGENT.name, "broken.json"), f"broken.json is no case of {AGENT.name}: Invalid JSON: "),
        ((AGENT.name, "list.json"), f"list.json is no case of {AGENT.name}: Input should be an object"),
        ((AGENT.name, "field.json"), f"field.json is no case of {AGENT.name}: colour: Extra inputs are not"),
        ((AGENT.name, "value.json"), f"value.json is no case of {AGENT.name}: at.time: Input should be a"),
        ((AGENT.name, "value.json"), f"; `octad describe {AGENT.name} --example` prints one"),
        ((AGENT.name,), "case.json"),
        ((AGENT.name, "case.json", "--output", "no/report"), "cannot write no/report: no such folder"),
    ],
)
def test_errors_are_one_line(ask: Ask, arguments: tuple[str, ...], message: str) -> None:
    Path("broken.json").write_text('{"at": ')
    Path("list.json").write_text("[]")
    Path("field.json").write_text('{"colour": "red"}')
    Path("value.json").write_text('{"at": {"time": "noon"}}')
    code, out, err = ask(*arguments)
    assert (code, out) == (2, "") and err.startswith("octad: error: ") and message.lower() in err.lower()
    assert err.count("\n") == 1


def test_what_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str, weights: Path | None) -> Any:
        raise AssertionError("nothing may be loaded")

    file = tmp_path / "case.json"
    file.write_text("{}")
    options = [AGENT.name, str(file), "--output", str(tmp_path / "no" / "report")]
    assert run(["ask", *options], Dependencies(load)) == 2
    assert "no such folder" in capsys.readouterr().err
