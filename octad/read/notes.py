"""What notes are made of, read from a repository: the fields of a case."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from octad.errors import InputError
from octad.read.corrections import read_corrections
from octad.read.git.sealed import Sealed
from octad.read.history.interface import interface_changes
from octad.read.history.release import read_release
from octad.read.history.unreleased import read_written
from octad.read.history.versions import change_span, span_of
from octad.records.notes import Audience, Material


def notes_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """The release, the material of its notes, and what was not read; raises InputError.

    Of the values it reads `range` (`A..B`, `A..`, a tag, or nothing for what came after the last version),
    `package` (what the tags of one package begin with), `audience`, `corrections` and `repo`; or `describe`,
    the commit or range whose title and body are asked for.
    """
    audience = _audience(values.get("audience") or "users")
    path: Path | None = values.get("corrections")
    corrections = read_corrections(path) if path else ()
    git = Sealed(values.get("repo") or os.getcwd())
    described: str = values.get("describe") or ""
    if described and values.get("range"):
        raise InputError(
            "--describe names a change: there is no range beside it", hint="leave one of them out"
        )
    span = (
        change_span(git, described)
        if described
        else span_of(git, values.get("range") or "", values.get("package") or "")
    )
    release, skipped = read_release(git, span)
    interface, unsaid = interface_changes(git, release, every=bool(described))
    written = () if described else read_written(git, release.base, release.tip)
    material = Material(
        audience=audience,
        written=written,
        interface=interface,
        corrections=corrections,
        describes=bool(described),
    )
    return {"release": release, "material": material, "skipped": (*skipped, *unsaid)}


def _audience(name: str) -> Audience:
    if name == "users":
        return "users"
    if name == "developers":
        return "developers"
    raise InputError(f"no audience {name!r}", hint=f"--audience {' or '.join(get_args(Audience))}")
