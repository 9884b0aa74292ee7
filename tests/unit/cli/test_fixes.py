"""`octad review --fix` and `--show-fixes`: which files are changed, how, and what is said."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.analysers import every, ruff
from octad.cli import fixes

Octad = Callable[..., tuple[int, str, str]]
UNUSED = "import os\nimport re\n\n\ndef f():\n    return re\n"
FIXED = "import re\n\n\ndef f():\n    return re\n"


@pytest.fixture(autouse=True)
def ruff_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every, "ANALYSERS", {"ruff": ruff.analyse})


def test_safe_repairs_are_made_and_the_report_says_what_remains(octad: Octad) -> None:
    Path("a.py").write_text(UNUSED.replace("return re", "return re, bug"))
    Path("b.py").write_text(UNUSED)
    Path("b.py").chmod(0o640)
    code, out, err = octad("review", "--fix", "--format", "json")
    assert (code, err) == (1, "octad: 2 fixed in 2 files\n")
    rules = [(one["rule"], one["anchor"]["line"]) for one in json.loads(out)["findings"]]
    assert rules == [("bug/word", 5)]
    assert Path("b.py").read_text() == FIXED
    assert Path("b.py").stat().st_mode & 0o777 == 0o640
    assert octad("review", "b.py", "--fix")[::2] == (0, "octad: nothing was fixed\n")


def test_a_file_that_fixes_leave_empty(octad: Octad) -> None:
    Path("a.py").write_text("import os\n")
    code, out, err = octad("review", "a.py", "--fix", "--fail-on", "note")
    assert (code, Path("a.py").read_text()) == (0, "")
    assert "1 fixed in 1 file\n" in err and "No findings" in out


def test_a_patch_of_the_fixes_changes_nothing(octad: Octad) -> None:
    Path("a.py").write_text(UNUSED)
    code, out, err = octad("review", "a.py", "--show-fixes", "--fail-on", "note")
    assert (code, err) == (1, "octad: 1 would be fixed in 1 file\n")
    assert out.startswith("--- a/a.py\n+++ b/a.py\n@@ ") and "\n-import os\n" in f"\n{out}"
    assert Path("a.py").read_text() == UNUSED
    assert octad("review", "a.py", "--show-fixes", "--output", "fixes.diff")[:2] == (0, "")
    subprocess.run(["git", "apply", "fixes.diff"], check=True)
    assert Path("a.py").read_text() == FIXED


def test_no_escape_sequence_reaches_the_terminal(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(UNUSED.replace("import re", "import re  # \x1b[31m"))
    assert "\x1b" in octad("review", "a.py", "--show-fixes")[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b" not in octad("review", "a.py", "--show-fixes")[1]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (UNUSED.replace("\n", "\r\n").encode(), "its line ends or encoding would be lost (crlf)"),
        (b"\xef\xbb\xbf" + UNUSED.encode(), "its line ends or encoding would be lost (bom)"),
        (UNUSED.encode() + b"# \xff\n", "its line ends or encoding would be lost (invalid-utf8)"),
        (f"# coding: latin-1\n{UNUSED}# é\n".encode("latin-1"), "it is not in UTF-8"),
        (UNUSED.encode() + b"# a\r# b\n", "its line ends are mixed"),
    ],
)
def test_files_that_would_not_be_kept_as_they_are(octad: Octad, data: bytes, reason: str) -> None:
    Path("a.py").write_bytes(data)
    _, _, err = octad("review", "a.py", "--fix")
    first, last = err.splitlines()
    assert first.startswith(f"octad: a.py is left as it is: {reason}")
    assert last == "octad: nothing was fixed"
    assert Path("a.py").read_bytes() == data


def test_a_file_that_changed_meanwhile(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(UNUSED)
    read = fixes.read_bytes
    monkeypatch.setattr(fixes, "read_bytes", lambda path: read(path) + b"# more\n")
    assert (
        "a.py is left as it is: it is not on disk as it was reviewed" in octad("review", "a.py", "--fix")[2]
    )
    assert Path("a.py").read_text() == UNUSED


def test_a_file_that_cannot_be_replaced_stays_whole(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text(UNUSED)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    assert "a.py is left as it is: no space left" in octad("review", "a.py", "--fix")[2]
    assert Path("a.py").read_text() == UNUSED and len(list(Path().iterdir())) == 1


def test_a_link_stays_one(octad: Octad) -> None:
    Path("real.py").write_text(UNUSED)
    Path("link.py").symlink_to("real.py")
    octad("review", "link.py", "--fix")
    assert Path("link.py").is_symlink() and Path("real.py").read_text() == FIXED


def test_only_what_changed_is_fixed(octad: Octad) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    Path("a.py").write_text("import sys\n\n\ndef f():\n    return 1\n")
    for arguments in (["init", "-q"], ["add", "."], [*names, "commit", "-qm", "first"]):
        subprocess.run(["git", *arguments], check=True)
    Path("a.py").write_text("import sys\n\n\ndef f():\n    import os\n\n    return 1\n")
    assert "1 fixed in 1 file" in octad("review", "--diff", "HEAD", "--fix")[2]
    assert Path("a.py").read_text() == "import sys\n\n\ndef f():\n\n    return 1\n"


@pytest.mark.parametrize("arguments", [["-"], ["--diff", "HEAD..HEAD"], ["--diff", "A...B"]])
def test_only_files_are_fixed(octad: Octad, arguments: list[str]) -> None:
    code, out, err = octad("review", *arguments, "--fix")
    assert (code, out) == (2, "") and "octad: error: --fix changes files, not a " in err


def test_a_suppressed_finding_is_not_fixed(octad: Octad) -> None:
    text = UNUSED.replace("import os", "import os  # octad: ignore[ruff/F401] because it is wanted")
    Path("a.py").write_text(text)
    assert octad("review", "a.py", "--fix")[2] == "octad: nothing was fixed\n"
    assert Path("a.py").read_text() == text
