"""Run one git process: its environment is given whole, its time is bounded, and its errors are one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from octad.errors import RepositoryError

TIMEOUT_S = 120
_MISSING = re.compile(
    r"promisor|unable to read [0-9a-f]{40}|missing (?:blob|tree|object)|lazy fetching|"
    r"could not get object info|bad object [0-9a-f]{40}"
)
"""What git says where a clone was made with `--filter` and an object was left out."""
REFETCH = "bring them with `git fetch --refetch --no-filter`, or clone without --filter"
_KEPT = ("PATH", "SYSTEMROOT", "COMSPEC", "TMPDIR", "TEMP", "TMP")
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
    if done.returncode != 0:
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
) -> subprocess.CompletedProcess[bytes]:
    """What one git command answers, whatever its status."""
    try:
        return subprocess.run(
            [_program(), "--no-pager", *arguments],
            cwd=folder,
            env={**{name: os.environ[name] for name in _KEPT if name in os.environ}, **environment},
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except OSError as error:
        raise RepositoryError(f"git cannot be started: {(error.strerror or '').lower()}") from error
    except subprocess.TimeoutExpired as error:
        raise RepositoryError(
            f"git gave no answer in {timeout:.0f} s", hint="ask for less: fewer files, or a shorter range"
        ) from error


def _program() -> str:
    """Where git is; what lies in the current folder, or one that is named from it, is never it."""
    for folder in filter(os.path.isabs, os.get_exec_path()):
        if found := shutil.which(os.path.join(folder, "git")):
            return found
    raise RepositoryError("git is not installed", hint="install git, or name files to review")


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
