"""What of a review fits into its budget, and what is said of the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from octad.analysers.merge import LEVELS
from octad.budget import FINDINGS, UNITS, current
from octad.records.code import Code
from octad.records.report import Finding
from octad.records.skipped import Skipped
from octad.syntax.units import units


def parts_of(codes: Sequence[Code]) -> tuple[list[Code], list[Skipped]]:
    """The parts of files that are reviewed, those of files of few parts first, and what is left out.

    Parts without a changed line are not reviewed where it is known what changed.
    """
    found: list[list[Code]] = []
    skipped: list[Skipped] = []
    for code in codes:
        if reason := current().unlooked():
            skipped.append(Skipped(path=code.path, reason=reason))
            continue
        parts = [part for part in units(code) if part.changed is None or part.changed]
        found.append(parts[:UNITS])
        if len(parts) > UNITS:
            said = f"only the first {UNITS:,} of its {len(parts):,} parts are looked at"
            skipped.append(Skipped(path=code.path, reason=said))
    # A giant file, whatever its name, takes no time from others.
    return [part for parts in sorted(found, key=len) for part in parts], skipped


def unasked(parts: Iterable[Code], answered: Iterable[Code]) -> list[Skipped]:
    """The files of which parts have no answer, for the budget was spent."""
    wanted, done = (Counter(one.path for one in every) for every in (parts, answered))
    reason = current().spent()
    return [
        Skipped(path=path, reason=f"{count - done[path]:,} of {count:,} parts not looked at: {reason}")
        for path, count in wanted.items()
        if done[path] < count
    ]


def gravest(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], list[Skipped]]:
    """In every file no more than FINDINGS of one source, in their order, and where there were more."""
    sources: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(findings):
        sources[one.anchor.path, one.source].append(number)
    over = {key: numbers for key, numbers in sources.items() if len(numbers) > FINDINGS}
    left_out: set[int] = set()
    for numbers in over.values():
        numbers.sort(key=lambda at: (LEVELS[findings[at].level], -findings[at].likelihood))
        left_out.update(numbers[FINDINGS:])
    skipped = []
    for (path, source), numbers in over.items():
        said = f"only the {FINDINGS:,} gravest of {len(numbers):,} findings are shown"
        skipped.append(Skipped(path=path, reason=f"{source}: {said}"))
    return tuple(one for number, one in enumerate(findings) if number not in left_out), skipped
