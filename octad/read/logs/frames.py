"""Stack traces in the messages of logs: which files, lines and functions they pass through."""

from __future__ import annotations

import re
from typing import NamedTuple


class Frame(NamedTuple):
    """One frame as it is written; `function` is "" where it is not said."""

    path: str
    line: int
    function: str


# No line of a file has more digits, and Python refuses to read a number of thousands of them.
_PYTHON = re.compile(r'File "([^"\n]+)", line (\d{1,9})\b(?:, in (\S+))?')
# Java and its kin name the class, not the folder: the path is made of both.
_JVM = re.compile(r"\bat ([\w.$]+)\.([\w$<>]+)\(([\w$]+\.(?:java|kt|scala|groovy)):(\d{1,9})\)")
_SCRIPT = re.compile(
    r"\bat (?:async )?(?:([\w.$<>\[\] ]{1,200}) \()?((?:file://)?[^\s():]+\.[cm]?[jt]sx?):(\d{1,9}):\d+\)?"
)
_TRACE = "Traceback (most recent call last):"
_OTHER = re.compile(r"(?:^|[\s(])((?:[\w.@-]*/)*[\w.-]+\.(?:go|rs|rb|php|c|cc|cpp|cs)):(?:line )?(\d{1,9})\b")


def frames_of(text: str) -> list[Frame]:
    """The frames of the first stack trace of a message, the innermost first."""
    first = _TRACE.join(text.split(_TRACE, 2)[:2])  # Python appends what the first failure led to
    found = [Frame(path, int(line), name or "") for path, line, name in _PYTHON.findall(first)]
    if found:
        return found[::-1]  # Python names the innermost last
    found = [
        Frame("/".join([*owner.split(".")[:-1], file]), int(line), name)
        for owner, name, file, line in _JVM.findall(text)
    ]
    found = found or [
        Frame(path.removeprefix("file://"), int(line), (name or "").strip())
        for name, path, line in _SCRIPT.findall(text)
    ]
    return found or [Frame(path, int(line), "") for path, line in _OTHER.findall(text)]
