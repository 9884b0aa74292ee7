from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.history.repository_events import events_of_repository
from octad.records.events import Event

Git = Callable[..., str]
START = 1_700_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def git(root: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """git in a new repository, every command a minute after the one before."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    clock = [START]

    def run(*arguments: str) -> str:
        clock[0] += 60
        date = {"GIT_COMMITTER_DATE": f"@{clock[0]} +0200", "GIT_AUTHOR_DATE": "@1 +0000"}
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=root, env=os.environ | date, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        return done.stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    for name, value in {"log.showSignature": "true", "color.ui": "always", "log.decorate": "full"}.items():
        run("config", name, value)
    return run


def commit(git: Git, message: str) -> str:
    git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message)
    return git("rev-parse", "HEAD")


def kinds(events: tuple[Event, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in events]


def test_tags_merges_and_reverts_by_time(git: Git, root: Path) -> None:
    first = commit(git, "first")
    git("tag", "v1.0")
    git("checkout", "--quiet", "-b", "side")
    commit(git, "work\n\nmore of it\x1f")
    git("checkout", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side")
    bad = commit(git, "bad idea")
    git("tag", "-a", "-m", "said", "web/2.0")
    commit(git, f'Revert "bad idea"\n\nThis reverts commit {bad}.')
    found = events_of_repository(root).events
    assert kinds(found) == [
        ("deployed", "shop"),
        ("merge", "shop"),
        ("deployed", "web"),
        ("rolled-back", "shop"),
    ]
    assert found[0].attributes == {"tag": "v1.0", "revision": first}
    assert found[1].attributes["title"] == "Merge side"
    assert found[2].attributes == {"tag": "web/2.0", "revision": bad}
    assert found[3].attributes == {
        "title": 'Revert "bad idea"',
        "reverts": bad,
        "revision": git("rev-parse", "HEAD"),
    }
    assert [one.time for one in found] == sorted(one.time for one in found)
    assert (
        datetime.fromtimestamp(START, UTC)
        < found[0].time
        < found[3].time
        < datetime(2023, 11, 15, tzinfo=UTC)
    )


def test_since_a_revision_only_what_it_lacks(git: Git, root: Path) -> None:
    commit(git, 'Revert "old"')
    git("tag", "v1")
    commit(git, 'Revert "new"')
    git("tag", "v2")
    assert kinds(events_of_repository(root, "v1").events) == [("rolled-back", "shop"), ("deployed", "shop")]
    assert events_of_repository(root, "HEAD").events == ()
    (root / "sub").mkdir()
    assert len(events_of_repository(root / "sub").events) == 4


def test_what_only_speaks_of_a_revert_is_none(git: Git, root: Path) -> None:
    for message in (
        'Revert is a command\n\nWe could say:\nRevert "x"',
        'Revert "Revert "x""',
        'Reapply "x"\n\nThis reverts commit 0123456.',
        "This reverts commit nothing",
        'Squashed\n\n* Work\n\n* Revert "Work"\n\nThis reverts commit 0123456.',
    ):
        commit(git, message)
    commit(git, "Back to the old pool\n\nThis reverts commit 0123456.")
    commit(git, "test: revert the new pool\n\nIt is slow.\n\nThis reverts commit 0123456.")
    found = events_of_repository(root).events
    assert [(one.kind, one.attributes["reverts"]) for one in found] == [("rolled-back", "0123456")] * 2


@pytest.mark.parametrize(
    "tag, service",
    [
        ("v1.2.3-4", "shop"),
        ("2026-01-31", "shop"),
        ("api-v1.2", "api"),
        ("api/1.2.3-rc.1", "api"),
        ("a-b_2026.01", "a-b"),
        ("@ui/core@3.1.0", "@ui/core"),
        ("release-7", "shop"),
        ("Release/2026-01-31", "shop"),
        ("nightly", "shop"),
    ],
)
def test_the_service_of_a_tag(git: Git, root: Path, tag: str, service: str) -> None:
    commit(git, "c")
    git("tag", tag)
    assert kinds(events_of_repository(root).events) == [("deployed", service)]


def test_tags_of_files_are_left_out(git: Git, root: Path) -> None:
    (root / "file").write_text("text")
    git("add", "file")
    commit(git, "c")
    git("tag", "blob", "HEAD:file")
    git("tag", "tree", "HEAD^{tree}")
    git("tag", "-a", "-m", "m", "noted", "HEAD:file")
    git("tag", "-a", "-m", "m", "v1")
    (one,) = events_of_repository(root).events
    assert one.attributes == {"tag": "v1", "revision": git("rev-parse", "HEAD")}


def test_no_repository_no_commit_no_revision(git: Git, root: Path) -> None:
    with pytest.raises(RepositoryError, match="unknown revision 'HEAD'"):
        events_of_repository(root)
    commit(git, "c")
    for since in ("nope", "--output=x", "a\nb"):
        with pytest.raises(RepositoryError, match="unknown revision"):
            events_of_repository(root, since)
    with pytest.raises(RepositoryError, match="folder does not exist"):
        events_of_repository(root / "nope")


def test_a_tag_may_hold_what_elsewhere_ends_a_line(root: Path, git: Git) -> None:
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "-m", "first")
    git("tag", "api-v1\u2028x")
    (event,) = events_of_repository(root).events
    assert event.attributes["tag"] == "api-v1\u2028x"
