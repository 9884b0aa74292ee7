from __future__ import annotations

from xml.etree import ElementTree

from octad.records.report import Report
from octad.records.skipped import Skipped
from octad.render.formats import junit
from tests.unit.render.hostile import EMPTY, HOSTILE, finding, place, report

# What the schema that Jenkins checks by (xunit-plugin, junit-10.xsd) lets stand, and what it asks for.
COUNTS = {"tests", "failures", "errors"}
ALLOWED = {
    "testsuites": {"name", "time"} | COUNTS,
    "testsuite": {"name", "time", "skipped", "file"} | COUNTS,
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "skipped": {"message"},
}


def tree(report: Report, sources: dict[str, str]) -> ElementTree.Element:
    """The document, which must parse and have only what the schema knows."""
    root = ElementTree.fromstring(junit.render(report, sources).encode())
    for element in root.iter():
        assert element.attrib.keys() <= ALLOWED[element.tag]
        assert element.tag in ("failure", "skipped") or "name" in element.attrib
        assert not element.tag.startswith("testsuite") or element.attrib.keys() >= COUNTS
    return root


def test_findings_are_failed_cases_by_file(report: Report, sources: dict[str, str]) -> None:
    root = tree(report, sources)
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("9", "3", "0")
    cart = next(suite for suite in root if suite.get("name") == "shop/cart.py")
    (case,) = cart
    assert case.get("name") == "bug/wrong-comparison (8:32)"
    failure = case.find("failure")
    assert failure is not None and failure.get("type") == "error"
    assert failure.get("message") == "`>` keeps the dearest (87 %)"
    assert failure.text is not None and failure.text.startswith("shop/cart.py:8:32: error: bug/wrong-comp")
    assert failure.text.endswith("https://example.org/rule?a=1&b=2")
    skipped = next(suite for suite in root if suite.get("name") == "octad")
    assert (skipped.get("tests"), skipped.get("skipped"), skipped.get("failures")) == ("6", "6", "0")


def test_nothing_found_is_a_case_that_passed() -> None:
    root = tree(EMPTY, {})
    (suite,) = root
    (case,) = suite
    assert case.get("name") == "No findings" and len(case) == 0
    assert suite.get("tests") == "1"
    passed_over = tree(report(skipped=(Skipped(path="\x00", reason="binary\x1b"),)), {})
    assert [case.get("name") for case in passed_over.iter("testcase")] == ["No findings", "␀"]


def test_characters_that_xml_does_not_have() -> None:
    root = tree(report(HOSTILE), {})
    failure = root.find(".//failure")
    assert failure is not None
    message = failure.get("message")
    assert message is not None and message.startswith("100 % sure␍\n::set-env")
    assert "␛[31m <&\"'> ␀␋\ufffd" in message


def test_cases_of_a_file_are_told_apart_by_their_place() -> None:
    root = tree(report(*(finding(anchor=place("a.py", line)) for line in (1, 2))), {})
    assert [case.get("name") for case in root.iter("testcase")] == ["bug/word (1:1)", "bug/word (2:1)"]
    failure = root.find(".//failure")
    assert failure is not None and failure.get("message") == "m"
