"""From files to a finder, with what the cache remembers of an earlier run."""

from __future__ import annotations

from pathlib import Path

from octad.errors import InputError
from octad.read.code.intake import Intake
from octad.search import cache
from octad.search.answers import Finder
from octad.search.build import Progress, build
from octad.search.similarity import Similarity


def open_finder(intake: Intake, remembered: Path | None = None, progress: Progress | None = None) -> Finder:
    """The index of all functions of what was read; what is `remembered` in a file is not computed again.

    Raises InputError where there is no function, ArtefactError where the weights are damaged.
    """
    similarity = Similarity.load()
    known = cache.load(remembered, similarity.stamp, similarity.widths) if remembered else cache.Known()
    built = build(intake.codes, similarity, known, progress)
    if not built.index.entries:
        count = "1 file" if len(intake.codes) == 1 else f"{len(intake.codes):,} files"
        why = f"; {built.skipped[0].path}: {built.skipped[0].reason}" if built.skipped else ""
        raise InputError(f"no named function in {count}{why}", hint="name a folder of code that has some")
    if remembered and (built.computed or not built.known.files.keys() <= known.files.keys()):
        cache.save(remembered, similarity.stamp, cache.merged(known, built.known))
    return Finder(built, intake.codes, similarity, intake.skipped)
