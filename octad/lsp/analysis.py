"""What agents say of a document: of code as it is typed, of documentation as it was saved.

Agents are found in the catalogue and loaded when the first document is theirs; what they computed before is
remembered, so that of a changed text only the changed parts are computed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from octad import catalog
from octad.agents.command import Command, ReviewCommand, SweepCommand, resolve
from octad.ask import Asking
from octad.audit import actor_here
from octad.budget import current
from octad.errors import OctadError, StoreError
from octad.feedback.heard import Heard
from octad.feedback.project import project_of
from octad.feedback.store import Feedback, existing, now
from octad.feedback.verdict import Decision, Reason, Verdict, line_digest, line_of
from octad.lsp.memory import Remembering
from octad.read.code.baseline import Baseline, read_baseline
from octad.read.code.files import shown_path
from octad.read.documents.files import format_of
from octad.records.code import Code, Language
from octad.records.lines import encodable, lines_of
from octad.records.report import Finding
from octad.review import pipeline, sweep
from octad.review.settings import Settings, settings
from octad.syntax.languages import language_of

LARGEST = 200_000
"""Characters of a document that is looked at while it is typed."""
SECONDS = 20.0
"""How long one document may take."""
NOTHING: Mapping[str, Any] = {"path": None, "paths": (), "text": "", "texts": (), "flag": False}
"""Options of a verb that nobody gave, by kind."""
Load = Callable[[str], Asking]


@dataclass(frozen=True)
class Wishes:
    """What the editor's user asks; `least` takes the place of the stored threshold of every rule."""

    least: float | None = None
    analysers: bool = True
    seconds: float = SECONDS
    baseline: Path | None = None


