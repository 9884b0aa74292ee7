"""Image, compose file and Kubernetes manifests, held against the server that they start."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from octad.cli import client, serve
from octad.serve.routes import health
from octad.serve.run import CLOSING_S, STOPPING_S
from octad.serve.settings import PORT, ServeSettings
from scripts.size_limits import ROOT

DOCKER = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
MANIFESTS = {
    one["kind"]: one
    for path in sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    for one in [yaml.safe_load(path.read_text())]
}
POD: dict[str, Any] = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
(SERVER,) = POD["containers"]
UID = 10001
COMMANDS = {
    "image": re.findall(r'"([^"]+)"', re.findall(r"^CMD \[(.*)\]$", DOCKER, re.MULTILINE)[-1]),
    "compose": COMPOSE["services"]["octad"]["command"],
    "kubernetes": SERVER["args"],
}


def seconds(command: list[str]) -> float:
    """How long a server drains that is started so."""
    given = [one.partition("=")[2] for one in command if one.startswith("--drain-seconds=")]
    return float(given[0]) if given else ServeSettings().drain_seconds


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_those_of_the_verb(name: str) -> None:
    verb, *options = COMMANDS[name]
    assert verb == "serve"
    assert {one[2:].partition("=")[0].replace("-", "_") for one in options} <= set(serve.OPTIONS)
    assert {"--host=0.0.0.0", "--behind-proxy"} <= set(options)


def test_one_user_who_is_not_root_runs_it_everywhere() -> None:
    assert re.findall(r"^USER (.*)$", DOCKER, re.MULTILINE) == [f"{UID}:{UID}"]
    assert COMPOSE["services"]["octad"]["user"] == f"{UID}:{UID}"
    context = POD["securityContext"]
    assert context["runAsNonRoot"] and context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {context[name] for name in ("runAsUser", "runAsGroup", "fsGroup")} == {UID}


def test_the_image_is_checked_by_a_verb_that_there_is() -> None:
    check = re.findall(r"^HEALTHCHECK .* CMD \[(.*)\]$", DOCKER, re.MULTILINE)
    assert check == ['"octad", "client", "health"'] == [", ".join(f'"{one}"' for one in _health())]
    assert COMPOSE["services"]["octad"]["healthcheck"]["test"] == ["CMD", *_health()]


def _health() -> list[str]:
    return [
        "octad",
        "client",
        *(one.name or "" for one in client.verbs.registered_commands if one.name == "health"),
    ]


def test_the_image_installs_what_is_locked_and_nothing_else() -> None:
    assert "--require-hashes -r requirements/serve.txt" in DOCKER
    assert "--no-deps --no-build-isolation ." in DOCKER
    assert (ROOT / "requirements/serve.txt").is_file()
    copied = {
        one for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKER, re.MULTILINE) for one in line.split()
    }
    kept = set(re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == kept and all((ROOT / one).exists() for one in kept)


def test_all_speak_of_the_port_that_the_server_listens_on() -> None:
    assert f"EXPOSE {PORT}" in DOCKER
    assert COMPOSE["services"]["octad"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert [one["containerPort"] for one in SERVER["ports"]] == [PORT]
    (port,) = MANIFESTS["Service"]["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (PORT, SERVER["ports"][0]["name"])
    (rule,) = MANIFESTS["NetworkPolicy"]["spec"]["ingress"]
    assert [one["port"] for one in rule["ports"]] == [PORT]
    scraped = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text())["scrape_configs"][0]
    assert scraped["static_configs"] == [{"targets": [f"octad:{PORT}"]}]
    assert "--allow-host=octad" in COMMANDS["compose"]


def test_probes_ask_for_what_the_server_answers_by_a_name_that_it_knows() -> None:
    context: Any = SimpleNamespace()
    paths = {getattr(route, "path", "") for route in health.router(context).routes}
    probes = {name: SERVER[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness", "liveness")}
    assert {name: one["path"] for name, one in probes.items()} == {
        "startup": "/ready", "readiness": "/ready", "liveness": "/live",
    }  # fmt: skip
    assert {one["path"] for one in probes.values()} <= paths
    for one in probes.values():
        (host,) = one["httpHeaders"]
        assert host["name"] == "Host" and host["value"] in ServeSettings(host="0.0.0.0").names
        assert one["port"] in {port["name"] for port in SERVER["ports"]}


def test_what_is_in_flight_is_finished_before_anything_is_killed() -> None:
    needed = CLOSING_S + STOPPING_S
    before = SERVER["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert POD["terminationGracePeriodSeconds"] > before + seconds(COMMANDS["kubernetes"]) + needed + 5
    given = COMPOSE["services"]["octad"]["stop_grace_period"]
    assert float(given.removesuffix("s")) > seconds(COMMANDS["compose"]) + needed + 2


def test_nothing_is_writable_but_the_data_and_a_bounded_tmp() -> None:
    for one in (*POD["containers"], *POD["initContainers"]):
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert {mount["mountPath"] for mount in one["volumeMounts"]} == {"/data", "/tmp"}
        assert one["resources"]["limits"]["memory"] and one["resources"]["requests"]["cpu"]
    volumes = {one["name"]: one for one in POD["volumes"]}
    assert volumes["tmp"]["emptyDir"]["sizeLimit"]
    claim = volumes["data"]["persistentVolumeClaim"]["claimName"]
    assert claim == MANIFESTS["PersistentVolumeClaim"]["metadata"]["name"]
    for service in COMPOSE["services"].values():
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"]
        assert service["security_opt"] == ["no-new-privileges:true"] and service["healthcheck"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (
        "VOLUME /data" in DOCKER
        and "OCTAD_STORE=/data/store" in DOCKER
        and "OCTAD_CACHE=/data/cache" in DOCKER
    )


def test_one_server_writes_to_its_data() -> None:
    spec = MANIFESTS["Deployment"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert MANIFESTS["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_all_select_the_same_pods_and_are_listed() -> None:
    labels = MANIFESTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    chosen = {
        "Deployment": MANIFESTS["Deployment"]["spec"]["selector"]["matchLabels"],
        "Service": MANIFESTS["Service"]["spec"]["selector"],
        "PodDisruptionBudget": MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        "NetworkPolicy": MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    }
    assert all(one == labels for one in chosen.values())
    listed = set(MANIFESTS["Kustomization"]["resources"])
    assert listed == {path.name for path in (ROOT / "deploy/kubernetes").glob("*.yaml")} - {
        "kustomization.yaml"
    }


def test_nobody_is_asked_by_the_server_and_it_has_no_rights_in_the_cluster() -> None:
    spec = MANIFESTS["NetworkPolicy"]["spec"]
    assert spec["egress"] == [] and set(spec["policyTypes"]) == {"Ingress", "Egress"}
    assert POD["automountServiceAccountToken"] is False


def test_files_that_the_compose_file_mounts_are_there() -> None:
    mounts = [one for s in COMPOSE["services"].values() for one in s["volumes"] if one.startswith("./")]
    assert mounts and all(Path(ROOT, one.partition(":")[0]).parent.exists() for one in mounts)
