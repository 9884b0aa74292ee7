"""A file of services and what they depend on, to a graph: its format by the ending, else by how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.code.decode import decode
from octad.read.contents import contents, shown_name
from octad.read.graphs.compose import is_compose, read_compose
from octad.read.graphs.dot import is_dot, read_dot
from octad.read.graphs.json_graph import read_json
from octad.read.graphs.kubernetes import is_manifest, read_manifests
from octad.read.graphs.mermaid import is_mermaid, read_mermaid
from octad.read.graphs.yaml_nodes import documents
from octad.records.graph import Graph

MAX_BYTES = 8_000_000

Reader = Callable[[str, str], Graph]
_KNOWN = "known are JSON, Graphviz DOT, Mermaid, docker-compose and Kubernetes YAML"
_YAML = re.compile(r"^(?:services|apiVersion|kind)[ \t]*:", re.MULTILINE)


def read_graph(path: Path) -> Graph:
    """The graph of a file; raises InputError, naming file and line, for what cannot be read."""
    source = shown_name(path)
    text = _text(contents(path, MAX_BYTES), source)
    if not text.strip():
        raise UnreadableInput(f"{source}: empty file", hint=_KNOWN)
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    reader = _READERS.get(ending) or _recognised(text, source)
    return reader(text, source)


def _text(data: bytes, source: str) -> str:
    """Bytes as text; raises UnreadableInput, naming the file, for what is none."""
    try:
        return decode(data).text.removeprefix("\ufeff")
    except UnreadableInput as error:
        raise UnreadableInput(f"{source}: {error.message}", hint=_KNOWN) from error


def _recognised(text: str, source: str) -> Reader:
    """The reader for what begins like this."""
    if text.lstrip().startswith("{"):
        return read_json
    if is_dot(text):
        return read_dot
    if is_mermaid(text):
        return read_mermaid
    if _YAML.search(text):
        return _read_yaml
    raise UnreadableInput(f"{source}: unknown format", hint=_KNOWN)


def _read_yaml(text: str, source: str) -> Graph:
    """Services of docker-compose or objects of Kubernetes, by the keys of the documents."""
    found = documents(text, source)
    if any(map(is_compose, found)):
        return read_compose(found, source)
    if any(map(is_manifest, found)):
        return read_manifests(found, source)
    raise UnreadableInput(f"{source}: neither a docker-compose file nor Kubernetes manifests", hint=_KNOWN)


_READERS: dict[str, Reader] = {
    ".json": read_json,
    ".dot": read_dot,
    ".gv": read_dot,
    ".mmd": read_mermaid,
    ".mermaid": read_mermaid,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
}
