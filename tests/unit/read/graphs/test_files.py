from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from octad.errors import InputError
from octad.read.graphs.files import read_graph


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


WAYS = {
    "json": '{"a": ["b"]}',
    "dot": "// of the team\n# by hand\nstrict digraph calls\n{ a -> b }",
    "mermaid": "---\ntitle: x\n---\n%%{init: {}}%%\n%% calls\nflowchart LR\n  a --> b\n",
    "sequence": "%% calls\nsequenceDiagram\n  a->>b: get\n  b-->>a: it\n",
    "c4": "C4Context\nSystem(a)\nSystem(b)\nRel(a, b)\n",
    "plantuml": "' by hand\n@startuml\n[a] --> [b]\n@enduml\n",
    "markdown": "# Calls\n\n```mermaid\ngraph LR\na --> b\n```\n",
    "compose": "# by hand\nservices:\n  a:\n    depends_on: [b]\n  b: {}\n",
    "manifests": (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\n---\napiVersion: v1\nkind: Pod\n"
        "metadata: {name: a}\nspec: {containers: [{env: [{name: X, value: 'http://b/'}]}]}\n"
    ),
}


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("content", WAYS.values(), ids=WAYS.keys())
def test_formats_are_known_by_how_they_begin(tmp_path: Path, content: str, ending: str) -> None:
    data = gzip.compress(content.encode()) if ending else content.encode()
    graph = read_graph(written(tmp_path, f"graph{ending}", data))
    assert [(edge.source, edge.target) for edge in graph.edges] == [("a", "b")]
    assert graph.source == str(tmp_path / f"graph{ending}") and graph.flags == ()


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("a.json", b"", "empty file"),
        ("a", b" \n", "empty file"),
        ("a", b"\x7fELF\0\0\0\0", "binary file"),
        ("a", b"hello world", "unknown format"),
        ("a.yml", b"x: 1", "neither a docker-compose file nor Kubernetes manifests"),
        ("a.json", b" " * 8_000_001, "larger than 8,000,000 bytes"),
    ],
)
def test_refusals(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert caught.value.message.startswith(str(path)) and said in caught.value.message and caught.value.hint
