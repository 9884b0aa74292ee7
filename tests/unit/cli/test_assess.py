"""`octad assess` from files to JSON, and its errors: one line, exit code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from octad.records.report import Report
from octad.records.series import Series, SeriesSet
from octad.records.skipped import Skipped
from tests.past import Past

Octad = Callable[..., tuple[int, str, str]]
START = 1_769_860_800
BEFORE, AFTER = ("--before", "before.csv"), ("--after", "after.csv")


def table(path: Path, start: int, level: float) -> None:
    rng = np.random.default_rng(int(level))
    rows = [f"{start + 60 * i},{rng.normal(level, 0.1):.3f},{rng.normal(80, 2):.3f}" for i in range(40)]
    path.write_text("\n".join(["time,cart.latency,cart.requests", *rows]) + "\n")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    table(tmp_path / "before.csv", START, 10.0)
    table(tmp_path / "after.csv", START + 2400, 20.0)
    (tmp_path / "app.log").write_text("2026-01-31T12:00:00Z ERROR lost 3\n")
    (tmp_path / "g.json").write_text('{"web": ["cart"]}')
    (tmp_path / "h.json").write_text('[{"time": 1769860800, "kind": "deployed", "subject": "v1"}]')
    return tmp_path


@pytest.fixture
def past(tmp_path: Path) -> Past:
    made = Past(tmp_path / "repository")
    made.commit("Begin", {"cart/a.py": "x = 1\n"})
    made.commit("Raise", {"cart/a.py": "x = 2\n"}, day=1)
    return made


def asked(octad: Octad, *arguments: str) -> dict[str, object]:
    code, out, err = octad("assess", *arguments, "--format", "json", "--fail-on", "never", "--no-evidence")
    assert (code, err) == (0, "")
    return dict(json.loads(out))


def test_everything_at_once(operations: Octad, files: Path, past: Past) -> None:
    report = asked(
        operations, *BEFORE, *AFTER, "--change", "HEAD", "--repo", str(past.root), "--logs", "app.log",
        "--graph", "g.json", "--history", "h.json", "--at", str(START + 2400),
    )  # fmt: skip
    assert {"risk", "rollback", "scaling", "strategy", "findings"} <= set(report)
    for name in ("risk", "rollback"):
        assert 0 <= report[name]["probability"] <= 1  # type: ignore[index]
    assert report["strategy"]["name"] in ("rolling", "canary", "blue-green")  # type: ignore[index]
    assert report["scaling"]["metric"] == "cart.requests"  # type: ignore[index]


def test_metrics_alone_say_nothing_of_risk(operations: Octad, files: Path) -> None:
    report = asked(operations, *BEFORE, *AFTER)
    assert report["risk"] is report["strategy"] is None and report["rollback"] is not None


def test_a_change_alone_says_nothing_of_rollback(operations: Octad, past: Past) -> None:
    report = asked(operations, "--change", "HEAD", "--repo", str(past.root))
    assert report["rollback"] is report["scaling"] is None and report["risk"] is not None


def test_how_likely_it_is_taken_back(operations: Octad, past: Past) -> None:
    report: Any = asked(operations, "--change", "HEAD", "--repo", str(past.root))
    assert report["taken_back"]["odds"] > 0 and report["taken_back"]["commits"] == 1
    assert all(one["factor"] >= 1.1 for one in report["taken_back"]["reasons"])
    out = operations("assess", "--change", "HEAD", "--repo", str(past.root), "--no-evidence")[1]
    assert "times the usual odds" in out and "0 of the last 1 changes here were reverts" in " ".join(
        out.split()
    )


def test_a_shallow_clone_says_why_it_knows_no_risk(operations: Octad, past: Past, tmp_path: Path) -> None:
    past.commit("Lower", {"cart/a.py": "x = 0\n"}, day=2)
    place = str(tmp_path / "shallow")
    past.git("clone", "--quiet", "--depth", "2", past.root.as_uri(), place)
    report: Any = asked(operations, "--change", "HEAD", "--repo", place)
    assert report["risk"] is report["strategy"] is report["taken_back"] is None
    assert "the past of the change: this clone is shallow" in report["missing"][-1]
    code, out, _ = operations("assess", "--change", "HEAD", "--repo", place, "--min-probability", "0")
    assert code == 0 and "shallow" in out and "deployment/risk" not in out


def test_it_is_a_gate(operations: Octad, files: Path) -> None:
    code, out, _ = operations("assess", *BEFORE, *AFTER, "--min-probability", "0", "--no-evidence")
    assert code == 1 and "deployment/rollback" in out
    least = ("--min-probability", "1", "--no-evidence")
    code, out, _ = operations("assess", *BEFORE, *AFTER, *least)
    assert code == 1 and "cart.latency 9.97 → 20" in out
    table(files / "after.csv", START + 2400, 10.0)
    assert operations("assess", *BEFORE, *AFTER, *least)[0] == 0


def test_too_little_to_say_is_no_open_gate(operations: Octad, files: Path) -> None:
    (files / "after.csv").write_text("time,web.latency\n1769863200,1\n1769863260,1\n1769863320,1\n")
    code, out, err = operations("assess", *BEFORE, *AFTER)
    assert (code, out) == (2, "") and "too little to say: no series has 12 values before and 3 since" in err


PROMETHEUS = ("--prometheus", "http://localhost:1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to assess; name --change, --before and --after, or --traces and --at"),
        (("--logs", "app.log"), "nothing to assess"),
        (("--traces", "g.json", "--at", str(START)), "g.json: document 1 is JSON, but no trace"),
        (BEFORE, "metrics of one side alone say nothing; name both --before and --after"),
        (AFTER, "metrics of one side alone"),
        ((*BEFORE, *AFTER, "--at", "noon"), "'noon' is no time"),
        ((*BEFORE, *BEFORE, *AFTER), "both hold the series 'cart.latency'"),
        ((*BEFORE, "--after", "none.csv"), "none.csv"),
        ((*BEFORE, *AFTER, "--graph", "before.csv"), "before.csv"),
        ((*BEFORE, *AFTER, "--history", "app.log"), "app.log"),
        (("--change", "HEAD"), "repository"),
        ((*BEFORE, *AFTER, "--output", "no/report"), "cannot write no/report: no such folder"),
        ((*BEFORE, *AFTER, "--min-probability", "2"), "min-probability"),
        ((*PROMETHEUS, *BEFORE), "--prometheus takes the place of --before and --after"),
        (PROMETHEUS, "--prometheus needs --query and --at"),
        ((*PROMETHEUS, "--query", "up"), "--prometheus needs --query and --at"),
        ((*PROMETHEUS, "--query", "up", "--at", "2999-01-01"), "--at lies in the future"),
    ],
)
def test_errors_are_one_line(
    operations: Octad, files: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = operations("assess", *arguments)
    assert (code, out) == (2, "") and err.startswith("octad: error: ") and message in err
    assert err.count("\n") == 1


def test_prometheus_is_asked_for_both_sides(
    operations: Octad, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[tuple[float, float, float]] = []

    def query(url: str, queries: list[str], *, start: float, end: float, step: float) -> SeriesSet:
        assert (url, queries) == ("http://localhost:1", ["up", "down"])
        spans.append((start, end, step))
        times = tuple(start + step * i for i in range(int((end - start) / step) + 1))
        series = (Series(name="cart.latency", times=times, values=(1.0,) * len(times)),)
        return SeriesSet(series=series, skipped=(Skipped(path="http", reason="said"),))

    monkeypatch.setattr("octad.read.metrics.prometheus_api.query_prometheus", query)
    code, out, err = operations(
        "assess", *PROMETHEUS, "--query", "up", "--query", "down", "--at", str(START), "--minutes", "30",
        "--format", "json", "--fail-on", "never", "--no-evidence",
    )  # fmt: skip
    report = json.loads(out)
    assert (code, err) == (0, "") and report["skipped"] == [{"path": "http", "reason": "said"}]
    assert spans == [(START - 1800, START + 1800, 15.0)]
    assert report["rollback"] is not None


@pytest.mark.parametrize(("start", "known"), [(START + 2400, True), (START, False)])
def test_sides_that_overlap_have_no_time_between(
    operations: Octad, files: Path, monkeypatch: pytest.MonkeyPatch, start: int, known: bool
) -> None:
    """A canary runs beside its baseline; a deployment comes between its two sides."""
    seen: list[Any] = []

    def ask(runner: Any, case: Any, options: Any, skipped: Any) -> Report:
        seen.append(case.at)
        return Report(agent="", version="")

    monkeypatch.setattr("octad.ask.ask", ask)
    table(files / "after.csv", start, 20.0)
    assert operations("assess", *BEFORE, *AFTER)[0] == 0
    (at,) = seen
    assert (at is not None) is known
    if known:
        assert at.time == START + 2400
