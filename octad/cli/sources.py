"""Source code that verbs read from files and folders, and how they say that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from octad.errors import InputError

if TYPE_CHECKING:
    from octad.read.code.intake import Intake


def sources(paths: list[str], top: Path | None = None) -> Intake:
    """Code in known languages, named from `top` or from here; raises InputError where there is none."""
    from octad.read.code.files import read_paths

    here = Path.cwd()
    return filled(read_paths([here / path for path in paths], cwd=top or here), paths, "source code")


def only_empty(intake: Intake, paths: Sequence[str]) -> bool:
    """Whether all that was named are empty files: who names the files of a commit has made no mistake."""
    from octad.read.code.files import EMPTY

    reasons = {skipped.reason for skipped in intake.skipped}
    are_files = bool(paths) and all(Path(path).is_file() for path in paths)
    return are_files and not intake.codes and reasons == {EMPTY}


def filled(intake: Intake, paths: Sequence[str], wanted: str) -> Intake:
    """The intake; raises InputError where it has no code, with what was passed over."""
    if intake.codes:
        return intake
    where = ", ".join(path for path in paths if path != ".") or "this folder"
    first = intake.skipped[0] if intake.skipped else None
    passed = f"; passed over {first.path}: {first.reason}" if first else ""
    more = f" (and {len(intake.skipped) - 1:,} more)" if len(intake.skipped) > 1 else ""
    raise InputError(f"no {wanted} in {where}{passed}{more}", hint="name files or a folder that holds some")
