from __future__ import annotations

from pathlib import Path

import pytest

from octad.read.git.sealed import Sealed
from octad.read.history import release
from octad.read.history.release import Found, read_release
from octad.read.history.versions import span_of
from tests.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    made = Past(tmp_path / "repository")
    made.commit("first", {"a.py": "1\n"})
    made.git("tag", "v1")
    return made


def read(past: Past, revisions: str = "") -> Found:
    git = Sealed(past.root)
    return read_release(git, span_of(git, revisions))


def test_commits_come_newest_first_with_files_lines_and_numbers(past: Past) -> None:
    past.commit("Add b (#2)\n\nFixes #1", {"b.py": "1\n2\n", "c.py": "1\n"}, day=1)
    past.commit("Change a", {"a.py": "2\n"}, day=2, author="Bob")
    found = read(past)
    assert found.skipped == ()
    newest, older = found.release.commits
    assert (newest.subject, newest.author, newest.added, newest.removed) == ("Change a", "Bob", 1, 1)
    assert (older.paths, older.files, older.added, older.refs) == (("b.py", "c.py"), 2, 3, ("#2", "#1"))
    assert (found.release.previous, found.release.time) == ("v1", newest.time)
    assert older.parents == (found.release.base,)


def test_merges_have_what_they_brought(past: Past) -> None:
    past.git("checkout", "--quiet", "-b", "side")
    past.commit("Part", {"s.py": "1\n"}, day=1)
    past.git("checkout", "--quiet", "main")
    past.commit("Other", {"m.py": "1\n"}, day=2)
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #9 from x/side\n\nAdd s", "side", day=3)
    merge = read(past).release.commits[0]
    assert (merge.subject, merge.is_merge, merge.paths, merge.added) == ("Add s (#9)", True, ("s.py",), 1)


def test_what_was_picked_is_a_copy_and_what_the_version_before_had_too(past: Past) -> None:
    past.commit("Fix x", {"x.py": "1\n2\n3\n"}, day=1)
    fix = past.git("rev-parse", "HEAD")
    past.git("checkout", "--quiet", "-b", "stable", "v1")
    past.git("cherry-pick", fix, day=2)
    past.git("tag", "v1.1")
    past.git("checkout", "--quiet", "main")
    past.commit("More", {"y.py": "1\n"}, day=3)
    commits = {one.subject: one for one in read(past, "v1.1..").release.commits}
    assert commits["Fix x"].copy_of == past.git("rev-parse", "v1.1")
    assert commits["More"].copy_of == ""


def test_the_same_patch_under_two_names_is_seen(past: Past) -> None:
    past.git("checkout", "--quiet", "-b", "side")
    past.commit("Repair the reader", {"x.py": "1\n2\n"}, day=1)
    past.git("checkout", "--quiet", "main")
    past.commit("Mend the reader", {"x.py": "1\n2\n"}, day=2)
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side", day=3)
    commits = {one.subject: one for one in read(past).release.commits}
    names = {commits["Repair the reader"].revision, commits["Mend the reader"].revision}
    copies = {one.copy_of for one in commits.values() if one.copy_of}
    assert len(copies) == 1 and copies <= names


def test_a_long_range_is_bounded_and_says_so(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 7):
        past.commit(f"work {day}", {"a.py": f"{day}\n"}, day=day)
    monkeypatch.setattr(release, "MOST", 4)
    monkeypatch.setattr(release, "COUNTED", 2)
    found = read(past)
    assert [one.subject for one in found.release.commits] == ["work 6", "work 5", "work 4", "work 3"]
    assert [one.added for one in found.release.commits] == [1, 1, None, None]
    assert all(one.paths == ("a.py",) for one in found.release.commits)
    assert [one.reason for one in found.skipped] == [
        "only the newest 4 of 6 commits are read: name a shorter range",
        "lines are counted for the newest 2 of 6 commits alone",
    ]


def test_a_shallow_clone_says_that_it_is_cut_off(past: Past, tmp_path: Path) -> None:
    for day in range(1, 4):
        past.commit(f"work {day}", {"a.py": f"{day}\n"}, day=day)
    past.git("tag", "v2")
    clone = tmp_path / "clone"
    past.git("clone", "--quiet", "--depth=2", "--branch=v2", f"file://{past.root}", str(clone))
    git = Sealed(clone)
    found = read_release(git, span_of(git, "v2"))
    assert [one.files for one in found.release.commits] == [1, 0]
    assert "this clone is shallow" in found.skipped[0].reason


def test_paths_of_a_large_commit_are_bounded(past: Past) -> None:
    past.commit("many", {f"d/{number}.py": "1\n" for number in range(100)}, day=1)
    commit = read(past).release.commits[0]
    assert (len(commit.paths), commit.files, commit.added) == (64, 100, 100)
