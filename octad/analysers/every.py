"""All analysers side by side, each in its own thread: they wait for other processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from octad.analysers import bandit, ruff
from octad.analysers.workspace import Analysis
from octad.records.code import Code

ANALYSERS = (ruff.analyse, bandit.analyse)


def analyse(codes: Sequence[Code], precision: Mapping[str, float] | None = None) -> Analysis:
    """What every analyser says of `codes`; a tool that cannot be run is named in `skipped`."""
    with ThreadPoolExecutor(len(ANALYSERS)) as pool:
        answers = list(pool.map(lambda ask: ask(codes, precision), ANALYSERS))
    return Analysis(
        findings=tuple(finding for answer in answers for finding in answer.findings),
        skipped=tuple(skipped for answer in answers for skipped in answer.skipped),
    )
