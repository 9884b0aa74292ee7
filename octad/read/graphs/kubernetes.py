"""Services of Kubernetes manifests: what selects, routes to, or names which other service.

A workload and a service of one name are one node. Same names in several namespaces are one node too,
with the flag `merged-namespaces`; objects without a name are passed over with the flag `nameless`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from octad.read.graphs.builder import GraphBuilder
from octad.read.graphs.hosts import named_services
from octad.read.graphs.kubernetes_pods import WORKLOADS, labels, settings
from octad.read.graphs.yaml_nodes import Map, Word, entries, mapping, word
from octad.records.graph import Graph


def is_manifest(document: object) -> bool:
    """Whether a document is an object of Kubernetes."""
    return {"apiVersion", "kind"} <= mapping(document).keys()


def read_manifests(documents: list[object], source: str) -> Graph:
    """The graph of all objects of a file."""
    return _Manifests([one for document in documents for one in _objects(document)], source).graph()


def _objects(document: object) -> Iterator[Map]:
    """The object of a document, or those of a list of them."""
    if word(mapping(document).get("kind")).endswith("List"):
        yield from (mapping(item) for item in entries(mapping(document).get("items")))
    elif is_manifest(document):
        yield mapping(document)


def _name(found: Map) -> Word:
    return word(mapping(found, "metadata").get("name"))


class _Manifests:
    def __init__(self, objects: list[Map], source: str) -> None:
        self._builder = GraphBuilder(source)
        self._kinds: dict[str, list[Map]] = defaultdict(list)
        for one in objects:
            if _name(one):
                self._kinds[word(one.get("kind"))].append(one)
            else:
                self._builder.flag("nameless")
        self._workloads = [one for kind in WORKLOADS for one in self._kinds[kind]]

    def graph(self) -> Graph:
        self._nodes()
        self._selected()
        self._routed()
        self._named()
        return self._builder.graph()

    def _nodes(self) -> None:
        """Services, workloads and ingresses, in the order of their lines."""
        found = [*self._kinds["Service"], *self._workloads, *self._kinds["Ingress"]]
        spaces: dict[str, str] = {}
        for one in sorted(found, key=lambda one: _name(one).line):
            name, space = _name(one), word(mapping(one, "metadata").get("namespace"))
            if spaces.setdefault(name, space) != space:
                self._builder.flag("merged-namespaces")
            kind = "ingress" if one.get("kind") == "Ingress" else ""
            self._builder.node(name, name.line, kind=kind, attributes={"namespace": space} if space else None)

    def _selected(self) -> None:
        """A service depends on the workloads whose labels it selects."""
        bearers: dict[tuple[str, object], list[Map]] = defaultdict(list)
        for workload in self._workloads:
            for label in labels(workload):
                bearers[label].append(workload)
        for service in self._kinds["Service"]:
            wanted = {(key, word(value)) for key, value in mapping(service, "spec", "selector").items()}
            for workload in bearers.get(min(wanted), ()) if wanted else ():
                if wanted <= labels(workload):
                    self._edge(_name(service), _name(workload), _name(service).line, "selects")

    def _routed(self) -> None:
        """An ingress depends on the services behind it."""
        for ingress in self._kinds["Ingress"]:
            spec = mapping(ingress, "spec")
            rules = [mapping(rule, "http") for rule in entries(spec.get("rules"))]
            paths = [mapping(path, "backend") for http in rules for path in entries(http.get("paths"))]
            for backend in (*paths, mapping(spec, "defaultBackend"), mapping(spec, "backend")):
                target = word(mapping(backend, "service").get("name") or backend.get("serviceName"))
                if target:
                    self._edge(_name(ingress), target, target.line, "routes")

    def _named(self) -> None:
        """A workload depends on the services that its settings name as hosts."""
        known: dict[str, str] = {_name(one): _name(one) for one in self._kinds["Service"]}
        maps: dict[str, Map] = {_name(one): mapping(one, "data") for one in self._kinds["ConfigMap"]}
        for workload in self._workloads:
            for key, value in settings(workload, maps):
                for target in named_services(key, value, known):
                    self._edge(_name(workload), target, value.line, "")

    def _edge(self, source: str, target: str, line: int, kind: str) -> None:
        """An edge between two nodes; a workload and the service before it are one, and no loop."""
        if source != target:
            self._builder.edge(source, target, line, kind=kind)
