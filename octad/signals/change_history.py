"""What a history says of its next change: numbers of every change, from it and from what came before it.

Raw measures drift with a project's age and differ between projects; ranks within the recent past, ratios
and rhythms do not, so that what is learned of them on one project holds on another. No number of a change
looks at what came later, and of the defects of earlier changes only at those that had come to light by then.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from octad.records.change import Measures

Floats = NDArray[np.float64]

WINDOW = 500
"""Changes that are the recent past of a change."""
DAY = 86_400.0
PRIOR = 3.0
"""Rates of few changes are drawn to the rate of the project as by so many more."""
MEASURES = tuple(Measures.model_fields)
_RELATIVE = (
    "churn", "added_share", "added_to_before", "deleted_to_before", "added_per_file", "spread",
    "changes_per_file", "changes_per_person", "focus", "recency", "files_per_folder", "lines_per_file",
    "lines_per_change", "growth",
)  # fmt: skip
_CLOCK = ("hour_sine", "hour_cosine", "weekday")
_RHYTHM = (
    "gap", "gap_5", "gap_50", "in_hour", "in_day", "in_week", "in_month", "added_10", "fixes_10", "added_50",
    "fixes_50", "added_300", "fixes_300",
)  # fmt: skip
_AUTHOR = (
    "author_gap",
    "author_last_added",
    "author_last_fix",
    "author_gap_10",
    "author_added_10",
    "author_fixes_10",
)
_FILES = ("fixed_before", "fixed_share", "fixed_days_ago", "fixed_in_year", "same_author", "with_last_change")
_KNOWN = ("known_500", "known_all", "known_author", "known_author_n", "known_files", "known_files_most")
NAMES = (
    *MEASURES, *(f"{name}_rank" for name in MEASURES), *_RELATIVE, *_CLOCK, *_RHYTHM, *_AUTHOR, *_FILES,
    *_KNOWN,
)  # fmt: skip
BEFOREHAND = NAMES[: -len(_KNOWN)]
"""What is known of a change before anybody looked for the defects of earlier ones."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """One change of a history: `time` in Unix seconds, `hour` and `weekday` of its author's clock.

    Author and files may be unknown. `found` is when its first defect came to light (Unix seconds).
    """

    time: float
    measures: Measures
    hour: float
    weekday: int
    author: str = ""
    files: tuple[str, ...] = ()
    found: float = np.inf


def history_numbers(changes: Sequence[PastChange]) -> Floats:
    """Numbers `[N, len(NAMES)]` of changes in the order of time; NaN where nothing is known."""
    if not changes:
        return np.zeros((0, len(NAMES)))
    values = np.array([list(change.measures.model_dump().values()) for change in changes], dtype=np.float64)
    times = np.maximum.accumulate([change.time for change in changes])
    parts = (
        np.log1p(values), ranks(values), relative(values), _clock(changes), rhythm(values, times),
        _authors(changes, values, times), _fixed(changes, values, times), _known(changes, times),
    )  # fmt: skip
    return np.concatenate(parts, axis=1)


def ranks(values: Floats, window: int = WINDOW) -> Floats:
    """Where each row `[N, K]` stands among the `window` rows before it, column by column: 0 low, 1 high."""
    found = np.full(values.shape, 0.5)
    for i in range(1, len(values)):
        before = values[max(0, i - window) : i]
        below = (before < values[i]).sum(axis=0) + 0.5 * (before == values[i]).sum(axis=0)
        found[i] = (below + 0.5) / (len(before) + 1)
    return found


def relative(values: Floats) -> Floats:
    """Measures `[N, 14]` against each other, `[N, 14]`: sizes as logarithms of ratios."""
    _, nd, nf, _, la, ld, lt, _, ndev, _, nuc, exp, rexp, sexp = np.log1p(values).T
    files, lines = np.maximum(values[:, 2], 1), values[:, 4] + values[:, 5]
    return np.stack(
        [
            np.log1p(lines),
            values[:, 4] / (lines + 1),
            la - lt,
            ld - lt,
            np.log1p(values[:, 4] / files),
            values[:, 3] / np.log2(np.maximum(files, 2)),
            np.log1p(values[:, 10] / files),
            nuc - ndev,
            sexp - exp,
            rexp - exp,
            nf - nd,
            np.log1p(values[:, 6] / files),
            lt - nuc,
            np.log1p(np.maximum(values[:, 4] - values[:, 5], 0)),
        ],
        axis=1,
    )


def rhythm(values: Floats, times: Floats) -> Floats:
    """How fast changes came, `[N, 13]`: gaps in minutes, changes in a span, mean size and share of fixes."""
    n = np.arange(len(times))
    gaps = [np.log1p((times - times[np.maximum(n - back, 0)]) / 60) for back in (1, 5, 50)]
    spans = [np.log1p(n - np.searchsorted(times, times - days * DAY)) for days in (1 / 24, 1, 7, 30)]
    sums = np.cumsum(np.pad(np.stack([np.log1p(values[:, 4]), values[:, 7]], 1), ((1, 0), (0, 0))), axis=0)
    means = []
    for window in (10, 50, 300):
        start = np.maximum(n - window, 0)
        means += list(((sums[n] - sums[start]) / np.maximum(n - start, 1)[:, None]).T)
    return np.stack([*gaps, *spans, *means], axis=1)


def _clock(changes: Sequence[PastChange]) -> Floats:
    hours = np.array([change.hour for change in changes]) * (2 * np.pi / 24)
    return np.stack([np.sin(hours), np.cos(hours), [float(change.weekday) for change in changes]], axis=1)


def _authors(changes: Sequence[PastChange], values: Floats, times: Floats) -> Floats:
    """What the author of each change did last, NaN for an unknown or new one."""
    found = np.full((len(changes), len(_AUTHOR)), np.nan)
    last: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=10))
    for i, change in enumerate(changes):
        own = last[change.author]
        if own and change.author:
            rows = values[list(own)]
            found[i] = (
                np.log1p((times[i] - times[own[-1]]) / 60), np.log1p(rows[-1, 4]), rows[-1, 7],
                np.log1p((times[i] - times[own[0]]) / 60), np.log1p(rows[:, 4]).mean(), rows[:, 7].mean(),
            )  # fmt: skip
        own.append(i)
    return found


def _fixed(changes: Sequence[PastChange], values: Floats, times: Floats) -> Floats:
    """Which of the files were repaired before, by the messages alone; NaN where files are unknown."""
    found = np.full((len(changes), len(_FILES)), np.nan)
    touched: dict[str, int] = defaultdict(int)
    fixes: dict[str, list[float]] = defaultdict(list)
    person: dict[str, str] = {}
    before: frozenset[str] = frozenset()
    for i, change in enumerate(changes):
        if change.files:
            past = [fixes[name] for name in change.files if fixes.get(name)]
            total = sum(map(len, past))
            latest = max((times_of[-1] for times_of in past), default=-np.inf)
            year = sum(len(times_of) - np.searchsorted(times_of, times[i] - 365 * DAY) for times_of in past)
            found[i] = (
                np.log1p(total),
                total / (sum(touched[name] for name in change.files) + PRIOR),
                np.log1p(min((times[i] - latest) / DAY, 10_000)),
                np.log1p(year),
                np.mean([person.get(name) == change.author for name in change.files]),
                float(bool(before & set(change.files))),
            )
            for name in change.files:
                touched[name] += 1
                person[name] = change.author
                if values[i, 7]:
                    fixes[name].append(times[i])
        before = frozenset(change.files)
    return found


def _known(changes: Sequence[PastChange], times: Floats) -> Floats:
    """Shares of earlier changes whose defects had come to light: of the project, the author, the files."""
    found = np.full((len(changes), len(_KNOWN)), np.nan)
    lit = sorted((change.found, i) for i, change in enumerate(changes) if np.isfinite(change.found))
    recent: deque[int] = deque(maxlen=WINDOW)
    defects: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    bad: set[int] = set()
    for i, change in enumerate(changes):
        while lit and lit[0][0] <= times[i]:
            _, j = lit.pop(0)
            bad.add(j)
            for key in _keys(changes[j]):
                defects[key] += 1
        base = (len(bad) + 1) / (i + PRIOR + 1)
        files = [(defects[name] + PRIOR * base) / (counts[name] + PRIOR) for name in _keys(change)[1:]]
        person = _keys(change)[0]
        found[i, :2] = (sum(j in bad for j in recent) + 1) / (len(recent) + PRIOR + 1), base
        if change.author:
            rate = (defects[person] + PRIOR * base) / (counts[person] + PRIOR)
            found[i, 2:4] = rate - base, np.log1p(counts[person])
        if files:
            found[i, 4:] = np.mean(files) - base, max(files) - base
        for key in _keys(change):
            counts[key] += 1
        recent.append(i)
    return found


def _keys(change: PastChange) -> list[str]:
    """Keys to count by: the author, then the files."""
    return [f"\0{change.author}", *change.files]


def known(numbers: Iterable[float]) -> tuple[float | None, ...]:
    """Numbers as a record holds them: None for one that is not known."""
    return tuple(float(number) if np.isfinite(number) else None for number in numbers)
