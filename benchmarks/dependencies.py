"""What `octad deps` is worth, on installed packages and on Octad itself.

Run: python benchmarks/dependencies.py   (two minutes)
Imports are compared with `modulefinder` of the standard library, which resolves them from byte code. Calls
are compared with those that a profiler sees while Octad's tests of reading, rendering and the command line
run: they drive rich, typer, pydantic and jinja2 as well. Nothing was tuned on the packages but rich.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from modulefinder import ModuleFinder
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from octad.read.code.files import read_paths
from octad.records.code import Language
from octad.records.repo import Repo
from octad.repository.build import repository
from octad_train.evaluate.tables import machine, table

PYTHON: tuple[Language, ...] = ("python",)
IMPORTED = ("click", "rich", "httpx2", "pydantic", "jinja2", "typer", "tqdm", "networkx", "octad")
TRACED = ("octad", "rich", "typer", "pydantic", "jinja2")
DRIVERS = ("tests/unit/read", "tests/unit/render", "tests/unit/cli", "tests/unit/syntax")
TIMED = ("click", "rich", "httpx2", "pydantic", "networkx", "jinja2", "sympy", "transformers")
LINE = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))", re.MULTILINE)

Pairs = set[tuple[str, str]]
Place = tuple[str, int]
Call = tuple[str, int, str, int]
"""File and line of a call, file and first line of what is called."""


class ImportedModules(ModuleFinder):
    """Notes which module each import statement leads to."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(path=path)
        self.pairs: set[tuple[str, str]] = set()
        self._scanned: list[Any] = []

    def find_module(self, name: str, path: Any, parent: Any = None) -> Any:
        """As before, but a namespace, which it does not know, is not found rather than an error."""
        try:
            return super().find_module(name, path, parent)
        except AttributeError as error:
            raise ImportError(name) from error

    def scan_code(self, co: Any, m: Any) -> None:
        """Remember whose statements are read."""
        self._scanned.append(m)
        super().scan_code(co, m)
        self._scanned.pop()

    def _safe_import_hook(self, name: str, caller: Any, fromlist: Any, level: int = -1) -> None:
        super()._safe_import_hook(name, caller, fromlist, level)  # type: ignore[misc]
        parent: Any = self.determine_parent(caller, level=level) if level > 0 else None
        base = ".".join(filter(None, (parent.__name__, name))) if parent else name
        for one in fromlist or [""]:
            inner = f"{base}.{one}"
            target: Any = self.modules.get(inner) or self.modules.get(base)
            if target:
                self.pairs.add((self._scanned[-1].__file__, target.__file__))


def home(package: str) -> Path:
    """The folder of an installed package."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


def read(package: str) -> Repo:
    """A package with paths from the folder above it."""
    intake = read_paths([home(package)], PYTHON, cwd=home(package).parent)
    return repository(intake.codes, intake.skipped)


def truth(package: str, repo: Repo) -> Pairs:
    """The pairs that the finder sees between files of the package, which is all that it can find."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / package).symlink_to(home(package))
        finder = ImportedModules([folder])
        for module in repo.modules:
            if module.path.endswith(".py"):
                try:
                    finder.import_hook(module.name)
                except (ImportError, SyntaxError):
                    continue
        known = {str(Path(folder) / module.path): module.path for module in repo.modules}
    return {(known[a], known[b]) for a, b in finder.pairs if a in known and b in known and a != b}


def by_lines(repo: Repo) -> Pairs:
    """The floor: import lines by a pattern, absolute names only."""
    paths = {module.name: module.path for module in repo.modules}
    found = set()
    for code in repo.codes:
        for match in LINE.finditer(code.text):
            target = paths.get(match.group(1) or match.group(2))
            if target is not None and target != code.path:
                found.add((code.path, target))
    return found


def rates(found: Pairs, wanted: Pairs) -> tuple[str, str]:
    """Precision and recall."""
    hit = len(found & wanted)
    return f"{hit / max(1, len(found)):.3f}", f"{hit / max(1, len(wanted)):.3f}"


