"""How often judges of single metrics call a deployment worse: real quiet windows, and one signal made worse.

    OCTAD_DATA=<labelled sets> python benchmarks/judges.py [--windows 400] [--seed 0]
    python benchmarks/judges.py --folder QUIET [--folder QUIET ...]

Of each system quiet windows (PetShop, OnlineBoutique: a deployment that never was; NAB: unrelated series,
no services), and the same windows with one golden signal of one service worse by a factor from a point after
the deployment on, three in ten as a ramp. A window is false, or caught, if any look after any point says so.
Beside `octad.advice.metric_verdicts`, whose limit is stated and fitted on none of them: the surest
Mann-Whitney metric and the share of metrics that Kayenta fails, at the limit that gives each one per cent
false on the other systems, and whether a median rose to three times what it was.

With --folder the systems are your own: each folder holds quiet metrics of one, every file a stretch measured
together, in any format that `octad assess` reads. Of a single system the floors take their limit from the
windows they are judged on, which flatters them.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from octad.advice.metric_verdicts import SIGNALS, metric_verdicts, worse
from octad.read.metrics.files import read_series
from octad.records.series import Comparison, SeriesSet, split_name
from octad.signals.metric_polarity import direction, family
from octad.signals.ranks import median
from octad_train.data.operations.deployment_windows import Deployment, draw
from octad_train.data.operations.normal_windows import NormalWindow, normal_windows
from octad_train.evaluate.canary_test import Score, sequential, share_failed, surest
from octad_train.evaluate.tables import machine, table
from octad_train.inject.courses import can_worsen, course
from octad_train.inject.courses import worse as made_worse
from octad_train.metrics.threshold import threshold_for_false_alarms

Floats = NDArray[np.float64]
RATIOS = (1.5, 2.0, 3.0, 5.0)
LATEST = 6
RAMP = 0.3
BEFORE, AFTER, SERVICES = 60, 30, 10
"""Points on either side and most services of a window of one's own."""


def with_one_worse(
    deployment: Deployment, ratio: float, rng: np.random.Generator
) -> tuple[Floats, str] | None:
    """Values `[T, N]` with one signal of one service worse by a ratio, and which; None where none can be."""
    window = deployment.window
    families = [family(metric) for _, metric in window.names]
    found = sorted({
        (service, kind)
        for column, ((service, metric), kind) in enumerate(zip(window.names, families, strict=True))
        if can_worsen(window.values[:, column], metric, ratio)
        or (kind == "requests" and is_busy(window, column))
    })  # fmt: skip
    if not found:
        return None
    service, kind = found[int(rng.integers(len(found)))]
    onset = deployment.at + int(rng.integers(0, LATEST))
    shape = "ramp" if rng.random() < RAMP else "step"
    share = course(shape, len(window) - onset, rng)
    values = window.values.copy()
    for column, (name, metric) in enumerate(window.names):
        if (name, families[column]) == (service, kind):
            part = values[onset:, column]
            values[onset:, column] = (
                part / (1 + (ratio - 1) * share)
                if kind == "requests"
                else made_worse(part, metric, ratio, share)
            )
    return values, SIGNALS[kind]


def is_busy(window: NormalWindow, column: int) -> bool:
    """Whether there is traffic that could be lost."""
    values = window.values[:, column]
    seen = values[np.isfinite(values)]
    return len(seen) >= 0.8 * len(values) and float(np.median(seen)) > 0


def verdict(deployment: Deployment, values: Floats) -> float:
    """1 where the shipped judges call a metric worse, at any look."""
    window, at = deployment.window, deployment.at
    whole = NormalWindow(window.source, window.system, window.names, window.times, values, window.graph)
    compared = Comparison(before=whole.cut(0, at).records(), after=whole.cut(at, len(window)).records())
    return float(bool(worse(metric_verdicts(compared, window.graph))))


def of_score(score: Score) -> Callable[[Deployment, Floats], float]:
    """The largest score at any look, of traffic too: less of it is worse."""

    def judge(deployment: Deployment, values: Floats) -> float:
        names = deployment.window.names
        sign = np.array([-1.0 if family(m) == "requests" else float(direction(m)) for _, m in names])
        return float(sequential(score, values[: deployment.at], values[deployment.at :], sign).max())

    return judge


def threefold(before: Floats, after: Floats, sign: Floats) -> float:
    """The largest ratio of medians, after to before or, where less is worse, before to after."""
    was, now = median(before), median(after)
    ratio = np.where(sign > 0, now / np.maximum(was, 1e-9), was / np.maximum(now, 1e-9))
    return float(np.nan_to_num(np.where(sign != 0, ratio, 0.0)).max(initial=0.0))


JUDGES: dict[str, Callable[[Deployment, Floats], float]] = {
    "judges of single metrics": verdict,
    "Mann-Whitney, surest metric": of_score(surest),
    "Kayenta, share of metrics": of_score(share_failed),
    "a median at 3 x": of_score(threefold),
}
FIXED = {"judges of single metrics": 1.0, "a median at 3 x": 3.0}
"""Judges whose limit is stated; the others get one of the other systems."""


