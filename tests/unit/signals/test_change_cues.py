from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from octad.records.change import Change, Familiarity
from octad.signals.change_cues import change_cues

KNOWN = Familiarity(
    author_commits=3, author_commits_year=2, author_on_files=1, unknown_to_author=0.5, own_share_year=0.2,
    changes=7, fixes=3, fixes_90_days=12, people=2, new_files=0, days_since_change=1, days_old=900,
)  # fmt: skip


def test_cues_of_message_paths_and_lines() -> None:
    change = Change(files=(), message="Remove the cache for now\n\nFixes #12")
    sides = [
        ("lib/store.py", ["import os", "if x:"], ["def get(key):", "def _own():"]),
        ("docs/a.md", ["b"], []),
    ]
    cues = change_cues(change, sides)
    named = {name for name, value in cues.items() if value == 1}
    assert {
        "the subject removes something", "the subject is an attempt or for a while", "it touches prose",
        "the subject is about speed or things at once", "no test was changed beside the code",
        "the message names an issue",
    } <= named  # fmt: skip
    assert "the subject speaks of a fix" not in named
    assert cues["public definitions removed"] > 0 and cues["definitions added"] == 0
    assert cues["conditions among the lines added"] > 0 == cues["conditions among the lines deleted"]
    assert "people who changed a file" not in cues


def test_a_large_change_is_counted_whole_and_read_in_part() -> None:
    cues, more = (
        change_cues(Change(files=()), [("a.py", ["if x: wait()"] * n, [])]) for n in (10_000, 50_000)
    )
    assert cues["lines added"] < more["lines added"]
    assert cues["conditions among the lines added"] == more["conditions among the lines added"] > 0


def test_a_test_beside_the_code() -> None:
    sides = [("lib/store.py", ["x = 1"], []), ("tests/test_store.py", ["y = 1"], [])]
    assert change_cues(Change(files=()), sides)["no test was changed beside the code"] == 0
    assert change_cues(Change(files=()), sides[1:])["no test was changed beside the code"] == 0


@given(
    st.text(max_size=200),
    st.lists(st.tuples(st.text(max_size=9), st.lists(st.text(max_size=30)), st.just([]))),
)
def test_whatever_a_change_holds_its_cues_are_small_numbers(
    message: str, sides: list[tuple[str, list[str], list[str]]]
) -> None:
    cues = change_cues(Change(files=(), message=message, familiarity=KNOWN), sides)
    again = change_cues(Change(files=()), [])
    assert again.keys() < cues.keys()
    assert all(0 <= value < 30 for value in cues.values())
