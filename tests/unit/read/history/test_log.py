from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.history.log import FileLines, read_log, read_names
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


def test_a_file_may_be_named_as_a_commit_begins(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("first", {"\x02a.py": "1\n", "\x02b.py": "1\n"})
    past.commit("second", {"c.py": "1\n"}, day=1)
    names = [
        [file.path for file in commit.files] for commit in read_names(tmp_path, "HEAD", before=0, most=9)
    ]
    assert names == [["\x02a.py", "\x02b.py"], ["c.py"]]
    assert [file.path for file in read_log(tmp_path)[0].files] == names[0]


@pytest.mark.parametrize("date", ["", "999999999999999 +0000", "9" * 5_000 + " +0000", "-5 +0000"])
def test_a_commit_of_no_date_is_of_the_beginning_of_time(tmp_path: Path, date: str) -> None:
    past = Past(tmp_path)
    parent = past.commit("first", {"a.py": "1\n"})
    tree = past.git("rev-parse", "HEAD^{tree}")
    who = f"A <a@example.org> {date}"
    raw = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nodd\n"
    made = subprocess.run(
        ["git", "hash-object", "-w", "-t", "commit", "--literally", "--stdin"],
        cwd=tmp_path, input=raw.encode(), capture_output=True, check=True,
    )  # fmt: skip
    last = read_log(tmp_path, made.stdout.decode().strip())[-1]
    assert (last.message, last.time, last.written.year) == ("odd", 0, 1970)
