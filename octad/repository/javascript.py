"""JavaScript and TypeScript: modules by relative paths, as ECMAScript and as CommonJS write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath, splitext

from octad.records.repo import Mark, Reason
from octad.repository.brace_languages import CURLY, function
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Value, Wanted
from octad.repository.walk import Handler, Walk, call
from octad.syntax.languages import EXTENSIONS

ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".d.ts", ".js", ".jsx", ".mjs", ".cjs")
_STANDARD = (
    "assert buffer child_process cluster console constants crypto dgram dns domain events fs http http2 "
    "https inspector module net os path perf_hooks process punycode querystring readline repl stream "
    "string_decoder sys test timers tls tty url util v8 vm wasi worker_threads zlib"
)
STANDARD = frozenset(_STANDARD.split())
_FUNCTIONS = frozenset({"function_declaration", "method_definition", "arrow_function", "function_expression"})


def import_(walk: Walk, node: int) -> None:
    """`import a, {b as c} from "./x"`, `import * as n from "./x"`, `import "./x"`."""
    module = _module(walk, node)
    words = [walk.tree.kind[child] for child in walk.tree.children(node)]
    marks: tuple[Mark, ...] = ("type-checking",) if "type" in words else ()
    inside = range(node, walk.tree.end_node[node])
    clauses = [n for n in inside if walk.tree.kind[n] in ("import_specifier", "namespace_import")]
    default = [n for n in inside if walk.tree.kind[n] == "identifier" and walk.above(n) == "import_clause"]
    for one in default:
        walk.want(Wanted(module, "default", walk.line(node), marks=marks), walk.written(one))
    for one in clauses:
        name, alias = walk.field(one, "name"), walk.field(one, "alias")
        whole = walk.written(one).rpartition(" ")[2]
        walk.want(Wanted(module, name, walk.line(node), marks=marks), (alias or name) if name else whole)
    if not default and not clauses and module:
        walk.want(Wanted(module, "", walk.line(node), marks=marks))


def export(walk: Walk, node: int) -> None:
    """`export {a as b} from "./x"`, `export * from "./x"`, `export default x`."""
    module = _module(walk, node)
    kinds = {walk.tree.kind[child]: child for child in walk.tree.children(node)}
    if module and "*" in kinds:
        walk.want(Wanted(module, "*", walk.line(node), marks=("star",)))
    for one in range(node, walk.tree.end_node[node]) if module else ():
        if walk.tree.kind[one] == "export_specifier":
            name = walk.field(one, "name")
            walk.want(Wanted(module, name, walk.line(node)), walk.field(one, "alias") or name)
    if "default" in kinds:
        value = max(walk.tree.child(node, "value"), walk.tree.child(node, "declaration"))
        name = walk.field(value, "name") or walk.written(value)
        walk.scope.bind("default", Value((name,) if name.isidentifier() else ()))


def calling(walk: Walk, node: int) -> None:
    """A call, which may be `require("./x")` or `import("./x")`."""
    call(walk, node)
    callee = walk.field(node, "function")
    arguments = walk.tree.child(node, "arguments")
    if callee not in ("require", "import") or arguments < 0:
        return
    first = next(walk.inner(arguments), -1)
    module = walk.written(first).strip("\"'`")
    marks: tuple[Mark, ...] = ("lazy",) if _is_lazy(walk, node) else ()
    if first < 0 or walk.tree.kind[first] != "string":
        walk.want(Wanted(" ".join(module.split())[:80], "", walk.line(node), -1, (*marks, "dynamic")))
        return
    wanted = Wanted(module, "", walk.line(node), marks=(*marks, "dynamic") if callee == "import" else marks)
    target = walk.field(walk.tree.parent[node], "name") if walk.above(node) == "variable_declarator" else ""
    walk.want(wanted)
    if target.isidentifier():
        walk.scope.names[target] = wanted
    for member in target.strip("{} \n").split(",") if target.startswith("{") else ():
        name, _, alias = (part.strip() for part in member.partition(":"))
        walk.scope.names[alias or name] = Wanted(module, name, wanted.line, marks=wanted.marks)


def nameless(walk: Walk, node: int) -> None:
    """An arrow or function expression has the name of the variable that it is given to."""
    if walk.above(node) == "variable_declarator":
        parent = walk.tree.parent[node]
        walk.scope.names.pop(walk.field(parent, "name"), None)
        walk.outline.variables.pop(walk.field(parent, "name"), None)
        walk.enter(node, walk.field(parent, "name"), "function", whole=parent)
    else:
        function(walk, node)


def field_of_this(walk: Walk, node: int) -> None:
    """`this.x = value`."""
    chain = walk.chain(walk.tree.child(node, "left"))
    owner = walk.class_scope()
    if len(chain) == 2 and chain[0] == "this" and owner is not None:
        owner.bind(chain[1][1:], Value(walk.chain(walk.tree.child(node, "right"))))


class ScriptFiles(Files):
    """The files of both languages."""

    def __init__(self, paths: frozenset[str], _outlines: Mapping[str, Outline]) -> None:
        self._paths = paths

    def name(self, path: str) -> str:
        """The path without its ending."""
        return splitext(path)[0]

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """Relative imports, and `@/x` for `src/x`; what else has no dot in front comes from a package."""
        module = wanted.module
        if wanted.level < 0:
            return "dynamic"
        if not module.startswith((".", "@/", "~/")):
            bare = module.removeprefix("node:").partition("/")[0]
            return "standard library" if bare in STANDARD or module.startswith("node:") else "external"
        found = next(
            (one for stem in _stems(path, module) for one in _files(stem) if one in self._paths), None
        )
        if found is not None:
            return found, wanted.member
        ending = splitext(module)[1]
        return "external" if ending and ending not in EXTENSIONS and len(ending) < 6 else "missing"


def _is_lazy(walk: Walk, node: int) -> bool:
    """Whether a call stands inside a function."""
    return any(walk.tree.kind[outer] in _FUNCTIONS for outer, _ in walk.around(node))


def _module(walk: Walk, node: int) -> str:
    return walk.field(node, "source").strip("\"'`")


def _stems(path: str, module: str) -> Iterator[str]:
    """Where a module may lie, without its ending."""
    if module.startswith("."):
        yield normpath(join(dirname(path), module))
        return
    folder = dirname(path)
    while True:
        yield normpath(join(folder, "src", module[2:]))
        if folder.rpartition("/")[2] == "src":
            yield normpath(join(folder, module[2:]))
        if not folder.strip("/"):
            return
        folder = dirname(folder)


def _files(stem: str) -> Iterator[str]:
    """The files that a path may mean: `./x.js` is written for `x.ts` too."""
    yield stem
    bare, ending = splitext(stem)
    yield from (stem + one for one in ENDINGS)
    if ending in (".js", ".jsx", ".mjs", ".cjs"):
        yield from (bare + one for one in ENDINGS)
    yield from (join(stem, "index" + one) for one in ENDINGS)


HANDLERS: dict[str, Handler] = {
    **CURLY,
    "import_statement": import_,
    "export_statement": export,
    "call_expression": calling,
    "arrow_function": nameless,
    "function_expression": nameless,
    "assignment_expression": field_of_this,
}
SCRIPTS = Family(frozenset({"javascript", "typescript"}), HANDLERS, ScriptFiles)
