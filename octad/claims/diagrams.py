"""Diagrams of the parts of a project: modules and files that are not there, arrows that no import follows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, dirname, splitext

from octad.budget import current
from octad.claims.judged import is_own, judged, untrue
from octad.claims.modules import modules
from octad.claims.tree import Tree, fact
from octad.errors import InputError
from octad.read.graphs.dot import read_dot
from octad.read.graphs.mermaid import read_mermaid
from octad.read.graphs.plantuml import read_plantuml
from octad.records.document import Document, Passage
from octad.records.graph import Graph, Node
from octad.records.report import Finding
from octad.syntax.python_source import module_of

RULE = "docs/diagram"
FEWEST = 4
"""Parts of this project that a diagram must show before it is taken for one of it."""
SHARE = 0.7
"""And their share of all that it shows; the same for arrows that imports follow."""
_READERS: Mapping[str, Callable[[str, str, int], Graph]] = {
    **dict.fromkeys(("mermaid", "mmd"), read_mermaid),
    **dict.fromkeys(("plantuml", "puml", "uml"), read_plantuml),
    **dict.fromkeys(("dot", "graphviz", "gv"), read_dot),
}
_ENDINGS = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".puml": "plantuml",
    ".plantuml": "plantuml",
    ".dot": "dot",
}


@dataclass(frozen=True)
class _Drawn:
    """A diagram with the parts that its nodes are: a file or a folder for each that is known."""

    path: str
    graph: Graph
    parts: Mapping[str, str]


def check(tree: Tree) -> Iterator[Finding]:
    """A finding for every part that is not there, and for every arrow that no import follows."""
    for path, graph in _graphs(tree):
        parts = {node.id: part for node in graph.nodes if (part := _part(tree, node))}
        if len(set(parts.values())) >= FEWEST and len(parts) >= SHARE * len(graph.nodes):
            drawn = _Drawn(path, graph, parts)
            yield from _absent(tree, drawn)
            yield from _unfollowed(tree, drawn)


def _graphs(tree: Tree) -> Iterator[tuple[str, Graph]]:
    """Every diagram that can be read, with the file that it is in."""
    for document in judged(tree):
        for passage in document.passages if not current().spent() else ():
            graph = _graph(passage.language, _source(passage), document.path, passage.first)
            if passage.kind == "code" and graph is not None:
                yield document.path, graph
    for path in tree.files:
        language = _ENDINGS.get(splitext(path)[1].lower())
        if language and is_own(path):
            graph = _graph(language, tree.text(path) or "", path, 1)
            if graph is not None:
                yield path, graph


def _graph(language: str, text: str, path: str, line: int) -> Graph | None:
    reader = _READERS.get(language)
    if reader is None or not text.strip():
        return None
    try:
        return reader(text, path, line)
    except InputError:
        return None


def _source(passage: Passage) -> str:
    """The diagram of a directive that holds the inside of one."""
    if passage.name in ("digraph", "graph"):
        return f"digraph {{ {passage.text}\n}}"
    return passage.text


def _part(tree: Tree, node: Node) -> str:
    """The file or folder of the project that a node stands for, "" where none or several do."""
    for name in (node.attributes.get("label", ""), node.id):
        bare = name.strip().strip("`'\"/").split("\n")[0].strip()
        if bare in tree.paths or (bare in tree.folders and bare):
            return bare
        found = modules(tree).folder_or_file(bare) if bare else None
        if found:
            return found
        places = _known(tree).get(bare, ())
        if len(places) == 1:
            return places[0]
    return ""


@fact
def _known(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Modules and packages of code by their names alone, two of each at most; those of tests are none."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(code.path for code in tree.codes if is_own(code.path)):
        for one in (path, dirname(path)):
            if one:
                names = {basename(one), splitext(basename(one))[0]}
                for name in names:
                    found.setdefault(name, {})[one] = None
    return {name: tuple(list(places)[:2]) for name, places in found.items()}


def _absent(tree: Tree, drawn: _Drawn) -> Iterator[Finding]:
    """Nodes that are written like the parts of the project that are there, and are none."""
    for node in drawn.graph.nodes:
        name = node.attributes.get("label", node.id).strip()
        is_name = name.replace("/", "").replace(".", "").replace("_", "").isalnum() and name.lower() == name
        is_like = "/" in name or "." in name or "_" in name
        if node.id not in drawn.parts and is_name and is_like and not _known(tree).get(name):
            message = f"the diagram shows `{name}`, and there is no such module or file"
            yield _at(tree, drawn, node.line, name, message)


def _unfollowed(tree: Tree, drawn: _Drawn) -> Iterator[Finding]:
    """Arrows between two parts of which none imports the other, where imports follow most of the arrows."""
    arrows = [
        (drawn.parts[edge.source], drawn.parts[edge.target], edge.source)
        for edge in drawn.graph.edges
        if edge.source in drawn.parts and edge.target in drawn.parts
    ]
    arrows = [one for one in arrows if one[0] != one[1] and all(map(_is_python, one[:2]))]
    followed = [_imports(tree, source, target) for source, target, _ in arrows]
    if sum(followed) < FEWEST or sum(followed) < SHARE * len(arrows):
        return
    lines = {node.id: node.line for node in drawn.graph.nodes}
    for (source, target, node), is_followed in zip(arrows, followed, strict=True):
        if not is_followed:
            message = f"the diagram draws an arrow from `{source}` to `{target}`, which it does not import"
            yield _at(tree, drawn, lines[node], basename(source), message)


def _is_python(part: str) -> bool:
    return part.endswith(".py") or not splitext(part)[1]


def _imports(tree: Tree, source: str, target: str) -> bool:
    """Whether a file of one part imports a file of another."""
    inside = _imported(tree)
    below = target.removesuffix("/__init__.py")
    return any(
        wanted == target or wanted.startswith(f"{below}/")
        for path in _files(tree, source)
        for wanted in inside.of(path)
    )


def _files(tree: Tree, part: str) -> list[str]:
    folder = part.removesuffix("/__init__.py")
    return [code.path for code in tree.codes if code.path == part or code.path.startswith(f"{folder}/")]


class _Imported:
    """The files that a file of Python imports, each read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._found: dict[str, frozenset[str]] = {}

    def of(self, path: str) -> frozenset[str]:
        """The files of this project among them."""
        if path not in self._found:
            parsed = module_of(self._tree.text(path) or "")
            names = _names(parsed, path) if parsed is not None else ()
            given = modules(self._tree)
            self._found[path] = frozenset(
                found for name in names if (found := given.folder_or_file(name)) is not None
            )
        return self._found[path]


@fact
def _imported(tree: Tree) -> _Imported:
    return _Imported(tree)


def _names(parsed: ast.Module, path: str) -> Iterator[str]:
    """The dotted names that a file may import, those of members too."""
    package = dirname(path).split("/")
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            for start in range(len(base) + 1) if node.level else (0,):
                module = ".".join((*base[start:], *filter(None, (node.module,))))
                yield module
                yield from (f"{module}.{one.name}" for one in node.names)


def _at(tree: Tree, drawn: _Drawn, line: int, name: str, message: str) -> Finding:
    lines = (tree.text(drawn.path) or "").split("\n")
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    document = Document(path=drawn.path, text="", format="plain")
    start = max(0, text.find(name))
    return untrue(RULE, message, document.place(max(1, line), start + 1, len(name)))
