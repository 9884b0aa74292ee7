from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.graphs.compose import read_compose
from octad.read.graphs.yaml_nodes import documents
from octad.records.graph import Graph

SHOP = """\
x-common: &common
  environment: {CACHE_HOST: cache}
services:
  web.front:
    image: nginx:1
    depends_on:
      api: {condition: service_healthy}
  api:
    depends_on: [db, missing]
    links: ["queue:mq"]
    environment:
      - DB_URL=postgres://api:db@db:5432/web
      - MOTTO=the cache of the queue
      - LEDGER=${LEDGER:-http://ledger/x}
  worker:
    <<: *common
  db: {}
  queue: {}
  cache:
  books: {container_name: ledger}
"""


def read(text: str) -> Graph:
    return read_compose(documents(text, "c.yml"), "c.yml")


def test_every_way_to_depend() -> None:
    graph = read(SHOP)
    assert sorted((edge.source, edge.target, edge.kind) for edge in graph.edges) == [
        ("api", "books", "calls"),
        ("api", "db", "depends_on"),
        ("api", "missing", "depends_on"),
        ("api", "queue", "links"),
        ("web.front", "api", "depends_on"),
        ("worker", "cache", "calls"),
    ]
    assert graph.flags == ("unknown-nodes",)
    assert (graph.nodes[0].id, graph.nodes[0].line, graph.nodes[0].attributes) == (
        "web.front",
        4,
        {"image": "nginx:1"},
    )
    assert graph.nodes[-1].id == "missing" and graph.nodes[-1].line == 9


@pytest.mark.parametrize(
    "text, said",
    [
        ("x: 1\nservices: 3", "c.yml: line 2: no services"),
        ("services:\n  a: [", "c.yml: line 2: not YAML"),
        ("services:\n  a: *b", "c.yml: line 2: unknown alias"),
        ("services: &a {}\nx: [" + "*a, " * 101 + "]", "line 2: more than 100 aliases"),
        ("services:\n  " + "[" * 100_000, "c.yml: line 2: YAML nested deeper than 64"),
        ("services: \x01", "c.yml: line 1: not YAML"),
        ("#" * 2_000_001, "longer than 2,000,000 characters"),
    ],
)
def test_refusals(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert said in caught.value.message and caught.value.hint and "\n" not in str(caught.value)


def test_a_mapping_that_holds_itself() -> None:
    assert [node.id for node in read("services: &a\n  x: *a\n  y: &b {<<: *b}").nodes] == ["x", "y"]
