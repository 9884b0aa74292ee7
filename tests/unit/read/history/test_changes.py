from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError, RepositoryError
from octad.read.history.changes import read_change, read_past
from octad.signals.change_history import NAMES, history_numbers
from tests.past import DAY, START, Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    past = Past(tmp_path)
    past.commit("start", {"lib/a.py": "x = 1\ny = 2\n", "notes.txt": "one\n"})
    past.commit("Fix y", {"lib/a.py": "x = 1\ny = 3\n"}, day=1, author="Bob")
    past.commit("more", {"lib/a.py": "x = 1\ny = 3\nz = 4\n", "notes.txt": "two\n"}, day=4)
    return past


def test_a_commit_is_read_with_what_came_before(past: Past) -> None:
    change = read_change("HEAD", past.root)
    assert (change.message, change.author, change.revision) == ("more", "Ada", past.git("rev-parse", "HEAD"))
    assert change.time is not None and change.time.timestamp() == START + 4 * DAY
    assert [file.after.path for file in change.files if file.after] == ["lib/a.py"]
    measures = change.measures
    assert measures is not None
    assert (measures.nf, measures.la, measures.ld, measures.lt) == (2, 2, 1, 3)
    assert (measures.ndev, measures.nuc, measures.exp) == (2, 2, 1)


def test_a_range_is_one_change(past: Past) -> None:
    change = read_change("HEAD~2..HEAD", past.root)
    assert change.message == "Fix y\n\nmore"
    assert change.measures is not None and (change.measures.la, change.measures.ld) == (3, 2)
    assert change.measures.fix == 1 and change.measures.nuc == 1


def test_a_merge_is_what_it_brought(past: Past) -> None:
    past.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    past.commit("side work", {"b.py": "b = 1\n"}, day=5)
    past.git("checkout", "--quiet", "main")
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side", day=6)
    change = read_change("HEAD", past.root)
    assert change.message == "side work"
    assert [file.after.path for file in change.files if file.after] == ["b.py"]


def test_the_working_tree(past: Past) -> None:
    past.git("config", "user.name", "Bob")
    (past.root / "lib" / "a.py").write_text("x = 9\n")
    change = read_change(folder=past.root)
    assert (change.author, change.revision, change.message) == ("Bob", "", "")
    assert change.measures is not None and (change.measures.ld, change.measures.exp) == (3, 1)


def test_the_past_ends_with_the_change(past: Past) -> None:
    read = read_past("HEAD", past.root)
    assert [one.author for one in read] == ["Ada", "Bob", "Ada"]
    assert read[-1].measures == read_change("HEAD", past.root).measures
    assert read[-1].files == ("lib/a.py", "notes.txt")
    assert history_numbers(read).shape == (3, len(NAMES))


def test_what_is_no_change(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="HEAD~2 is the first commit here"):
        read_change("HEAD~2", past.root)
    with pytest.raises(RepositoryError, match="unknown revision 'nowhere'"):
        read_change("nowhere", past.root)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "empty"))
    with pytest.raises(RepositoryError, match="no git repository"):
        read_change("HEAD", tmp_path / "empty")