class Said:
    """What a judge says of the windows of a system: as they were, and made worse, by ratio and signal."""

    def __init__(self) -> None:
        self.clean: list[float] = []
        self.worse: dict[tuple[float, str], list[float]] = defaultdict(list)

    def row(self, limit: float) -> list[str]:
        """False with the interval that holds it, caught by ratio, and of a factor of two by signal."""
        false = [one >= limit for one in self.clean]
        cells = [f"{share(false)} ({interval(sum(false), len(false))})"]
        for ratio in RATIOS:
            held = [one >= limit for (r, _), many in self.worse.items() for one in many if r == ratio]
            cells.append(share(held))
        by = [
            f"{signal} {share([one >= limit for one in self.worse[2.0, signal]])}"
            for signal in ("latency", "errors", "traffic", "saturation")
            if self.worse[2.0, signal]
        ]
        return [*cells, ", ".join(by)]


def share(flags: Sequence[bool]) -> str:
    """A share, to three digits."""
    return f"{np.mean(flags):.3f}" if flags else ""


def interval(hits: int, of: int) -> str:
    """The bounds that hold a share with 95 %, were the windows independent (Wilson 1927)."""
    z, found = 1.96, hits / of
    middle = (found + z**2 / (2 * of)) / (1 + z**2 / of)
    reach = z / (1 + z**2 / of) * (found * (1 - found) / of + z**2 / (4 * of**2)) ** 0.5
    return f"{max(middle - reach, 0):.3f} to {min(middle + reach, 1):.3f}"


def stretches_of(folder: Path) -> Iterator[NormalWindow]:
    """The stretches in the files of a folder that are long enough, all of one system."""
    for path in sorted(one for one in folder.iterdir() if one.is_file()):
        stretch = stretch_of(read_series(path), folder.name, path.name)
        if len(stretch) >= BEFORE + AFTER:
            yield stretch


def stretch_of(found: SeriesSet, source: str, system: str) -> NormalWindow:
    """Series as one stretch, NaN where one has no value at a time of another."""
    times = np.unique(np.concatenate([np.array(one.times) for one in found.series]))
    values = np.full((len(times), len(found.series)), np.nan)
    for column, one in enumerate(found.series):
        values[np.searchsorted(times, one.times), column] = [np.nan if v is None else v for v in one.values]
    return NormalWindow(source, system, tuple(split_name(one.name) for one in found.series), times, values)


def own_window(stretches: Sequence[NormalWindow], rng: np.random.Generator) -> Deployment:
    """Some services of a stretch, drawn by its length, around a moment at a random place."""
    lengths = np.array([len(one) for one in stretches], np.float64)
    stretch = stretches[int(rng.choice(len(stretches), p=lengths / lengths.sum()))]
    start = int(rng.integers(len(stretch) - BEFORE - AFTER + 1))
    some = rng.permutation(stretch.services)[:SERVICES].tolist()
    window = stretch.cut(start, start + BEFORE + AFTER).only(some)
    return Deployment(window, BEFORE, int(rng.integers(2**62)))


def drawn(folders: Sequence[Path], windows: int, seed: int) -> dict[str, list[Deployment]]:
    """Windows of every system: of folders where some are named, else of the labelled sets."""
    if folders:
        own = {folder.name: list(stretches_of(folder)) for folder in folders}
        draws = [(name, found, own_window) for name, found in own.items()]
    else:
        every = normal_windows()
        draws = [
            (name, [one for one in every if one.source == name], draw) for name in ("petshop", "nezha", "nab")
        ]
    made = {}
    for name, found, one_of in draws:
        rng = np.random.default_rng(seed)
        made[name] = [one_of(found, rng) for _ in range(windows)]
    return made


def heard(deployments: Sequence[Deployment], seed: int) -> dict[str, Said]:
    """What every judge says of every window."""
    said = {name: Said() for name in JUDGES}
    for number, deployment in enumerate(deployments):
        rng = np.random.default_rng((seed, number))
        made = [(ratio, with_one_worse(deployment, ratio, rng)) for ratio in RATIOS]
        for name, judge in JUDGES.items():
            said[name].clean.append(judge(deployment, deployment.window.values))
            for ratio, one in made:
                if one is not None:
                    said[name].worse[ratio, one[1]].append(judge(deployment, one[0]))
    return said


def main() -> None:
    """Draw, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=400, help="so many of each system")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, action="append", default=[], help="quiet metrics of a system")
    arguments = parser.parse_args()
    windows = drawn(arguments.folder, arguments.windows, arguments.seed)
    said = {source: heard(own, arguments.seed) for source, own in windows.items()}
    rows = []
    for name in JUDGES:
        for source, each in said.items():
            others = [one for other in said if other != source for one in said[other][name].clean]
            limit = FIXED.get(name) or threshold_for_false_alarms(others or each[name].clean, 0.01)
            rows.append((name, source, f"{limit:.3g}", *each[name].row(limit)))
    head = ("judge", "system", "limit", "false", *(f"{ratio:g} x" for ratio in RATIOS), "2 x by signal")
    sys.stdout.write(table("One golden signal of one service made worse", head, rows))
    sys.stdout.write(f"\n{arguments.windows} windows a system, seed {arguments.seed}. {machine()}.\n")


if __name__ == "__main__":
    main()
