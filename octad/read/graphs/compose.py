"""Services of docker-compose: what one waits for, links to, or names as a host in its environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from octad.read.graphs.builder import GraphBuilder, wrong
from octad.read.graphs.hosts import named_services
from octad.read.graphs.yaml_nodes import Map, Word, entries, line_of, mapping, word
from octad.records.graph import Graph

_HINT = "services are a mapping of names to settings"


def is_compose(document: object) -> bool:
    """Whether a document lists services."""
    return "services" in mapping(document) and "apiVersion" not in mapping(document)


def read_compose(documents: list[object], source: str) -> Graph:
    """The graph of every document that lists services; one may name those of another."""
    builder = GraphBuilder(source)
    listed = [_services(mapping(document), source) for document in documents if is_compose(document)]
    known = {host: name for services in listed for host, name in _hosts(services)}
    known |= {name: name for services in listed for name in services}
    for services in listed:
        for name, service in services.items():
            image = word(mapping(service).get("image"))
            builder.node(name, line_of(name), attributes={"image": image} if image else None)
    for services in listed:
        _edges(services, known, builder)
    return builder.graph()


def _services(document: Map, source: str) -> Map:
    """The services of a document; raises UnreadableInput, naming the line, where there are none."""
    services = mapping(document, "services")
    if not services:
        key = next(key for key in document if key == "services")
        raise wrong(source, line_of(key), "no services", hint=_HINT)
    return services


def _edges(services: Map, known: Mapping[str, str], builder: GraphBuilder) -> None:
    for name, service in services.items():
        for target in _waits_for(mapping(service)):
            builder.edge(name, target, line_of(target), kind="depends_on")
        for link in entries(mapping(service).get("links")):
            if target := word(link).split(":")[0]:
                builder.edge(name, target, word(link).line, kind="links")
        for key, value in _environment(mapping(service).get("environment")):
            for target in named_services(key, value, known):
                if target != name:
                    builder.edge(name, target, value.line)


def _hosts(services: Map) -> Iterator[tuple[str, str]]:
    """The names under which services are reached beside their own."""
    for key in ("container_name", "hostname"):
        for name, service in services.items():
            if host := word(mapping(service).get(key)):
                yield host, name


def _waits_for(service: dict[str, object]) -> list[str]:
    """The names in `depends_on`, a list or a mapping to conditions."""
    found = service.get("depends_on")
    return (
        list(found) if isinstance(found, dict) else [one for one in entries(found) if isinstance(one, Word)]
    )


def _environment(found: object) -> Iterator[tuple[str, Word]]:
    """Keys and values of an environment, a mapping or a list of `KEY=value`."""
    for key, value in mapping(found).items():
        yield key, word(value)
    for entry in entries(found):
        key, _, value = word(entry).partition("=")
        yield key, Word(value, word(entry).line)
