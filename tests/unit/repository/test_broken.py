"""Whatever lies there: bounded, explained, never a crash."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from octad.read.files import read_paths
from octad.records.code import Code
from octad.repository import build
from octad.repository.build import repository
from octad.repository.dependencies import dependencies
from tests.unit.repository.made import edges, repo_of
from tests.unit.repository.test_languages import GO, JAVA, RUST, SCRIPTS, C
from tests.unit.repository.test_link import FILES


def test_an_edit_in_progress_keeps_the_imports_around_it() -> None:
    text = "from shop import price\ndef f(:\n    x = (1,\nimport shop.sub\n"
    repo = repo_of(
        {"shop/__init__.py": "", "shop/price.py": "x = 1\n", "shop/sub.py": "x = 1\n", "shop/a.py": text}
    )
    assert ("shop/a.py", "shop/price.py") in edges(repo)
    assert next(module for module in repo.modules if module.path == "shop/a.py").flags == ("errors",)


@pytest.mark.parametrize(
    "files", [FILES, SCRIPTS, JAVA, GO, C, RUST], ids=["py", "js", "java", "go", "c", "rust"]
)
def test_files_cut_anywhere(files: dict[str, str]) -> None:
    draw = random.Random(0)
    for _ in range(60):
        cut = {
            path: text[draw.randrange(len(text)) : draw.randrange(1, len(text) + 1)]
            for path, text in files.items()
        }
        dependencies(repo_of(cut))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 20_000 + "1" + ")" * 20_000,
        "x = f" + "(1)" * 20_000,
        "x = a" + ".b()" * 20_000,
        "x = " + "f(" * 20_000 + ")" * 20_000,
        "x = " + "__import__(" * 5_000 + ")" * 5_000,
        "\n".join(" " * n + "if a:" for n in range(2_000)),
        "class A:\n" + "".join(" " * (n + 1) + "class A:\n" for n in range(300)),
    ],
    ids=["brackets", "calls", "members", "arguments", "imports", "blocks", "classes"],
)
def test_deep_nesting(text: str) -> None:
    start = time.perf_counter()
    repo = repo_of({"a.py": "import b\n" + text + "\n", "b.py": "x = 1\n"})
    assert time.perf_counter() - start < 10
    assert [module.path for module in repo.modules] == ["a.py", "b.py"]


@pytest.mark.parametrize(
    "text",
    [
        "function f(){" * 5_000 + "}" * 5_000,
        "require(" * 5_000 + ")" * 5_000,
        "x => " * 5_000 + "1",
        "var " + ",".join(f"v{n}=f(v{n - 1})" for n in range(1, 8_000)),
        "class A{m(){" * 5_000 + "}}" * 5_000,
    ],
    ids=["functions", "requires", "arrows", "declarators", "classes"],
)
def test_one_line_of_script(text: str) -> None:
    start = time.perf_counter()
    repo = repo_of({"a.js": f"import './b';{text}\n", "b.js": "x = 1\n"})
    assert time.perf_counter() - start < 10
    assert [module.path for module in repo.modules] == ["a.js", "b.js"]


def test_everything_imports_everything() -> None:
    names = [f"m{number}" for number in range(30)]
    stars = "".join(f"from {name} import *\n" for name in names)
    start = time.perf_counter()
    repo = repo_of({f"{name}.py": f"{stars}def f{name}(): missing(); {names[0]}x()\n" for name in names})
    report = dependencies(repo)
    assert time.perf_counter() - start < 10
    assert len(report.cycles) == 1 and len(report.cycles[0].members) == 30


def test_values_that_name_each_other() -> None:
    lines = "".join(f"x{n} = x{n + 1}.a.b.c(x{n + 2}).d\n" for n in range(2_000))
    start = time.perf_counter()
    repo_of({"a.py": f"{lines}x2000 = x0\ndef f(): return x0.a.b()\n"})
    assert time.perf_counter() - start < 10


def test_what_reading_passes_over_is_said_and_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "__init__.py").touch()
    (tmp_path / "p" / "made.py").write_bytes(b"x = 1\n" * 500_000)
    (tmp_path / "p" / "junk.py").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "p" / "use.py").write_text("from p import made, junk\n")
    os.symlink(tmp_path, tmp_path / "p" / "round")
    os.symlink(tmp_path / "p" / "itself.py", tmp_path / "p" / "itself.py")
    intake = read_paths([tmp_path], cwd=tmp_path)
    repo = repository(intake.codes, intake.skipped)
    assert edges(repo) == {("p/use.py", "p/made.py"), ("p/use.py", "p/junk.py")}
    reasons = {one.path: one.reason for one in repo.skipped}
    assert set(reasons) == {"p/__init__.py", "p/made.py", "p/junk.py", "p/round", "p/itself.py"}
    assert {m.path: m.flags for m in repo.modules}["p/made.py"] == ("unread",)


def test_a_generated_file_is_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MAX_TEXT", 1_000)
    text = "import b\n" + "value = 12345\n" * 100 + "import c\n"
    repo = repository([Code(path="a.py", text=text), Code(path="b.py", text="x = 1\n")])
    assert edges(repo) == {("a.py", "b.py")}
    assert [one.path for one in repo.skipped] == ["a.py"] and "its end was not looked" in repo.skipped[
        0
    ].reason


def test_a_file_of_no_known_language_stands_alone() -> None:
    assert repository([Code(path="a.txt", text="import b\n", language="unknown")]).modules == ()


def test_a_file_with_too_many_nodes_is_cut_and_nothing_is_said_of_its_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "MAX_NODES", 100)
    repo = repo_of({"a.py": "x = 1\n" * 100})
    assert [one.reason for one in repo.skipped] == ["too large: its end was not looked through for imports"]
