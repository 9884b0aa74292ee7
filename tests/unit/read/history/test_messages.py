from __future__ import annotations

import pytest

from octad.read.history.messages import read_message


def test_a_message_in_its_parts() -> None:
    message = read_message(
        "Read zstd (#12)\r\n\r\nAs asked in a review.\n\nFixes: #7, see GH-8\nSigned-off-by: A <a@b.c>\n"
        "BREAKING CHANGE: bytes now"
    )
    assert message.subject == "Read zstd (#12)"
    assert "Signed-off-by" not in message.body and "BREAKING CHANGE: bytes now" in message.body
    assert message.refs == ("#12", "#7", "#8")
    assert ("BREAKING CHANGE", "bytes now") in message.trailers


@pytest.mark.parametrize(
    ("text", "subject", "refs"),
    [
        ("Merge pull request #3 from a/b\n\nAdd a thing\n\nWhy", "Add a thing (#3)", ("#3",)),
        ("Merge branch 'b' into 'main'\n\nAdd it\n\nSee merge request g/p!5", "Add it (!5)", ("!5",)),
        ("Merged in b (pull request #6)\n\nAdd it", "Add it (#6)", ("#6",)),
        ("Merge pull request #3 from a/b", "Merge pull request #3 from a/b", ("#3",)),
        ("Merge branch 'b'\n\nConflicts:\n\tx.py", "Merge branch 'b'", ()),
        ("PROJ-12 Use UTF-8, see RFC-822", "PROJ-12 Use UTF-8, see RFC-822", ("PROJ-12",)),
        ("", "", ()),
    ],
)
def test_what_a_forge_wrote_gives_way_to_the_title(text: str, subject: str, refs: tuple[str, ...]) -> None:
    message = read_message(text)
    assert (message.subject, message.refs) == (subject, refs)


def test_long_messages_are_cut() -> None:
    message = read_message("x" * 10_000 + "\n\n" + "y" * 100_000)
    assert len(message.subject) == 1_000 and len(message.body) == 20_000