def imports() -> Iterator[tuple[str, ...]]:
    """A row per package."""
    for package in IMPORTED:
        repo = read(package)
        wanted = truth(package, repo)
        # The finder reads statements alone: calls that import are no part of the comparison.
        pairs = {(one.source, one.target) for one in repo.imports if "dynamic" not in one.marks}
        floor = by_lines(repo)
        yield package, str(len(repo.modules)), str(len(wanted)), *rates(pairs, wanted), *rates(floor, wanted)


class Profile:
    """The calls between files of the traced packages: the line of the call, and the function called."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._roots = tuple(f"{folder}{os.sep}" for folder in folders.values())
        self._is_ours: dict[str, bool] = {}
        self.seen: set[Call] = set()

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """Note a call; a generator that goes on is none."""
        above = frame.f_back
        if event != "call" or above is None or frame.f_lasti > 8:
            return
        code = frame.f_code
        if self.ours(code.co_filename) and self.ours(above.f_code.co_filename):
            self.seen.add((above.f_code.co_filename, above.f_lineno, code.co_filename, code.co_firstlineno))

    def ours(self, path: str) -> bool:
        """Whether a file is of a traced package."""
        if path not in self._is_ours:
            self._is_ours[path] = path.startswith(self._roots)
        return self._is_ours[path]


def calls() -> dict[str, set[Call]]:
    """What a profiler sees while tests run: package to calls with paths as `read` shows them."""
    folders = {package: home(package) for package in TRACED}
    profile = Profile(folders)
    sys.setprofile(profile)
    try:
        pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", *DRIVERS])
    finally:
        sys.setprofile(None)
    found: dict[str, set[Call]] = defaultdict(set)
    for source, line, target, first in profile.seen:
        for package, folder in folders.items():
            if source.startswith(f"{folder}{os.sep}") and target.startswith(f"{folder}{os.sep}"):
                shown = [os.path.relpath(path, folder.parent) for path in (source, target)]
                found[package].add((shown[0], line, shown[1], first))
    return found


def checked(repo: Repo, seen: set[Call]) -> tuple[int, float]:
    """Call edges on lines where a call was seen, and the share of them whose target was called there."""
    first = {
        (m.path, d.name): (m.path, d.first)
        for m in repo.modules
        for d in m.definitions
        if d.kind == "function"
    }
    observed: dict[Place, set[Place]] = defaultdict(set)
    for source, line, target, at in seen:
        observed[source, line].add((target, at))
    edges = {
        ((one.source, one.line), first[one.target, one.name])
        for one in repo.references
        if one.kind == "call" and (one.target, one.name) in first and (one.source, one.line) in observed
    }
    return len(edges), sum(target in observed[place] for place, target in edges) / max(1, len(edges))


def called() -> Iterator[tuple[object, ...]]:
    """A row per package."""
    for package, seen in sorted(calls().items()):
        yield package, len(seen), *checked(read(package), seen)


def timed() -> Iterator[tuple[str, ...]]:
    """Seconds per 1,000 files."""
    for package in TIMED:
        folder = home(package)
        start = time.perf_counter()
        intake = read_paths([folder], PYTHON, cwd=folder.parent)
        middle = time.perf_counter()
        repo = repository(intake.codes, intake.skipped)
        end = time.perf_counter()
        n, lines = len(intake.codes), sum(code.text.count("\n") for code in intake.codes)
        yield (
            package,
            f"{n:,}",
            f"{lines:,}",
            f"{len(repo.imports):,}",
            f"{len(repo.references):,}",
            *(f"{1000 * (b - a) / n:.1f}" for a, b in ((start, middle), (middle, end))),
        )


def show(title: str, head: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    """Print one table as soon as it is there."""
    sys.stdout.write(f"\n{table(title, head, list(rows))}")
    sys.stdout.flush()


def main() -> int:
    """Print the three tables."""
    sys.stdout.write(machine() + "\n")
    show(
        "Imports between files, against modulefinder; floor: a pattern on import lines, absolute names only",
        ("package", "modules", "pairs", "precision", "recall", "floor's precision", "floor's recall"),
        imports(),
    )
    show(
        "Seconds per 1,000 files",
        ("package", "files", "lines", "imports", "references", "reading", "resolving"),
        timed(),
    )
    show(
        "Calls between functions, on lines where a profiler saw one: is what is called there called?",
        ("package", "calls seen", "edges checked", "precision"),
        called(),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
