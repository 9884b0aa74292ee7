"""A browser, and pages that fail a test for any error in them; skipped where there is no browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip("needs chromium")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, headless=True)
        yield found
        found.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of a desktop; errors of scripts, and what the page's policy refuses, fail the test."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    found = context.new_page()
    wrong: list[str] = []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
    yield found
    context.close()
    assert wrong == []


def is_wrong(said: Any) -> bool:
    """Whether a line of the console tells of a fault; at the status of answers tests look themselves."""
    return said.type in ("error", "warning") and "Failed to load resource" not in said.text
