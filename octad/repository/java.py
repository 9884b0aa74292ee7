"""Java: a file says which package it is of, and types of one package see each other."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import basename, splitext

from octad.records.repo import Reason
from octad.repository.brace_languages import CURLY
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Wanted
from octad.repository.walk import Handler, Walk


def package(walk: Walk, node: int) -> None:
    """The package: `package a.b;`."""
    walk.outline.package = walk.written(node).removeprefix("package").strip(" ;\n")


def import_(walk: Walk, node: int) -> None:
    """`import a.b.C;`, `import static a.b.C.d;`, `import a.b.*;`."""
    name = walk.written(node).removeprefix("import").strip(" ;\n").removeprefix("static ").replace(" ", "")
    if name.endswith(".*"):
        walk.want(Wanted(name[:-2], "*", walk.line(node), marks=("star",)))
    else:
        module, _, member = name.rpartition(".")
        walk.want(Wanted(module, member, walk.line(node)), member)


class JavaFiles(Files):
    """Files by the full names of their types; the file that a public type is in has its name."""

    def __init__(self, paths: frozenset[str], outlines: Mapping[str, Outline]) -> None:
        self._packages = {path: outline.package for path, outline in outlines.items()}
        self._types: dict[str, str] = {}
        self._stars: dict[str, list[str]] = {}
        for path in sorted(paths & outlines.keys()):
            self._types.setdefault(self.name(path), path)
            for scope in outlines[path].scopes:
                if scope.kind == "class":
                    self._types.setdefault(f"{outlines[path].package}.{scope.name}".lstrip("."), path)
            self._stars.setdefault(outlines[path].package, []).append(path)

    def name(self, path: str) -> str:
        """Package and type."""
        stem = splitext(basename(path))[0]
        return f"{self._packages.get(path, '')}.{stem}".lstrip(".")

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """A type, a member of a type, or the first file of a package of which all is imported."""
        whole = f"{wanted.module}.{wanted.member}".lstrip(".")
        if wanted.member == "*":
            files = self._stars.get(wanted.module)
            return (files[0], "*") if files else self._absent(wanted)
        if whole in self._types:
            return self._types[whole], wanted.member
        if wanted.module in self._types:
            return self._types[wanted.module], f"{wanted.module.rpartition('.')[2]}.{wanted.member}"
        return self._absent(wanted)

    def seen(self, path: str, name: str) -> str | None:
        """Types of the same package."""
        found = self._types.get(f"{self._packages.get(path, '')}.{name}".lstrip("."))
        return found if found != path else None

    def _absent(self, wanted: Wanted) -> Reason:
        if wanted.module.startswith(("java.", "javax.", "jdk.", "sun.")):
            return "standard library"
        return "missing" if wanted.module in self._stars else "external"


HANDLERS: dict[str, Handler] = {**CURLY, "package_declaration": package, "import_declaration": import_}
JAVA = Family(frozenset({"java"}), HANDLERS, JavaFiles)
