"""The GitHub Action and the GitLab template: their fields, what they run, and that they run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from octad import __version__
from octad.cli.comment import Forge
from octad.cli.options import FailOn, Format
from scripts.size_limits import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / "deploy/github/octad.yml").read_text())
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "deploy/gitlab/octad.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = [step["run"] for step in STEPS if "run" in step] + GITLAB["octad"]["script"]

TOP = {"name", "author", "description", "inputs", "outputs", "runs", "branding"}
INPUT = {"description", "required", "default", "deprecationMessage"}
STEP = {
    "run", "shell", "if", "name", "id", "env", "working-directory", "uses", "with", "continue-on-error",
}  # fmt: skip
"""Fields of an action's metadata, as GitHub documents them for composite actions."""
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")


def named(name: str) -> dict[str, Any]:
    return next(step for step in STEPS if step.get("name") == name)


def test_the_action_has_the_fields_that_github_documents() -> None:
    assert set(ACTION) <= TOP and ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    for one in ACTION["inputs"].values():
        assert set(one) <= INPUT and isinstance(one.get("default", ""), str) and one["description"]
    for one in ACTION["outputs"].values():
        assert set(one) == {"description", "value"}
    for step in STEPS:
        assert set(step) <= STEP and ("run" in step) != ("uses" in step)
        assert "shell" in step or "uses" in step


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_expression_is_put_into_a_script(script: str) -> None:
    """A branch, a title or an input in a script would be run as part of it."""
    assert "${{" not in script and "$CI_MERGE_REQUEST_TITLE" not in script


def test_actions_of_others_are_pinned() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    used += [step["uses"] for step in WORKFLOW["jobs"]["review"]["steps"]]
    assert all(PINNED.fullmatch(one) or one == "OWNER/octad@COMMIT" for one in used)


def test_inputs_and_steps_that_are_named_are_there() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    ids = {step["id"] for step in STEPS if "id" in step}
    assert set(re.findall(r"steps\.(\w+)\.", text)) <= ids
    given = re.findall(r'echo "(\w+)=', named("Review")["run"])
    assert set(re.findall(r"steps\.review\.outputs\.(\w+)", text)) == set(given)
    asked = WORKFLOW["jobs"]["review"]["steps"][1]["with"]
    assert set(asked) <= set(ACTION["inputs"])


def test_the_workflow_may_what_the_action_does_and_no_more() -> None:
    assert WORKFLOW["permissions"] == {
        "contents": "read", "pull-requests": "write", "security-events": "write",
    }  # fmt: skip
    assert WORKFLOW[True] == "pull_request"  # YAML 1.1 reads `on` so


def test_options_are_those_of_the_command_line() -> None:
    text = "\n".join(SCRIPTS)
    assert set(re.findall(r"--format=(\w+)", text)) <= {one.value for one in Format}
    assert set(re.findall(r"--fail-on=(\w+)", text)) <= {one.value for one in FailOn}
    assert set(re.findall(r"--on=(\w+)", text)) == {one.value for one in Forge}
    known = {"--diff", "--quiet", "--fail-on", "--no-evidence", "--format", "--output", "--on", "--report"}
    lines = [line for line in text.splitlines() if "octad review" in line or '"$octad" review' in line]
    lines += [line for line in text.splitlines() if "comment --" in line]
    assert len(lines) == 8
    assert {one for line in lines for one in re.findall(r"(--[a-z-]+)[= ]", line)} - {"--"} <= known


def test_the_template_installs_this_version_and_keeps_the_report() -> None:
    job = GITLAB["octad"]
    assert job["variables"]["OCTAD_PACKAGE"] == f"octad=={__version__}"
    assert job["artifacts"]["reports"]["codequality"] in "\n".join(job["script"])
    assert job["artifacts"]["when"] == "always"
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]


def stub(path: Path, code: int) -> None:
    """A program that writes down how it was called and ends with `code` where it decides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "with open(os.environ['CALLS'], 'a') as calls: calls.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        f"sys.exit(0 if '--fail-on=never' in sys.argv else {code})\n"
    )
    path.chmod(0o755)


def ran(script: str, folder: Path, environment: dict[str, str]) -> tuple[int, list[list[str]], str]:
    """Status of a script, how octad was called, and what it said."""
    calls = folder / "calls"
    calls.write_text("")
    told = {"PATH": f"{folder / 'octad/bin'}:{os.environ['PATH']}", "CALLS": str(calls), "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder / "work", env=told | environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return (
        done.returncode,
        [json.loads(line) for line in calls.read_text().splitlines()],
        done.stdout + done.stderr,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path / "work", check=True)
    return tmp_path


def test_the_action_reviews_what_changed(folder: Path) -> None:
    stub(folder / "octad/bin/octad", 1)
    told = {
        "RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(folder / "outputs"), "FAIL_ON": "error",
        "PATHS": "src\na b; touch /tmp/x\n\n-x", "ASKED": "", "BASE": "abc",
    }  # fmt: skip
    status, calls, _ = ran(named("Review")["run"], folder, told)
    assert status == 0
    assert [call[:3] for call in calls] == [["review", "--diff=abc...HEAD", "--quiet"]] * 3
    assert all(call[call.index("--") + 1 :] == ["src", "a b; touch /tmp/x", "-x"] for call in calls)
    assert "--fail-on=error" in calls[2]
    outputs = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
    assert outputs == {
        "report": f"{folder}/octad.json", "sarif": f"{folder}/octad.sarif", "code": "1",
    }  # fmt: skip
    assert ran(named("Result")["run"], folder, {"CODE": outputs["code"]})[0] == 1


def test_without_a_change_the_action_says_so(folder: Path) -> None:
    stub(folder / "octad/bin/octad", 0)
    told = {
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "FAIL_ON": "error",
        "PATHS": "",
    }
    status, calls, said = ran(named("Review")["run"], folder, told | {"ASKED": "", "BASE": ""})
    assert status == 2 and calls == [] and "::error::" in said
    status, calls, _ = ran(named("Review")["run"], folder, told | {"ASKED": "main", "BASE": "abc"})
    assert status == 0 and all("--diff=main" in call for call in calls)


def test_a_comment_that_fails_does_not_fail_the_job(folder: Path) -> None:
    stub(folder / "octad/bin/octad", 2)
    told = {"RUNNER_TEMP": str(folder), "REPORT": "r.json", "GITHUB_TOKEN": "t"}
    status, calls, said = ran(named("Comment")["run"], folder, told)
    assert status == 0 and calls == [["comment", "--on=github", "--report=r.json"]] and "::warning::" in said


@pytest.mark.parametrize(("token", "count"), [("", 3), ("t", 4)])
def test_the_template_comments_where_it_has_a_token(folder: Path, token: str, count: int) -> None:
    stub(folder / "octad/bin/octad", 1)
    stub(folder / "octad/bin/pip", 0)
    script = "\n".join(GITLAB["octad"]["script"])
    told = {"OCTAD_PACKAGE": "octad", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc", "OCTAD_FAIL_ON": "note"}
    status, calls, _ = ran(script, folder, told | {"OCTAD_GITLAB_TOKEN": token})
    assert status == 1
    assert [call[0] for call in calls].count("review") == 3 and len(calls) == count + 1
    assert all("--diff=abc..HEAD" in call for call in calls if call[0] == "review")
