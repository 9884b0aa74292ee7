from __future__ import annotations

from pathlib import Path

from octad.read.history.diffs import read_patches
from octad.read.history.log import read_log
from octad_train.data.changes.szz import defects_found, fixes_of, opening_times, suspicious_lines
from tests.past import DAY, START, Past

GOOD = "def mean(xs):\n    total = sum(xs)\n    n = len(xs)\n    return total / n\n"
BAD = GOOD.replace("len(xs)", "len(xs) + 1")


def blamed(root: Path) -> dict[str, int]:
    """Days until the defects of revisions were found, by the messages of these."""
    commits = read_log(root)
    fixes = {fix.revision: fix for fix in fixes_of(commits, 100)}
    traced = [(fixes[name], suspicious_lines(patches)) for name, patches in read_patches(root, list(fixes))]
    found = defects_found(root, commits, traced)
    return {c.message: (found[c.revision] - START) // DAY for c in commits if c.revision in found}


def test_a_fix_is_traced_to_who_wrote_the_line(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("add mean", {"m.py": GOOD})
    past.commit("correct for one more", {"m.py": BAD}, day=1)
    past.commit("speed", {"m.py": BAD + "\ndef f():\n    return 1\n"}, day=2)
    past.commit("Fix mean of short lists", {"m.py": GOOD + "\ndef f():\n    return 1\n"}, day=9)
    assert blamed(tmp_path) == {"correct for one more": 9}


def test_renames_whitespace_and_moves_do_not_hide_the_culprit(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("add mean", {"m.py": GOOD})
    past.commit("break it", {"m.py": BAD}, day=1)
    past.commit("rename", {"m.py": None, "lib/mean.py": BAD}, day=2)
    past.commit("indent", {"lib/mean.py": BAD.replace("    ", "        ")}, day=3)
    past.commit("Fix mean", {"lib/mean.py": GOOD.replace("    ", "        ")}, day=4)
    assert blamed(tmp_path) == {"break it": 4}


def test_a_line_is_found_behind_a_merge(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("add mean", {"m.py": GOOD})
    past.git("checkout", "--quiet", "-b", "side")
    past.commit("break it", {"m.py": BAD}, day=1)
    past.git("checkout", "--quiet", "main")
    past.commit("other", {"o.py": "x = 1\n"}, day=2)
    past.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'side'", "side", day=3)
    past.commit("Fix mean", {"m.py": GOOD}, day=4)
    assert blamed(tmp_path) == {"break it": 4}


def test_cosmetic_and_moved_lines_and_tests_blame_nobody(tmp_path: Path) -> None:
    past = Past(tmp_path)
    before = "import os\nimport sys\n# wrong\nx = 1\n\ny = 2\n"
    after = "import sys\nimport os\n# right\n\ny = 2\nx = 1\nz = 3\n"
    past.commit("start", {"a.py": before, "tests/test_a.py": "assert x == 2\n"})
    past.commit("Fix the order", {"a.py": after, "tests/test_a.py": "assert x == 1\n"}, day=1)
    assert blamed(tmp_path) == {}


def test_what_was_reverted_was_found_then_and_the_revert_is_not_blamed(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("add mean", {"m.py": BAD})
    changed = past.commit("tune", {"m.py": GOOD.replace("n = len(xs)", "n = 7")}, day=1)
    past.commit(f"Revert tune\n\nThis reverts commit {changed}.", {"m.py": BAD}, day=3)
    past.commit("Fix mean", {"m.py": GOOD}, day=5)
    assert blamed(tmp_path) == {"tune": 3}


def test_large_fixes_are_no_evidence(tmp_path: Path) -> None:
    past = Past(tmp_path)
    names = [f"a{n}.py" for n in range(11)]
    past.commit("start", dict.fromkeys(names, "x = 1\n"))
    past.commit("Fix everything", dict.fromkeys(names, "x = 2\n"), day=1)
    assert blamed(tmp_path) == {}


def test_reformatting_that_the_repository_names_is_looked_through(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("break it", {"m.py": "x = {'a': 1}\ny = 2\n"})
    reformat = past.commit("reformat", {"m.py": 'x = {"a": 1}\ny = 2\n'}, day=1)
    past.commit("ignore it", {".git-blame-ignore-revs": f"# black\n{reformat}\n"}, day=2)
    past.commit("Fix x", {"m.py": 'x = {"a": 3}\ny = 2\n'}, day=3)
    assert blamed(tmp_path) == {"break it": 3}


def test_changes_later_than_the_issue_are_innocent(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("break it", {"m.py": "x = 1\ny = 1\n"})
    past.commit("Add dark mode (#8)", {"o.py": "z = 1\n"}, day=1)
    past.commit("touch y (#9)", {"m.py": "x = 1\ny = 2\n"}, day=2)
    past.commit("Fix #7", {"m.py": "x = 3\ny = 3\n"}, day=3)
    assert blamed(tmp_path) == {"break it": 3}
    opened = opening_times(read_log(tmp_path))
    assert (opened(7), opened(9), opened(10)) == (START + DAY, START + 2 * DAY, float("inf"))
