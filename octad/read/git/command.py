"""Run one git process: its environment is given whole, its time is bounded, and its errors are one line."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from octad.errors import ProcessError, RepositoryError
from octad.host import processes

TIMEOUT_S = 120
_MISSING = re.compile(
    r"promisor|unable to read [0-9a-f]{40}|missing (?:blob|tree|object)|lazy fetching|"
    r"could not get object info|bad object [0-9a-f]{40}"
)
"""What git says where a clone was made with `--filter` and an object was left out."""
REFETCH = "bring them with `git fetch --refetch --no-filter`, or clone without --filter"
_LESS = "ask for less: fewer files, or a shorter range"
_HINTS = {"absent": "install git, or name files to review", "refused": "", "slow": _LESS, "large": _LESS}
_OF_THE_USER = ("HOME", "XDG_CONFIG_HOME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "PROGRAMDATA")


def git(
    folder: str | os.PathLike[str],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: bytes = b"",
    timeout: float | None = None,
) -> bytes:
    """Output of one git command started in `folder`; raises RepositoryError with git's own reason.

    Of the caller's environment it sees where programs are, and beside that `environment`. It may take
    `timeout` seconds, `TIMEOUT_S` by default.
    """
    timeout = TIMEOUT_S if timeout is None else timeout
    done = _answered(folder, arguments, environment, stdin, timeout)
    if done.status != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        fatal = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
        if any(_MISSING.search(line) for line in lines):
            raise RepositoryError("this clone lacks contents of files: it is a partial one", hint=REFETCH)
        raise RepositoryError(fatal.removeprefix("fatal: "), hint="see `git status` in this folder")
    return done.stdout


def _answered(
    folder: str | os.PathLike[str],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes,
    timeout: float,
) -> processes.Finished:
    """What one git command answers, whatever its status."""
    command = ["git", "--no-pager", *arguments]
    try:
        return processes.run(command, folder, processes.Bounds(timeout), stdin=stdin, environment=environment)
    except ProcessError as error:
        said = "git is not installed" if error.kind == "absent" else f"git: {error.message}"
        raise RepositoryError(said, hint=_HINTS[error.kind]) from error


def of_the_user() -> dict[str, str]:
    """The environment in which git finds the configuration of the user and of the machine."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _OF_THE_USER or name.startswith("GIT_CONFIG")
    }


def of_nobody(home: str) -> dict[str, str]:
    """An environment in which git finds no configuration but that of its git directory.

    Nor does it find replaced objects, fetch what is missing, ask, lock, or take a path for a pattern.
    """
    return {
        "HOME": home, "XDG_CONFIG_HOME": home,
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C",
    }  # fmt: skip
