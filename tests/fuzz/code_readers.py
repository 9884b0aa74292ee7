"""Readers of source code, and of what stands beside it: patches, notebooks, comments, settings, findings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from octad.read.code.baseline import read_baseline
from octad.read.code.decode import decode
from octad.read.code.files import read_paths
from octad.read.code.hunks import changed_by_path, unquoted
from octad.read.code.ignore import ignore_in
from octad.read.code.notebook import Cells, python_of
from octad.read.code.patch import read_patch
from octad.read.code.suppressions import suppressions_in
from octad.read.pyproject import problem_of, tables
from octad.read.sarif import read_sarif
from octad.records.code import Code, Language
from octad.records.report import Report
from octad.render.renderers import render
from octad.repository.build import repository
from octad.repository.dependencies import dependencies
from octad.repository.signatures import Signatures
from octad.repository.uses import uses_of
from octad.review.fix import fixes_of
from octad.review.pipeline import unparsable
from octad.review.settings import settings
from octad.search.functions import functions
from octad.syntax.calls import calls
from octad.syntax.program import path_to
from octad.syntax.tokenizer import tokenize
from octad.syntax.units import units, unread
from tests.fuzz import made
from tests.fuzz.reader import Reader, Shown, of_file, text_of
from tests.fuzz.seeds import files, seeds

ENDINGS: dict[Language, str] = {
    "python": ".py",
    "javascript": ".js",
    "typescript": ".ts",
    "java": ".java",
    "go": ".go",
    "c": ".c",
    "cpp": ".cpp",
    "rust": ".rs",
    "unknown": ".sql",
}
_TELLING: dict[Language, tuple[bytes, ...]] = {
    "javascript": (b"function", b"=>", b"require(", b"import "),
    "typescript": (b"interface", b"function", b"import ", b"=>"),
    "java": (b"class ", b"void ", b"import "),
    "go": (b"func ", b"package "),
    "c": (b"#include", b"int ", b"void "),
    "cpp": (b"#include", b"::", b"template", b"class "),
    "rust": (b"fn ", b"use ", b"mod ", b"impl"),
}
"""Words of a language by which a text of a test is taken for code in it."""
_CODE = seeds(
    "unit/syntax/*.py", "unit/repository/*.py", "unit/search/*.py", "unit/review/*.py", "contract/*.py"
)


def _code_of(language: Language) -> tuple[bytes, ...]:
    if language == "python":
        return files("octad/re*/**/*.py", "octad/syntax/*.py", longest=800) + tuple(
            one[:800] for one in _CODE if b"\n" in one
        )
    words = _TELLING.get(language, (b"",))
    return tuple(one for one in _CODE if any(word in one for word in words))


def _read(data: bytes, language: Language) -> Code:
    text, flags = decode(data, language)
    return Code(path=f"x{ENDINGS[language]}", text=text, language=language, flags=flags)


def _syntax(language: Language) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        code = _read(data, language)
        parts = units(code)
        unread(code)
        suppressions_in(code.path, code.text)
        for part in parts[:8]:
            tokens = tokenize(part)
            if language == "python":
                calls(part)
                path_to(part, int(tokens.spans[-1, 0]) if len(tokens) else 0)

    return run


def _repository(language: Language) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        code = _read(data, language)
        middle = len(code.text) // 2
        ending = ENDINGS[language]
        codes = [code, Code(path=f"p/y{ending}", text=code.text[middle:], language=language)]
        found = repository(codes)
        dependencies(found)
        if language == "python":
            uses_of(code, "x")
            unparsable(code)
            signatures = Signatures(codes)
            for part in units(code)[:4]:
                signatures.of(part)

    return run


def _search(language: Language) -> Callable[[bytes], None]:
    return lambda data: functions(_read(data, language)) and None


def _patch(data: bytes) -> None:
    found = read_patch(data)
    for code in found.codes:
        units(code)
    changed_by_path(data.decode("utf-8", "surrogateescape"))
    for line in text_of(data).splitlines()[:5]:
        unquoted(line)


def _notebook(data: bytes) -> None:
    text = python_of(data)
    Cells(text).at(text.count("\n"))
    units(Code(path="x.ipynb", text=text))


def _sarif(path: Path) -> Shown:
    found = read_sarif(str(path))
    report = Report(agent="fuzz", version="1", findings=found.findings[:5], skipped=found.skipped)
    sources = {"a.py": "a\nb\n"}
    fixes_of(found.findings, [Code(path="a.py", text=sources["a.py"])])
    return [
        render(name, report, sources) for name in ("terminal", "concise", "github", "html", "sarif", "junit")
    ]


def _settings(path: Path) -> None:
    problem_of(path)
    tables(path)
    found = settings(path.parent.absolute())
    found.excludes("a/b.py")


def _ignored(path: Path) -> None:
    rules = ignore_in(str(path.parent.absolute()), None)
    if rules is not None:
        for name in ("a.py", "a/b/c.py", "build/x.py", "é\n.py"):
            rules.ignores(str(Path(name).absolute()), is_folder=False)


def _paths(data: bytes) -> None:
    """A file whose name, as well as its text, is somebody else's."""
    first, _, rest = data.partition(b"\n")
    name = (first.replace(b"\0", b"").replace(b"/", b"")[:200] or b"x") + b".py"
    folder = b"tree"
    Path("tree").mkdir(exist_ok=True)
    path = folder + b"/" + name
    with open(path, "wb") as file:
        file.write(rest)
    try:
        read_paths(["tree"], notebooks=True)
    finally:
        os.unlink(path)


def _of_languages(name: str, made: Callable[[Language], Callable[[bytes], None]]) -> list[Reader]:
    return [Reader(f"{name}: {one}", made(one), _code_of(one)) for one in get_args(Language)]


READERS = (
    Reader(
        "decode", lambda data: decode(data, "python") and None, _CODE + seeds("unit/read/code/test_decode.py")
    ),
    Reader(
        "patch",
        _patch,
        seeds(
            "unit/read/code/test_patch.py",
            "unit/read/history/test_diffs.py",
            starting=(b"diff", b"--- ", b"@@", b"Index"),
        ),
    ),
    Reader(
        "notebook",
        _notebook,
        made.notebooks()
        + seeds("unit/read/code/test_notebook.py", "unit/cli/test_notebooks.py", starting=(b"{", b"[")),
    ),
    Reader(
        "baseline",
        of_file("b.json", lambda path: read_baseline(path) and None),
        made.baselines() + seeds("unit/read/code/test_baseline.py", starting=(b"{", b"[")),
    ),
    Reader(
        "SARIF",
        of_file("s.sarif", _sarif),
        made.sarif() + seeds("unit/read/test_sarif.py", "unit/cli/test_triage.py", starting=(b"{", b"[")),
    ),
    Reader(
        "suppressions",
        lambda data: suppressions_in("x.py", text_of(data)) and None,
        seeds("unit/read/code/test_suppressions.py"),
    ),
    Reader(
        "settings",
        of_file("pyproject.toml", _settings),
        seeds("unit/review/test_settings.py", "unit/analysers/test_project.py") + files("pyproject.toml"),
    ),
    Reader(
        "ignored files",
        of_file(".gitignore", _ignored),
        seeds("unit/read/code/test_files.py") + files(".gitignore"),
    ),
    Reader("paths", _paths, _code_of("python")),
    *_of_languages("syntax", _syntax),
    *_of_languages("repository", _repository),
    *_of_languages("search", _search),
)
