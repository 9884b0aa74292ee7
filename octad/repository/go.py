"""Go: a folder is a package, and an import of it means those of its files whose names are used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from posixpath import dirname

from octad.records.repo import Reason
from octad.repository.brace_languages import CURLY, class_
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Value, Wanted
from octad.repository.walk import Handler, Walk, access, type_of


def import_(walk: Walk, node: int) -> None:
    """`import x "a.com/b/c"`: the name is the last part of the path unless another is given."""
    module = walk.field(node, "path").strip('"`')
    name = walk.field(node, "name") or module.rpartition("/")[2]
    wanted = Wanted(module, "*" if name == "." else "", walk.line(node))
    walk.want(wanted, name if name not in (".", "_") else "")


def member(walk: Walk, node: int) -> None:
    """`x.F`, where `x` is an imported package: F is what is imported of it."""
    access(walk, node)
    chain = walk.chain(node)
    bound = walk.outline.top.names.get(chain[0]) if len(chain) == 2 else None
    if isinstance(bound, Wanted):
        wanted = Wanted(bound.module, chain[1][1:], bound.line)
        if wanted not in walk.outline.wanted[-64:]:
            walk.outline.wanted.append(wanted)


def method(walk: Walk, node: int) -> None:
    """A method stands outside of its type and belongs to it."""
    name = walk.field(node, "name")
    owner = type_of(walk.field(node, "receiver").strip("()").rpartition(" ")[2])
    walk.enter(node, f"{owner[0]}.{name}" if owner else name, "function").returns = type_of(
        walk.field(node, "result")
    )


def short(walk: Walk, node: int) -> None:
    """`a, b := f(), g()`."""
    left, right = walk.tree.child(node, "left"), walk.tree.child(node, "right")
    names, values = list(walk.inner(left)), list(walk.inner(right))
    for number, one in enumerate(names):
        value = walk.chain(values[number]) if len(names) == len(values) else ()
        walk.bind(walk.written(one), Value(value), node)


class GoFiles(Files):
    """Packages by folder; the path of the module is what most imports have before the folder's name."""

    def __init__(self, paths: frozenset[str], outlines: Mapping[str, Outline]) -> None:
        self._files: dict[str, list[str]] = {}
        self._homes: dict[tuple[str, str], str] = {}
        for path in sorted(paths):
            if not path.endswith("_test.go"):
                self._files.setdefault(dirname(path), []).append(path)
            for name in outlines[path].top.names if path in outlines else ():
                self._homes.setdefault((dirname(path), name), path)
        self._prefix = self._module_path(outlines)

    def name(self, path: str) -> str:
        """The path without its ending."""
        return path.removesuffix(".go")

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """The file of a package that defines the member, else its first."""
        folder = self._folder(wanted.module)
        if folder is None:
            first = wanted.module.partition("/")[0]
            ours = self._prefix and wanted.module.startswith(f"{self._prefix}/")
            return "missing" if ours else "external" if "." in first else "standard library"
        return self._homes.get((folder, wanted.member), self._files[folder][0]), wanted.member

    def module(self, path: str, wanted: Wanted) -> Found | None:
        """The folder of a package."""
        folder = self._folder(wanted.module)
        if folder is None:
            return None
        found = self._homes.get((folder, wanted.member))
        return (found, wanted.member) if found else (f"{folder}/", "")

    def seen(self, path: str, name: str) -> str | None:
        """Names of the other files of a package; of a package itself, its names."""
        found = self._homes.get((dirname(path), name))
        return found if found != path else None

    def _folder(self, module: str) -> str | None:
        """The folder of a package of this module."""
        if not self._prefix or not f"{module}/".startswith(f"{self._prefix}/"):
            return None
        folder = module[len(self._prefix) :].strip("/")
        return folder if folder in self._files else None

    def _module_path(self, outlines: Mapping[str, Outline]) -> str:
        votes: Counter[str] = Counter()
        for outline in outlines.values():
            for module in {wanted.module for wanted in outline.wanted}:
                parts = module.split("/")
                if "." not in parts[0]:
                    continue
                for cut in range(1, len(parts)):
                    if "/".join(parts[cut:]) in self._files:
                        votes["/".join(parts[:cut])] += 1
        return max(votes, key=lambda prefix: (votes[prefix], -len(prefix), prefix), default="")


HANDLERS: dict[str, Handler] = {
    **CURLY,
    "import_spec": import_,
    "selector_expression": member,
    "method_declaration": method,
    "type_spec": class_,
    "short_var_declaration": short,
}
GO = Family(frozenset({"go"}), HANDLERS, GoFiles)
