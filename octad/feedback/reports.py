"""A finding of a report in JSON by the beginning of its fingerprint, and what a verdict on it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from octad.errors import InputError, UnreadableInput
from octad.feedback.verdict import SHORTEST, line_digest, line_of
from octad.host.files import read_bytes, read_text
from octad.records.lines import lines_of
from octad.records.report import Finding

MAX_BYTES = 64_000_000
_HINT = "make one with `--format json --output REPORT.json`"


class Reported(NamedTuple):
    """Findings, those not shown among them, of what an agent said, and its version."""

    agent: str
    version: str
    findings: tuple[Finding, ...]


def read_report(path: Path) -> Reported:
    """The findings of a report as `--format json` writes it; raises InputError."""
    try:
        document = json.loads(read_bytes(path, MAX_BYTES).decode("utf-8-sig"))
        shown = document["findings"]
        hidden = [one["finding"] for one in document.get("suppressed", ())]
        found = tuple(Finding.model_validate(one) for one in (*shown, *hidden))
        return Reported(str(document["agent"]), str(document["agent_version"]), found)
    except UnreadableInput as error:
        raise InputError(f"{path} cannot be read: {error.message}", hint=_HINT) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is no report of octad in JSON", hint=_HINT) from error


def finding_of(reported: Reported, beginning: str) -> Finding:
    """The one finding whose fingerprint begins so; raises InputError where there is none, or another."""
    found = {one.fingerprint: one for one in reported.findings if one.fingerprint.startswith(beginning)}
    if len(beginning) < SHORTEST:
        raise InputError(f"{beginning!r} is too short", hint=f"give the first {SHORTEST} characters")
    if len(found) != 1:
        many = "no finding" if not found else f"{len(found):,} findings"
        raise InputError(
            f"{many} of the report begins with {beginning!r}", hint="`octad feedback list --report` shows all"
        )
    return next(iter(found.values()))


def said_of(reported: Reported, finding: Finding) -> dict[str, Any]:
    """What a verdict on a finding of a report says of it; of its line a digest, where the file is here."""
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "agent": reported.agent,
        "version": reported.version,
        "path": finding.anchor.path,
        "line_digest": _line_digest(finding),
    }


def _line_digest(finding: Finding) -> str:
    try:
        line = line_of(finding, lines_of(read_text(finding.anchor.path)))
    except (UnreadableInput, ValueError, OSError):
        return ""
    return "" if line is None else line_digest(line)
