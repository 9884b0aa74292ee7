"""The status page in a real browser, behind the real gate: what it shows, and what it does without parts.

Run: pytest tests/browser (playwright, chromium; it is no part of the whole suite).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from octad.serve.page.routes import router
from tests.browser.scene import BETTER, STABLE, WORSE, Scene, scene
from tests.served import Scripted, Served, listening

SECTIONS = ("rollouts", "latency", "rate", "agents", "rules", "drift", "errors", "workers")
CONTRAST = Path(__file__).with_name("contrast.js").read_text().partition("\n")[2]
"""Finds texts that cannot be read well."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return scene(tmp_path_factory.mktemp("scene"), 0.2)


@pytest.fixture(scope="module")
def served(made: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    found = Served(folder, Scripted(), agents=["debugger"], port=0, more=[lambda _: router(made.monitor)])
    with listening(found, found.service):
        yield found


def opened(page: Any, served: Served, role: str = "operate") -> Any:
    page.goto(served.address + "/")
    page.get_by_label("Token").fill(served.plain[role])
    page.get_by_role("button", name="Show the status").click()
    page.locator("#board").wait_for()
    return page


def test_a_token_is_asked_for_once_and_kept_for_the_tab(page: Any, served: Served) -> None:
    page.goto(served.address + "/")
    assert page.locator("#token").evaluate("one => one === document.activeElement")
    page.get_by_label("Token").fill("octad_wrong")
    page.keyboard.press("Enter")
    page.get_by_text("not known here").wait_for()
    page.get_by_label("Token").fill(served.plain["infer"])
    page.keyboard.press("Enter")
    page.get_by_text("needs the role operate or audit").wait_for()
    opened(page, served)
    page.reload()
    page.locator("#board").wait_for()
    assert page.locator("#enter").is_hidden()
    assert page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0
    page.get_by_role("button", name="Forget token").click()
    assert page.locator("#board").is_hidden() and page.evaluate("sessionStorage.length") == 0


def test_all_of_a_server_is_shown(page: Any, served: Served) -> None:
    opened(page, served, "audit")
    assert page.locator("#state").inner_text() == "ready"
    for name in SECTIONS:
        assert page.locator(f"#{name} .empty").count() == 0, name
    rollouts = page.locator("#rollouts").inner_text()
    assert BETTER[:12] in rollouts and WORSE[:12] in rollouts and "rolled back" in rollouts
    assert "OctadRolledBack" in page.locator("#alerts").inner_text()
    assert STABLE[:12] in page.locator("#agents").inner_text()
    assert page.locator("#latency path.line").count() == 3
    assert page.locator("#rollouts .limit").count() == 2
    assert page.locator("#rules tbody tr").count() == 6


def test_what_changes_is_shown_without_losing_the_place(page: Any, served: Served, made: Scene) -> None:
    opened(page, served)
    summary = page.locator("#rollouts details summary").last
    summary.click()
    assert page.locator("#rollouts details").last.evaluate("one => one.open")
    made.service.queued = 77
    made.controller.command("code-reviewer", "pause", actor="grace")
    made.monitor.tick()
    page.locator("#rollouts").get_by_text("paused by grace").first.wait_for()
    page.locator("#tiles").get_by_text("77", exact=True).wait_for()
    assert page.locator("#rollouts details").last.evaluate("one => one.open")
    assert summary.evaluate("one => one === document.activeElement")


BROKEN: tuple[Any, ...] = (
    {}, [], {"service": None, "now": None, "series": None, "rollouts": None, "drift": None, "agents": 3},
    {"rollouts": [{}], "agents": [{}], "rules": [{}], "errors": [{}], "alerts": [{}],
     "service": {"workers": [{}]}, "drift": {"watched": [{}]}, "series": {"rate": [1], "p50": [None, "x"]}},
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_missing_parts_are_shown_as_missing(page: Any, served: Served, number: int) -> None:
    body = json.dumps(BROKEN[number])
    page.route("**/v1/status", lambda route: route.fulfill(body=body, content_type="application/json"))
    opened(page, served)
    page.locator("#state").get_by_text("service" if number != 3 else "not ready").wait_for()
    for name in SECTIONS:
        assert page.locator(f"#{name}").inner_text().strip(), name


def test_what_comes_from_the_server_is_never_markup(page: Any, served: Served) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    data = {
        "alerts": [{"name": bad, "severity": bad, "text": bad}], "service": {"ready": True, "workers": []},
        "agents": [{"name": bad, "versions": [{"alias": bad, "digest": bad, "version": bad, "answers": 1}]}],
        "errors": [{"code": bad, "count": 1}], "rules": [{"rule": bad, "findings": 1}],
        "rollouts": [{"id": bad, "agent": bad, "state": bad, "reason": bad, "history": [{"reason": bad}]}],
    }  # fmt: skip
    body = json.dumps(data)
    page.route("**/v1/status", lambda route: route.fulfill(body=body, content_type="application/json"))
    page.on("dialog", lambda dialog: pytest.fail("markup was run"))
    opened(page, served)
    page.locator("#alerts").get_by_text(bad).first.wait_for()
    assert page.locator("main img, main script").count() == 0


def test_a_server_that_goes_away_is_said_and_comes_back(page: Any, served: Served) -> None:
    opened(page, served)
    page.route("**/v1/status", lambda route: route.abort())
    page.locator("#state").get_by_text("no answer").wait_for(timeout=10_000)
    assert page.locator("#board.stale").is_visible(), "what was known stays"
    page.unroute("**/v1/status")
    page.locator("#state").get_by_text("ready").wait_for(timeout=10_000)


def test_nothing_is_loaded_from_elsewhere_and_the_policy_holds(page: Any, served: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, served)
    assert all(url.startswith((served.address, "data:")) for url in asked)
    policy = page.request.get(served.address + "/").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_a_script_that_somebody_puts_in_is_not_run(browser: Any, served: Served) -> None:
    context = browser.new_context()
    page = opened(context.new_page(), served)
    put_in = """() => {
        const made = document.createElement("script");
        made.textContent = "window.wasRun = true";
        document.head.append(made);
        return window.wasRun ?? false;
    }"""
    assert page.evaluate(put_in) is False
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_it_can_be_read_and_fits(page: Any, served: Served, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, served)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    named = "one.textContent.trim() || one.ariaLabel || one.labels?.length || one.ariaLabelledByElements"
    every = "[...document.querySelectorAll('button, input, section, [role=img], [role=region]')]"
    unnamed = f"{every}.filter(one => !({named})).length"
    assert page.evaluate(unnamed) == 0


def test_the_keyboard_reaches_everything_and_is_seen(page: Any, served: Served) -> None:
    opened(page, served)
    page.reload()
    page.locator("#board").wait_for()
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("one => one === document.activeElement")
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
    assert {"theme", "leave", "SUMMARY"} <= seen


def test_light_and_dark_can_be_switched(page: Any, served: Served) -> None:
    page.emulate_media(color_scheme="light")
    opened(page, served)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_picture_of_it_where_one_is_wanted(browser: Any, served: Served, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    opened(context.new_page(), served).screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 20_000
    context.close()


def test_what_a_finding_was_worth_can_be_said(page: Any, served: Served) -> None:
    opened(page, served)
    page.locator("#say").get_by_label("Fingerprint").fill("b90e7ff1c2e3fa85")
    page.locator("#say").get_by_label("Rule").fill("bug/operator")
    page.locator("#say").get_by_label("Project").fill("shop")
    page.locator("#say").get_by_label("Verdict").select_option("corrected")
    page.locator("#say").get_by_label("What it should have been").fill("the loop ends too early")
    page.get_by_role("button", name="Say so").click()
    page.get_by_text("Kept.").wait_for()
    page.locator("#say").get_by_label("Fingerprint").fill("b90e7ff1c2e3fa85")
    page.get_by_role("button", name="Say so").click()
    page.get_by_text("That was said before.").wait_for()
