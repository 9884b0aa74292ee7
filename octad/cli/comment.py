"""`octad comment`: one comment under a change, found again and written anew by every build."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.errors import InputError, UnreadableInput
from octad.host.files import read_text
from octad.host.terminal import say, show

if TYPE_CHECKING:
    from octad.read.forges import Place
    from octad.records.report import Finding
    from octad.render.comment import Link

LARGEST = 64_000_000
"""Bytes of a report or an event."""


class Forge(StrEnum):
    """Where the change is."""

    github = "github"
    gitlab = "gitlab"


def comment(
    report: Annotated[Path, typer.Option(help="A report that was written with --format json.")],
    forge: Annotated[Forge, typer.Option("--on", help="Where the change is.")],
    title: Annotated[
        str, typer.Option(help="What the comment is of: each title has one comment.")
    ] = "review",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the comment, and ask nobody.")] = False,
) -> int:
    """Comment the findings of a report on the pull or merge request of this build: once, then updated.

    GitHub's token is GITHUB_TOKEN, that of GitLab OCTAD_GITLAB_TOKEN. Where nothing was found and no comment
    is there, none is written.
    """
    from octad.read.forges import github, gitlab, publish
    from octad.render.comment import comment as written
    from octad.render.comment import marker

    try:
        mark = marker(title)
    except ValueError as error:
        raise InputError(f"--title: {error}", hint="letters, digits, dots and dashes") from error
    findings = _findings(report)
    body = written(title, findings, _link(forge), _more())
    if dry_run:
        show(body)
        return 0
    place: Place = github(os.environ, _pull_request()) if forge == "github" else gitlab(os.environ)
    done = publish(place, mark, body, is_new=bool(findings))
    say(f"comment {done}" if done else "nothing found, and no comment to update")
    return 0


def _findings(path: Path) -> tuple[Finding, ...]:
    """The findings of a report; raises InputError for a file that is none."""
    from pydantic import BaseModel, ConfigDict

    from octad.records.base import reason_of
    from octad.records.report import Finding as Kept

    class Reported(BaseModel):
        model_config = ConfigDict(extra="ignore")
        version: str
        findings: tuple[Kept, ...]

    try:
        return Reported.model_validate_json(read_text(path, LARGEST)).findings
    except UnreadableInput as error:
        raise UnreadableInput(f"{path}: {error.message}", hint="name a report of --format json") from error
    except ValueError as error:
        raise InputError(
            f"{path} is no report: {reason_of(error)}", hint="make it with --format json"
        ) from error


def _event() -> dict[str, Any]:
    """What GitHub tells of the event that a workflow runs for."""
    import json

    path = os.environ.get("GITHUB_EVENT_PATH", "")
    if not path:
        raise InputError("GITHUB_EVENT_PATH is not set", hint="run in a workflow of GitHub Actions")
    try:
        event = json.loads(read_text(path, LARGEST))
    except (UnreadableInput, ValueError, RecursionError) as error:
        raise InputError("the event of this workflow cannot be read", hint="see GITHUB_EVENT_PATH") from error
    return event if isinstance(event, dict) else {}


def _pull_request() -> int:
    """The number of the pull request that a workflow runs for; raises InputError where it is for none."""
    pull = _event().get("pull_request")
    number = pull.get("number") if isinstance(pull, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise InputError("this event is of no pull request", hint="run on: pull_request")
    return number


def _link(forge: Forge) -> Link:
    """Addresses of lines at the commit under review, "" where the build does not tell enough."""
    from octad.render.comment import address

    told = os.environ
    if forge == "github":
        base = f"{told.get('GITHUB_SERVER_URL', '')}/{told.get('GITHUB_REPOSITORY', '')}/blob"
        commit = told.get("OCTAD_COMMIT") or told.get("GITHUB_SHA", "")
    else:
        base, commit = f"{told.get('CI_PROJECT_URL', '')}/-/blob", told.get("CI_COMMIT_SHA", "")
    is_known = base.startswith("https://") and commit.isalnum() and all(c not in base for c in ' ()<>"')
    return lambda path, line: address(f"{base}/{commit}", path, line) if is_known else ""


def _more() -> str:
    """Of which commit this is."""
    commit = next(filter(None, map(os.environ.get, ("OCTAD_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA"))), "")
    return f"Of commit {commit[:12]}; every build writes this comment anew." if commit.isalnum() else ""
