"""What a change does to the code of the program itself, in numbers: of all, these say most about risk."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from octad.read.history.program_files import is_cosmetic, is_product, is_test

CHURN = (
    "added", "deleted", "other_added", "other_deleted", "files", "statements", "branches", "calls", "tests",
    "branches_each", "calls_each", "depth_each", "added_share", "net",
)  # fmt: skip
_BRANCH = re.compile(
    r"\b(?:if|elif|unless|for|while|switch|case|match|when|catch|except|rescue)\b|&&|\|\||\?(?!\.)"
)


def churn_numbers(files: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> list[float]:
    """Numbers named `CHURN` of the files of a change: path, lines added, lines deleted.

    Lines `added` and `deleted` are of the program, the `other_` ones of tests, prose and generated files.
    `statements` are added lines of the program that are no comment, import or punctuation; `branches` counts
    their conditions and loops, `calls` their opening brackets; each is a logarithm. The last five are ratios.
    """
    counts: Counter[str] = Counter()
    for path, added, deleted in files:
        counts["tests"] += is_test(path)
        whose = "" if is_product(path) else "other_"
        counts[f"{whose}added"] += len(added)
        counts[f"{whose}deleted"] += len(deleted)
        if not whose:
            counts["files"] += 1
            counts += _statements(added, path)
    each = counts["statements"] + 1
    net = counts["statements"] - counts["deleted"]
    return [
        *(math.log1p(counts[name]) for name in CHURN[:9]),
        counts["branches"] / each,
        counts["calls"] / each,
        counts["depth"] / each,
        counts["added"] / (counts["added"] + counts["deleted"] + 1),
        math.copysign(math.log1p(abs(net)), net),
    ]


def _statements(lines: Iterable[str], path: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in lines:
        if not is_cosmetic(line, path):
            counts["statements"] += 1
            counts["branches"] += len(_BRANCH.findall(line))
            counts["calls"] += line.count("(")
            counts["depth"] += len(line) - len(line.lstrip())
    return counts
