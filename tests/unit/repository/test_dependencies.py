from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.repository.dependencies import dependencies, module_of, only_cycles
from tests.unit.repository.made import repo_of

FILES = {
    "p/__init__.py": "",
    "p/a.py": "import os\nfrom p import b\n",
    "p/b.py": "from p.c import x\n",
    "p/c.py": "x = 1\nimport p.a\n",
    "p/d.py": "def f():\n    from p import e\n",
    "p/e.py": "import p.d, numpy\n",
    "p/f.py": "import p.e\n",
}


def test_a_cycle_is_a_finding_with_every_line_of_it() -> None:
    report = dependencies(repo_of(FILES))
    warning, note = report.findings
    assert (warning.rule, warning.level, note.level) == ("dependency/cycle", "warning", "note")
    assert warning.message == (
        "modules import each other: `p.a` → `p.b` (p/a.py:2) → `p.c` (p/b.py:1) → `p.a` (p/c.py:2)"
    )
    assert [(e.anchor.path, e.anchor.line, e.text) for e in warning.evidence] == [
        ("p/a.py", 2, "from p import b"), ("p/b.py", 1, "from p.c import x"), ("p/c.py", 2, "import p.a"),
    ]  # fmt: skip
    assert [cycle.at_import for cycle in report.cycles] == [True, False]
    assert note.anchor.path == "p/d.py" and (note.anchor.line, note.anchor.column) == (2, 5)


def test_fingerprints_outlive_lines_above() -> None:
    moved = FILES | {"p/a.py": "import sys\n" + FILES["p/a.py"]}
    first, second = (dependencies(repo_of(files)).findings[0] for files in (FILES, moved))
    assert first.anchor.line + 1 == second.anchor.line and first.fingerprint == second.fingerprint


def test_about_a_module() -> None:
    about = dependencies(repo_of(FILES), "p.e").about
    assert about is not None
    assert [(step.path, step.steps, step.via.line) for step in about.dependents] == [
        ("p/d.py", 1, 2),
        ("p/f.py", 1, 1),
    ]
    assert [step.path for step in about.dependencies] == ["p/d.py"]
    near = dependencies(repo_of(FILES), "p/f.py", 1).about
    assert near is not None and [step.path for step in near.dependencies] == ["p/e.py"]


def test_a_module_is_known_by_name_path_or_the_end_of_its_path() -> None:
    repo = repo_of(FILES | {"q/a.py": "x = 1\n"})
    assert module_of(repo, "p.b") == module_of(repo, "./p/b.py") == module_of(repo, "b.py")
    with pytest.raises(InputError, match=r"the name of 2 modules; name one of p/a\.py, q/a\.py"):
        module_of(repo, "a.py")
    with pytest.raises(InputError, match=r"did you mean p\.e\?"):
        module_of(repo, "p.ee")


def test_tables_and_counts() -> None:
    report = dependencies(repo_of(FILES))
    graph, most, absent = report.blocks
    assert graph.graph is not None and len(graph.graph.edges) == len(graph.rows) == 6
    assert most.rows[1][:2] == ("p.a", "1") or most.rows[1][:2] == ("p.e", "2")
    assert absent.rows[1:] == (
        ("numpy", "external", "1", "p/e.py:1"),
        ("standard library", "", "1", "p/a.py:1"),
    )
    counted = {one.path: (one.imports, one.imported_by) for one in report.modules}
    assert counted["p/e.py"] == (1, 2)


def test_only_cycles() -> None:
    report = only_cycles(dependencies(repo_of(FILES)))
    assert {one.path for one in report.modules} == {"p/a.py", "p/b.py", "p/c.py", "p/d.py", "p/e.py"}
    assert len(report.blocks) == 1 and len(report.findings) == 2
