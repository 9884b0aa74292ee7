"""Floors of the call to take a deployment back: judges without learning, on injected regressions.

Thresholds are set for at most 1 % false rollbacks on two systems, clean and benign windows alike, and
judged on the third. A regression is caught when the first alarm comes after its onset.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_rollback.py [windows]   (three minutes)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from octad.errors import InputError
from octad.signals.metric_polarity import direction
from octad_train.data.operations.normal_windows import normal_windows
from octad_train.evaluate.canary_test import excess, sequential, share_failed, surest
from octad_train.evaluate.tables import machine, table
from octad_train.inject.regressions import RATIOS, Injected, Regressions
from octad_train.metrics.threshold import threshold_for_false_alarms

Course = NDArray[np.float64]
FALSE = 0.01
SEVERE = ("error", "fatal")


@dataclass(frozen=True, slots=True)
class Scored:
    """A window, what a judge said after every point since the deployment, and the onset: -1 for none."""

    injected: Injected
    said: Course
    onset: int

    def alarm(self, threshold: float) -> int:
        """How many points it took, 0 when it never spoke."""
        loud = self.said >= threshold
        return int(loud.argmax()) + 1 if loud.any() else 0

    def caught(self, threshold: float) -> bool:
        """Whether the first alarm comes after the onset."""
        return self.alarm(threshold) > self.onset


def of_metrics(score: Callable[..., float]) -> Callable[[Injected], Course]:
    """A judge of metrics as one of windows."""

    def judge(injected: Injected) -> Course:
        window, at = injected.deployment.window, injected.deployment.at
        worse = np.array([float(direction(metric)) for _, metric in window.names])
        return sequential(score, window.values[:at], window.values[at:], worse)

    return judge


def new_errors(injected: Injected) -> Course:
    """Lines of error templates that were not there before the deployment: the floor of logs alone."""
    at, length = injected.deployment.at, len(injected.deployment.window)
    lines = np.zeros(length)
    for template in injected.logs.templates:
        if template.level in SEVERE and template.counts[0][0] >= at:
            for bucket, count in template.counts:
                lines[bucket] += count
    return np.cumsum(lines[at:])


DETECTORS: dict[str, Callable[[Injected], Course]] = {
    "Kayenta: share of metrics failed": of_metrics(share_failed),
    "Mann-Whitney: surest metric": of_metrics(surest),
    "fixed: rise of a mean": of_metrics(excess),
    "logs: new error templates": new_errors,
}


def judged(judge: Callable[[Injected], Course], windows: Sequence[Injected]) -> list[Scored]:
    found = []
    for one in windows:
        times, at = one.deployment.window.times, one.deployment.at
        onset = int(np.searchsorted(times, one.fault.onset)) - at if one.fault else -1
        found.append(Scored(one, judge(one), onset))
    return found


def threshold(negatives: Sequence[Scored]) -> float:
    """The least with at most 1 % false rollbacks; it is above nothing at all."""
    return max(threshold_for_false_alarms([one.said.max() for one in negatives], FALSE), 1e-9)


def header() -> list[str]:
    """What `row` has."""
    by = [*(f"{ratio:g}x" for ratio in RATIOS), "outage"]
    return ["false, clean", "false, benign", *by, ">= 2x", "delay (points)", "precision"]


def share(flags: Sequence[bool]) -> str:
    return f"{np.mean(flags):.3f}" if flags else ""


def row(test: Sequence[Scored], limit: float) -> list[str]:
    """False rollbacks on clean and on changed windows, caught by ratio, of at least 2, delay, precision."""
    faulty = [one for one in test if one.injected.fault]
    clean = [one.alarm(limit) > 0 for one in test if not one.injected.fault and not one.injected.benign]
    changed = [one.alarm(limit) > 0 for one in test if not one.injected.fault and one.injected.benign]
    by = {ratio: [one for one in faulty if one.injected.fault and one.injected.fault.ratio == ratio]
          for ratio in (*RATIOS, 0.0)}  # fmt: skip
    large = [one for ratio, each in by.items() if ratio >= 2 for one in each]
    delays = [one.alarm(limit) - one.onset for one in large if one.caught(limit)]
    alarms = sum(one.alarm(limit) > 0 for one in test)
    right = sum(one.caught(limit) for one in faulty)
    caught = [share([one.caught(limit) for one in each]) for each in (*by.values(), large)]
    delay = f"{np.median(delays):.0f}" if delays else ""
    return [share(clean), share(changed), *caught, delay, f"{right / alarms:.2f}" if alarms else ""]


def shapes(test: Sequence[Scored], limit: float) -> list[str]:
    """Caught of those of at least 2, by course, and false rollbacks by kind of benign change."""
    by: dict[str, list[bool]] = {}
    for one in test:
        if one.injected.fault and (one.injected.fault.ratio >= 2 or one.injected.fault.shape == "outage"):
            by.setdefault(one.injected.fault.shape, []).append(one.caught(limit))
        elif not one.injected.fault and one.injected.benign:
            by.setdefault(f"({one.injected.benign})", []).append(one.alarm(limit) > 0)
    return [f"{name} {share(flags)}" for name, flags in sorted(by.items())]


def main(count: int = 250) -> int:
    """Print the tables."""
    try:
        stretches = normal_windows()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    windows = {}
    for source in ("petshop", "nezha", "nab"):
        stream = Regressions([one for one in stretches if one.source == source])
        windows[source] = [one for index in range(count) for one in stream.triple(0, index)]
    lines, details = [], []
    for name, judge in DETECTORS.items():
        said = {source: judged(judge, each) for source, each in windows.items()}
        for source, test in said.items():
            others = [one for other, each in said.items() if other != source for one in each]
            limit = threshold([one for one in others if not one.injected.fault])
            lines.append([name, source, f"{limit:.3g}", *row(test, limit)])
            details.append([name, source, ", ".join(shapes(test, limit))])
            own = threshold([one for one in test if not one.injected.fault])
            lines.append(["  threshold of its own", source, f"{own:.3g}", *row(test, own)])
    head = ["judge", "unseen system", "threshold", *header()]
    sys.stdout.write(table("Regressions caught, and false rollbacks", head, lines))
    sys.stdout.write(table("By course (>= 2x), and false by benign change",
                           ["judge", "unseen system", "shares"], details))  # fmt: skip
    sys.stdout.write(f"\nSeed 0, {count} windows a system, three versions each. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
