from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.read.graphs import folder as octad_folder
from octad.read.graphs.files import read_graph
from octad.records.graph import Graph

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\n"
POD = (
    "# Source: shop/templates/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\n"
    "spec: {containers: [{env: [{name: X, value: 'http://%s/'}]}]}\n"
)
TEMPLATE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n"


def written(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def ends(graph: Graph) -> list[str]:
    return [f"{edge.source}>{edge.target}" for edge in graph.edges]


def test_files_name_what_others_hold(tmp_path: Path) -> None:
    graph = read_graph(
        written(tmp_path, b__orders_yaml=f"---\n{SERVICE % 'orders'}", front_yaml=POD % ("front", "orders"))
    )
    assert ends(graph) == ["front>orders"] and graph.skipped == () and graph.source == str(tmp_path)
    assert [(node.id, node.path, node.line) for node in graph.nodes] == [
        ("front", str(tmp_path / "front.yaml"), 5),
        ("orders", str(tmp_path / "b/orders.yaml"), 4),
    ]


def test_compose_and_manifests_together(tmp_path: Path) -> None:
    more = "services:\n  web:\n    image: w\n    environment: [DB=postgres://db/x]\n"
    graph = read_graph(
        written(
            tmp_path,
            compose_yaml="services:\n  db: {image: d}\n  web: {depends_on: [cache]}\n",
            override_yaml=more,
            k_yaml=POD % ("api", "db") + "---\n" + SERVICE % "db",
        )
    )
    assert ends(graph) == ["web>cache", "web>db", "api>db"] and graph.flags == ("unknown-nodes",)


def test_templates_and_what_is_no_yaml_are_noted(tmp_path: Path) -> None:
    rule = "apiVersion: v1\nkind: Rule\nmetadata: {name: r}\nsummary: '{{ $labels.pod }} is down'\n"
    graph = read_graph(
        written(
            tmp_path,
            a_yaml=TEMPLATE,
            b_yaml="{{- if .x }}\na: 1\n",
            c_yaml="a: [",
            r_yaml=rule,
            s_yaml=SERVICE % "s",
        )
    )
    assert [node.id for node in graph.nodes] == ["s"]
    assert [one.reason.split("/")[-1] for one in graph.skipped] == [
        "a.yaml: line 4: a template that is not rendered",
        "b.yaml: line 1: a template that is not rendered",
        "c.yaml: line 1: not YAML (did not find expected node content)",
    ]


def test_what_is_passed_over(tmp_path: Path) -> None:
    outside = written(tmp_path / "outside", x_yaml=SERVICE % "x")
    inside = written(
        tmp_path / "inside",
        **{
            ".git__a_yaml": SERVICE % "a",
            "node_modules__b_yaml": SERVICE % "b",
            "values_yaml": "services: {v: {image: v}}",
        },
        other_yaml="services: {o: {port: 1}}\n",
        s_yaml=SERVICE % "s",
    )
    (inside / "x.yaml").symlink_to(outside / "x.yaml")
    (inside / "linked").symlink_to(outside)
    (inside / "circle").symlink_to(inside)
    graph = read_graph(inside)
    assert [node.id for node in graph.nodes] == ["s"] and graph.skipped == ()


@pytest.mark.parametrize(
    "files, said",
    [
        ({}, "neither docker-compose files nor Kubernetes manifests"),
        ({"a_yaml": "x: 1"}, "neither docker-compose files nor Kubernetes manifests"),
        ({"a_yaml": TEMPLATE}, "a.yaml: line 4: a template that is not rendered; name what `helm template"),
        ({"a_yaml": "apiVersion: v1\nkind: Secret"}, "names no node"),
        ({"a_yaml": "", "b_yaml": "", "c_yaml": "", "d_yaml": ""}, "more than 3 files of YAML"),
        ({"a_yaml": SERVICE % "a", "b_yaml": SERVICE % "b" * 3}, "more than 150 bytes of YAML"),
        (dict.fromkeys("abcdefgh", ""), "too many files"),
    ],
)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], said: str) -> None:
    for name, bound in (("MAX_FILES", 3), ("MAX_BYTES", 150), ("MAX_ENTRIES", 6)):
        monkeypatch.setattr(octad_folder, name, bound)
    with pytest.raises(InputError) as caught:
        read_graph(written(tmp_path, **files))
    assert said in str(caught.value) and str(tmp_path) in caught.value.message and caught.value.hint
