"""A folder of docker-compose files and Kubernetes manifests, what helm rendered among them, to one graph.

All files are read together, since one names the services of another. No link is followed. What is a
template, or no YAML, is passed over and noted.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.contents import contents, shown_name
from octad.read.graphs.compose import is_compose, read_compose
from octad.read.graphs.join import joined
from octad.read.graphs.kubernetes import is_manifest, read_manifests
from octad.read.graphs.texts import MAX_BYTES, text_of
from octad.read.graphs.unread import Unread
from octad.read.graphs.yaml_nodes import mapping, rendered
from octad.records.graph import Graph, Node

MAX_FILES = 2_000
MAX_ENTRIES = 50_000
MAX_DEPTH = 32

_ENDINGS = (".yaml", ".yml")
_FOREIGN = ("node_modules", "vendor", "venv")
_VALUES = "values"
"""How files begin that helm fills templates with: they may look like anything."""
_RUNS = {"image", "build", "extends", "depends_on", "command"}
_HINT = "name the folder of the manifests alone"


def read_folder(folder: Path) -> Graph:
    """The graph of all files together; raises InputError where none names a service, or beyond the bounds."""
    files = _Files(shown_name(folder))
    for path in _paths(folder):
        files.add(path)
    return files.graph()


def _paths(folder: Path) -> Iterator[Path]:
    """Files of YAML in their order, none by a link; raises UnreadableInput beyond the bounds."""
    entries = files = 0
    for top, folders, names in os.walk(folder):
        inner = len(Path(top).parts) - len(folder.parts)
        folders[:] = sorted(
            one for one in folders if not (one.startswith(".") or one in _FOREIGN or inner >= MAX_DEPTH)
        )
        entries += len(folders) + len(names)
        found = [Path(top, name) for name in sorted(names) if _is_wanted(name)]
        found = [path for path in found if not path.is_symlink()]
        files += len(found)
        if entries > MAX_ENTRIES or files > MAX_FILES:
            what = f"more than {MAX_FILES:,} files of YAML" if files > MAX_FILES else "too many files"
            raise UnreadableInput(f"{shown_name(folder)}: {what}", hint=_HINT)
        yield from found


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) and not name.startswith((".", _VALUES))


class _Files:
    """Documents of many files; their lines are counted on from file to file, and told apart at the end."""

    def __init__(self, source: str) -> None:
        self._source, self._unread = source, Unread(source)
        self._compose: list[object] = []
        self._manifests: list[object] = []
        self._starts: list[int] = []
        self._paths: list[str] = []
        self._next, self._bytes = 1, 0

    def add(self, path: Path) -> None:
        """What a file holds; raises UnreadableInput where all together are too large."""
        shown = shown_name(path)
        try:
            data = contents(path, MAX_BYTES)
            self._bytes += len(data)
            if self._bytes > MAX_BYTES:
                raise _too_large(self._source)
            text = text_of(data, shown)
            found = rendered(text, shown, self._next)
        except UnreadableInput as error:
            if self._bytes > MAX_BYTES:
                raise
            self._unread.add(error)
            return
        self._starts.append(self._next)
        self._paths.append(shown)
        self._next += text.count("\n") + 1
        self._compose += [one for one in found if _is_compose(one)]
        self._manifests += filter(is_manifest, found)

    def graph(self) -> Graph:
        graphs = []
        for read, documents in ((read_compose, self._compose), (read_manifests, self._manifests)):
            if documents:
                try:
                    graphs.append(read(documents, self._source))
                except UnreadableInput as error:
                    self._unread.add(error)
        if not graphs:
            what = f"{self._source}: neither docker-compose files nor Kubernetes manifests in this folder"
            raise self._unread.error(UnreadableInput(what, hint=_HINT))
        graph = joined(graphs, self._source)
        nodes = tuple(self._placed(node) for node in graph.nodes)
        return graph.model_copy(update={"nodes": nodes, "skipped": self._unread.skipped})

    def _placed(self, node: Node) -> Node:
        """A node with its file, and its line there."""
        at = bisect_right(self._starts, node.line) - 1
        return node.model_copy(update={"path": self._paths[at], "line": node.line - self._starts[at] + 1})


def _is_compose(document: object) -> bool:
    """Whether a document lists services that run: other files have a key of that name too."""
    services = mapping(document, "services").values()
    return is_compose(document) and any(_RUNS & mapping(service).keys() for service in services)


def _too_large(source: str) -> UnreadableInput:
    return UnreadableInput(f"{source}: more than {MAX_BYTES:,} bytes of YAML", hint=_HINT)
