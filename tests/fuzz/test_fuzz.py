"""A minute of the fuzzer over every reader, and proof that it finds what is broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from octad.errors import InputError
from tests.fuzz.cases import case, fails_so, tried
from tests.fuzz.guard import bounded, crash_of, unseen
from tests.fuzz.reader import Reader
from tests.fuzz.readers import READERS
from tests.fuzz.seeds import ROOT

SEED = 13
CASES = {
    "ask": 4,
    "git: repository": 8,
    "case": 20,
    "syntax: python": 15,
    "repository: python": 15,
    "report: terminal": 25,
    "report: html": 25,
}
"""Cases of the slow ones, by how their names begin; of the others `MOST`."""
MOST = 60
NOT_REACHED = {
    "code/intake.py": "a record",
    "code/revision.py": "asks git, and hands texts to others",
    "forges.py": "speaks to a server, whose answers its own tests make",
    "graphs/dot_words.py": "patterns",
    "graphs/mermaid_flowchart_words.py": "patterns",
    "history/changes.py": "puts together what others read of git",
    "history/deleted.py": "asks git which files are gone",
    "history/familiarity.py": "counts commits that others read",
    "history/interface.py": "compares what others read of git",
    "history/release.py": "asks git; messages are read by others",
    "history/unreleased.py": "asks git; changelogs are read by others",
    "notes.py": "puts together what others read of git",
    "traces/table_units.py": "is asked where durations name no unit: cases that were changed do so",
    "history/shallow.py": "asks git",
    "web.py": "speaks to a server; what it answers is read by others",
    "metrics/prometheus_api.py": "speaks to a server; what it answers is read by others",
    "metrics/parquet.py": "needs pyarrow, which reads the file",
}
"""Files of `octad/read` that read nothing by themselves."""
ONCE = {"documents/directives.py"}
"""Files that are asked once in a process, perhaps by another test."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    with bounded():
        yield


def count(name: str) -> int:
    return next((cases for begin, cases in CASES.items() if name.startswith(begin)), MOST)


@pytest.mark.parametrize("name", READERS)
def test_nothing_that_is_read_breaks_its_reader(name: str) -> None:
    found = tried(READERS[name], SEED, count(name))
    assert found.cases == count(name)
    assert found.smallest == {}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_understands_some_of_what_it_begins_with(name: str) -> None:
    reader = READERS[name]
    assert len(set(reader.seeds)) >= 1
    assert any(understands(reader, data) for data in reader.seeds)


def understands(reader: Reader, data: bytes) -> bool:
    try:
        reader.run(data)
    except Exception:
        return False
    return True


def test_a_case_is_the_same_every_time_and_another_for_another_seed() -> None:
    reader = READERS["logs"]
    numbers = range(len(reader.seeds), len(reader.seeds) + 20)
    first, again, other = ([case(reader, seed, one) for one in numbers] for seed in (1, 1, 2))
    assert first == again != other
    assert case(reader, 1, 0) == reader.seeds[0]


def test_every_file_that_reads_is_reached() -> None:
    reached: set[str] = set()

    def noted(frame: FrameType, event: str, _argument: object) -> None:
        if (
            event == "call"
            and "/octad/read/" in frame.f_code.co_filename
            and frame.f_code.co_name != "<module>"
        ):
            reached.add(frame.f_code.co_filename.rpartition("/octad/read/")[2])

    sys.setprofile(noted)
    try:
        for name, reader in READERS.items():
            if not name.startswith(("syntax", "repository", "search", "report", "ask", "case")):
                for data in reader.seeds[:150]:
                    crash_of(reader, data)
    finally:
        sys.setprofile(None)
    folder = ROOT / "octad" / "read"
    every = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if path.name != "__init__.py"
    }
    assert sorted(every - reached - ONCE) == sorted(NOT_REACHED)


def broken(data: bytes) -> None:
    """A reader that fails on a byte, hangs on another, and is right otherwise."""
    if b"!" in data:
        raise KeyError("!")
    while b"~" in data:
        pass
    if b"?" in data:
        raise InputError("a question")


BROKEN = Reader("broken", broken, (b"plain text\nof lines\n",))


def test_a_broken_reader_is_found_and_its_case_made_small() -> None:
    found = tried(BROKEN, 1, 2_000)
    (key,) = (one for one in found.crashes if one.startswith("KeyError"))
    assert found.smallest[key][0] == b"!"
    assert "in broken" in found.smallest[key][1]


def test_what_takes_too_long_is_found() -> None:
    crash = crash_of(BROKEN, b"a~b", seconds=0.2)
    assert crash is not None and crash.key.startswith("slow")


def test_what_takes_too_much_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that a process held is of its whole life, so that a worker of the tests may have held more."""
    held = iter((0, 400 << 10))
    monkeypatch.setattr("tests.fuzz.guard._peak", lambda: next(held))
    crash = crash_of(BROKEN, b"plain")
    assert crash is not None and crash.key.startswith("memory")


def test_what_is_right_is_no_crash() -> None:
    assert crash_of(BROKEN, b"plain") is None
    assert crash_of(BROKEN, b"?") is None
    assert not fails_so(BROKEN, b"plain", "KeyError")


@pytest.mark.parametrize("odd", ["\x1b[2J", "\x07", "\x9b", "\u202e", "\u200b", "\U000e0041", "\ud800"])
def test_text_that_a_terminal_obeys_or_hides_is_found(odd: str) -> None:
    crash = crash_of(Reader("shows", lambda data: ["fine", f"a{odd}b"], ()), b"")
    assert crash is not None and crash.key == f"unseen U+{ord(odd[0]):04X}"
    assert unseen("a\tb\nü💩") == ""


def test_a_warning_is_a_crash() -> None:
    import warnings

    crash = crash_of(Reader("warns", lambda data: warnings.warn("odd", stacklevel=1), ()), b"")
    assert crash is not None and crash.key.startswith("UserWarning")
