"""Timelines to render: a usual one, and each way in which one can be odd."""

from __future__ import annotations

from collections.abc import Sequence

from octad.records.report import Block, Curve, Mark, Report

NINE = 1_773_478_800.0  # 2026-03-14 09:00 UTC
ATTACK = "</title><script>alert(1)</script>\u202e\x1b[31m"


def curve(values: Sequence[float | None], name: str = "cart.latency", step: float = 60) -> Curve:
    times = tuple(NINE + step * number for number in range(len(values)))
    return Curve(name=name, unit="ms", times=times, values=tuple(values))


def mark(minute: float, kind: str = "event", text: str = "restarted", weight: float = 0.0) -> Mark:
    values = dict(time=NINE + 60 * minute, kind=kind, text=text, subject="cart", weight=weight)
    return Mark.model_validate(values)


def block(curves: Sequence[Curve] = (), marks: Sequence[Mark] = ()) -> Block:
    return Block(kind="timeline", title="Chain", curves=tuple(curves), marks=tuple(marks))


def report_of(*blocks: Block) -> Report:
    return Report(agent="a", version="1", blocks=blocks)


STEP = block(
    [curve([10.0] * 30 + [90.0] * 31)],
    [
        mark(28, "change", "deploy 4f2a91c", 0.6),
        mark(29, "log", "first seen: timeout", 0.3),
        mark(30, "metric", "latency rises", 0.1),
        mark(33.5, "incident", "page"),
    ],
)

ODD = {
    "empty": block(),
    "no marks": block([curve([1.0, 2.0])]),
    "no curves": block([], [mark(1), mark(2)]),
    "one mark": block([], [mark(1)]),
    "one point": block([curve([5.0])]),
    "one point and its mark": block([curve([5.0])], [mark(0)]),
    "no points": block([curve([])], [mark(0)]),
    "constant": block([curve([3.0] * 20)], [mark(4)]),
    "all gaps": block([curve([None] * 9)], [mark(4)]),
    "not numbers": block([curve([float("nan"), 1.0, float("inf"), -float("inf")])], [mark(1)]),
    "huge": block([curve([1e308, -1e308, 0.0])], [mark(1)]),
    "many points": block([curve([float(n % 97) for n in range(5_000)])], [mark(2_500)]),
    "many curves": block([curve([1.0, 2.0], f"c{n}") for n in range(60)]),
    "many marks": block([curve([1.0] * 60)], [mark(n / 4, weight=n / 20_000) for n in range(200)]),
    "equal times": block([curve([1.0] * 9)], [mark(3), mark(3, "change"), mark(3), mark(3, "incident")]),
    "hostile": block([curve([1.0, 2.0], ATTACK)], [mark(1, text=ATTACK)]),
    "long": block([curve([1.0, 2.0], "n" * 4_000)], [mark(1, text="word " * 900)]),
    "wide letters": block([curve([1.0, 2.0], "漢字" * 40)], [mark(1, text="漢字 " * 40)]),
    "no time": block([curve([1.0, 2.0])], [mark(float("nan"), text="lost"), mark(1)]),
    "no calendar": block([], [mark(1e13), mark(2e13)]),
    "short": block([curve([1.0, 2.0, 3.0], step=0.001)], [mark(0.00001)]),
    "years": block([curve([1.0, 2.0, 3.0], step=9e7)], [mark(1)]),
}
