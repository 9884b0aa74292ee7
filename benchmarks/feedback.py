"""Which rule to silence a rule by: how often good ones are, and after how many verdicts bad ones are.

    python benchmarks/feedback.py [--runs 4000] [--most 200]

For each true share of approved findings, rules get one verdict after the other, at most --most, and are
looked at after each, as `octad review` does. Beside the test in use stand bounds that one would take first:
the upper end of an interval at 95 % below one half from so many verdicts on, and shares alone.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from statistics import median

from octad.feedback.rates import wilson
from octad.feedback.silence import ENOUGH, Tally, evidence

Test = Callable[[int, int], bool]
"""From approvals and dismissals to whether the rule is silenced."""


def above(least: float) -> Test:
    """The evidence reaches a bound."""
    return lambda approved, dismissed: evidence(Tally(approved, dismissed)) >= least


def interval(count: int) -> Test:
    """The upper end of Wilson's interval at 95 % is below one half, from so many verdicts on."""
    return lambda a, d: a + d >= count and wilson(a, a + d)[1] < 0.5


def share(most: float, count: int) -> Test:
    """The share is small, from so many verdicts on."""
    return lambda a, d: a + d >= count and a / (a + d) < most


TESTS: Mapping[str, Test] = {
    f"evidence >= {ENOUGH} (in use)": above(ENOUGH),
    "evidence >= 100": above(100),
    "Wilson < .5, 5 or more": interval(5),
    "Wilson < .5, 10 or more": interval(10),
    "Wilson < .5, 20 or more": interval(20),
    "share < .3, 10 or more": share(0.3, 10),
}
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)


def silenced_after(test: Test, verdicts: Sequence[bool]) -> int:
    """The first number of verdicts at which a rule is silenced, 0 where it never is."""
    approved = 0
    for count, is_approved in enumerate(verdicts, 1):
        approved += is_approved
        if test(approved, count - approved):
            return count
    return 0


def simulated(runs: int, most: int, seed: int = 0) -> dict[tuple[str, float], list[int]]:
    """For every test and true share of approval, when each rule was silenced."""
    tests = {name: lru_cache(maxsize=None)(test) for name, test in TESTS.items()}
    found: dict[tuple[str, float], list[int]] = {}
    for true in SHARES:
        draw = random.Random(f"{seed} {true}")
        rules = [[draw.random() < true for _ in range(most)] for _ in range(runs)]
        for name, test in tests.items():
            found[name, true] = [silenced_after(test, rule) for rule in rules]
    return found


def rows(found: Mapping[tuple[str, float], Sequence[int]]) -> list[str]:
    """A row for each test: the share of rules that are ever silenced, and the median verdicts until then."""
    lines = [
        "| test, looked at after every verdict | " + " | ".join(f"{one:.0%}" for one in SHARES) + " |",
        "|---|" + "---|" * len(SHARES),
    ]
    for name in TESTS:
        cells = []
        for true in SHARES:
            times = [one for one in found[name, true] if one]
            after = f" ({median(times):.0f})" if times else ""
            cells.append(f"{len(times) / len(found[name, true]):.3f}{after}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument("--most", type=int, default=200)
    arguments = parser.parse_args()
    table = rows(simulated(arguments.runs, arguments.most))
    sys.stdout.write("Share of rules ever silenced (median verdicts until then), by true approval\n\n")
    sys.stdout.write(
        "\n".join(table) + f"\n\n{arguments.runs:,} rules of {arguments.most} verdicts, seed 0.\n"
    )


if __name__ == "__main__":
    main()
