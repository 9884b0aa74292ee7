"""Anomalies in single series of the Numenta Anomaly Benchmark, every category left out in turn.

Run: OCTAD_DATA=<folder> python benchmarks/left_out_anomaly.py   (four minutes)

A threshold, and where the row says so the settings, are chosen on the other categories and judged on the one
left out; `pooled` weighs categories by their windows, `wider steps` judges the same thresholds on the means
of six values, as of series of another kind. The second table says how sure an anomaly in a report is: the
share of them in labelled windows, of series that begin at any of nine places.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad.signals.anomalies import DEFAULT, Detector, Settings, anomalies
from octad_train.data.operations.nab import Labelled, nab_series
from octad_train.evaluate.anomaly_floors import FLOORS, rested
from octad_train.evaluate.tables import machine, table
from octad_train.metrics.nab import Scored, best_threshold, nab_score, probation

Scores = NDArray[np.float64]
Judge = Callable[[Labelled], Scores]
Cases = dict[str, list[Scored]]
REST, WIDER = 0.4, 6
BANDS = (3.0, 4.0, 6.0, 10.0, float("inf"))
STARTS = 9
OTHERS = {
    "extremes": (10, 30), "slope": (0.1, 0.3), "smooth": (0.05, 0.2), "rest": (0.03, 0.08),
}  # fmt: skip
"""Settings that are chosen from beside the default, one changed at a time."""


def streaming(settings: Settings = DEFAULT) -> Judge:
    """The detector of the product."""

    def scores(series: Labelled) -> Scores:
        detector = Detector(settings)
        pairs = zip(series.times.tolist(), series.values.tolist(), strict=True)
        return np.array([detector.update(time, value).score for time, value in pairs])

    return scores


def floor(name: str, is_rested: bool) -> Judge:
    """A floor, with the rest after a high score that it cannot know: a share of the whole length."""

    def scores(series: Labelled) -> Scores:
        first = probation(len(series.values))
        found = FLOORS[name](series.values, first)
        return rested(found, int(REST * first)) if is_rested else found

    return scores


def wider(series: Labelled) -> Labelled:
    """The means of every WIDER values."""
    rows = len(series.values) // WIDER
    values = series.values[: rows * WIDER].reshape(rows, WIDER).mean(axis=1)
    windows = tuple((min(a // WIDER, rows - 1), min(b // WIDER, rows - 1)) for a, b in series.windows)
    return Labelled(series.name, series.times[: rows * WIDER : WIDER], values, windows)


def cases(judge: Judge, series: Iterable[Labelled]) -> Cases:
    """Scores by category."""
    found: Cases = {}
    for one in series:
        found.setdefault(one.group, []).append(Scored(judge(one), one.windows))
    return found


def without(found: Cases, left_out: str) -> list[Scored]:
    """Those of the other categories."""
    return [case for name, held in found.items() if name != left_out for case in held]


def windows(held: Sequence[Scored]) -> int:
    """How many windows are labelled."""
    return sum(len(case.windows) for case in held)


def pooled(scores: Mapping[str, float], found: Cases) -> float:
    """The score of all categories together; that of one without windows is of one window."""
    total = sum(score * max(windows(found[name]), 1) for name, score in scores.items())
    return total / sum(map(windows, found.values()))


def row(name: str, candidates: Sequence[tuple[Cases, Cases]]) -> list[object]:
    """Scores by category, pooled, on wider steps, and false alarms in 1,000 values."""
    scores, others, alarms = {}, {}, []
    for left_out in candidates[0][0]:
        # Every candidate settings' best operating point on the other categories.
        chosen = [best_threshold(without(found, left_out)) for found, _ in candidates]
        best = max(range(len(chosen)), key=lambda at: chosen[at].score)
        (found, wide), threshold = candidates[best], chosen[best].threshold
        judged = nab_score(found[left_out], threshold)
        scores[left_out] = judged.score
        others[left_out] = nab_score(wide[left_out], threshold).score
        alarms.append((judged.false_alarms, sum(len(np.asarray(c.scores)) for c in found[left_out])))
    shares, sizes = zip(*alarms, strict=True)
    found = candidates[0][0]
    every = float(1000 * np.average(shares, weights=sizes))
    shown = [f"{scores[name]:.1f}" for name in sorted(scores)]
    return [name, *shown, f"{pooled(scores, found):.1f}", f"{pooled(others, found):.1f}", f"{every:.2f}"]


def settings() -> list[Settings]:
    """The default, and those with one setting changed."""
    changed = [DEFAULT._replace(**{key: value}) for key, held in OTHERS.items() for value in held]
    return [DEFAULT, *changed]


def reported(series: Labelled) -> list[tuple[float, bool]]:
    """Score of each anomaly that is found in the series from any of its beginnings, and if it is labelled."""
    found, rows = [], len(series.values)
    ends = [(series.times[first], series.times[last]) for first, last in series.windows]
    for begin in range(0, rows * 3 // 4, max(rows // (STARTS + 3), 1)):
        times, values = series.times[begin:].tolist(), series.values[begin:].tolist()
        for one in anomalies(times, values, BANDS[0]):
            inside = any(first <= one.end and one.start <= last for first, last in ends)
            found.append((one.found.score, inside))
    return found


def shares(series: Sequence[Labelled]) -> list[list[object]]:
    """Of each band of scores: anomalies, their share in windows, and both for every category left out."""
    held: dict[str, list[tuple[float, bool]]] = {}
    for one in series:
        held.setdefault(one.group, []).extend(reported(one))
    lines: list[list[object]] = []
    for low, high in pairwise(BANDS):
        inside = {name: [hit for score, hit in found if low <= score < high] for name, found in held.items()}
        every = [hit for hits in inside.values() for hit in hits]
        cells = [
            f"{_share(inside[name])} of {len(inside[name])}, others {_share(_others(inside, name))}"
            for name in sorted(inside)
        ]
        lines.append([f"{low:g} to {high:g}", len(every), _share(every), *cells])
    return lines


def _others(inside: Mapping[str, list[bool]], left_out: str) -> list[bool]:
    return [hit for name, hits in inside.items() if name != left_out for hit in hits]


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.2f}" if hits else "-"


def main() -> int:
    """Print the tables."""
    try:
        series = list(nab_series())
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    wide = [wider(one) for one in series]
    judges = {f"{name}{', rested' * on}": [floor(name, on)] for on in (False, True) for name in FLOORS}
    judges |= {"streaming": [streaming()], "streaming, settings chosen": list(map(streaming, settings()))}
    lines = [
        row(name, [(cases(judge, series), cases(judge, wide)) for judge in held])
        for name, held in judges.items()
    ]
    groups = sorted({one.group for one in series})
    header = ["detector", *groups, "pooled", "wider steps", "false in 1,000"]
    sys.stdout.write(
        table(f"NAB standard score of the category left out, {len(series)} series", header, lines)
    )
    inside = sum(b - a + 1 for one in series for a, b in one.windows) / sum(len(s.values) for s in series)
    title = f"Share of anomalies in labelled windows ({inside:.2f} of all values are)"
    sys.stdout.write("\n" + table(title, ["score", "anomalies", "share", *groups], shares(series)))
    sys.stdout.write(f"\nSeed none: nothing is drawn. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
