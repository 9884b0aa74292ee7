"""Whatever lies there: bounded, explained, never a crash."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.read.code.files import read_paths
from octad.records.code import Code
from octad.repository import build
from octad.repository.build import repository
from octad.repository.dependencies import dependencies
from octad.syntax import parsed
from tests import work
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


DEEP = {
    "brackets": (20_000, lambda n: "x = " + "(" * n + "1" + ")" * n),
    "calls": (20_000, lambda n: "x = f" + "(1)" * n),
    "members": (20_000, lambda n: "x = a" + ".b()" * n),
    "arguments": (20_000, lambda n: "x = " + "f(" * n + ")" * n),
    "imports": (5_000, lambda n: "x = " + "__import__(" * n + ")" * n),
    "blocks": (2_000, lambda n: "\n".join(" " * k + "if a:" for k in range(n))),
    "classes": (400, lambda n: "".join(" " * k + "class A:\n" for k in range(n))),
}
LONG = {
    "functions": (5_000, lambda n: "function f(){" * n + "}" * n),
    "requires": (5_000, lambda n: "require(" * n + ")" * n),
    "arrows": (5_000, lambda n: "x => " * n + "1"),
    "declarators": (8_000, lambda n: "var " + ",".join(f"v{k}=f(v{k - 1})" for k in range(1, n))),
    "classes": (5_000, lambda n: "class A{m(){" * n + "}}" * n),
}


def growth(size: int, do: Callable[[int], object]) -> float:
    """How many times the work of half the size a size is; counting is slow, so of a tenth, and then done."""
    half, whole = (_counted(do, part) for part in (size // 20, size // 10))
    do(size)
    return whole / half


def _counted(do: Callable[[int], object], size: int) -> int:
    parsed._kept.clear()
    return work.calls(lambda: do(size))


@pytest.mark.parametrize(("size", "text"), DEEP.values(), ids=DEEP)
def test_deep_nesting(size: int, text: Callable[[int], str]) -> None:
    def read(size: int) -> None:
        repo = repo_of({"a.py": f"import b\n{text(size)}\n", "b.py": "x = 1\n"})
        assert [module.path for module in repo.modules] == ["a.py", "b.py"]

    assert growth(size, read) < 2.2


@pytest.mark.parametrize(("size", "text"), LONG.values(), ids=LONG)
def test_one_line_of_script(size: int, text: Callable[[int], str]) -> None:
    def read(size: int) -> None:
        repo = repo_of({"a.js": f"import './b';{text(size)}\n", "b.js": "x = 1\n"})
        assert [module.path for module in repo.modules] == ["a.js", "b.js"]

    assert growth(size, read) < 2.2


def test_everything_imports_everything() -> None:
    def read(size: int) -> None:
        names = [f"m{number}" for number in range(size)]
        stars = "".join(f"from {name} import *\n" for name in names)
        files = {f"{name}.py": f"{stars}def f{name}(): missing(); {names[0]}x()\n" for name in names}
        (cycle,) = dependencies(repo_of(files)).cycles
        assert len(cycle.members) == size

    assert growth(100, read) < 4.4, "as the imports do, of which there are four times as many"


def test_values_that_name_each_other() -> None:
    def read(size: int) -> None:
        lines = "".join(f"x{n} = x{n + 1}.a.b.c(x{n + 2}).d\n" for n in range(size))
        repo_of({"a.py": f"{lines}x{size} = x0\ndef f(): return x0.a.b()\n"})

    assert growth(2_000, read) < 2.2


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
    for module in (build, parsed):
        monkeypatch.setattr(module, "LONGEST_TEXT", 1_000)
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
    monkeypatch.setattr(parsed, "MOST_NODES", 100)
    repo = repo_of({"a.py": "x = 1\n" * 100})
    assert [one.reason for one in repo.skipped] == ["too large: its end was not looked through for imports"]
