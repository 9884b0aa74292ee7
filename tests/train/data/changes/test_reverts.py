from __future__ import annotations

from pathlib import Path

from octad_train.data.changes.reverts import SHORT, cues_of, familiarities, sides_of
from tests.past import Past

DIFF = """diff --git a/lib/a.py b/lib/a.py
--- a/lib/a.py
+++ b/lib/a.py
@@ -1 +1,2 @@
-x = 1
+x = 2
+y = 3
"""


def test_sides_of_a_diff_that_was_cut() -> None:
    row = {"diff": DIFF, "files": [["lib/a.py", 2, 1], ["lib/b.py", 40, 0]]}
    assert sides_of(row) == [("lib/a.py", ["x = 2", "y = 3"], ["x = 1"]), ("lib/b.py", [], [])]


def test_each_commit_is_known_as_it_was_when_it_went_in(tmp_path: Path) -> None:
    past = Past(tmp_path)
    past.commit("start", {"a.py": "x = 1\n"})
    second = past.commit("more", {"a.py": "x = 2\n"}, day=1, author="Bob")
    past.commit("last", {"a.py": "x = 3\n"}, day=2)
    known = familiarities(tmp_path, {second[:SHORT]})
    assert [*known] == [second[:SHORT]]
    assert (known[second[:SHORT]].changes, known[second[:SHORT]].unknown_to_author) == (1, 1)
    measures = {"added": 99, "deleted": 0}
    row = {"subject": "more", "body": "", "diff": DIFF, "files": [], "measures": measures}
    assert cues_of(row, known[second[:SHORT]])["share of lines added"] == 0.99
