"""`octad comment` as builds run it, against a forge on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from octad.cli.main import run
from octad.records.look import Review
from octad.records.report import Anchor, Finding
from octad.render.formats.json import output_of
from tests.forge import TOKEN, Forge, running

NAMES = (
    "GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_EVENT_PATH", "GITHUB_SERVER_URL",
    "CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "CI_PROJECT_URL", "CI_COMMIT_SHA",
    "OCTAD_GITLAB_TOKEN", "OCTAD_COMMIT", "GITHUB_SHA",
)  # fmt: skip


@pytest.fixture(params=["github", "gitlab"])
def forge(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.chdir(tmp_path)
    with running(request.param) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 3}}))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
        monkeypatch.setenv("GITHUB_SERVER_URL", "https://forge.example")
        monkeypatch.setenv("CI_PROJECT_URL", "https://forge.example/o/r")
        monkeypatch.setenv("OCTAD_COMMIT", "0123456789abcdef")
        monkeypatch.setenv("CI_COMMIT_SHA", "0123456789abcdef")
        yield made


def report(*lines: int) -> str:
    anchors = [Anchor(path="a.py", line=line, end_line=line, end_column=2) for line in lines]
    findings = [
        Finding(rule="bug/x", level="error", message="wrong", probability=0.9, anchor=one) for one in anchors
    ]
    document = output_of(Review(agent="a", version="1", findings=tuple(findings)))
    Path("report.json").write_text(document.model_dump_json())
    return "report.json"


def test_builds_of_one_change_write_one_comment(forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [
        run(["comment", "--on", forge.kind, "--report", report(*lines)]) for lines in ((), (3, 4), (4,), ())
    ]
    assert codes == [0] * 4
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "octad: nothing found, and no comment to update",
        "octad: comment created",
        "octad: comment updated",
        "octad: comment updated",
    ]
    (written,) = forge.comments
    assert "no findings" in written["body"] and "0123456789ab" in written["body"]


def test_lines_are_linked_at_the_commit(forge: Forge) -> None:
    run(["comment", "--on", forge.kind, "--report", report(3)])
    middle = "blob" if forge.kind == "github" else "-/blob"
    place = f"https://forge.example/o/r/{middle}/0123456789abcdef/a.py#L3"
    assert f"[a.py:3]({place})" in forge.comments[0]["body"]


def test_a_dry_run_asks_nobody(forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["comment", "--on", forge.kind, "--report", report(3), "--dry-run"]) == 0
    assert "octad review: 1 finding" in capsys.readouterr().out
    assert forge.calls == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_one_line_without_the_token(
    forge: Forge, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    forge.instead = [("POST", status, {})]
    assert run(["comment", "--on", forge.kind, "--report", report(3)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(status) in said and TOKEN not in said


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "OCTAD_GITLAB_TOKEN"])
def test_without_a_token_nothing_is_asked(
    forge: Forge, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if name not in forge.environment():
        return
    monkeypatch.delenv(name)
    assert run(["comment", "--on", forge.kind, "--report", report(3)]) == 2
    assert f"error: {name} is not set" in capsys.readouterr().err
    assert forge.calls == []


@pytest.mark.parametrize(
    "event", ["{}", "[]", "", "[" * 9_999, '{"pull_request": {"number": "3"}}', '{"pull_request": 1}']
)
def test_an_event_of_no_pull_request_is_said(
    forge: Forge, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if forge.kind == "gitlab":
        return
    Path("event.json").write_text(event)
    assert run(["comment", "--on", "github", "--report", report(3)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert forge.calls == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": "1", "findings": [{}]}', "[" * 9_999])
def test_what_is_no_report_is_said(forge: Forge, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("report.json").write_text(text)
    assert run(["comment", "--on", forge.kind, "--report", "report.json"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert forge.calls == []