class Document(NamedTuple):
    """A text as the editor has it, by the path of its file."""

    path: str
    text: str

    @property
    def plain(self) -> str:
        """The text with lines that end as everywhere here."""
        return encodable(self.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd"))


class Looked(NamedTuple):
    """What there is to show; `is_unread` says that it cannot be read as it stands, as half a statement."""

    findings: tuple[Finding, ...] = ()
    note: str = ""
    is_unread: bool = False


@dataclass
class Analyst:
    """The agents of an editor's workspace, which is the current folder; asked by one thread at a time."""

    load: Load
    wishes: Wishes = field(default_factory=Wishes)
    versions: dict[str, str] = field(default_factory=dict)
    _runners: dict[str, Asking] = field(default_factory=dict)
    _heard: Heard | None = None

    def look(self, document: Document, *, full: bool) -> Looked:
        """What agents that read code say of a document; `full` asks analysers too, and the verdicts anew."""
        agents = reviewers(document.path)
        wanted = settings(Path(document.path).parent)
        shown = shown_path(document.path, os.getcwd())
        if not agents or wanted.excludes(shown):
            return Looked()
        if len(document.text) > LARGEST:
            return Looked(note=f"not looked at while it is typed: it has more than {LARGEST:,} characters")
        code = Code(path=shown, text=document.plain, language=language_of(document.path))
        if not code.text.strip():
            return Looked()
        said = [self._review(name, code, wanted, full=full) for name in agents]
        found = tuple(one for each in said for one in each.findings)
        notes = dict.fromkeys(filter(None, (one.note for one in said)))
        return Looked(found, "; ".join(notes), all(one.is_unread for one in said))

    def sweep(self, path: str) -> Looked:
        """What agents that read documentation say of a saved document, held against the tree it is in."""
        found: list[Finding] = []
        notes: list[str] = []
        for name, command, places in readers(path):
            values = {one.name: NOTHING.get(one.kind, one.default) for one in command.options}
            made = resolve(command.read)(values | {places: (Path(path),)})
            options = sweep.Options(
                families=command.families,
                named=frozenset({Path(path)}),
                settings=settings(Path(path).parent),
                least=self.wishes.least,
                baseline=self._baseline,
                heard=self._verdicts(anew=True),
                explain=None,
            )
            report = sweep.swept(name, made, lambda name=name: self._runner(name), options)  # type: ignore[misc]
            self.versions[name] = report.version
            shown = shown_path(path, os.getcwd())
            found += [one for one in report.findings if one.anchor.path == shown]
            notes += [one.reason for one in report.skipped if one.path == shown]
        return Looked(tuple(found), "; ".join(dict.fromkeys(notes)))

    def say(self, finding: Finding, plain: str, decision: Decision, reason: Reason | None = None) -> Verdict:
        """Keep what the user says of a finding in a text; raises StoreError."""
        line = line_of(finding, lines_of(plain))
        verdict = Verdict(
            fingerprint=finding.fingerprint,
            rule=finding.rule,
            decision=decision,
            reason=reason,
            project=self.project,
            actor=actor_here(),
            time=now(),
            agent=self._speaker(finding),
            version=self.versions.get(self._speaker(finding), ""),
            path=finding.anchor.path,
            line_digest="" if line is None else line_digest(line),
        )
        kept = Feedback()
        kept.record(verdict)
        self._heard = kept.heard(self.project)
        return verdict

    @cached_property
    def project(self) -> str:
        """The project of the workspace."""
        return project_of(Path.cwd())

    @property
    def _baseline(self) -> Baseline | None:
        path = self.wishes.baseline
        return read_baseline(path) if path is not None and path.is_file() else None

    def _review(self, name: str, code: Code, wanted: Settings, *, full: bool) -> Looked:
        runner = self._runner(name)
        options = pipeline.Options(
            analysers=full and self.wishes.analysers,
            jobs=1,
            settings=wanted,
            least=self.wishes.least,
            baseline=self._baseline,
            heard=self._verdicts(anew=full),
            explain=None,
        )
        report = pipeline.review(runner, [code], options)
        self.versions[name] = report.version
        reasons = [one.reason for one in report.skipped if one.path == code.path]
        if pipeline.unparsable(code):
            return Looked(report.findings, is_unread=True)
        return Looked(report.findings, "; ".join(reasons) if current().spent() else "")

    def _verdicts(self, *, anew: bool) -> Heard | None:
        """What was said of findings in this project; nothing where that cannot be read."""
        if anew:
            try:
                feedback = existing()
                self._heard = feedback.heard(self.project) if feedback else None
            except StoreError:
                self._heard = None
        return self._heard

    def _runner(self, name: str) -> Asking:
        if name not in self._runners:
            self._runners[name] = Remembering(self.load(name))
        return self._runners[name]

    def _speaker(self, finding: Finding) -> str:
        """The agent that made a finding, as far as its rule tells; the only one where there is one."""
        family = finding.rule.partition("/")[0]
        heads = (name for name, one in self._runners.items() if family in one.agent.heads)
        only = next(iter(self.versions), "") if len(self.versions) == 1 else ""
        return next(heads, only)


def reviewers(path: str) -> list[str]:
    """The agents that read code of the language of a file."""
    return _reviewers(language_of(path))


@lru_cache
def _reviewers(language: Language) -> list[str]:
    """The same by language; which agents there are is settled when the first document is opened."""
    commands = [(entry.name, _command(entry.name)) for entry in catalog.entries()]
    return [name for name, one in commands if isinstance(one, ReviewCommand) and language in one.languages]


def readers(path: str) -> list[tuple[str, SweepCommand, str]]:
    """The agents that read a file of documentation, how they are asked, and the option that names files."""
    found = []
    for entry in catalog.entries() if format_of(path) is not None else ():
        command = _command(entry.name)
        paths = next((one.name for one in command.options if one.kind == "paths"), "")
        if isinstance(command, SweepCommand) and paths:
            found.append((entry.name, command, paths))
    return found


def _command(name: str) -> Command:
    """How an agent is asked; one whose file is broken is asked nothing."""
    try:
        command: Command = catalog.load(name).command
    except OctadError:
        return Command("broken", "is asked nothing")
    return command
