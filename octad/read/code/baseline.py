"""A file of findings that are known already: fingerprints, with rule and path for the human reader."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from octad.errors import InputError, OutputError, UnreadableInput
from octad.host.files import read_bytes
from octad.host.whole_file import replace
from octad.read.code.suppressions import Outcome
from octad.records.base import Record
from octad.records.report import Finding, Suppressed

MAX_BYTES = 50_000_000
_HINT = "write it anew with --write-baseline"


class Known(Record):
    """One finding of a baseline; the fingerprint decides, the rest is for people."""

    fingerprint: str
    rule: str
    path: str


class Baseline(Record):
    """Findings that are not shown again; sorted, so that its diffs are readable."""

    version: Literal["1"] = "1"
    findings: tuple[Known, ...] = ()


def baseline_of(findings: Iterable[Finding]) -> Baseline:
    """The baseline that knows exactly these findings."""
    known = {
        finding.fingerprint: Known(
            fingerprint=finding.fingerprint, rule=finding.rule, path=finding.anchor.path
        )
        for finding in findings
    }
    return Baseline(
        findings=tuple(sorted(known.values(), key=lambda one: (one.path, one.rule, one.fingerprint)))
    )


def read_baseline(path: str | os.PathLike[str]) -> Baseline:
    """The baseline in a file; raises InputError, in one line, when it is absent or damaged."""
    shown = os.fspath(path)
    try:
        data = read_bytes(shown, MAX_BYTES)
    except UnreadableInput as error:
        raise InputError(
            f"baseline {shown}: {error.message}", hint="check the path, or write it with --write-baseline"
        ) from error
    try:
        content = json.loads(data.decode("utf-8-sig"))
        if isinstance(content, dict) and content.get("version", "1") != "1":
            raise InputError(f"baseline {shown} was written by another version of octad", hint=_HINT)
        return Baseline.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the top level"
        raise InputError(f"baseline {shown} is damaged at {place}", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"baseline {shown} is damaged: not JSON", hint=_HINT) from error


def write_baseline(path: str | os.PathLike[str], findings: Iterable[Finding]) -> None:
    """Write the baseline of `findings`, whole or not at all; raises OutputError."""
    shown = os.fspath(path)
    text = baseline_of(findings).model_dump_json(indent=2) + "\n"
    try:
        replace(Path(shown), text.encode("utf-8"), 0o644)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise OutputError(
            f"cannot write the baseline {shown}: {reason}", hint="check folder and permissions"
        ) from error


def apply_baseline(findings: Sequence[Finding], baseline: Baseline) -> Outcome:
    """Part the findings into new ones and those that the baseline knows."""
    known = {one.fingerprint for one in baseline.findings}
    old = [finding for finding in findings if finding.fingerprint in known]
    kept = tuple(finding for finding in findings if finding.fingerprint not in known)
    return Outcome(
        kept, tuple(Suppressed(finding=finding, by="baseline", reason="in the baseline") for finding in old)
    )
