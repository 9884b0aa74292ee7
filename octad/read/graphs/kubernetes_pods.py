"""What the pods of a workload are labelled with and which settings they are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from octad.read.graphs.yaml_nodes import Map, Word, entries, mapping, word

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")

_Settings = Iterator[tuple[str, Word]]


def labels(workload: Map) -> set[tuple[str, Word]]:
    """The labels of its pods."""
    found = mapping(_pod(workload), "metadata", "labels")
    return {(key, word(value)) for key, value in found.items()}


def settings(workload: Map, maps: Mapping[str, Map]) -> _Settings:
    """Keys and values of the environment and of every configuration map that its pods are given."""
    spec = mapping(_pod(workload), "spec")
    for part in ("initContainers", "containers"):
        for container in entries(spec.get(part)):
            yield from _environment(mapping(container), maps)
    for volume in entries(spec.get("volumes")):
        yield from _all(maps.get(word(mapping(volume, "configMap").get("name")), {}))


def _pod(workload: Map) -> Map:
    """The template of its pods, or itself where it is one."""
    kind = word(workload.get("kind"))
    if kind == "Pod":
        return workload
    inner = ("spec", "jobTemplate") if kind == "CronJob" else ()
    return mapping(workload, *inner, "spec", "template")


def _environment(container: Map, maps: Mapping[str, Map]) -> _Settings:
    for variable in entries(container.get("env")):
        key = word(mapping(variable).get("name"))
        reference = mapping(variable, "valueFrom", "configMapKeyRef")
        mapped = maps.get(word(reference.get("name")), {}).get(word(reference.get("key")))
        yield key, word(mapping(variable).get("value") or mapped)
    for entry in entries(container.get("envFrom")):
        yield from _all(maps.get(word(mapping(entry, "configMapRef").get("name")), {}))


def _all(found: Map) -> _Settings:
    yield from ((key, word(value)) for key, value in found.items())
