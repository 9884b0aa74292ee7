"""Run git so that it does nothing but answer.

It starts no pager, no external diff, no text conversion, no filter, no hook and no file monitor, asks nobody,
and fetches nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence

from octad.budget import current
from octad.errors import RepositoryError

TIMEOUT_S = 120
_CONFIG = ("core.quotepath=off", "core.fsmonitor=false", "core.hooksPath=/dev/null")
_FILTER = r"^filter\..*\.(clean|smudge|process|required)$"
_MISSING = re.compile(r"promisor|unable to read [0-9a-f]{40}|missing (?:blob|tree|object)|lazy fetching")
"""What git says where a clone was made with `--filter` and an object was left out."""
REFETCH = "bring them with `git fetch --refetch --no-filter`, or clone without --filter"
_FORGOTTEN = ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE", "GIT_PAGER")


def git(
    folder: str | os.PathLike[str], *arguments: str, stdin: bytes = b"", timeout: float | None = None
) -> bytes:
    """Output of one git command in `folder`; raises RepositoryError with git's own reason.

    It may take `timeout` seconds, `TIMEOUT_S` by default, or what is left to the run.
    """
    timeout = current().seconds_left(TIMEOUT_S if timeout is None else timeout)
    filters = _without_filters(folder, timeout) if arguments[0] == "diff" else {}
    done = _answered(folder, arguments, stdin, timeout, filters)
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git failed"]
        fatal = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
        if any(_MISSING.search(line) for line in lines):
            raise RepositoryError("this clone lacks contents of files: it is a partial one", hint=REFETCH)
        raise RepositoryError(fatal.removeprefix("fatal: "), hint="see `git status` in this folder")
    return done.stdout


def _without_filters(folder: str | os.PathLike[str], timeout: float) -> dict[str, str]:
    """An environment that turns off every filter that is configured: git would run it on a changed file.

    A file of such a filter is compared as it lies in the folder. Reading the configuration runs nothing. As
    variables, since a name on the command line ends at its first `=`.
    """
    asked = ("config", "--null", "--name-only", "--get-regexp", _FILTER)
    names = os.fsdecode(_answered(folder, asked, b"", timeout, {}).stdout).split("\0")
    keys = sorted({*names} - {""})
    values = ["false" if key.endswith(".required") else "" for key in keys]
    return {
        "GIT_CONFIG_COUNT": str(len(keys)),
        **{f"GIT_CONFIG_KEY_{i}": key for i, key in enumerate(keys)},
        **{f"GIT_CONFIG_VALUE_{i}": value for i, value in enumerate(values)},
    }


def _answered(
    folder: str | os.PathLike[str],
    arguments: Sequence[str],
    stdin: bytes,
    timeout: float,
    more: Mapping[str, str],
) -> subprocess.CompletedProcess[bytes]:
    """What one git command answers, whatever its status."""
    command = ["git", "--no-pager", "--literal-pathspecs", *_settings(), *arguments]
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**_environment(), **more},
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        if not os.path.isdir(folder):
            raise RepositoryError("the folder does not exist", hint="check the path") from error
        raise RepositoryError("git is not installed", hint="install git, or name files to review") from error
    except OSError as error:
        raise RepositoryError(f"git cannot be started: {(error.strerror or '').lower()}") from error
    except subprocess.TimeoutExpired as error:
        raise RepositoryError(
            f"git gave no answer in {timeout:.0f} s", hint="ask for less: fewer files, or a shorter range"
        ) from error


def _settings() -> list[str]:
    return [part for setting in _CONFIG for part in ("-c", setting)]


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FORGOTTEN) and not name.endswith("_PATHSPECS")
    }
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C",
    }  # fmt: skip
