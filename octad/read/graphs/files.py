"""Services and what they depend on, to a graph: a file, by its ending or how it begins, or a folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.contents import contents, shown_name
from octad.read.graphs.compose import is_compose, read_compose
from octad.read.graphs.dot import is_dot, read_dot
from octad.read.graphs.folder import read_folder
from octad.read.graphs.json_graph import read_json
from octad.read.graphs.kubernetes import is_manifest, read_manifests
from octad.read.graphs.markdown import has_diagrams, read_markdown
from octad.read.graphs.mermaid import is_mermaid, read_mermaid
from octad.read.graphs.plantuml import is_plantuml, read_plantuml
from octad.read.graphs.texts import KNOWN, MAX_BYTES, text_of
from octad.read.graphs.yaml_nodes import rendered
from octad.records.graph import Graph

Reader = Callable[[str, str], Graph]
_YAML = re.compile(r"^(?:services|apiVersion|kind)[ \t]*:", re.MULTILINE)


def read_graph(path: Path) -> Graph:
    """The graph of a file or a folder; raises InputError, naming file and line, for what cannot be read."""
    if path.is_dir():
        return read_folder(path)
    source = shown_name(path)
    text = text_of(contents(path, MAX_BYTES), source)
    if not text.strip():
        raise UnreadableInput(f"{source}: empty file", hint=KNOWN)
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    reader = _READERS.get(ending) or _recognised(text, source)
    return reader(text, source)


def _recognised(text: str, source: str) -> Reader:
    """The reader for what begins like this."""
    if text.lstrip().startswith("{"):
        return read_json
    for begins, reader in _BEGINNINGS:
        if begins(text):
            return reader
    raise UnreadableInput(f"{source}: unknown format", hint=KNOWN)


def _read_yaml(text: str, source: str) -> Graph:
    """Services of docker-compose or objects of Kubernetes, by the keys of the documents."""
    found = rendered(text, source)
    if any(map(is_compose, found)):
        return read_compose(found, source)
    if any(map(is_manifest, found)):
        return read_manifests(found, source)
    raise UnreadableInput(f"{source}: neither a docker-compose file nor Kubernetes manifests", hint=KNOWN)


_BEGINNINGS: tuple[tuple[Callable[[str], object], Reader], ...] = (
    (is_dot, read_dot),
    (is_mermaid, read_mermaid),
    (has_diagrams, read_markdown),
    (is_plantuml, read_plantuml),
    (_YAML.search, _read_yaml),
)
_READERS: dict[str, Reader] = {
    ".json": read_json,
    **dict.fromkeys((".dot", ".gv"), read_dot),
    **dict.fromkeys((".mmd", ".mermaid"), read_mermaid),
    **dict.fromkeys((".puml", ".plantuml", ".pu", ".iuml", ".wsd"), read_plantuml),
    **dict.fromkeys((".md", ".markdown", ".mdx"), read_markdown),
    **dict.fromkeys((".yaml", ".yml"), _read_yaml),
}
