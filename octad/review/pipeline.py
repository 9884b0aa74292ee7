"""Review code with an agent: units, candidates, analysers, evidence, suppressions, baseline.

A layer around the one way to ask; it neither reads files nor prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from octad import __version__
from octad.agents.agent import Agent
from octad.agents.command import ReviewCommand
from octad.analysers import every
from octad.analysers.merge import merge
from octad.analysers.workspace import Analysis
from octad.ask import Asking, Explain, Found, explained, found, thresholds_by_case
from octad.budget import Threads, current
from octad.errors import InputError, OutOfBudget
from octad.feedback.heard import Heard
from octad.read.code.baseline import Baseline
from octad.records.code import Code
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import sources_of
from octad.records.look import Review
from octad.records.report import Finding, Suppressed
from octad.records.skipped import Skipped
from octad.repository.signatures import Signatures
from octad.review.cells import in_cells, suppressed_in_cells
from octad.review.order import SHOWN, block_of, look_first
from octad.review.others import UsageOf, block_of_others, with_others
from octad.review.settings import Settings
from octad.review.settled import Known, settled
from octad.review.triage import triaged
from octad.review.within import gravest, parts_of, unasked
from octad.rules.rule import names
from octad.runtime import Asked, Progress, shifted
from octad.syntax.parsed import tree_of_file
from octad.syntax.python_source import problem_of
from octad.syntax.units import unread

SILENCED = "a comment in the code silences the analyser"
AT_ONCE = 128
"""Parts that a model is asked about before the next are made."""
NEWER_KINDS = frozenset({"type_alias_statement", "type_parameter"})
"""Parts of the grammar that Python 3.12 brought."""
NEWER_REASONS = ("f-string", "unterminated string literal", "multiple exception types")
"""What Python says of f-strings as 3.12 nests them, and of exceptions without parentheses as in 3.14."""


@dataclass(frozen=True)
class Options:
    """What to ask and what to leave out.

    Analysers run in `jobs` processes at once, 0 for as many as there are cores.
    `folds` leaves out findings of analysers that few people act on; `settings` says which rules are asked
    where, all by default; `least` takes the place of the stored threshold of every rule that has one;
    `heard` is what people said of findings in this project; `explain` gives a finding its evidence, None
    leaves it out; `others` reads the repository for what other callers do, None says nothing of it.
    """

    analysers: bool = True
    jobs: int = 0
    folds: bool = True
    settings: Settings = field(default_factory=Settings)
    least: float | None = None
    baseline: Baseline | None = None
    heard: Heard | None = None
    explain: Explain | None = explained
    others: UsageOf | None = None


def review(
    runner: Asking,
    codes: Sequence[Code],
    options: Options | None = None,
    progress: Progress | None = None,
) -> Review:
    """Everything that is wrong with `codes`, best first; `skipped` names what was not looked at.

    Where a code says what changed, only findings on changed lines are made, and its units are put in the
    order in which to read them. Raises what the runner raises.
    """
    options = options or Options()
    unparsed = {code.path: reason for code in codes if (reason := _left_out(code))}
    with Threads(1) as pool:
        # Analysers are processes of their own: they run while the model does.
        analysis = pool.submit(every.analyse, codes, options.jobs) if options.analysers else None
        parsed = [code for code in codes if code.path not in unparsed]
        parts, cut = parts_of(parsed)
        asked, candidates = _answers(runner, parsed, parts, (options.least, progress))
        others = analysis.result() if analysis else Analysis()
    said = [*(one.finding for one in candidates), *others.findings]
    merged = merge([one for one in said if options.settings.wants(one)])
    known = Known(options.settings, options.baseline, options.heard)
    findings, suppressed = settled(merged, codes, known, _asked(runner, others, options))
    suppressed = (*suppressed, *_silenced(others, codes, options))
    findings, more = gravest(findings)
    findings, folded = triaged(findings, codes, folds=options.folds)
    if options.explain is not None:
        findings = _with_evidence(runner, findings, candidates, options.explain)
    answered = map(runner.agent.command.code_of, (one.case for one in asked))
    cut += [*unasked(parts, filter(None, answered)), *more]
    reasons = [*unparsed.items(), *((code.path, unread(code)) for code in parsed if not current().spent())]
    skipped = [*(Skipped(path=path, reason=reason) for path, reason in reasons if reason), *cut]
    looks = look_first(command_of(runner.agent), asked)
    if looks and options.others is not None:
        looks = (*with_others(looks[:SHOWN], codes, options.others(codes)), *looks[SHOWN:])
    return Review(
        agent=runner.agent.name,
        version=__version__,
        findings=in_cells(findings, codes),
        skipped=(*skipped, *others.skipped),
        suppressed=suppressed_in_cells((*suppressed, *folded), codes),
        blocks=tuple(block for block in (block_of(looks), block_of_others(looks)) if block is not None),
        look_first=looks,
    )


def cases_of(agent: Agent[Any, Any], codes: Sequence[Code]) -> list[Any]:
    """The units of all codes as cases of an agent that reads code, each with the definitions it uses.

    Units without a changed line are left out where it is known what changed. Raises InputError for an agent
    that reads something else.
    """
    case_of = _case_of(agent, codes)
    return [case_of(part) for part in parts_of(codes)[0]]


def _case_of(agent: Agent[Any, Any], codes: Sequence[Code]) -> Callable[[Code], Any]:
    """What makes a case of a part of these codes."""
    command = command_of(agent)
    signatures = Signatures(codes) if command.context else None

    def of(part: Code) -> Any:
        context = {command.context: signatures.of(part)} if signatures is not None else {}
        return agent.case(**{command.code: part}, **context)

    return of


def _answers(
    runner: Asking,
    codes: Sequence[Code],
    parts: Sequence[Code],
    how: tuple[float | None, Progress | None],
) -> tuple[list[Asked[Any, Any]], list[Found]]:
    """The answers about the parts of some codes and what they say, as far as the budget goes.

    Some at a time, each to its end, so that there is something to show whenever it has to stop.
    """
    least, progress = how
    case_of, least_of = _case_of(runner.agent, codes), thresholds_by_case(runner, least)
    asked: list[Asked[Any, Any]] = []
    candidates: list[Found] = []
    for start in range(0, len(parts), AT_ONCE):
        if current().spent():
            break
        cases = [case_of(part) for part in parts[start : start + AT_ONCE]]
        some = runner.ask(cases, shifted(progress, start, len(parts)))
        asked += some
        candidates += found(runner, some, least_of)
    return asked, candidates


def command_of(agent: Agent[Any, Any]) -> ReviewCommand:
    """How an agent that reads code is asked; raises InputError for one that reads something else."""
    if not isinstance(agent.command, ReviewCommand):
        raise InputError(f"{agent.name} does not read code", hint=f"ask it with `octad {agent.command.verb}`")
    return agent.command


def unparsable(code: Code) -> str:
    """Why a Python file cannot be parsed, empty where it can; loose hunks of a patch are not asked.

    What the running Python does not know but the grammar does is code of a newer one, and is read.
    """
    if code.language != "python" or "hunk" in code.flags or code.first_line != 1:
        return ""
    reason = problem_of(code.text)
    if reason and _is_newer(code, reason):
        return ""
    return reason and f"Python {sys.version_info.major}.{sys.version_info.minor} cannot parse it: {reason}"


def _left_out(code: Code) -> str:
    """Why a file is not looked at, empty where it is."""
    return current().unlooked() or unparsable(code)


def _is_newer(code: Code, reason: str) -> bool:
    """Whether the grammar reads a file that Python refuses, for something that a later Python has."""
    tree = tree_of_file(code.text, code.language)
    if tree is None or not tree.sound or not tree.complete:
        return False
    return any(words in reason for words in NEWER_REASONS) or not NEWER_KINDS.isdisjoint(tree.kind)


def _with_evidence(
    runner: Asking, findings: Sequence[Finding], candidates: Sequence[Found], explain: Explain
) -> tuple[Finding, ...]:
    """Findings with evidence, which costs far more than the answer: sought only for what is shown."""
    by_place = {(one.finding.rule, one.finding.anchor): one for one in candidates}
    shown = []
    for finding in findings:
        one = by_place.get((finding.rule, finding.anchor)) if finding.source == "model" else None
        if one is not None and not current().spent():
            with suppress(OutOfBudget):
                made = explain(runner, one.asked, one.candidate)
                update = {"evidence": made.evidence, "faithfulness": made.faithfulness}
                finding = finding.model_copy(update=update)
        shown.append(finding)
    return tuple(shown)


def _silenced(others: Analysis, codes: Sequence[Code], options: Options) -> list[Suppressed]:
    """What comments for the analysers hide: it is counted, whoever wrote them."""
    silenced = merge([one for one in others.silenced if options.settings.wants(one)])
    marked = with_fingerprints(silenced, sources_of(codes))
    return [Suppressed(finding=one, by="comment", reason=SILENCED) for one in marked]


def _asked(runner: Asking, others: Analysis, options: Options) -> Callable[[str], bool]:
    """Which rules were asked: not those of other agents, nor of analysers that were not run."""
    failed = {skipped.path for skipped in others.skipped}
    silent = {name for name in every.NAMES if not options.analysers or name in failed}
    silent |= {name.partition("/")[0] for name in names()} - set(runner.agent.heads)
    return lambda rule: options.settings.asks(rule) and rule.partition("/")[0] not in silent
