"""The routes of the page: who may see what, and what a browser may do with it. A browser: tests/browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from octad.serve.monitor import Monitor
from octad.serve.page.routes import FOLDER, router, shell
from tests.served import Scripted, Served
from tests.unit.serve.parts import busy, full

ROLES = ("infer", "operate", "admin", "audit")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    monitor = Monitor(full().sources)
    busy(monitor, 50)
    monitor.tick()
    folder = tmp_path_factory.mktemp("served")
    return Served(folder, Scripted(), agents=["debugger"], more=[lambda _: router(monitor)])


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css"])
def test_the_page_is_for_everybody_and_holds_no_data(served: Served, path: str) -> None:
    answer = served.call("GET", path, role="")
    assert answer.status == 200 and b"reviewer" not in answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].endswith("charset=utf-8")


@pytest.mark.parametrize(
    ("path", "may"), [("/v1/status", {"operate", "audit", "admin"}), ("/metrics", {"operate", "admin"})]
)
def test_data_is_for_some(served: Served, path: str, may: set[str]) -> None:
    assert served.call("GET", path, role="").status == 401
    assert {role for role in ROLES if served.call("GET", path, role=role).status == 200} == may


def test_the_data_is_that_of_the_monitor(served: Served) -> None:
    status = served.call("GET", "/v1/status", role="operate").json
    assert status["now"]["asked"] == 50 and status["rollouts"][0]["weight"] == 25
    text = served.call("GET", "/metrics", role="operate")
    assert b"octad_requests_total{" in text.body and text.headers["content-type"].startswith("text/plain")
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    opened = served.call("GET", "/metrics", role="operate", headers=accept)
    assert opened.headers["content-type"].startswith("application/openmetrics-text")
    assert opened.body.rstrip().endswith(b"# EOF")


def test_nothing_of_the_page_is_inline_or_from_elsewhere() -> None:
    page = shell()
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", page)
    assert re.findall(r"<script([^>]*)>([^<]*)</script>", page) == [(' src="page.js" defer', "")]
    for name in ("page.js", "page.css"):
        text = (FOLDER / name).read_text()
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", text), name
    script = (FOLDER / "page.js").read_text()
    assert not re.search(
        r"\.innerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|localStorage|cookie", script
    )


def test_the_script_and_the_shell_know_the_same_places() -> None:
    script, page = (FOLDER / "page.js").read_text(), shell()
    named = set(re.findall(r'find\("(\w+)"\)', script)) | set(
        re.findall(r"const SECTIONS = \{ ([^}]*) \}", script)[0].split(", ")
    )
    assert named <= set(re.findall(r'id="([\w-]+)"', page))
    assert Path(FOLDER / "page.html.j2").exists()
