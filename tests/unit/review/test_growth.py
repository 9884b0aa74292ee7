"""What a review costs grows no faster than the file: work is counted at one size and at twice that.

Functions that are called are counted, and characters of lines that are split: both are what a search through
the whole file for each of its findings, comments, parts or names would multiply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from octad.analysers import ruff, workspace
from octad.analysers.merge import merge
from octad.analysers.workspace import Row
from octad.read.code.notebook import Cells
from octad.records import lines as octad_lines
from octad.records.code import Code, LineRange
from octad.records.report import Anchor, Finding
from octad.review.pipeline import Options, review
from octad.review.triage import triaged
from octad.syntax.definitions import Definitions
from octad.syntax.parsed import _kept
from octad.syntax.python_source import _kept as _modules
from tests.unit.cli.conftest import FakeRunner
from tests.work import calls

MOST = 2.5
N = 150
ALONE = Options(analysers=False, explain=None)
Make = Callable[[int], str]
DENSE: dict[str, Make] = {
    "decorators": lambda n: "@a\n" * n + "def f():\n    pass\n",
    "definitions": lambda n: "".join(f"def f{i}():\n    pass\n" for i in range(n)),
    "calls": lambda n: "".join(f"def f{i}():\n    return f{i - 1}()\n" for i in range(n)),
    "names": lambda n: "def f(a):\n" + "".join(f"    x{i} = a + x{max(0, i - 1)}\n" for i in range(n)),
    "findings": lambda n: "".join(f"def f{i}():\n    bug = {i}\n" for i in range(n)),
    "comments": lambda n: "".join(f"x{i} = 1  # octad: ignore[bug] because {i}\n" for i in range(n)),
    "comments above": lambda n: "# octad: ignore[bug] because of it\n" * n + "bug = 1\n",
    "comments in one line": lambda n: "x = '" + "# octad: ignore[bug] " * n + "'\n",
    "suppressed": lambda n: "".join(f"bug{i} = 1  # octad: ignore[bug] because {i}\n" for i in range(n)),
    "lines": lambda n: "x = 1\n" * n,
    "imports": lambda n: "".join(f"import m{i}\n" for i in range(n)),
    "parameters": lambda n: f"def f({', '.join(f'a{i}' for i in range(n))}):\n    return a1\n",
    "arguments": lambda n: f"f({', '.join(f'a{i}' for i in range(n))})\n",
    "elif": lambda n: "if a:\n    b\n" + "elif c:\n    d\n" * n,
    "table": lambda n: "x = {\n" + "".join(f"    'k{i}': {i},\n" for i in range(n)) + "}\n",
    "heirs": lambda n: (
        "class A:\n    def f(self):\n"
        + "".join(f"        self.x{i}\n" for i in range(n))
        + "".join(f"class B{i}(A):\n    x{i} = 1\n" for i in range(n))
    ),
    "bases": lambda n: (
        "".join(f"class B{i}:\n    pass\n" for i in range(n))
        + f"class C({', '.join(f'B{i}' for i in range(n))}):\n    def f(self):\n        pass\n"
        + "C()\n" * n
    ),
    "inner functions": lambda n: (
        "def f():\n" + "".join(f"    def g{i}(a):\n        b = a\n" for i in range(n))
    ),
    "blank lines": lambda n: "x = 1\n" + "\n" * n + "y = 2\n",
    "one text": lambda n: 'x = """\n' + "words of it\n" * n + '"""\n',
}


def growth(make: Callable[[int], Callable[[], object]], n: int = N) -> float:
    """How much more work it is at twice the size."""
    work = []
    for size in (n, 2 * n):
        do = make(size)
        _kept.clear()
        _modules.cache_clear()
        work.append(calls(do))
    return work[1] / work[0]


@pytest.mark.parametrize("name", DENSE)
def test_a_review_grows_with_the_file(name: str) -> None:
    def make(n: int) -> Callable[[], object]:
        code = Code(path="a.py", text=DENSE[name](n))
        return lambda: (review(FakeRunner(), [code], ALONE), Definitions(code).of(code))

    assert growth(make) < MOST


def test_growth_is_seen() -> None:
    def quadratic(n: int) -> Callable[[], object]:
        return lambda: [len("") for _ in range(n) for _ in range(n)]

    assert growth(quadratic) > MOST > growth(lambda n: lambda: [len("") for _ in range(n)])


def test_a_review_grows_with_the_changes_of_a_file() -> None:
    def make(n: int) -> Callable[[], object]:
        text = "".join(f"def f{i}():\n    bug = {i}  # octad: ignore[bug] because {i}\n" for i in range(n))
        changed = tuple(LineRange(first=line, last=line) for line in range(2, 2 * n, 2))
        return lambda: review(FakeRunner(), [Code(path="a.py", text=text, changed=changed)], ALONE)

    assert growth(make) < MOST


def test_nested_classes_of_other_languages() -> None:
    def make(n: int) -> Callable[[], object]:
        text = "".join(f"class A{i} {{\n" for i in range(n)) + "void f() {}\n" + "}\n" * n
        return lambda: review(FakeRunner(), [Code(path="a.java", text=text, language="java")], ALONE)

    assert growth(make, 50) < MOST


def found(line: int, rule: str, source: str) -> Finding:
    anchor = Anchor(path="a.py", line=line, column=1, end_line=line, end_column=9)
    return Finding(rule=rule, level="note", message="m", probability=None, anchor=anchor, source=source)


def test_findings_meet_only_those_near_them() -> None:
    def make(n: int) -> Callable[[], object]:
        every = [found(i, "ruff/S602", "ruff") for i in range(n)]
        every += [found(i, "bandit/B602", "bandit") for i in range(n)]
        return lambda: merge(every)

    assert growth(make) < MOST


def test_findings_in_cells() -> None:
    def make(n: int) -> Callable[[], object]:
        cells = "".join(f"# cell {i} of the notebook\nx = {i}\n" for i in range(1, n + 1))

        def do() -> list[object]:
            held = Cells(cells)
            return [held.at(line) for line in range(1, 2 * n)]

        return do

    assert growth(make) < MOST


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many characters were split into lines, each time."""
    counted: list[int] = []

    def lines_of(text: str) -> list[str]:
        counted.append(len(text))
        return octad_lines.lines_of(text)

    monkeypatch.setattr(workspace, "lines_of", lines_of)
    monkeypatch.setattr("octad.review.measures.lines_of", lines_of)
    return counted


def test_a_file_is_split_once_for_all_that_ruff_says_of_it(split: list[int]) -> None:
    text = "import os, re\n" * 50
    analysis = ruff.analyse([Code(path="a.py", text=text)])
    assert len(analysis.findings) > 50 and any(one.repairs for one in analysis.findings)
    assert sum(split) <= 2 * len(text)


def test_a_file_is_measured_once_for_all_findings_in_it(split: list[int]) -> None:
    text = "def f():\n" + "    x == None\n" * 50
    code = Code(path="a.py", text=text)
    findings: Sequence[Finding] = [found(line, "ruff/E711", "ruff") for line in range(2, 50)]
    assert triaged(findings, [code], folds=False).findings[0].acted_on is not None
    assert sum(split) <= 2 * len(text)


def test_rows_of_a_change_are_found_without_going_through_it() -> None:
    def make(n: int) -> Callable[[], object]:
        changed = tuple(LineRange(first=line, last=line) for line in range(1, 2 * n, 2))
        code = Code(path="a.py", text="x = 1\n" * 2 * n, changed=changed)
        rows = [Row(code, line, "note", {}) for line in range(1, 2 * n)]
        return lambda: workspace.gravest(rows, "ruff")

    assert growth(make) < MOST
