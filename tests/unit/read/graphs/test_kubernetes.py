from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.graphs.kubernetes import read_manifests
from octad.read.graphs.yaml_nodes import documents
from octad.records.graph import Graph

SHOP = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: db}, spec: {selector: {app: db}}}
- {apiVersion: v1, kind: Service, metadata: {name: queue}}
- {apiVersion: v1, kind: Service, metadata: {name: api, namespace: shop}, spec: {selector: {app: api}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {QUEUE: "queue:5672", other: "http://db/"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api-v2, namespace: shop}
spec:
  template:
    metadata: {labels: {app: api, tier: back}}
    spec:
      containers:
      - env:
        - {name: DB, value: "postgres://db.shop.svc/x"}
        - name: QUEUE
          valueFrom: {configMapKeyRef: {name: settings, key: QUEUE}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {template: {metadata: {labels: {app: db}}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{envFrom: [{configMapRef: {name: settings}}]}]}}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: edge}
spec:
  defaultBackend: {service: {name: missing}}
  rules: [{http: {paths: [{backend: {service: {name: api}}}]}}]
"""


def read(text: str) -> Graph:
    return read_manifests(documents(text, "k.yml"), "k.yml")


def test_every_way_to_depend() -> None:
    graph = read(SHOP)
    assert sorted((edge.source, edge.target, edge.kind) for edge in graph.edges) == [
        ("api", "api-v2", "selects"),
        ("api-v2", "db", "calls"),
        ("api-v2", "queue", "calls"),
        ("edge", "api", "routes"),
        ("edge", "missing", "routes"),
        ("nightly", "db", "calls"),
        ("nightly", "queue", "calls"),
    ]
    assert graph.flags == ("unknown-nodes",)
    nodes = {node.id: node for node in graph.nodes}
    assert nodes["edge"].kind == "ingress" and nodes["db"].line == 4
    assert nodes["api"].attributes == {"namespace": "shop"}


def test_what_is_told_of_names() -> None:
    one = "---\napiVersion: v1\nkind: Service\nmetadata: {%s}\n"
    graph = read(one % "name: a" + one % "name: a, namespace: b" + one % "")
    assert graph.flags == ("merged-namespaces", "nameless") and len(graph.nodes) == 1


def test_no_service_at_all() -> None:
    with pytest.raises(InputError, match="names no node"):
        read("apiVersion: v1\nkind: Secret\nmetadata: {name: a}")
