"""What the analysers say, mapped back to the code they were asked about."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from octad.analysers.workspace import Analysis
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad_train.evaluate import references as module
from octad_train.evaluate.references import BUGS, SECURITY, references

METHOD = "    def f(self, x):\n        return eval(x)\n"
WHOLE = "import os\nprint(undefined)\n"


def _finding(path: str, line: int, rule: str) -> Finding:
    anchor = Anchor(path=path, line=line, end_line=line, end_column=2)
    return Finding(rule=rule, level="warning", message=rule, probability=0.5, anchor=anchor)


def test_lines_are_those_of_the_file_and_the_header_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Code] = []

    def analyse(codes: Sequence[Code]) -> Analysis:
        asked.extend(codes)
        return Analysis(
            findings=(
                _finding("0.py", 4, "ruff/S307"),
                _finding("0.py", 1, "ruff/F821"),
                _finding("1.py", 3, "ruff/F821"),
                _finding("1.py", 2, "ruff/SIM101"),
            )
        )

    monkeypatch.setattr(module, "analyse", analyse)
    codes = [Code(path="a.py", text=METHOD, first_line=10), Code(path="a.py", text=WHOLE)]
    found = references(codes, BUGS, "import math\n")
    assert [[item.line for item in each] for each in found] == [[], [2]]
    assert asked[0].text == "import math\nif 1:\n" + METHOD
    assert asked[1].text == "import math\n" + WHOLE
    found = references(codes, SECURITY, "import math\n")
    assert [[item.line for item in each] for each in found] == [[11], []]


def test_the_analysers_themselves_are_heard() -> None:
    codes = [Code(path="a.py", text=METHOD), Code(path="b.py", text=WHOLE)]
    method, whole = references(codes, SECURITY | BUGS)
    assert [item.line for item in method] == [2]
    assert "ruff/F821" in {item.rule for item in whole}
