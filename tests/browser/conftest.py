"""A real Chromium, Jalon's server and a school's site. What a page must never do fails the test that did it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from chat import OPTIONS, OpenPage
from install_browser import find_chromium
from live_server import LiveServer
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from site_of_school import Site

from bot.settings import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
FICHE = "# BTS fluvial option {option}\n\n## Informations générales\n\n**Durée:** {duration}\n**Type:** BTS\n"

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


@pytest.fixture(scope="session")
def school() -> Iterator[Site]:
    """A site that JALON_ORIGINS names."""
    site = Site()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def stranger() -> Iterator[Site]:
    """A site that JALON_ORIGINS does not name."""
    site = Site()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def server(seeds: Path, model: Path, school: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The real server over the seeds and OPTIONS, whose chat the school may embed."""
    server = LiveServer(tmp_path_factory.mktemp("server"), seeds)
    for option, duration in OPTIONS.items():
        (server.seeds / f"{option[0]}.md").write_text(FICHE.format(option=option, duration=duration), encoding="utf-8")
    server.environment["JALON_ORIGINS"] = school.origin
    server.start()
    yield server
    status = server.stop()
    assert status == 0, server.logged()[-3000:]
    assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the pages of a test did wrong: errors in the console, refused loads, other hosts. None must be left."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def hosts(server: LiveServer, school: Site) -> set[str]:
    """The hosts that a page may call."""
    return {urlsplit(server.url).netloc, urlsplit(school.origin).netloc}


@pytest.fixture
def open_page(browser: Browser, server: LiveServer, hosts: set[str], complaints: list[str]) -> Iterator[OpenPage]:
    """Opens a page in a window of its own, by default Jalon's, and watches it until the test ends."""
    contexts = []

    def watch(page: Page) -> None:
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("requestfailed", note_failure)
        page.on("request", lambda request: note_host(request.url))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`))"
        )

    def note_failure(request: Request) -> None:
        # A browser gives up the icon of a page that is left before the icon came.
        if not (request.url.endswith("/icon.svg") and request.failure == "net::ERR_ABORTED"):
            complaints.append(f"failed: {request.url}")

    def note_host(url: str) -> None:
        if urlsplit(url).netloc not in hosts:
            complaints.append(f"other host: {url}")

    def open_page(
        viewport: tuple[int, int] = (1280, 800), url: str = "/chat/", *, clock: bool = False, **context: Any
    ) -> Page:
        """`url` may leave out the server; `clock` gives the page a clock that the test moves."""
        size = {"width": viewport[0], "height": viewport[1]}
        options = {"viewport": size, "locale": "fr-FR", "reduced_motion": "reduce", **context}
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        watch(page)
        if clock:
            page.clock.install()
        page.goto(server.url + url if url.startswith("/") else url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the page are kept to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
