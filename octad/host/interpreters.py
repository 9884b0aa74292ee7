"""The Python that a project's own code is run with, and the folders that it needs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from octad.errors import UnreadableInput
from octad.host.files import listed, read_text

OWN = (".venv/bin/python", "venv/bin/python")
"""Where a project keeps one, below its root."""
_HOPS = 16


class Interpreter(NamedTuple):
    """A Python: its program, and the folders that it needs, by the paths that it knows them by."""

    path: str
    folders: dict[str, str]


def interpreter(root: str) -> Interpreter:
    """The Python of a project where it has one that is whole, else the one that runs now."""
    for path in (os.path.join(root, name) for name in OWN):
        if os.access(path, os.X_OK) and (found := _whole(path)):
            return found
    return running()


def running() -> Interpreter:
    """The Python that runs now."""
    return _whole(sys.executable) or Interpreter(sys.executable, {})


def _whole(program: str) -> Interpreter | None:
    """A Python with what it needs; None where some of that is of no Python: links may lead anywhere."""
    folder, name = os.path.split(os.path.normpath(program))
    first = os.path.join(os.path.realpath(os.path.dirname(folder)), os.path.basename(folder), name)
    named = list(_named(first))
    if not all(map(_is_of_python, named)):
        return None
    found = {path: os.path.realpath(path) for path in named}
    found |= {path: path for path in found.values()}
    return Interpreter(first, {path: real for path, real in found.items() if not path.startswith("/usr/")})


def _named(program: str) -> Iterator[str]:
    """The folders around `bin` of a program, of what it links to, and of what its environment is of."""
    for _ in range(_HOPS):
        folder = os.path.dirname(os.path.dirname(program))
        yield folder
        if os.path.islink(program):
            program = os.path.normpath(os.path.join(os.path.dirname(program), os.readlink(program)))
        elif home := _home(folder):
            program = os.path.join(home, os.path.basename(program))
        else:
            return


def _home(folder: str) -> str:
    """The folder of programs that a virtual environment was made from, empty where it is none."""
    try:
        text = read_text(os.path.join(folder, "pyvenv.cfg"))
    except UnreadableInput:
        return ""
    held = re.search(r"^home\s*=\s*(/.*)$", text, re.MULTILINE)
    return held[1].strip() if held else ""


def _is_of_python(folder: str) -> bool:
    """Whether a folder holds a standard library, or is a virtual environment."""
    if os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
        return True
    try:
        names = [entry.name for entry in listed(os.path.join(folder, "lib")) if entry.name[:6] == "python"]
    except UnreadableInput:
        return False
    return any(os.path.isfile(os.path.join(folder, "lib", name, "os.py")) for name in names)
