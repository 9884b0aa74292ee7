"""What notes are made of, read from a repository: the fields of a case."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from octad.errors import InputError
from octad.read.corrections import read_corrections
from octad.read.git.sealed import Sealed
from octad.read.history.broken import broken_between
from octad.read.history.release import read_release
from octad.read.history.unreleased import read_written
from octad.records.notes import Audience, Material


def notes_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """The release, the material of its notes, and what was not read; raises InputError.

    Of the values it reads `range` (`A..B`, `A..`, a tag, or nothing for what came after the last version),
    `package` (what the tags of one package begin with), `audience`, `corrections` and `repo`.
    """
    audience: Audience = values.get("audience") or "users"
    if audience not in get_args(Audience):
        raise InputError(
            f"nobody is called {audience!r}", hint=f"--audience {' or '.join(get_args(Audience))}"
        )
    path: Path | None = values.get("corrections")
    corrections = read_corrections(path) if path else ()
    git = Sealed(values.get("repo") or os.getcwd())
    release, skipped = read_release(git, values.get("range") or "", values.get("package") or "")
    broken, unsaid = broken_between(git, release)
    written = read_written(git, release.base, release.tip)
    material = Material(audience=audience, written=written, broken=broken, corrections=corrections)
    return {"release": release, "material": material, "skipped": (*skipped, *unsaid)}
