from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.history.log import FileLines, read_log
from tests.past import DAY, START, Past


def test_commits_come_oldest_first_with_lines_renames_and_the_authors_clock(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("first\n\nwith a body", {"a.py": "1\n2\n3\n4\n", "b\tü.py": "1\n"})
    past.commit("second", {"a.py": None, "lib/c.py": "1\n2\n3\n4\n5\n"}, day=2, author="Bob")
    past.commit("binary", {"x.bin": "\0\1"}, day=3)
    first, second, third = read_log(tmp_path)
    assert first.message == "first\n\nwith a body" and first.author == "Ada" and first.time == START
    assert set(first.files) == {FileLines("a.py", "a.py", 4, 0), FileLines("b\tü.py", "b\tü.py", 1, 0)}
    assert first.written.utcoffset() is not None and first.written.timestamp() == START
    assert second.files == (FileLines("lib/c.py", "a.py", 1, 0),)
    assert second.author == "Bob" and second.time == START + 2 * DAY
    assert third.files == (FileLines("x.bin", "x.bin", 0, 0),)


def test_merges_are_left_out_and_empty_commits_have_no_files(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("base", {"a.py": "1\n"})
    past.git("checkout", "--quiet", "-b", "side")
    past.commit("side", {"b.py": "1\n"}, day=1)
    past.git("checkout", "--quiet", "main")
    past.commit("nothing", {}, day=2)
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side", day=3)
    commits = read_log(tmp_path)
    assert sorted(commit.message for commit in commits) == ["base", "nothing", "side"]
    assert next(commit.files for commit in commits if commit.message == "nothing") == ()
    assert [commit.message for commit in read_log(tmp_path, most=1)] == ["nothing"]


def test_no_repository_and_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RepositoryError, match="no git repository"):
        read_log(tmp_path)
    Past(tmp_path).commit("base", {"a.py": "1\n"})
    with pytest.raises(RepositoryError, match="nowhere"):
        read_log(tmp_path, "nowhere")
