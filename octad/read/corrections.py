"""A file of corrections to what notes say of single commits, in TOML: a table for each commit.

[1a2b3c4]                       # how the name of the commit begins, seven characters or more
text = "Reading a file no longer ends at a form feed"
kind = "fix"                    # breaking security feature change deprecation fix performance …
section = "Reading"             # a heading of your own
hide = true                     # or: not told at all
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from octad.errors import InputError, UnreadableInput
from octad.host.files import read_text
from octad.records.base import reason_of
from octad.records.notes import Correction

MOST = 10_000
"""Corrections of one file."""
_HINT = "a table for each commit, as [1a2b3c4], with text, kind, section or hide"
_NAME = re.compile(r"[0-9a-fA-F]{7,64}")


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """The corrections of a file; raises InputError with its name and what is wrong in it."""
    try:
        tables = tomllib.loads(read_text(path).removeprefix("\ufeff"))
    except UnreadableInput as error:
        raise UnreadableInput(f"{path}: {error.message}", hint=error.hint or _HINT) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path}: no TOML: {str(error).splitlines()[0]}", hint=_HINT) from error
    if len(tables) > MOST:
        raise InputError(f"{path}: more than {MOST:,} corrections", hint="leave out those of old versions")
    return tuple(_corrections(path, tables))


def _corrections(path: Path, tables: dict[str, Any]) -> Iterator[Correction]:
    for name, table in tables.items():
        if not _NAME.fullmatch(name):
            raise InputError(f"{path}: [{name[:80]}] begins the name of no commit", hint=_HINT)
        if not isinstance(table, dict) or "revision" in table:
            raise InputError(f"{path}: {name} is no table of a commit", hint=_HINT)
        try:
            yield Correction(revision=name.lower(), **table)
        except (ValueError, TypeError) as error:
            said = reason_of(error) if isinstance(error, ValueError) else str(error)
            raise InputError(f"{path}: [{name}]: {said}", hint=_HINT) from error
