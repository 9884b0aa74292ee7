"""A release as items."""

from __future__ import annotations

from octad.encoders.release import MOST, ReleaseEncoder, parts_of, text_of
from octad.records.release import Release, ReleaseCommit


def release(count: int) -> Release:
    return Release(
        commits=tuple(
            ReleaseCommit(
                revision=f"{n:040x}", subject=f"Add part {n}", paths=(f"src/p{n % 3}/a.py",), files=1
            )
            for n in range(count)
        )
    )


def test_every_commit_is_an_item_with_its_neighbours() -> None:
    items = ReleaseEncoder("release").items(release(3))
    assert items is not None
    assert len(items) == 3 and items.names[0] == f"{0:040x}" and not items.left_out
    assert {tuple(edge) for edge in items.edges.tolist()} == {(0, 1, 0), (1, 2, 0), (1, 0, 1), (2, 1, 1)}
    assert items.links[0] == ("src/p0",)
    assert ReleaseEncoder("release").items(Release()) is None
    assert ReleaseEncoder("release").items(None) is None


def test_the_text_is_subject_and_beginning_of_the_body() -> None:
    one = ReleaseCommit(revision="a", subject="fix: keep it (#4)", body="It was lost (#3). And more.")
    assert text_of(one) == "keep it. It was lost."


def test_what_is_too_much_is_said_and_comes_in_parts() -> None:
    many = release(MOST + 2)
    items = ReleaseEncoder("release").items(many)
    assert items is not None and len(items) == MOST and items.left_out.startswith("2 older commits")
    parts = parts_of(many)
    assert [len(one.commits) for one in parts] == [MOST // 2 + 1, MOST // 2 + 1]
    assert sum((one.commits for one in parts), ()) == many.commits
