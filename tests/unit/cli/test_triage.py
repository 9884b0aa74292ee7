"""`octad triage`: SARIF of any tool in order, and what is wrong with it in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Octad = Callable[..., tuple[int, str, str]]


def sarif(tool: str, *results: tuple[str, str, int]) -> None:
    found: list[Any] = [
        {
            "ruleId": rule,
            "level": "warning",
            "message": {"text": f"about {rule}"},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}
            ],
        }
        for rule, uri, line in results
    ]
    Path("r.sarif").write_text(
        json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool}}, "results": found}]})
    )


def test_findings_of_ruff_have_chances_and_the_likeliest_comes_first(octad: Octad) -> None:
    Path("a.py").write_text("def f(a, b):\n    if a == None:\n        return eval(b)\n    return 1\n")
    sarif("ruff", ("ARG001", "a.py", 1), ("S307", "a.py", 3), ("B006", "a.py", 1))
    code, out, _ = octad("triage", "r.sarif", "--all", "--format", "json")
    found = json.loads(out)["findings"]
    chances = {one["rule"]: one["acted_on"] for one in found}
    assert code == 1 and len(found) == 3 and all(0 < chance < 1 for chance in chances.values())


def test_another_tool_and_a_file_that_is_not_here_stand_without_a_chance(octad: Octad) -> None:
    sarif("Semgrep", ("x.y", "https://example.org/a.py", 1), ("x.z", "gone.py", 7))
    code, out, _ = octad("triage", "r.sarif", "--format", "json")
    assert code == 1 and [one["acted_on"] for one in json.loads(out)["findings"]] == [None, None]
    assert octad("triage", "r.sarif", "--fail-on", "error")[0] == 0


def test_a_path_out_of_the_folder_is_not_read(octad: Octad, tmp_path: Path) -> None:
    sarif("ruff", ("S307", "../../../../../../etc/passwd", 1))
    code, out, _ = octad("triage", "r.sarif", "--format", "json")
    assert code == 1 and json.loads(out)["findings"][0]["acted_on"] is None


def test_what_is_no_sarif_is_one_line(octad: Octad) -> None:
    Path("r.sarif").write_text("{}")
    code, out, err = octad("triage", "r.sarif")
    assert (code, out) == (2, "") and "no SARIF file" in err and len(err.splitlines()) == 1
    assert octad("triage", "absent.sarif")[0] == 2
