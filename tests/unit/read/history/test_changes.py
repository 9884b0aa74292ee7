from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError, RepositoryError
from octad.read.history import changes
from octad.read.history.changes import read_told
from octad.signals.change_history import NAMES, history_numbers
from octad.signals.changed_lines import changed, sides
from tests.past import DAY, START, Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    past = Past(tmp_path)
    past.commit("start", {"lib/a.py": "x = 1\ny = 2\n", "notes.txt": "one\n"})
    past.commit("Fix y", {"lib/a.py": "x = 1\ny = 3\n"}, day=1, author="Bob")
    past.commit("more", {"lib/a.py": "x = 1\ny = 3\nz = 4\n", "notes.txt": "two\n"}, day=4)
    return past


def test_a_commit_is_read_with_what_came_before(past: Past) -> None:
    change = read_told("HEAD", past.root).change
    assert (change.message, change.author, change.revision) == ("more", "Ada", past.git("rev-parse", "HEAD"))
    assert change.time is not None and change.time.timestamp() == START + 4 * DAY
    assert [sides(file) for file in change.files] == [
        ("lib/a.py", ["z = 4"], []), ("notes.txt", ["two"], ["one"]),
    ]  # fmt: skip
    measures = change.measures
    assert measures is not None
    assert (measures.nf, measures.la, measures.ld, measures.lt) == (2, 2, 1, 3)
    assert (measures.ndev, measures.nuc, measures.exp) == (2, 2, 1)


def test_a_range_is_one_change(past: Past) -> None:
    change = read_told("HEAD~2..HEAD", past.root).change
    assert change.message == "Fix y\n\nmore"
    assert change.measures is not None and (change.measures.la, change.measures.ld) == (3, 2)
    assert change.measures.fix == 1 and change.measures.nuc == 1


def test_a_merge_is_what_it_brought(past: Past) -> None:
    past.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    past.commit("side work", {"b.py": "b = 1\n"}, day=5)
    past.git("checkout", "--quiet", "main")
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side", day=6)
    change = read_told("HEAD", past.root).change
    assert change.message == "side work"
    assert [file.after.path for file in change.files if file.after] == ["b.py"]


def test_the_working_tree(past: Past) -> None:
    past.git("config", "user.name", "Bob")
    (past.root / "lib" / "a.py").write_text("x = 9\n")
    change = read_told(folder=past.root).change
    assert (change.author, change.revision, change.message) == ("Bob", "", "")
    assert change.measures is not None and (change.measures.ld, change.measures.exp) == (3, 1)


def test_the_past_ends_with_the_change(past: Past) -> None:
    read = read_told("HEAD", past.root).past
    assert [one.author for one in read] == ["Ada", "Bob", "Ada"]
    assert read[-1].measures == read_told("HEAD", past.root).change.measures
    assert read[-1].files == ("lib/a.py", "notes.txt")
    assert history_numbers(read).shape == (3, len(NAMES))


def test_what_is_no_change(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="HEAD~2 is the first commit here"):
        read_told("HEAD~2", past.root)
    with pytest.raises(RepositoryError, match="unknown revision 'nowhere'"):
        read_told("nowhere", past.root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "empty"))
    with pytest.raises(RepositoryError, match="no git repository"):
        read_told("HEAD", tmp_path / "empty")


def test_lines_are_those_of_the_file_whatever_is_around_them(past: Past) -> None:
    past.commit("middle", {"lib/a.py": "x = 1\ny = 5\nz = 4\n"}, day=5)
    (file,) = read_told("HEAD", past.root).change.files
    assert file.before is not None and file.after is not None
    assert (changed(file.before), changed(file.after)) == ([(2, "y = 3")], [(2, "y = 5")])
    assert file.after.text.count("\n") == 3


def test_the_working_tree_has_new_files_and_blanks(past: Past) -> None:
    (past.root / "lib" / "a.py").write_text("x  =  1\ny = 3\nz = 4\n")
    (past.root / "new.py").write_text("n = 1\n")
    change = read_told(folder=past.root).change
    assert sorted(map(sides, change.files)) == [("lib/a.py", [], []), ("new.py", ["n = 1"], [])]


def test_who_knows_the_files(past: Past) -> None:
    past.commit("Revert\n\nThis reverts commit 0123456789.", {"lib/a.py": "x = 1\n"}, day=5, author="Bob")
    past.commit("new work", {"lib/a.py": "x = 2\n", "lib/b.py": "b = 1\n"}, day=6, author="Cy")
    known = read_told("HEAD", past.root).change.familiarity
    assert known is not None
    assert (known.author_commits, known.author_on_files, known.unknown_to_author) == (0, 0, 1)
    assert (known.changes, known.fixes, known.fixes_90_days, known.people) == (4, 1, 1, 2)
    assert (known.new_files, known.days_since_change, known.days_old) == (1, 1, 6)
    assert (known.reverts, known.commits) == (1, 4)


def test_the_older_log_is_read_by_names(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_told("HEAD", past.root).change
    monkeypatch.setattr(changes, "COUNTED", 1)
    cut = read_told("HEAD", past.root).change
    assert cut.measures is not None and whole.measures is not None
    assert cut.measures.model_copy(update={"lt": whole.measures.lt}) == whole.measures
    monkeypatch.setattr(changes, "MOST", 1)
    assert [one.author for one in read_told("HEAD", past.root).past] == ["Bob", "Ada"]


def test_a_shallow_clone_has_no_past(past: Past, tmp_path: Path) -> None:
    for depth in ("1", "2"):
        place = tmp_path / f"depth-{depth}"
        past.git("clone", "--quiet", "--depth", depth, past.root.as_uri(), str(place))
    with pytest.raises(InputError, match="this clone is shallow") as raised:
        read_told("HEAD", tmp_path / "depth-1")
    assert "--unshallow" in raised.value.hint
    change = read_told("HEAD", tmp_path / "depth-2").change
    assert (change.measures, change.familiarity, change.past) == (None, None, ())
    assert "shallow" in change.without_past


def test_a_partial_clone_is_called_one(past: Past, tmp_path: Path) -> None:
    past.git("config", "uploadpack.allowFilter", "true")
    place = tmp_path / "partial"
    past.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", past.root.as_uri(), str(place))
    with pytest.raises(RepositoryError, match="a partial one"):
        read_told("HEAD", place)
