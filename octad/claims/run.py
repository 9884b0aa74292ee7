"""Run the examples of a project's documentation in the sandbox, and say which do not do what their text says.

The examples of a document share one session, as a reader types them; each docstring begins with the names of
its module. An example is wrong where its result is another, twice the same, or where the project's own
interface has no such module, name, attribute or parameter. What lacks a package, a file, a network, input or
time was not run.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from octad.budget import current
from octad.claims import help_text
from octad.claims.judged import untrue
from octad.claims.outcomes import Verdict, verdict
from octad.claims.runnable import Part, Script, scripts, tops
from octad.claims.tree import Tree
from octad.host.interpreters import interpreter
from octad.host.isolation import Limits
from octad.host.session import Came, Outcome, Project, outcomes
from octad.records.report import Anchor, Finding
from octad.records.skipped import Skipped

RULE = "docs/example"
_LIMITS = Limits(seconds=30.0)


class Executed(NamedTuple):
    """What came of all examples: `asked` of them there are, `ran` ended as examples do, right or wrong.

    Findings are of documented options as well, where only `--help` of a command tells. `python` is the
    interpreter that ran them.
    """

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    asked: int
    ran: int
    python: str


class _Judged(NamedTuple):
    """An example and what came of it."""

    script: Script
    part: Part
    verdict: Verdict


def executed(tree: Tree) -> Executed:
    """Run all examples of a tree; raises IsolationError where no program can be isolated."""
    project = _project(tree)
    judged: list[_Judged] = []
    skipped: list[Skipped] = []
    for group in scripts(tree):
        if reason := current().unlooked():
            skipped.append(Skipped(path=group[0].path, reason=reason))
            continue
        found = list(_judged(tree, group, project))
        judged += found
        skipped += _not_run(group[0].path, found)
    findings = [_finding(one) for one in judged if one.verdict.wrong]
    for said in help_text.check(tree, project) if not current().spent() else ():
        if isinstance(said, Skipped):
            skipped.append(said)
        else:
            findings.append(said)
    ran = sum(not one.verdict.not_run for one in judged)
    return Executed(tuple(findings), tuple(skipped), len(judged), ran, project.interpreter.path)


def _project(tree: Tree) -> Project:
    """Where the code of a tree is imported from, and by which Python."""
    folders = dict.fromkeys(os.path.join(tree.root, folder) for folder in tops(tree).values())
    return Project(tree.root, tuple(folders), tuple(tops(tree)), interpreter(tree.root))


def _judged(tree: Tree, group: tuple[Script, ...], project: Project) -> Iterator[_Judged]:
    """What came of the examples of one file; results that differ are tried once more."""
    first = list(_verdicts(tree, group, _run(group, project)))
    if any(one.verdict.is_result for one in first):
        again = _verdicts(tree, group, _run(group, project))
        first = [_stable(one, other) for one, other in zip(first, again, strict=True)]
    yield from first


def _run(group: tuple[Script, ...], project: Project) -> Came:
    limits = _LIMITS._replace(seconds=current().seconds_left(_LIMITS.seconds))
    return outcomes([script.session for script in group], project, limits)


def _stable(one: _Judged, other: _Judged) -> _Judged:
    """A result that is another each time is none to be held against a text."""
    if one.verdict.wrong and one.verdict != other.verdict:
        return one._replace(verdict=Verdict(not_run="its result is another at other times"))
    return one


def _verdicts(tree: Tree, group: tuple[Script, ...], came: Came) -> Iterator[_Judged]:
    for script, results in zip(group, came.results, strict=True):
        begun = results[0].raised if results else None
        is_first = bool(results) and begun is None
        for number, part in enumerate(script.parts, 1):
            if not results or len(results) <= number:
                found = Verdict(not_run=came.early)
            elif begun is not None:
                found = Verdict(
                    not_run=f"{script.module} cannot be imported: {' '.join(begun.text.split())[:120]}"
                )
            else:
                found = verdict(tree, part, results[number], is_first=is_first)
                if found.wrong and not found.is_result and _is_borrowed(script, results[number]):
                    found = Verdict(not_run="a name of its module may stand for something else in it")
            yield _Judged(script, part, found)
            is_first = is_first and len(results) > number and _goes_on(part, results[number], found)


def _is_borrowed(script: Script, outcome: Outcome) -> bool:
    """Whether what lacks a name is a module that the docstring's own file imports, and the session does not.

    There the name may be that of a parameter or of something that a reader has, such as a fixture.
    """
    owner = outcome.raised.owner.rpartition(".")[2] if outcome.raised is not None else ""
    taken = re.compile(rf"\bimport\b.*\b{re.escape(owner)}\b")
    return bool(script.module and owner) and not any(taken.search(one.piece.source) for one in script.parts)


def _goes_on(part: Part, outcome: Outcome, found: Verdict) -> bool:
    """Whether what comes after an example finds what its author had before him."""
    is_expected = outcome.raised is None or bool(part.raises)
    return is_expected and not found.wrong and (not found.not_run or not part.is_claim)


def _finding(one: _Judged) -> Finding:
    part = one.part
    anchor = Anchor(
        path=one.script.path,
        line=part.line,
        column=1,
        end_line=max(part.line, part.end_line) + 1,
        end_column=1,
    )
    return untrue(RULE, one.verdict.wrong, anchor)


def _not_run(path: str, found: list[_Judged]) -> Iterator[Skipped]:
    """One sentence for a file: how many of its examples were not run, and why."""
    reasons = Counter(one.verdict.not_run for one in found if one.verdict.not_run)
    if reasons:
        said = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common(5))
        yield Skipped(path=path, reason=f"{reasons.total()} of {len(found)} examples were not run: {said}")
