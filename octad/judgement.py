"""Ask an agent about one case: answer, claims with evidence, what each input gave, report.

One function that the command line, a server and a library user call alike; it neither reads nor prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from octad import __version__
from octad.agent import Claimed
from octad.explain.deletion import explain
from octad.explain.place import EveryRule
from octad.explain.shapley import Contributions, contributions
from octad.records.fingerprint import with_fingerprints
from octad.records.report import Block, Finding, Report, Skipped
from octad.runtime import Runner

EXPLAINED = 3
"""Claims that evidence is sought for: it costs far more than the answer."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to ask.

    `least` takes the place of the shipped threshold of every rule, `evidence` says whether claims are
    explained and the inputs' shares told.
    """

    least: float | None = None
    evidence: bool = True


def judge(
    runner: Runner[Any, Any], case: Any, options: Options | None = None, skipped: Sequence[Skipped] = ()
) -> Report:
    """What the agent says of a case, the likeliest first.

    The claims that reach the thresholds of their rules are findings; the agent's own report is given all.
    """
    options = options or Options()
    agent = runner.agent
    unit = runner.prepare(case)
    (outputs,) = runner.run([unit])
    answer = runner.finish(case, unit, outputs)
    claims = sorted(agent.findings(case, answer, EveryRule()), key=lambda c: -c.finding.probability)
    told = [_explained(runner, unit, claimed) for claimed in claims[:EXPLAINED]] if options.evidence else []
    told += [claimed.finding for claimed in claims[len(told) :]]
    findings = [finding for finding in told if _shown(runner, finding, options.least)]
    blocks = [_shares(runner, case, claims)] if options.evidence and claims else []
    report = Report(
        agent=agent.name,
        version=__version__,
        findings=with_fingerprints(findings, {}),
        skipped=tuple(skipped),
        blocks=tuple(blocks),
    )
    return agent.report(case, answer, tuple(told), report)


def _explained(runner: Runner[Any, Any], unit: Any, claimed: Claimed) -> Finding:
    evidence, faithfulness = explain(runner, unit, claimed.finding.anchor.path, claimed.claim)
    return claimed.finding.model_copy(update={"evidence": evidence, "faithfulness": faithfulness})


def _shown(runner: Runner[Any, Any], finding: Finding, least: float | None) -> bool:
    """Whether a claim reaches its threshold; a rule without one makes no finding unless it is asked for."""
    known = runner.thresholds.get(finding.rule)
    if least is not None and (known is not None or finding.rule in runner.silent):
        known = least
    return known is not None and finding.probability >= known


def _shares(runner: Runner[Any, Any], case: Any, claims: Sequence[Claimed]) -> Block:
    """What each input gave to the best claim of every head."""
    best: dict[str, Claimed] = {}
    for claimed in claims:
        best.setdefault(claimed.claim.head, claimed)
    found: dict[str, Contributions] = {
        head: contributions(runner, case, claimed.claim) for head, claimed in best.items()
    }
    names = list(next(iter(found.values())).shares)
    rows = [("", *(c.finding.rule for c in best.values()))]
    rows.append(("without any input", *(f"{one.nothing:.2f}" for one in found.values())))
    rows += [(name, *(f"{one.shares[name]:+.2f}" for one in found.values())) for name in names]
    rows.append(("all together", *(f"{one.everything:.2f}" for one in found.values())))
    return Block(kind="table", title="What each input gave", rows=tuple(rows))
