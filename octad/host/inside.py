"""Runs pieces of Python in the sandbox and says of each what came of it; nothing here is run outside.

`octad.host.session` hands this file over as a text, to any Python from 3.8 on. What it tells is written to
the output that it was started with, a line each behind a word that came with the pieces; what the pieces
print goes elsewhere. They run in the same interpreter and could find the word: nothing rests on it but that
code which knows nothing of this file is not taken for a result.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import io
import json
import os
import re
import signal
import sys
import time
import traceback
import types
from typing import Any, NoReturn

MOST = 20_000
"""Characters of output of one piece."""
SECONDS = 5.0
"""Seconds of one piece."""
FUTURE = 0x1FF0000
"""The flags of a program that `from __future__ import` sets."""


BUILT = ("_version", "version", "__version__", "_scm_version")
"""Modules that hold a version and nothing else."""


class Stopped(BaseException):
    """A piece takes too long or says too much."""


class Output(io.StringIO):
    """What a piece prints, as far as it is kept."""

    def write(self, text: str) -> int:
        """Keep a text; raises Stopped beyond the bound."""
        if self.tell() + len(text) > MOST:
            raise Stopped("too much output")
        return super().write(text)

    def taken(self) -> str:
        """What was printed since the last time."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class Unbuilt(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the module that a build writes its version to, where nobody built the project."""

    def __init__(self, tops: list[str]) -> None:
        self.tops = tops

    def find_spec(self, name: str, path: object, target: object = None) -> Any:
        """The module, asked for after everything that there is."""
        parts = name.split(".")
        is_one = len(parts) > 1 and parts[0] in self.tops and parts[-1] in BUILT
        return importlib.machinery.ModuleSpec(name, self) if is_one else None

    def create_module(self, spec: object) -> None:
        """As of any module."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Give it the names that such modules have."""
        module.__dict__.update(version="0.0.0", __version__="0.0.0", version_tuple=(0, 0, 0))


def main() -> NoReturn:
    """Run what standard input says and tell what came of it."""
    given = json.loads(sys.stdin.buffer.readline())
    word, write, exit_now, encoded = given["word"].encode(), os.write, os._exit, json.dumps
    channel = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    sys.stdin = io.StringIO()
    sys.path[:0] = given["path"]
    sys.meta_path.append(Unbuilt(given["tops"]))
    signal.signal(signal.SIGALRM, _ring)

    def tell(*said: object) -> None:
        line = memoryview(word + b" " + encoded(said).encode() + b"\n")
        while line:
            line = line[write(channel, line) :]

    tell("begun")
    until = time.monotonic() + given["seconds"]
    told = 0
    for number, session in enumerate(given["sessions"]):
        for place, outcome in enumerate(_outcomes(session, given["tops"], until)):
            tell("came", number, place, *outcome)
            told += 1
    tell("ended", told)
    exit_now(0)


def _ring(number: int, frame: object) -> NoReturn:
    raise Stopped("no end in time")


def _outcomes(session: dict[str, Any], tops: list[str], until: float) -> Any:
    """What each piece of a session printed and raised, in turn; of the module that it begins with first."""
    module = types.ModuleType("__main__")
    names = module.__dict__
    sys.modules["__main__"] = module
    begun = f"import {session['module']} as __begun" if session["module"] else "pass"
    flags = 0
    output, errors = Output(), Output()  # kept by whoever took them for his own, such as a logger
    for place, (source, mode) in enumerate([[begun, "exec"], *session["pieces"]]):
        sys.stdout, sys.stderr = output, errors
        raised = None
        try:
            left = until - time.monotonic()
            if left <= 0:
                raise Stopped("no time is left")
            signal.setitimer(signal.ITIMER_REAL, min(SECONDS, left))
            code = compile(source, f"<piece {place}>", mode, flags, True)
            flags |= code.co_flags & FUTURE
            exec(code, names)  # noqa: S102 - what this file is for
        except BaseException as error:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raised = _facts(error, names, tops)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not place and raised is None and session["module"]:
            del names["__begun"]
            package = vars(sys.modules[session["module"].partition(".")[0]])
            public = {name: held for name, held in package.items() if not name.startswith("_")}
            names.update({**public, **vars(sys.modules[session["module"]]), "__name__": session["module"]})
        errors.taken()
        yield output.taken(), raised


def _facts(error: BaseException, names: dict[str, Any], tops: list[str]) -> dict[str, Any]:
    """What is told of an exception; every part of it may be a stranger's code."""
    try:
        lines = traceback.format_exception_only(type(error), error)
        frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        return {
            "kinds": [kind.__name__ for kind in type(error).__mro__[:-1]],
            "text": "".join(lines)[-MOST:],
            "message": str(error)[:MOST],
            "is_direct": bool(frames) and frames[-1].startswith("<piece "),
            "name": str(getattr(error, "name", None) or ""),
            "owner": _owner(error, names, tops),
        }
    except BaseException:
        return {"kinds": [], "text": "", "message": "", "is_direct": False, "name": "", "owner": ""}


def _owner(error: BaseException, names: dict[str, Any], tops: list[str]) -> str:
    """The module of what lacks an attribute or was called in a wrong way; empty where that is not known."""
    if isinstance(error, AttributeError):
        owner = getattr(error, "obj", None)
        return _module(owner) if owner is not None else ""
    called = re.match(r"(\w+)[\w.]*\(\) ", str(error)) if isinstance(error, TypeError) else None
    if called is None:
        return ""
    own = [one.__dict__ for name, one in list(sys.modules.items()) if name.partition(".")[0] in tops]
    found = next((one[called[1]] for one in (names, *own) if called[1] in one), None)
    return _module(found) if found is not None else ""


def _module(thing: object) -> str:
    if isinstance(thing, types.ModuleType):
        return str(thing.__name__)
    if not isinstance(thing, (type, types.FunctionType, types.MethodType)):
        thing = type(thing)
    return str(thing.__module__) if thing.__module__ != builtins.__name__ else ""


if __name__ == "__main__":
    main()
