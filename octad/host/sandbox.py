"""Run a program of a stranger: it sees the system's programs and what it is given, and reaches nothing else.

Isolated by bubblewrap, else by the namespaces of util-linux, else not run at all. Inside there is no network,
no file of the user, no variable of the environment, and nothing to write but a temporary folder in memory;
processes, memory, time and output are bounded, and whatever was started ends with the call. Root becomes
nobody first, since the kernel does not bound the processes of root.

What is held here is the machine, not the truth: a status and an output are what the program wanted to say.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import cache

from octad.errors import IsolationError, ProcessError
from octad.host import processes
from octad.host.interpreters import running
from octad.host.isolation import (
    TEMPORARY,
    Limits,
    View,
    by_bubblewrap,
    by_namespaces,
    environment,
    staged,
)
from octad.host.processes import Bounds, Finished

REFUSED = "a program of a stranger cannot be isolated here, so none is run"
HINT = "install bubblewrap, or allow user namespaces (containers and some systems forbid them)"

Way = Callable[[Sequence[str], View, Limits, str], list[str]]
WAYS: dict[str, Way] = {"bubblewrap": by_bubblewrap, "namespaces": by_namespaces}


def available() -> str:
    """How programs are isolated here, `bubblewrap` or `namespaces`; empty where they are not."""
    return _way()[0]


def run(command: Sequence[str], view: View, limits: Limits | None = None, *, stdin: bytes = b"") -> Finished:
    """Run a program isolated until it ends, whatever its status: above 128 it may have been a signal.

    Raises IsolationError where it cannot be isolated, or would see the whole home of the user, and
    ProcessError where it is beyond its bounds: then it is killed, with all that it started.
    """
    name, reason = _way()
    if not name:
        raise IsolationError(f"{REFUSED} ({reason})", hint=HINT)
    for path in view.readable.values():
        _check(path)
    return isolated(WAYS[name], command, view, limits or Limits(), stdin)


def isolated(way: Way, command: Sequence[str], view: View, limits: Limits, stdin: bytes = b"") -> Finished:
    """The same in a way that may not hold what it promises."""
    with tempfile.TemporaryDirectory(prefix=f"octad-{os.getpid()}-", dir=TEMPORARY) as stage:
        os.chmod(stage, 0o711)  # nobody has to pass through
        os.mkdir(os.path.join(stage, "root"))
        begun: list[str] = []
        if os.geteuid() == 0:
            begun, view = staged(view, stage)
        whole = ["env", "-i", *environment(view), *begun, *way(command, view, limits, stage)]
        return processes.run(whole, "/", Bounds(limits.seconds, limits.output, limits.memory), stdin=stdin)


def _check(path: str) -> None:
    """Raise IsolationError for what is no folder, or holds the user's home."""
    home = os.path.realpath(os.path.expanduser("~"))
    real = os.path.realpath(path)
    if not os.path.isdir(real):
        raise IsolationError(f"{path}: no folder that a program could see")
    if os.path.commonpath((home, real)) == real:
        raise IsolationError(
            f"{path}: a program of a stranger would see your whole home", hint="name a project in it"
        )


@cache
def _way() -> tuple[str, str]:
    """The first way that holds what it promises, or empty, and why none does."""
    if not sys.platform.startswith("linux"):
        return "", "that takes Linux"
    reasons = {name: broken(way) for name, way in WAYS.items()}
    name = next((name for name, reason in reasons.items() if not reason), "")
    return name, "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason)


def broken(way: Way) -> str:
    """What a way does not hold, tried by a program that looks around; empty where it holds everything."""
    python, word = running(), secrets.token_hex(8)
    try:
        here = [os.path.expanduser("~"), os.readlink("/proc/self/ns/pid")]
        command = [python.path, "-I", "-c", _LOOK, word, *here, *python.folders]
        status, stdout, stderr = isolated(way, command, View(python.folders), Limits(seconds=20))
    except (ProcessError, OSError) as error:
        return str(error)
    said = stdout.decode("utf-8", "replace").split("\n")
    if status == 0 and said[0] == word:
        return "" if not said[1] else f"does not keep from {said[1]}"
    return (stderr.decode("utf-8", "replace").strip().splitlines() or [f"ended with {status}"])[0][:200]


_LOOK = """
import os, resource, socket, sys
def done(action):
    try:
        action()
    except (OSError, ValueError):
        return False
    return True
def writes(folder):
    path = os.path.join(folder, word)
    return done(lambda: os.close(os.open(path, os.O_CREAT | os.O_WRONLY))) and done(lambda: os.unlink(path))
def forks():
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    if os.fork() == 0:
        os._exit(0)
    os.wait()
word, home, outside, *folders = sys.argv[1:]
held = {
    "the network": any(name != "lo" for _, name in socket.if_nameindex()),
    "other processes": os.path.lexists("/proc/self") and outside == os.readlink("/proc/self/ns/pid"),
    "files of the system": os.path.exists("/etc/passwd") or os.path.exists("/etc/shadow"),
    "the home of the user": any(os.path.lexists(os.path.join(home, one)) for one in (".ssh", ".config")),
    "writing": any(map(writes, ["/", "/dev", *folders])),
    "privileges": done(lambda: os.chroot("/tmp")),
    "starting processes without end": done(forks),
}
print(word if writes("/tmp") else "")
print(", ".join(name for name, is_so in held.items() if is_so))
"""
