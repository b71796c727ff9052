"""A real Chromium and the chat page in it. What a page must never do fails the test that did it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from install_browser import find_chromium
from live_server import LiveServer
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.settings import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
Viewport = tuple[int, int]
OpenPage = Callable[..., Page]

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Closed with the module: while Playwright runs, no asyncio test can."""
    path = find_chromium()
    assert path, "no Chromium: run tests/browser/install_browser.py"
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages of a test did wrong: errors in the console, refused loads, other hosts. None must be left."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def open_page(browser: Browser, server: LiveServer, complaints: list[str]) -> Iterator[OpenPage]:
    """Opens a page of the server in a window of its own, and watches it until the test ends."""
    contexts = []
    host = urlsplit(server.url).netloc

    def watch(page: Page) -> None:
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.on("request", lambda request: note_host(request.url))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`))"
        )

    def note_host(url: str) -> None:
        if urlsplit(url).netloc != host:
            complaints.append(f"other host: {url}")

    def open_page(viewport: Viewport = (1280, 800), path: str = "/chat/") -> Page:
        context = browser.new_context(viewport={"width": viewport[0], "height": viewport[1]}, locale="fr-FR")
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(server.url + path)
        expect(page.get_by_test_id("message").first).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the page are kept to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
