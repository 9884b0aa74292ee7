from __future__ import annotations

from pathlib import Path

from octad.read.history.diffs import read_patches
from tests.past import Past


def test_hunks_of_several_commits_with_lines_that_look_like_headers(tmp_path: Path) -> None:
    past = Past(tmp_path)
    first = past.commit("1", {"a.sql": "-- one\nx\n++ two\ny\n"})
    second = past.commit("2", {"a.sql": "x\ny\n  z\n", "b.py": "1\n"}, day=1)
    third = past.commit("3", {"b.py": None, "a.sql": "x\ny\nz\n"}, day=2)
    shown = dict(read_patches(tmp_path, [first, second, third]))
    assert list(shown) == [first, second, third]
    (new,) = shown[first]
    assert (new.old_path, new.path) == ("", "a.sql") and len(new.hunks[0].added) == 4
    changed, added = shown[second]
    assert [(hunk.old, hunk.deleted, hunk.added) for hunk in changed.hunks] == [
        (1, ["-- one"], []), (3, ["++ two"], []), (4, [], ["  z"]),
    ]  # fmt: skip
    assert added.path == "b.py"
    gone = shown[third][-1]
    assert (gone.old_path, gone.path) == ("b.py", "") and gone.hunks[0].deleted == ["1"]
    assert all(not patch.hunks for patch in shown[third][:-1])  # only whitespace changed
