"""What is shipped for Prometheus and Grafana asks for metrics that there are, and alerts as it should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from octad.serve import alerts
from octad.serve.monitor import Monitor
from tests.unit.serve.parts import ASKING, answered, busy, full

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yml"
PROMTOOL = shutil.which("promtool")
NAME = re.compile(r"\boctad_[a-z0-9_]+")
LABEL = re.compile(r"(\w+)\s*(?:=~|!=|!~|=)\s*\"")


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """The names of all metrics, and their labels, of a server that has something of everything."""
    monitor = Monitor(full().sources)
    busy(monitor, 1_200)
    monitor.seen(ASKING, answered("server.version"))
    monitor.seen(ASKING, replace(answered(), degraded="rules", is_cached=True))
    monitor.tick()
    found: dict[str, set[str]] = {}
    for line in monitor.exposition().body.decode().splitlines():
        name, _, rest = line.partition("{")
        if not line.startswith("#"):
            names = set(re.findall(r"(\w+)=\"", rest.rpartition("}")[0]))
            found.setdefault(name.partition(" ")[0], set()).update(names)
        elif line.startswith("# TYPE"):  # those without a value yet are there all the same
            found.setdefault(line.split()[2], set())
    return found


def panels() -> list[dict[str, Any]]:
    read = json.loads((DEPLOY / "grafana" / "octad.json").read_text())
    return [one for one in read["panels"] if one["type"] != "row"]


def unknown(expression: str, exposed: dict[str, set[str]]) -> list[str]:
    """Names of metrics that there are not, and labels that none of them has."""
    names = NAME.findall(expression)
    known = set().union(*(exposed.get(name, set()) for name in names))
    labels = set(LABEL.findall(expression)) | {
        one
        for group in re.findall(r"by \(([^)]*)\)", expression)
        for one in group.replace(" ", "").split(",")
    }
    return [name for name in names if name not in exposed] + sorted(labels - known)


def test_every_panel_asks_for_metrics_that_there_are(exposed: dict[str, set[str]]) -> None:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    assert len(asked) > 25 and all(NAME.search(one) for one in asked)
    assert {one: wrong for one in asked if (wrong := unknown(one, exposed))} == {}


def test_every_metric_is_shown_somewhere(exposed: dict[str, set[str]]) -> None:
    asked = " ".join(target["expr"] for panel in panels() for target in panel["targets"]) + RULES.read_text()
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exposed}
    unshown = {name for name in plain if name.removesuffix("_total") not in asked}
    assert unshown <= {
        "octad_info", "octad_workers", "octad_worker_loaded", "octad_queued_cost_seconds",
        "octad_cpu_seconds_total", "octad_cpu_seconds", "octad_rollout_step", "octad_drift_psi",
        "octad_drift_reference_cases", "octad_unusual_score",
    }  # fmt: skip


def test_a_name_that_is_not_there_is_seen(exposed: dict[str, set[str]]) -> None:
    assert unknown("rate(octad_gone_total[5m])", exposed) == ["octad_gone_total"]
    assert unknown('octad_rollout_weight{colour="red"}', exposed) == ["colour"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def test_the_rules_are_the_alerts_of_the_page(exposed: dict[str, set[str]]) -> None:
    own = set(re.findall(r'Alert\(\s*"(\w+)"', Path(alerts.__file__).read_text()))
    named = {rule["alert"] for rule in rules()}
    assert named - own == {"OctadDown"} and own <= named
    for rule in rules():
        assert rule["alert"] == "OctadDown" or unknown(rule["expr"], exposed) == []


def test_every_rule_is_tested_both_ways() -> None:
    tests = yaml.safe_load((RULES.parent / "alerts_test.yml").read_text())["tests"]
    wanted = {f"{rule['alert']}, {kind}" for rule in rules() for kind in ("wrong", "right")}
    assert {one["name"] for one in tests} == wanted


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL
    return subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool")
def test_promtool_agrees(tmp_path: Path) -> None:
    assert promtool("check", "rules", str(RULES)).returncode == 0
    assert promtool("test", "rules", str(RULES.parent / "alerts_test.yml")).returncode == 0
    config = (RULES.parent / "prometheus.yml").read_text()
    token = tmp_path / "token"
    token.write_text("octad_x")
    (tmp_path / "alerts.yml").write_text(RULES.read_text())
    (tmp_path / "prometheus.yml").write_text(config.replace("/etc/prometheus/octad-token", str(token)))
    assert promtool("check", "config", str(tmp_path / "prometheus.yml")).returncode == 0


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool")
def test_a_rule_that_asks_for_too_much_is_seen(tmp_path: Path) -> None:
    """The control: with another level the tests of the rules fail."""
    (tmp_path / "alerts.yml").write_text(RULES.read_text().replace("> 0.05", "> 0.5"))
    (tmp_path / "alerts_test.yml").write_text((RULES.parent / "alerts_test.yml").read_text())
    assert promtool("test", "rules", str(tmp_path / "alerts_test.yml")).returncode != 0


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool")
def test_promtool_finds_no_fault_with_the_metrics() -> None:
    monitor = Monitor(full().sources)
    busy(monitor, 700)
    monitor.tick()
    assert PROMTOOL
    done = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=monitor.exposition().body, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
