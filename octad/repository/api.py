"""The files of a tree that make up its public interface, and that interface, from their texts alone.

Tests, examples, documentation, scripts outside packages and copies of other projects are no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from octad.records.api import Api
from octad.repository.python_modules import SOURCES, PythonFiles

_ASIDE = (
    "test tests unittests doc docs doctests demo demos example examples sample samples benchmark benchmarks "
    "asv_bench bench build dist node_modules site-packages vendor vendored _vendor _vendored third_party "
    "thirdparty extern externals scripts tools tutorials notebooks fixtures"
)
ASIDE = frozenset(_ASIDE.split())
"""Folders whose files nobody imports as a part of the project that holds them."""
_SCRIPTS = "setup conftest noxfile tasks fabfile manage versioneer dodo wscript"
SCRIPTS = frozenset(_SCRIPTS.split())
"""Modules at the top of a tree that are run by tools."""


def api_of(texts: Mapping[str, str]) -> Api:
    """The public interface of a tree: the texts of its Python files by path from its top folder."""
    from octad.repository.interface import Interface

    names = modules_of(frozenset(texts))
    return Interface({path: (name, texts[path]) for path, name in names.items()}).api()


def modules_of(paths: frozenset[str]) -> dict[str, str]:
    """The files whose definitions others import, with their dotted names, each name once."""
    kept = frozenset(path for path in paths if is_of_interest(path))
    files, folders = PythonFiles(kept, {}), {dirname(path) for path in kept if _stem(path) == "__init__"}
    inside = [path for path in kept if dirname(path) in folders]
    if not inside:
        inside = [path for path in kept if dirname(path) in ("", *SOURCES) and _stem(path) not in SCRIPTS]
    found: dict[str, str] = {}
    for path in sorted(inside, key=lambda one: (one.count("/"), one.endswith(".pyi"), one)):
        found.setdefault(files.name(path), path)
    return {path: name for name, path in found.items()}


def is_of_interest(path: str) -> bool:
    """Whether a file may be a part of a public interface, by its path."""
    *folders, name = path.split("/")
    is_test = name.startswith(("test_", "conftest.")) or name.endswith("_test.py")
    hidden = any(folder.startswith(".") for folder in folders)
    return name.endswith((".py", ".pyi")) and not (
        is_test or hidden or ASIDE.intersection(map(str.lower, folders))
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
