"""Deployments of somebody's own: what metrics say, steps and pace, a Prometheus that fails, examples."""

from __future__ import annotations

import http.server
import json
import math
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import yaml  # type: ignore[import-untyped]

from octad.cli.main import run
from octad.errors import InputError
from octad.read.history.events import read_events
from octad.records.series import Comparison, Series, SeriesSet
from octad.rollout.controller import database
from octad.rollout.watch import Look, Schedule, combined, fresh, looked, pace
from octad.rollout.watcher import Deployment, Questions, checked, last_look, look, watched
from tests.past import Past
from tests.unit.rollout.world import at_step

ROOT = Path(__file__).parents[3]
AT = time.time() - 1_800
FIRST = "request_latency_seconds"


@pytest.fixture(autouse=True)
def own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(folder))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("USER", "ann")


class Metrics:
    """A Prometheus that answers every query with one series: its level, times what happened since AT."""

    def __init__(self) -> None:
        self.after = 1.0
        self.since = AT
        self.gone: Callable[[float, str], bool] = lambda at, query: False
        self.status = 200
        self.error = ""
        self.asked: list[str] = []

    def answer(self, target: str) -> bytes:
        given = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        query = given["query"]
        self.asked.append(query)
        if self.error:
            return json.dumps({"status": "error", "errorType": "bad_data", "error": self.error}).encode()
        rng = np.random.default_rng(len(query))
        start, end, step = (float(given[name]) for name in ("start", "end", "step"))
        values = []
        for number in range(int((end - start) / step) + 1):
            at = start + number * step
            noise = float(rng.lognormal(0, 0.05))
            factor = self.after if at >= self.since and "baseline" not in query else 1.0
            if not self.gone(at, query):
                values.append([at, str(0.1 * noise * factor)])
        labels = {"__name__": query.partition("{")[0], "job": "shop"}
        result = [{"metric": labels, "values": values}] if values else []
        return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()


@pytest.fixture
def metrics() -> Iterator[tuple[Metrics, str]]:
    told = Metrics()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = told.answer(self.path)
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield told, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


Asked = tuple[Metrics, str]
Octad = Callable[..., tuple[int, str, str]]


@pytest.fixture
def octad(capsys: pytest.CaptureFixture[str]) -> Octad:
    def invoke(*arguments: str) -> tuple[int, str, str]:
        code = run(["rollout", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return invoke


def once(octad: Octad, url: str, *more: str) -> tuple[int, dict[str, Any]]:
    given = more or ("--query", FIRST, "--step-minutes", "5")
    code, out, err = octad("watch", "--prometheus", url, "--at", f"{AT}", "--once", *given)
    assert err == ""
    return code, json.loads(out)


def test_one_look_as_json(octad: Octad, metrics: Asked, folder: Path) -> None:
    code, said = once(octad, metrics[1])
    assert (code, said["verdict"], said["weight"], said["is_last"]) == (0, "promote", 100, True)
    assert said["metrics"][0]["word"] == "not twice as bad"
    metrics[0].after = 3.0
    code, said = once(octad, metrics[1])
    assert (code, said["verdict"], said["weight"]) == (1, "roll back", 0)
    assert "is worse: 0.1" in said["reason"] and "at least" in said["reason"]
    kept = last_look(database(folder), "deployment")
    assert kept is not None and kept[0].verdict == "roll back" and 0 <= kept[1] < 60


def test_before_every_step_had_its_time_it_waits(octad: Octad, metrics: Asked) -> None:
    code, said = once(octad, metrics[1], "--query", FIRST, "--step-minutes", "14")
    assert (code, said["verdict"], said["weight"]) == (3, "hold", 50)
    assert said["reason"] == "1 metrics are not twice as bad; this step goes on"


def test_a_canary_beside_its_baseline(octad: Octad, metrics: Asked) -> None:
    two = ("--baseline", "latency_seconds{role='baseline'}", "--canary", "latency_seconds{role='canary'}")
    code, said = once(octad, metrics[1], *two, "--step-minutes", "5")
    assert (code, said["verdict"]) == (0, "promote")
    metrics[0].after = 3.0
    code, said = once(octad, metrics[1], *two, "--step-minutes", "5")
    assert (code, said["verdict"]) == (1, "roll back")


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        (lambda at, query: True, "no points in this window"),
        (lambda at, query: at >= AT and query == "queue_length", "not measured: shop.queue_length"),
        (lambda at, query: at >= AT, "not measured"),
        (lambda at, query: at > AT - 300 or at < AT - 320, "no points|not measured|too little"),
    ],
)
def test_what_is_missing_never_passes(
    octad: Octad, metrics: Asked, gone: Callable[[float, str], bool], reason: str
) -> None:
    metrics[0].gone = gone
    code, said = once(octad, metrics[1], "--query", FIRST, "--query", "queue_length", "--step-minutes", "1")
    assert (code, said["verdict"]) == (3, "hold") and re.search(reason, said["reason"])


