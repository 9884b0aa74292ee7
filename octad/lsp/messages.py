"""Findings as an editor shows them: diagnostics, repairs and verdicts as code actions, rules as hovers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from octad.errors import InputError
from octad.lsp.places import Places, meet
from octad.records.report import Finding, Level, Repair
from octad.render.excerpt import percent
from octad.rules.pages import page

SOURCE = "octad"
ACCEPT, DISMISS = "octad.accept", "octad.dismiss"
SEVERITIES: Mapping[Level, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
REASONS: Mapping[str, str] = {
    "wrong": "it is wrong", "intended": "it is intended", "not-worth-it": "it is not worth it"
}  # fmt: skip
"""Why a finding is dismissed, as a menu says it."""
MOST_ELSEWHERE = 3


@dataclass(frozen=True)
class Shown:
    """What is shown of a document: findings in its lines at a version, a note on what was left out."""

    uri: str
    version: int | None
    path: str
    places: Places
    findings: tuple[Finding, ...] = ()
    note: str = ""
    line_end: str = "\n"

    @property
    def diagnostics(self) -> list[types.Diagnostic]:
        """All of it as the editor is told."""
        made = [self.diagnostic(one) for one in self.findings]
        if self.note:
            severity = types.DiagnosticSeverity.Information
            made.append(types.Diagnostic(self.places.line(1), self.note, severity=severity, source=SOURCE))
        return made

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """One finding."""
        chance = f" ({percent(finding.probability)})" if finding.probability is not None else ""
        link = finding.reference
        return types.Diagnostic(
            range=self.places.range_of(finding.anchor),
            message=f"{finding.message}{chance}",
            severity=SEVERITIES[finding.level],
            code=finding.rule,
            code_description=types.CodeDescription(link) if link.startswith("https://") else None,
            source=SOURCE if finding.source == "model" else f"{SOURCE} ({finding.source})",
            related_information=list(self._elsewhere(finding)) or None,
            data={"fingerprint": finding.fingerprint},
        )

    def at(self, place: types.Range) -> list[Finding]:
        """The findings that share a place."""
        return [one for one in self.findings if meet(self.places.range_of(one.anchor), place)]

    def named(self, fingerprint: str) -> Finding | None:
        """The finding of a fingerprint."""
        return next((one for one in self.findings if one.fingerprint == fingerprint), None)

    def actions(self, place: types.Range, version: int | None) -> list[types.CodeAction]:
        """What can be done at a place: repairs, while the text is that which they are of, and verdicts."""
        made: list[types.CodeAction] = []
        for finding in self.at(place):
            if version == self.version:
                made += [self._repaired(finding, one) for one in finding.repairs if self._is_here(one)]
            made += [self._dismissed(finding, reason) for reason in REASONS]
        return made

    def _is_here(self, repair: Repair) -> bool:
        return repair.anchor.path == self.path

    def _repaired(self, finding: Finding, repair: Repair) -> types.CodeAction:
        """The edit; who makes it has accepted the finding."""
        text = repair.replacement.replace("\n", self.line_end)
        edit = types.TextEdit(self.places.range_of(repair.anchor), text)
        document = types.OptionalVersionedTextDocumentIdentifier(self.uri, self.version)
        changes = [types.TextDocumentEdit(document, [edit])]
        return types.CodeAction(
            title=repair.description or f"Repair {finding.rule}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(finding)],
            is_preferred=repair.safe or None,
            edit=types.WorkspaceEdit(document_changes=list(changes)),
            command=types.Command("Accept", ACCEPT, arguments=[self.uri, finding.fingerprint]),
        )

    def _dismissed(self, finding: Finding, reason: str) -> types.CodeAction:
        title = f"Dismiss {finding.rule}: {REASONS[reason]}"
        return types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(finding)],
            command=types.Command(title, DISMISS, arguments=[self.uri, finding.fingerprint, reason]),
        )

    def _elsewhere(self, finding: Finding) -> Iterator[types.DiagnosticRelatedInformation]:
        """The places in other files that a check holds against this one."""
        others = (one for one in finding.evidence if one.anchor.path != self.path)
        for one in list(others)[:MOST_ELSEWHERE] if finding.source != "model" else ():
            line = max(0, one.anchor.line - 1)
            place = types.Range(types.Position(line, 0), types.Position(line, 0))
            uri = Path(one.anchor.path).absolute().as_uri()
            yield types.DiagnosticRelatedInformation(types.Location(uri, place), one.text or one.anchor.path)


def hover(findings: Sequence[Finding]) -> str:
    """What the rules of findings mean, in Markdown; "" of none."""
    parts = []
    for rule, message in {one.rule: one.message for one in findings}.items():
        try:
            parts.append(page(rule))
        except InputError:  # a rule of another tool has no page
            parts.append(f"# {rule}\n\n{message}\n")
    return "\n---\n".join(parts)
