"""A report as JUnit XML, which most build servers show: a file is a suite, a finding a case that failed.

What was skipped is a case that was skipped; suppressed findings are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from octad.host.terminal import visible
from octad.records.report import Finding, Report
from octad.records.skipped import Skipped
from octad.render.excerpt import by_place, stated

_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The report as one XML document with a line end; `sources` is not needed."""
    root = Element("testsuites", name="octad")
    for path, findings in groupby(by_place(report.findings), key=lambda one: one.anchor.path):
        suite = SubElement(root, "testsuite", name=_text(path), file=_text(path))
        for finding in findings:
            _failed(suite, finding)
    if report.skipped or not report.findings:
        suite = SubElement(root, "testsuite", name="octad")
        if not report.findings:
            SubElement(suite, "testcase", name="No findings", classname="octad", time="0")
        for skipped in report.skipped:
            _skipped(suite, skipped)
    for suite in root:
        _count(suite)
    _count(root)
    ElementTree.indent(root)
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def _failed(suite: Element, finding: Finding) -> None:
    """A finding. Its place is in the name: build servers take cases of one name for the same."""
    anchor = finding.anchor
    place = f"{anchor.line}:{anchor.column}"
    case = SubElement(
        suite,
        "testcase",
        name=_text(f"{finding.rule} ({place})"),
        classname=_text(anchor.path),
        time="0",
    )
    failure = SubElement(case, "failure", type=finding.level, message=_text(stated(finding)))
    lines = [f"{anchor.path}:{place}: {finding.level}: {finding.rule}", stated(finding), finding.reference]
    failure.text = _text("\n".join(line for line in lines if line))


def _skipped(suite: Element, skipped: Skipped) -> None:
    """An input that was passed over."""
    path = _text(skipped.path)
    case = SubElement(suite, "testcase", name=path, classname="skipped", time="0")
    SubElement(case, "skipped", message=_text(skipped.reason))


def _count(element: Element) -> None:
    """Say of a suite, or of all, how many cases it has and how many of them failed or were skipped."""
    element.set("tests", str(sum(1 for _ in element.iter("testcase"))))
    element.set("failures", str(sum(1 for _ in element.iter("failure"))))
    element.set("errors", "0")
    if element.tag == "testsuite":
        element.set("skipped", str(sum(1 for _ in element.iter("skipped"))))
    element.set("time", "0")


def _text(text: str) -> str:
    """The text in characters that XML has; lines stay lines."""
    return _NO_CHARACTERS.sub("\ufffd", "\n".join(map(visible, text.split("\n"))))