def test_a_prometheus_that_fails_never_passes(octad: Octad, metrics: Asked) -> None:
    metrics[0].status = 500
    code, said = once(octad, metrics[1])
    assert (code, said["verdict"]) == (3, "hold") and "HTTP status 500" in said["reason"]


def test_a_query_that_is_wrong_is_an_error(octad: Octad, metrics: Asked) -> None:
    metrics[0].error = "1:5: parse error: unclosed left parenthesis"
    code, out, err = octad("watch", "--prometheus", metrics[1], "--at", f"{AT}", "--once", "--query", "up(")
    assert (code, out) == (2, "") and "unclosed left parenthesis" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to ask for"), (("--query", "a", "--canary", "b"), "takes the place"),
        (("--canary", "b"), "as many --baseline as --canary"),
        (("--query", "a", "--steps", "50,5"), "'50,5' are no steps"),
        (("--query", "a", "--steps", "x"), "no steps"),
        (("--query", "a", "--at", "2999-01-01"), "--at lies in the future"),
        (("--query", "a", "--at", "noon"), "'noon' is no time"),
        (("--query", "a", "--subject", " "), "--subject is empty"),
    ],
)  # fmt: skip
def test_errors_are_one_line(octad: Octad, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = octad("watch", "--prometheus", "http://127.0.0.1:1", "--at", f"{AT}", *arguments)
    assert (code, out) == (2, "") and message in err and err.count("\n") == 1


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def followed(metrics: Asked, longest: float = 7_200, every: float = 60.0, **schedule: Any) -> list[Look]:
    clock, found = Time(), list[Look]()
    plan = Schedule(schedule.get("steps", (5, 25, 100)), schedule.get("seconds", 300.0))
    questions = Questions(metrics[1], (FIRST,))
    deployment = Deployment("shop", AT, plan)
    watched(questions, deployment, every, longest, told=found.append, sleep=clock.sleep, clock=clock.clock)
    return found


def test_steps_follow_one_another_until_it_is_promoted(metrics: Asked) -> None:
    found = followed(metrics)
    assert [one.weight for one in found] == [5] * 5 + [25] * 5 + [100] * 6
    assert [one.verdict for one in found] == ["hold"] * 15 + ["promote"] and found[-1].is_last


def test_time_without_measurements_is_no_time_of_a_step(metrics: Asked) -> None:
    metrics[0].gone = lambda at, query: 3 <= len(metrics[0].asked) <= 12
    found = followed(metrics)
    assert found[-1].verdict == "promote" and len(found) > 20


def test_it_gives_up_waiting(metrics: Asked) -> None:
    metrics[0].gone = lambda at, query: True
    found = followed(metrics, longest=600)
    assert found[-1].verdict == "hold" and len(found) == 11


def test_harm_ends_it_at_once(metrics: Asked) -> None:
    metrics[0].after = 3.0
    assert [one.verdict for one in followed(metrics)] == ["roll back"]


def test_lines_and_outcomes(octad: Octad, metrics: Asked, tmp_path: Path) -> None:
    arguments = ("watch", "--prometheus", metrics[1], "--at", f"{AT}", "--query", FIRST)
    metrics[0].after = 3.0
    for _ in range(2):
        code, out, _ = octad(*arguments, "--subject", "shop", "--max-minutes", "0.01", "--every", "0.1")
    assert code == 1 and out.count("\n") == 1 and "roll back" in out
    file = tmp_path / "outcomes.json"
    assert octad("outcomes", "--format", "json", "--output", str(file))[0] == 0
    (event,) = read_events(file).events
    assert (event.kind, event.subject, event.attributes["at"]) == ("rolled-back", "shop", f"{AT:.0f}")
    assert "rolled-back  shop" in octad("outcomes")[1]


def test_the_risk_of_a_change_sets_the_pace(octad: Octad, metrics: Asked, tmp_path: Path) -> None:
    past = Past(tmp_path / "repository")
    past.commit("Begin", {"cart/a.py": "x = 1\n"})
    past.commit("Raise", {"cart/a.py": "x = 2\n"}, day=1)
    code, out, err = octad(
        "watch", "--prometheus", metrics[1], "--at", f"{AT}", "--query", FIRST, "--once", "--change", "HEAD",
        "--repo", str(past.root), "--step-minutes", "100",
    )  # fmt: skip
    said = json.loads(out)
    assert code == 3 and said["odds"] > 0 and said["revision"] == "HEAD"
    assert f"steps are {pace(said['odds']):g} times as long" in err


def test_pace_and_schedule() -> None:
    assert [pace(odds) for odds in (None, 0.1, 1.0, 2.5, 100.0)] == [1.0, 0.5, 1.0, 2.5, 4.0]
    plan = Schedule((5, 50, 100), 60.0)
    assert [plan.weight(at) for at in (-1, 0, 59, 60, 120, 1e9)] == [5, 5, 5, 50, 100, 100]
    assert combined("promote", "so", plan, 179.0) == ("hold", "so; this step goes on")
    assert combined("promote", "so", plan, 180.0) == ("promote", "so")
    assert combined("roll back", "so", plan, 0.0) == ("roll back", "so")


def series(name: str, values: list[float], start: float) -> Series:
    known = tuple(value if math.isfinite(value) else None for value in values)
    return Series(name=name, times=tuple(start + 60 * at for at in range(len(values))), values=known)


def test_nothing_but_not_a_number_is_missing() -> None:
    before = SeriesSet(series=(series("shop.latency", [0.1] * 40, 0.0),))
    after = SeriesSet(series=(series("shop.latency", [math.nan] * 20, 2_400.0),))
    assert looked(Comparison(before=before, after=after))[:2] == ("hold", "not measured: shop.latency")
    other = SeriesSet(series=(series("shop.latency_ms", [100.0] * 20, 2_400.0),))
    assert looked(Comparison(before=before, after=other))[0] == "hold"
    assert looked(None)[0] == "hold"
    plain = SeriesSet(series=(series("shop.colour", [1.0] * 40, 0.0),))
    same = SeriesSet(series=(series("shop.colour", [1.0] * 20, 2_400.0),))
    assert looked(Comparison(before=plain, after=same))[1] == "no metric whose direction is known"


def test_a_verdict_that_is_old_holds() -> None:
    good = Look(subject="a", at=0, verdict="promote", weight=100, is_last=True, reason="so", seconds=1)
    assert fresh(good, 100, 60) == good
    assert fresh(good, 181, 60).verdict == fresh(good, -1, 60).verdict == "hold"
    bad = good.model_copy(update={"verdict": "roll back", "weight": 0})
    assert fresh(bad, 1e6, 60) == bad


def test_what_was_asked_wrongly(metrics: Asked) -> None:
    with pytest.raises(InputError):
        checked(Questions(metrics[1]))
    metrics[0].error = "parse error"
    questions, deployment = Questions(metrics[1], ("a",)), Deployment("a", AT, Schedule((100,), 60.0))
    with pytest.raises(InputError):
        look(questions, deployment, 0.0)
    assert look(questions, deployment, 0.0, is_first=False).verdict == "hold"


def script(metrics: Asked, folder: Path, tmp_path: Path) -> tuple[int, str]:
    """The exit code of the example, and what it did."""
    said = tmp_path / "said"
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PROMETHEUS": metrics[1], "OCTAD_STORE": str(folder),
        "QUERIES": f'{FIRST}\nlatency_ms{{a="b c"}}',
        "OPTIONS": "--max-minutes 0.01 --every 0.2 --subject shop",
        "no_proxy": "*",
    }  # fmt: skip
    program = tmp_path / "octad"
    program.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from octad.cli.main import main; main()' \"$@\"\n"
    )
    program.chmod(0o700)
    environment["OCTAD"] = str(program)
    done = subprocess.run(
        ["sh", str(ROOT / "examples/rollout/gate.sh"), f"echo deployed >> {said}", f"echo undone >> {said}"],
        env=environment, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, said.read_text()


def test_the_shell_script_takes_back_what_is_not_sound(metrics: Asked, folder: Path, tmp_path: Path) -> None:
    metrics[0].after, metrics[0].since = 1.0, math.inf
    assert script(metrics, folder, tmp_path) == (3, "deployed\nundone\n")
    assert metrics[0].asked[:2] == [FIRST, 'latency_ms{a="b c"}']


def test_the_template_for_argo_asks_for_what_there_is() -> None:
    web, job = yaml.safe_load_all((ROOT / "examples/rollout/argo-analysis.yaml").read_text())
    metric = web["spec"]["metrics"][0]
    assert metric["provider"]["web"]["url"].endswith("/v1/deployments/{{args.subject}}")
    assert metric["successCondition"] == 'result == "promote"'
    assert metric["failureCondition"] == 'result == "roll back"' and metric["inconclusiveLimit"]
    (container,) = job["spec"]["metrics"][0]["provider"]["job"]["spec"]["template"]["spec"]["containers"]
    code = run([*(one.replace("{{args.began}}", "noon") for one in container["args"])])
    assert code == 2  # every option is known; that noon is no time is what is wrong


def test_the_verbs_of_a_rollout(octad: Octad, folder: Path, tmp_path: Path) -> None:
    from octad.registry.local import LocalRegistry
    from tests.unit.registry.artefacts import AGENT, made

    assert octad("status")[1].startswith("no rollouts")
    registry = LocalRegistry(folder, actor="ann")
    old, new = (registry.put(made(tmp_path / f"{seed}", seed=seed)).digest for seed in (1, 2))
    registry.point(AGENT, "stable", old, actor="ann")
    code, out, _ = octad("start", AGENT, new[:8], "--steps", "0,50,100")
    assert code == 0 and f"{AGENT}: {new[:12]} beside {old[:12]}" in out
    assert octad("pause", AGENT)[1].split()[-3:] == ["paused", "0", "%"]
    assert octad("pause", AGENT)[0] == 2 and octad("resume", AGENT)[0] == 0
    code, _, err = octad("promote", AGENT)
    assert code == 2 and "not promoted: 0 of 50 answers" in err and "--by-hand" in err
    assert octad("abort", AGENT)[1].split()[-3:] == ["aborted", "0", "%"]
    (told,) = json.loads(octad("status", AGENT, "--json")[1])
    assert told["weight"] == 0 and [one["transition"]["decision"] for one in told["decisions"]] == [
        "abort", "resume", "pause", "start",
    ]  # fmt: skip
    assert "ann: aborted by ann" in octad("status")[1]
    octad("start", AGENT, new)
    assert octad("promote", AGENT, "--by-hand")[1].split()[-3:] == ["done", "100", "%"]
    assert octad("start", AGENT, new)[0] == 2 and octad("start", AGENT, old, "--steps", "a")[0] == 2
    assert octad("abort", "nobody")[0] == 2


def test_a_rollout_that_calls_somebody_says_so() -> None:
    from octad.cli.rollout import _head

    assert _head(at_step(5).model_copy(update={"alert": "no data"})).endswith("\n    ! no data")
