from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.git.sealed import Sealed
from octad.read.git.settings import read_settings
from tests.past import Past


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return tmp_path / "mine"


def test_only_what_is_listed_is_passed_on(tmp_path: Path) -> None:
    configured = b"""
[core]
    repositoryformatversion = 1
    fsmonitor = /evil
    ignorecase
    bare
[extensions]
    objectFormat = sha256
    partialClone = evil
[branch "a \\"b\\\\ ]"]
    remote = origin
    merge = refs/heads/main
[remote "origin"]
    url = ext::evil
    fetch = +refs/heads/*:refs/remotes/origin/*
    fetch = "x\\n[core]\\n fsmonitor = /evil"
[user]
    name = "Ada \\"L\\""
"""
    settings = read_settings(str(tmp_path), configured)
    assert settings.file(bare=False).count("evil") == 0
    assert settings.passed == [
        ("core.repositoryformatversion", "1"), ("core.ignorecase", "true"),
        ("extensions.objectformat", "sha256"),
        ('branch.a "b\\ ].remote', "origin"), ('branch.a "b\\ ].merge', "refs/heads/main"),
        ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
    ]  # fmt: skip
    again = read_settings(str(tmp_path), settings.file(bare=True).encode())
    assert again.passed == settings.passed
    assert settings.text("user.name") == 'Ada "L"' and settings.flag("core.bare", default=False)


def test_the_repository_comes_before_the_user(tmp_path: Path, user: Path) -> None:
    user.write_text("[user]\n\tname = Bob\n[core]\n\tautocrlf = input\n\tfilemode = false\n\tpager = mine\n")
    settings = read_settings(str(tmp_path), b"[user]\n\tname = Ada\n[core]\n\tautocrlf = evil\n")
    assert (settings.text("user.name"), settings.text("core.autocrlf")) == ("Ada", "input")
    assert settings.flag("core.filemode", default=True) and "mine" not in settings.file(bare=False)


def test_what_a_repository_includes_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("[user]\n\tname = Eve\n")
    text = f'[include]\n\tpath = {tmp_path}/more\n[includeIf "gitdir:/"]\n\tpath = {tmp_path}/more\n'
    assert read_settings(str(tmp_path), text.encode()).text("user.name") == ""


def test_what_is_trusted_is_what_the_user_says_last(tmp_path: Path, user: Path) -> None:
    user.write_text('[safe]\n\tdirectory = /a\n\tdirectory = ""\n\tdirectory = /b\n')
    assert read_settings(str(tmp_path), b"[safe]\n\tdirectory = *\n").safe == ["/b"]


def test_a_damaged_configuration_is_named(tmp_path: Path) -> None:
    past = Past(tmp_path / "repository")
    (past.root / ".git" / "config").write_text("[core\n")
    with pytest.raises(RepositoryError, match=r"bad config line 1 in .*/\.git/config"):
        Sealed(past.root)
