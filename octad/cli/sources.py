"""What verbs that need no agent read: source code of every known language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from octad.errors import InputError

if TYPE_CHECKING:
    from octad.read.intake import Intake


def sources(paths: list[str], top: Path | None = None) -> Intake:
    """Code in known languages, named from `top` or from here; raises InputError where there is none."""
    from octad.read.files import read_paths

    here = Path.cwd()
    intake = read_paths([here / path for path in paths], cwd=top or here)
    if not intake.codes:
        passed = f"; {intake.skipped[0].path}: {intake.skipped[0].reason}" if intake.skipped else ""
        raise InputError(
            f"no source code in {', '.join(paths)}{passed}", hint="name a folder that holds some"
        )
    return intake
