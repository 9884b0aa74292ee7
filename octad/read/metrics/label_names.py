"""Labels of a metric, as monitoring keeps them, to the name of a series.

The rule: the service is who is told about. The workload that a call goes to comes first, then the labels
`service`, `service_name` and `app`, then `job`, then the pod, without its hash, and the container. Metrics of
containers and of Kubernetes are gathered by others, so that their pod comes before all of these; a job that
gathers for others is no service; metrics of machines have none, nor has what is known by its address alone.

The name is `service.metric{label=value,…}` with the other labels sorted; one that only repeats the service is
left out. The last dot of a name parts service and metric, so that dots behind it become underscores; where
two series then share a name, the second is `…#2`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from octad.read.logs.fields import workload_of

METRIC = "__name__"
UNNAMED = "value"
"""The metric of a series whose labels name none, as most results of queries are."""
_CALLED = (
    "destination_workload", "destination_canonical_service", "destination_service_name", "destination_app",
    "destination_service",
)  # fmt: skip
_SERVICES = (
    "exported_service", "service", "service_name", "exported_app", "app", "application",
    "app_kubernetes_io_name", "label_app",
)  # fmt: skip
_JOBS = ("exported_job", "job")
_WORKLOADS = (
    "deployment", "statefulset", "daemonset", "workload", "exported_pod", "pod", "pod_name",
    "container_label_com_docker_compose_service", "exported_container", "container", "container_name",
    "cmdb_id",
)  # fmt: skip
_PODS = frozenset({"exported_pod", "pod", "pod_name", "cmdb_id"})
_NOBODY = frozenset({"", "unknown", "POD", "none"})
_MACHINE = re.compile(r"(?:instance:)?(?:node|machine|windows|hw)_")
_OF_CONTAINERS = re.compile(r"(?:container|kube|pod)_")
_GATHERER = re.compile(
    r"kubernetes-.+|kubelet|(?:kubernetes-)?cadvisor|kube-state-metrics|(?:node|windows|blackbox|statsd)"
    r"(?:[-_]exporter)?|(?:.+-)?prometheus-node-exporter|envoy-stats|istio-mesh|(?:prometheus-)?pushgateway"
    r"|(?:otel|opentelemetry)(?:[-_]collector)?|federate|docker"
)


def series_name(labels: Mapping[str, str]) -> str:
    """The name of a series with these labels; a metric without a name is called UNNAMED."""
    service = _service(labels)
    others = sorted(
        f"{label}={value}"
        for label, value in labels.items()
        if label not in (METRIC, "service") and value not in ("", service)
    )
    metric = labels.get(METRIC) or UNNAMED
    if others:
        metric += "{" + ",".join(others) + "}"
    metric = metric.replace(".", "_")
    return f"{service}.{metric}" if service else metric


def disambiguated(names: Iterable[str]) -> list[str]:
    """The names in their order, repeats numbered."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return distinct


def _service(labels: Mapping[str, str]) -> str:
    """Who a series with these labels tells about, empty where it is nobody."""
    metric = labels.get(METRIC, "")
    if _MACHINE.match(metric):
        return ""
    gathered = _OF_CONTAINERS.match(metric) is not None
    named = (*_workloads(labels), *_named(labels)) if gathered else (*_named(labels), *_workloads(labels))
    return next((one for one in (*_called(labels), *named) if one not in _NOBODY), "")


def _called(labels: Mapping[str, str]) -> Iterator[str]:
    """The end of a call, an address within a cluster cut to its first name."""
    for label in _CALLED:
        value = labels.get(label, "")
        yield value.partition(".")[0] if ".svc" in value else value


def _named(labels: Mapping[str, str]) -> Iterator[str]:
    """Services and jobs, without the namespace before a slash; not those that gather for others."""
    for label in (*_SERVICES, *_JOBS):
        value = labels.get(label, "").rpartition("/")[2]
        if not _GATHERER.fullmatch(value):
            yield value


def _workloads(labels: Mapping[str, str]) -> Iterator[str]:
    """What a pod is a replica of, and the container in it."""
    for label in _WORKLOADS:
        value = labels.get(label, "")
        yield workload_of(value.rpartition(".")[2]) if label in _PODS else value
