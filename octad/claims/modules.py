"""The Python modules that a project gives to others, and the names in them, as far as reading can tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname, join

from octad.claims.tree import Tree, fact
from octad.syntax.python_source import module_of

_NOT_GIVEN = frozenset(
    (
        *(
            "tests",
            "test",
            "testing",
            "examples",
            "example",
            "samples",
            "docs",
            "doc",
            "benchmarks",
            "scripts",
        ),
        *("tools", "templates", "template", "fixtures", "demo", "demos", "vendor", "_vendor", "third_party"),
        *("build", "ci", "contrib", "tutorials", "playground", "testdata", "e2e", "site", "website", "app"),
    )
)
"""Folders whose packages nobody imports by that name from elsewhere."""
_DYNAMIC = re.compile(
    r"\b(?:globals|vars|locals|setattr|exec|__getattr__|sys\.modules|lazy|Lazy\w*|attach|__path__|extend_path|"
    r"import_module|__import__|deprecat\w*_alias)\b"
)
"""How modules get names that nobody sees who only reads them."""
_DEFINED = re.compile(r"^(?:(?:class|def|async def) (\w+)|(\w+)\s*[:=])", re.MULTILINE)
_MADE = re.compile(r"(?:_pb2(?:_grpc)?|_version|version)\Z")


class Modules:
    """Modules by their dotted names; what is not certain is taken to be there."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names: dict[str, frozenset[str] | None] = {}
        self.tops: dict[str, list[str]] = {}
        inits = {dirname(path) for path in tree.files if path.endswith(("/__init__.py", "/__init__.pyi"))}
        for folder in sorted(inits):
            parts = folder.split("/")
            if dirname(folder) not in inits and _NOT_GIVEN.isdisjoint(parts):
                self.tops.setdefault(parts[-1], []).append(folder)

    def folder_or_file(self, name: str) -> str | None:
        """The file of a module, or the folder of a package; None where there is none."""
        first, *rest = name.split(".")
        for top in self.tops.get(first, ()):
            stem = join(top, *rest)
            for path in (f"{stem}.py", f"{stem}.pyi", f"{stem}/__init__.py", f"{stem}/__init__.pyi", stem):
                if path in self._tree.paths or path in self._tree.folders:
                    return path
        return None

    def lacks(self, name: str) -> str:
        """The longest beginning of a module's name that is none, "" where all of it may be there."""
        parts = name.split(".")
        if parts[0] not in self.tops:
            return ""
        for at in range(1, len(parts)):
            inner = ".".join(parts[: at + 1])
            if self.folder_or_file(inner) is None:
                return inner if self.has_not(".".join(parts[:at]), parts[at]) else ""
        return ""

    def has_not(self, module: str, name: str) -> bool:
        """Whether a module is here, and certainly has neither a name nor a module inside of that name."""
        path = self.folder_or_file(module)
        if path is None or name.startswith("__") or _MADE.search(name):
            return False
        if self.folder_or_file(f"{module}.{name}") is not None or self._is_beside(path, name):
            return False
        names = self.names(path)
        return names is not None and name not in names

    def names(self, path: str, depth: int = 0) -> frozenset[str] | None:
        """The names at the top of a file; None where they are not known."""
        if path not in self._names:
            self._names[path] = None  # what imports itself in a circle is not known
            self._names[path] = self._read(path, depth)
        return self._names[path]

    def defined(self, name: str) -> list[str]:
        """The files of the packages that define a name at their top."""
        return self._definitions.get(name, [])

    @cached_property
    def _definitions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        tops = tuple(top + "/" for folders in self.tops.values() for top in folders)
        for code in self._tree.codes:
            if code.language == "python" and code.path.startswith(tops):
                for one in _DEFINED.finditer(code.text):
                    found.setdefault(one[1] or one[2], []).append(code.path)
        return found

    def _is_beside(self, path: str, name: str) -> bool:
        """Whether a package holds anything of that name, compiled or made by a build."""
        if not path.rpartition("/")[2].startswith("__init__."):
            return "/__init__" not in path and path in self._tree.folders
        folder = dirname(path)
        made = f"{folder}/{name}.py"
        return name in _stems(self._tree).get(folder, ()) or self._tree.ignores(made)

    def _read(self, path: str, depth: int) -> frozenset[str] | None:
        text = self._tree.text(path)
        tree = module_of(text) if text is not None else None
        stub = path + "i"
        if text is None or tree is None or depth > 8 or _DYNAMIC.search(text) or stub in self._tree.paths:
            return None
        found: set[str] = set()
        for name, star in _bound(tree.body):
            found.add(name)
            if star is None:
                continue
            inner = self._starred(path, star, depth)
            if inner is None:
                return None
            found |= inner
        found.update(name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)
        return frozenset(found)

    def _starred(self, path: str, star: ast.ImportFrom, depth: int) -> frozenset[str] | None:
        """The names that `from module import *` brings."""
        name = star.module or ""
        if star.level:
            own = self._name(path).split(".")
            is_package = path.rpartition("/")[2].startswith("__init__.")
            base = own[: len(own) - star.level + (1 if is_package else 0)]
            name = ".".join((*base, *filter(None, (star.module,))))
        target = self.folder_or_file(name)
        return self.names(target, depth + 1) if target is not None else None

    def _name(self, path: str) -> str:
        """The dotted name of a file."""
        for first, folders in self.tops.items():
            for top in folders:
                if path.startswith(top + "/"):
                    rest = path[len(top) + 1 :].rsplit(".", 1)[0].removesuffix("__init__").strip("/")
                    return ".".join(filter(None, (first, *rest.split("/"))))
        return ""


@fact
def modules(tree: Tree) -> Modules:
    """The modules of a tree."""
    return Modules(tree)


@fact
def _stems(tree: Tree) -> dict[str, set[str]]:
    """The names of files without endings, and of folders, by folder."""
    found: dict[str, set[str]] = {}
    for path in (*tree.files, *tree.folders):
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, set()).add(name.partition(".")[0])
    return found


def _bound(body: list[ast.stmt]) -> Iterator[tuple[str, ast.ImportFrom | None]]:
    """The names that statements bind outside of functions and classes, and the star imports among them."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, None
        elif isinstance(node, ast.Import):
            yield from ((one.asname or one.name.partition(".")[0], None) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((one.asname or one.name, node if one.name == "*" else None) for one in node.names)
        else:
            yield from _stored(node)


def _stored(node: ast.stmt) -> Iterator[tuple[str, ast.ImportFrom | None]]:
    """The same of any other statement: what it assigns, and what the statements inside it bind."""
    for field in ("body", "orelse", "finalbody"):
        yield from _bound(getattr(node, field, []))
    for handler in getattr(node, "handlers", []):
        yield from _bound(handler.body)
    for case in getattr(node, "cases", []):
        yield from _bound(case.body)
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.expr | ast.withitem):
            for one in ast.walk(inner):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    yield one.id, None
