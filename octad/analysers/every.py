"""All analysers side by side, each in its own thread: they wait for other processes."""

from __future__ import annotations

from collections.abc import Sequence

from octad.analysers import bandit, ruff
from octad.analysers.silenced import parted
from octad.analysers.workspace import Analysis
from octad.budget import Threads
from octad.records.code import Code

ANALYSERS = {"ruff": ruff.analyse, "bandit": bandit.analyse}
NAMES = tuple(ANALYSERS)
"""The families of their rules, and what `skipped` calls them."""


def analyse(codes: Sequence[Code], jobs: int = 0) -> Analysis:
    """What analysers say of `codes` and nothing silences; `skipped` names a tool that cannot be run.

    Each may use so many cores, 0 for all.
    """
    with Threads(len(ANALYSERS)) as pool:
        answers = list(pool.map(lambda ask: ask(codes, jobs), ANALYSERS.values()))
    heard, silenced = parted((one for answer in answers for one in answer.findings), codes)
    return Analysis(
        findings=heard,
        skipped=tuple(skipped for answer in answers for skipped in answer.skipped),
        silenced=(*silenced, *(one for answer in answers for one in answer.silenced)),
    )
