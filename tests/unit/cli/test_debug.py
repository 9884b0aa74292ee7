"""`octad debug` from files to JSON, and its errors: one line, exit code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from octad.read.metrics.together import read_together
from octad.records.series import SeriesSet
from octad.records.skipped import Skipped
from tests.past import Past
from tests.spans import Step, otlp, written

Octad = Callable[..., tuple[int, str, str]]
START = 1_769_860_800
METRICS, LOGS = ("--metrics", "m.csv"), ("--logs", "app.log")
TRACE = """2026-01-31T12:40:00Z ERROR cannot add
Traceback (most recent call last):
  File "/srv/shop/cart/a.py", line 2, in add
    x = y
NameError: y
"""


@pytest.fixture
def past(tmp_path: Path) -> Past:
    made = Past(tmp_path / "repository")
    made.commit("Begin", {"cart/a.py": "x = 1\n"})
    made.git("tag", "good")
    made.commit("Raise", {"cart/a.py": "x = 2\nx = y\n"}, day=1)
    return made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = []
    for i in range(60):
        cart, web = rng.normal(10, 0.1) * (9 if i >= 36 else 1), rng.normal(5, 0.1)
        rows.append(f"{START + 60 * i},{cart:.3f},{web:.3f}")
    (tmp_path / "m.csv").write_text("\n".join(["time,cart.latency,web.latency", *rows]) + "\n")
    (tmp_path / "app.log").write_text(TRACE)
    (tmp_path / "g.json").write_text('{"web": ["cart"]}')
    return tmp_path


def test_traces_alone_name_the_service_that_is_slow(operations: Octad, files: Path) -> None:
    """cart takes ten times as long from minute 36 on; web, which waits for it, is no slower itself."""
    steps = []
    for i in range(600):
        slow = 10 if i >= 360 else 1
        begin, took, own = 6_000_000 * i, 20_000 * slow + 100 * (i % 7), 5_000 + 100 * (i % 5)
        steps += [
            Step(f"{3 * i + 1:x}", "", "web", "SERVER", begin, took + own),
            Step(f"{3 * i + 2:x}", f"{3 * i + 1:x}", "web", "CLIENT", begin + 2_000, took + 1_000),
            Step(f"{3 * i + 3:x}", f"{3 * i + 2:x}", "cart", "SERVER", begin + 2_500, took),
        ]
    written(files / "t.jsonl", *(otlp([one]) for one in steps))
    report = asked(operations, "--traces", "t.jsonl")
    causes = {cause["kind"]: cause["name"] for cause in reversed(report["root_causes"])}
    assert causes["service"] == "cart" and report["missing"] == ["logs"]
    assert abs(next(m["time"] for m in report["timeline"] if m["kind"] == "metric") - (START + 2160)) <= 64


def asked(octad: Octad, *arguments: str) -> dict[str, Any]:
    code, out, err = octad("debug", *arguments, "--format", "json", "--no-evidence")
    assert (code, err) == (0, "")
    return dict(json.loads(out))


def test_everything_at_once(operations: Octad, files: Path, past: Past) -> None:
    report = asked(
        operations, *METRICS, *LOGS, "--graph", "g.json", "--repo", str(past.root), "--since", "good",
        "--at", str(START + 36 * 60),
    )  # fmt: skip
    assert {"root_causes", "no_code_cause", "timeline", "findings"} <= set(report)
    names = {cause["kind"]: cause["name"] for cause in reversed(report["root_causes"])}
    assert {"service", "metric", "template", "change", "region"} == set(names)
    assert names["change"].endswith(" Raise") and names["region"] == "cart/a.py:2 in add"
    assert all(0 <= cause["score"] <= 1 for cause in report["root_causes"])
    scores = [cause["score"] for cause in report["root_causes"]]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= report["no_code_cause"] <= 1
    times = [mark["time"] for mark in report["timeline"]]
    assert times == sorted(times) and {"metric", "incident"} <= {mark["kind"] for mark in report["timeline"]}


def test_metrics_alone_blame_no_code(operations: Octad, files: Path) -> None:
    report = asked(operations, *METRICS)
    assert report["no_code_cause"] is None
    assert {cause["kind"] for cause in report["root_causes"]} == {"service", "metric"}


def test_logs_alone_are_enough(operations: Octad, files: Path) -> None:
    assert "template" in {cause["kind"] for cause in asked(operations, *LOGS)["root_causes"]}


def test_since_is_of_this_folder_unless_said(
    operations: Octad, files: Path, past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(past.root)
    report = asked(operations, "--logs", "../app.log", "--since", "good")
    assert {"change", "region"} <= {cause["kind"] for cause in report["root_causes"]}


def test_it_fails_only_where_that_is_asked(operations: Octad, files: Path) -> None:
    least = ("--min-probability", "0", "--no-evidence")
    assert operations("debug", *METRICS, *least)[0] == 0
    assert operations("debug", *METRICS, *least, "--fail-on", "error")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to go by; name --metrics, --logs, --traces, or several of them"),
        (("--graph", "g.json"), "nothing to go by"),
        ((*METRICS, *METRICS), "both hold the series 'cart.latency'"),
        (("--metrics", "none.csv"), "none.csv"),
        (("--logs", "none.log"), "none.log"),
        ((*METRICS, "--graph", "m.csv"), "m.csv"),
        ((*METRICS, "--at", "noon"), "'noon' is no time"),
        ((*METRICS, "--since", "good"), "repository"),
        ((*METRICS, "--repo", "nowhere"), "folder does not exist"),
        ((*METRICS, "--repo", "repository", "--since", "bad"), "bad"),
        ((*METRICS, "--output", "."), "is a folder"),
    ],
)
def test_errors_are_one_line(
    operations: Octad, files: Path, past: Past, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = operations("debug", *arguments)
    assert (code, out) == (2, "") and err.startswith("octad: error: ") and message in err
    assert err.count("\n") == 1


def test_what_of_a_graph_is_not_read_is_said(operations: Octad, files: Path) -> None:
    (files / "g.md").write_text("```mermaid\nflowchart LR\nweb --> cart\n```\n```mermaid\npie\n```\n")
    code, out, err = operations("debug", *METRICS, "--graph", "g.md", "--format", "json", "--no-evidence")
    assert code == 0 and err == ""
    reason = "not read: line 6: pie is no diagram of services"
    assert json.loads(out)["skipped"] == [{"path": "g.md", "reason": reason}]
    assert {cause["name"] for cause in json.loads(out)["root_causes"]} >= {"web", "cart"}


PROMETHEUS = ("--prometheus", "http://localhost:1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*PROMETHEUS, *METRICS, "--at", "0"), "--prometheus takes the place of --metrics"),
        ((*PROMETHEUS, "--at", "0"), "--prometheus needs --query and --at"),
        ((*PROMETHEUS, "--query", "up"), "--prometheus needs --query and --at"),
        ((*PROMETHEUS, "--query", "up", "--at", "2999-01-01"), "--at lies in the future"),
    ],
)
def test_what_is_wrong_with_prometheus_is_one_line(
    operations: Octad, files: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = operations("debug", *arguments)
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1


def test_prometheus_is_asked_around_the_incident(
    operations: Octad, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[float, float, float]] = []
    partial = Skipped(path="http", reason="partial")

    def query(url: str, queries: list[str], *, start: float, end: float, step: float) -> SeriesSet:
        assert (url, queries) == ("http://localhost:1", ["up"])
        asked_for.append((start, end, step))
        return read_together([Path("m.csv")]).model_copy(update={"skipped": (partial, partial)})

    monkeypatch.setattr("octad.read.metrics.prometheus_api.query_prometheus", query)
    at = START + 36 * 60
    code, out, err = operations(
        "debug", *PROMETHEUS, "--query", "up", "--at", str(at), "--minutes", "120", "--format", "json",
        "--no-evidence",
    )  # fmt: skip
    assert (code, err) == (0, "") and asked_for == [(at - 7200, at + 7200, 30.0)]
    assert json.loads(out)["skipped"] == [{"path": "http", "reason": "partial"}]
    first = next(one for one in json.loads(out)["root_causes"] if one["kind"] == "service")
    assert first["name"] == "cart"


def test_one_metric_of_two_weeks_says_when_it_was_unusual_and_how_surely(
    operations: Octad, tmp_path: Path
) -> None:
    rng = np.random.default_rng(7)
    at = np.arange(4032)
    values = 40 + 15 * np.sin(2 * np.pi * (at % 288) / 288) + rng.gamma(2, 1.2, len(at))
    values[rng.choice(len(at), 40)] += 8
    values[3170:3230] += 40
    rows = [f"{START + 300 * i},{value:.3f}" for i, value in enumerate(values)]
    for count in (120, len(at)):
        (tmp_path / f"{count}.csv").write_text("\n".join(["timestamp,value", *rows[:count]]) + "\n")
    _, out, _ = operations("debug", "--metrics", str(tmp_path / "4032.csv"), "--format", "json")
    said = json.loads(out)
    (one,) = said["anomalies"]
    assert START + 300 * 3170 <= one["time"] <= START + 300 * 3175
    assert (one["series"], one["share"]) == ("value", 0.68) and one["word"] == "very unusual"
    assert one["usual"] < 60 < one["value"]
    assert any(mark["time"] == one["time"] and mark["subject"] == "value" for mark in said["timeline"])
    assert said["blocks"][1]["title"] == "Anomalies" and "68%" in said["blocks"][1]["rows"][1]
    _, out, _ = operations("debug", "--metrics", str(tmp_path / "120.csv"), "--format", "json")
    said = json.loads(out)
    assert said["anomalies"] is None
    assert "Anomalies" not in {block["title"] for block in said["blocks"]}
