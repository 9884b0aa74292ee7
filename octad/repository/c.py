"""C and C++: what is included is seen, and what a header declares is defined in the source of its name."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import basename, dirname, join, normpath, splitext

from octad.records.repo import Reason
from octad.repository.brace_languages import CURLY
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Value, Wanted
from octad.repository.walk import Handler, Walk, type_of

MOST_INCLUDES = 2_000
_HEADERS = (
    "assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h locale.h math.h "
    "setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h "
    "stdnoreturn.h string.h strings.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h unistd.h"
)
HEADERS = frozenset(_HEADERS.split())


def include(walk: Walk, node: int) -> None:
    """`#include "a/b.h"`, `#include <a/b.h>`: all that is in it is seen; the brackets are kept as written."""
    walk.want(Wanted(walk.field(node, "path").strip('"'), "*", walk.line(node)))


def function(walk: Walk, node: int) -> None:
    """A function; one written as `C::f` belongs to its class."""
    tree, declarator = walk.tree, walk.tree.child(node, "declarator")
    while declarator >= 0 and tree.kind[declarator] != "function_declarator":
        declarator = tree.child(declarator, "declarator")
    name = walk.field(declarator, "declarator").replace("::", ".").strip("~ ") if declarator >= 0 else ""
    if not name.replace(".", "").isidentifier():
        return
    scope = walk.enter(node, name, "function")
    scope.returns = type_of(walk.field(node, "type"))
    if "." in name:
        scope.names["this"] = Value((name.partition(".")[0],), is_instance=True)


class CFiles(Files):
    """Files by their endings of paths, since where a compiler looks is not known."""

    def __init__(self, paths: frozenset[str], outlines: Mapping[str, Outline]) -> None:
        self._paths, self._outlines = paths, outlines
        self._named: dict[str, list[str]] = {}
        self._homes: dict[str, list[str]] = {}
        self._included: dict[str, frozenset[str]] = {}
        for path in sorted(paths):
            self._named.setdefault(basename(path), []).append(path)
            for name in outlines[path].top.names if path in outlines else ():
                self._homes.setdefault(name, []).append(path)

    def name(self, path: str) -> str:
        """The path itself: a header and its source differ only in the ending."""
        return path

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """Beside the file, else the one file whose path ends so."""
        written = wanted.module.strip("<>")
        beside = normpath(join(dirname(path), written))
        if beside in self._paths and not wanted.module.startswith("<"):
            return beside, wanted.member
        ending = "/" + normpath(written).lstrip("./")
        found = [one for one in self._named.get(basename(written), ()) if f"/{one}".endswith(ending)]
        is_own = "/" in written or not wanted.module.startswith("<") or len(found) == 1
        if found and is_own and written not in HEADERS:
            return max(found, key=lambda one: (_shared(one, path), -one.count("/"))), wanted.member
        if written in HEADERS or "." not in written:
            return "standard library"
        return "external" if wanted.module.startswith("<") else "missing"

    def seen(self, path: str, name: str) -> str | None:
        """The only file that defines a name, else the one whose header is included."""
        homes = [home for home in self._homes.get(name, ()) if home != path]
        if len(homes) < 2:
            return homes[0] if homes else None
        stems = {splitext(one)[0] for one in self._includes(path)}
        near = [home for home in homes if splitext(home)[0] in stems]
        near = near or [home for home in homes if splitext(basename(home))[0] in set(map(basename, stems))]
        return near[0] if near else None

    def _includes(self, path: str) -> frozenset[str]:
        """Everything that a file includes, headers of headers too."""
        if path not in self._included:
            waiting, seen = [path], {path}
            while waiting and len(seen) < MOST_INCLUDES:
                one = waiting.pop()
                for wanted in self._outlines[one].wanted if one in self._outlines else ():
                    found = self.find(one, wanted)
                    if isinstance(found, tuple) and found[0] not in seen:
                        seen.add(found[0])
                        waiting.append(found[0])
            self._included[path] = frozenset(seen)
        return self._included[path]


def _shared(one: str, other: str) -> int:
    """How many folders two paths have in common."""
    count = 0
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        count += 1
    return count


HANDLERS: dict[str, Handler] = {**CURLY, "preproc_include": include, "function_definition": function}
C = Family(frozenset({"c", "cpp"}), HANDLERS, CFiles)
