"""A report as SARIF 2.1.0 (OASIS, errata 01), for code hosts and editors.

Columns are counted in code points; probability is `rank`; evidence is in related locations; what was
skipped is a notification of the run; blocks, and fields that a kind of report adds, are its properties.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from octad import __version__
from octad.records.report import Anchor, Evidence, Finding, Level, Repair, Report, Suppressed
from octad.records.skipped import Skipped
from octad.render.excerpt import by_place, lines_by_path, percent, web_address
from octad.render.fields import added_by

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_EVIDENCE = 10
MAX_LINES = 20
MAX_SNIPPET = 4_000

# The SARIF schema is the type of these; it is checked in the tests.
Node = dict[str, Any]


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The report as one SARIF log with a line end; `sources` gives the snippets."""
    return json.dumps(log_of(report, sources), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def log_of(report: Report, sources: Mapping[str, str]) -> Node:
    """The SARIF log as plain data."""
    findings: list[tuple[Finding, Suppressed | None]] = [(one, None) for one in by_place(report.findings)]
    findings += [(one.finding, one) for one in report.suppressed]
    rules = _rules([finding for finding, _ in findings])
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    lines = lines_by_path((finding for finding, _ in findings), sources)
    driver = {"name": "octad", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run: Node = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"octad/{report.agent}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(one) for one in report.skipped],
            }
        ],
        "results": [
            _result(finding, index[finding.rule], lines[finding.anchor.path], suppressed)
            for finding, suppressed in findings
        ],
        "properties": {"agent": report.agent, "agentVersion": report.version, **_beside(report)},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _beside(report: Report) -> Node:
    """What the report says beside its findings, as its JSON document has it."""
    wanted = {name for name in ("blocks", *added_by(type(report))) if getattr(report, name) != ()}
    found: Node = json.loads(report.model_dump_json(include=wanted))
    return found


def _rules(findings: Iterable[Finding]) -> list[Node]:
    """Each rule once, with its commonest level and the first reference that names it."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    return [_rule(rule, by_rule[rule]) for rule in sorted(by_rule)]


def _rule(rule: str, findings: Sequence[Finding]) -> Node:
    """One reporting descriptor."""
    family, _, name = rule.rpartition("/")
    text = name.replace("-", " ").replace("_", " ").strip().capitalize() or rule
    level: Level = Counter(finding.level for finding in findings).most_common(1)[0][0]
    node: Node = {
        "id": rule,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": sorted({part for part in (family, findings[0].source) if part})},
    }
    reference = next((finding.reference for finding in findings if finding.reference), "")
    if address := web_address(reference):
        node["helpUri"] = address
    elif reference:
        node["help"] = {"text": reference}
    return node


def _result(finding: Finding, rule: int, lines: Sequence[str], suppressed: Suppressed | None) -> Node:
    """One finding."""
    node: Node = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": finding.message or finding.rule},
        "locations": [{"physicalLocation": _place(finding.anchor, lines)}],
        "properties": {"probability": finding.probability, "source": finding.source},
    }
    if finding.probability is not None:
        node["rank"] = round(min(100.0, max(0.0, 100 * finding.probability)), 2)
    if finding.fingerprint:
        node["partialFingerprints"] = {"octad/v1": finding.fingerprint}
    if finding.evidence:
        heaviest = sorted(finding.evidence, key=lambda one: -one.weight)[:MAX_EVIDENCE]
        node["relatedLocations"] = [_evidence(number, one) for number, one in enumerate(heaviest)]
    if finding.faithfulness is not None:
        node["properties"]["faithfulness"] = finding.faithfulness.model_dump()
    if finding.reference:
        node["properties"]["reference"] = finding.reference
    if finding.repairs:
        node["fixes"] = [_fix(repair) for repair in finding.repairs]
    if suppressed is not None:
        kind = "inSource" if suppressed.by == "comment" else "external"
        node["suppressions"] = [{"kind": kind, "status": "accepted", "justification": suppressed.reason}]
    return node


def _evidence(number: int, evidence: Evidence) -> Node:
    """A place that moved the model."""
    return {
        "id": number,
        "physicalLocation": _place(evidence.anchor, ()),
        "message": {"text": f"evidence, {percent(evidence.weight)}: {evidence.text}"},
        "properties": {"weight": evidence.weight},
    }


def _fix(repair: Repair) -> Node:
    """A repair as a replacement of one region."""
    replacement = {
        "deletedRegion": _region(repair.anchor),
        "insertedContent": {"text": repair.replacement},
    }
    return {
        "description": {"text": repair.description},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri_of(repair.anchor.path)}, "replacements": [replacement]}
        ],
        "properties": {"probability": repair.probability},
    }


def _place(anchor: Anchor, lines: Sequence[str]) -> Node:
    """A region of a file, with the lines it is on where they are known."""
    region = _region(anchor)
    node: Node = {"artifactLocation": {"uri": uri_of(anchor.path)}, "region": region}
    shown = lines[anchor.line - 1 : anchor.end_line]
    text = "\n".join(shown)
    if anchor.line >= 1 and shown and len(shown) <= MAX_LINES and len(text) <= MAX_SNIPPET:
        last = anchor.line + len(shown) - 1
        node["contextRegion"] = {"startLine": anchor.line, "endLine": last, "snippet": {"text": text}}
    return node


def _region(anchor: Anchor) -> Node:
    """Lines and columns, 1-based, the end column excluded, as SARIF has them too."""
    return {
        "startLine": max(1, anchor.line),
        "startColumn": max(1, anchor.column),
        "endLine": max(1, anchor.end_line),
        "endColumn": max(1, anchor.end_column),
    }


def _notification(skipped: Skipped) -> Node:
    """An input that was passed over."""
    return {
        "level": "warning",
        "message": {"text": f"skipped {skipped.path}: {skipped.reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri_of(skipped.path)}}}],
    }


def uri_of(path: str) -> str:
    """A path as a URI reference: relative ones stay relative to the folder of the review."""
    escaped = quote(path.encode("utf-8", "replace"), safe="/-._~")
    return f"file://{escaped}" if path.startswith("/") else escaped
