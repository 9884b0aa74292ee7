"""Rollouts over HTTP: who may, what is shown, conflicts, and the last look at a deployment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.rollout.controller import Controller
from octad.rollout.watch import Look
from octad.rollout.watcher import keep
from octad.serve.routes.rollouts import router
from tests.served import Scripted, Served
from tests.unit.rollout.world import NEW, OLD, Names, opened

AGENT = catalog.entries()[0].name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    made.mkdir(0o700)
    return made


@pytest.fixture
def controller(folder: Path) -> Controller:
    return opened(folder, Names())


@pytest.fixture
def served(controller: Controller, tmp_path: Path) -> Served:
    return Served(tmp_path, Scripted(), agents=[AGENT], more=[router(controller)])


def post(served: Served, path: str, body: Any, role: str = "operate") -> Any:
    return served.call("POST", path, body, role=role)


def begun(served: Served, **fields: Any) -> Any:
    return post(served, "/v1/rollouts", {"agent": AGENT, "reference": NEW, **fields})


def test_a_rollout_is_begun_shown_and_aborted(served: Served) -> None:
    came = begun(served, steps=[25, 50, 100])
    assert came.status == 200 and came.json["weight"] == 25
    number = came.json["rollout"]["id"]
    shown = served.call("GET", f"/v1/rollouts/{AGENT}", role="operate").json
    assert shown["rollout"]["id"] == number and shown["decisions"][0]["transition"]["actor"] == "operate"
    assert [one["rollout"]["id"] for one in served.call("GET", "/v1/rollouts", role="operate").json] == [
        number
    ]
    aborted = post(served, f"/v1/rollouts/{number}", {"command": "abort", "seen": 0})
    assert (aborted.json["rollout"]["state"], aborted.json["weight"]) == ("aborted", 0)
    counts = served.call("GET", "/v1/rollouts/counts", role="operate").json
    assert {"agent": AGENT, "decision": "abort", "count": 1} in counts
    told = served.call("GET", "/v1/rollouts/decisions?most=1", role="operate").json
    assert told[0]["transition"]["decision"] == "abort"


def test_who_comes_too_late_is_told_so(served: Served) -> None:
    begun(served)
    assert post(served, f"/v1/rollouts/{AGENT}", {"command": "pause", "seen": 0}).status == 200
    for body in ({"command": "promote by hand", "seen": 0}, {"command": "pause"}, {"command": "promote"}):
        came = post(served, f"/v1/rollouts/{AGENT}", body)
        assert (came.status, came.code) == (409, "request.conflict")
    assert post(served, f"/v1/rollouts/{AGENT}", {"command": "abort", "seen": 0}).status == 200
    assert post(served, f"/v1/rollouts/{AGENT}", {"command": "abort"}).status == 409


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/rollouts", {"agent": "nobody", "reference": NEW}, 404),
        ("/v1/rollouts", {"agent": AGENT, "reference": "none"}, 404),
        ("/v1/rollouts", {"agent": AGENT, "reference": OLD}, 404),
        ("/v1/rollouts", {"agent": AGENT, "reference": "/etc/passwd"}, 422),
        ("/v1/rollouts", {"agent": AGENT, "reference": NEW, "most_hours": -1}, 422),
        ("/v1/rollouts", [], 422),
        (f"/v1/rollouts/{AGENT}", {"command": "abort"}, 404),
        (f"/v1/rollouts/{AGENT}", {"command": "drop"}, 422),
    ],
)
def test_what_is_wrong_is_refused(served: Served, path: str, body: Any, status: int) -> None:
    assert post(served, path, body).status == status


@pytest.mark.parametrize("role", ["", "infer", "audit"])
def test_only_who_operates_may(served: Served, role: str) -> None:
    begun(served)
    wanted = 401 if not role else 403
    for path in ("/v1/rollouts", f"/v1/rollouts/{AGENT}", "/v1/rollouts/counts", "/v1/rollouts/decisions"):
        assert served.call("GET", path, role=role).status == wanted
    assert post(served, f"/v1/rollouts/{AGENT}", {"command": "abort"}, role).status == wanted
    assert post(served, "/v1/rollouts", {"agent": AGENT, "reference": NEW}, role).status == wanted


def test_the_last_look_at_a_deployment(served: Served, controller: Controller) -> None:
    assert served.call("GET", "/v1/deployments/shop").status == 404
    good = Look(subject="shop", at=0, verdict="promote", weight=100, is_last=True, reason="so", seconds=1)
    keep(controller.database, good, 60.0)
    assert served.call("GET", "/v1/deployments/shop").json["verdict"] == "promote"
    keep(controller.database, good, 0.0)
    assert served.call("GET", "/v1/deployments/shop").json["verdict"] == "hold"
    assert served.call("GET", "/v1/deployments/shop", role="audit").status == 403


def test_the_routes_are_described(served: Served) -> None:
    paths = served.call("GET", "/openapi.json").json["paths"]
    assert {"/v1/rollouts", "/v1/rollouts/{which}", "/v1/deployments/{subject}"} <= paths.keys()
