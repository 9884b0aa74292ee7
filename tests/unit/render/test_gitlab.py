from __future__ import annotations

import json
import re
from typing import Any

from octad.records.report import Report
from octad.render.formats import gitlab
from tests.unit.render.hostile import EMPTY, HOSTILE, MESSAGE, finding, place, report

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def issues(report: Report, sources: dict[str, str]) -> list[dict[str, Any]]:
    """The issues, each with what GitLab asks for."""
    text = gitlab.render(report, sources)
    assert not text.startswith("\ufeff")
    found: list[dict[str, Any]] = json.loads(text)
    for issue in found:
        assert {"description", "check_name", "fingerprint", "severity", "location"} == issue.keys()
        assert issue["severity"] in SEVERITIES
        assert re.fullmatch("[0-9a-f]{32}", issue["fingerprint"])
        assert isinstance(issue["location"]["lines"]["begin"], int)
        assert not issue["location"]["path"].startswith("./")
    assert len({issue["fingerprint"] for issue in found}) == len(found)
    return found


def test_every_finding_is_an_issue(report: Report, sources: dict[str, str]) -> None:
    found = issues(report, sources)
    assert [one["severity"] for one in found] == ["minor", "info", "major"]
    cart = found[-1]
    assert cart["description"] == "`>` keeps the dearest (87 %)"
    assert cart["check_name"] == "bug/wrong-comparison"
    assert cart["location"] == {"path": "shop/cart.py", "lines": {"begin": 8, "end": 8}}


def test_nothing_found() -> None:
    assert gitlab.render(EMPTY, {}) == "[]\n"


def test_text_is_kept_as_it_is() -> None:
    (issue,) = issues(report(HOSTILE), {})
    assert issue["description"] == MESSAGE
    assert "\x1b" not in gitlab.render(report(HOSTILE), {})


def test_fingerprints_are_unique_and_stay_when_lines_move() -> None:
    text = "x = 1\nx = 1\n"
    twice = [finding(anchor=place("a.py", line)) for line in (1, 2)]
    before = issues(report(*twice), {"a.py": text})
    moved = [finding(anchor=place("a.py", line)) for line in (3, 4)]
    after = issues(report(*moved), {"a.py": "\n\n" + text})
    assert [one["fingerprint"] for one in before] == [one["fingerprint"] for one in after]
    alike = [finding(fingerprint="b90e7ff1c2e3fa85") for _ in range(2)]
    assert len(issues(report(*alike), {})) == 2


def test_paths_and_lines_are_what_gitlab_looks_for() -> None:
    (issue,) = issues(report(finding(anchor=place("./a/../b.py", 0, end_line=0))), {})
    assert issue["location"] == {"path": "b.py", "lines": {"begin": 1, "end": 1}}
