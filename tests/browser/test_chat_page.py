"""The chat page as a pupil uses it: mouse, finger or keyboard, on a telephone and on a large screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from live_server import LiveServer
from playwright.sync_api import Locator, Page, Route, expect

OpenPage = Callable[..., Page]
PHONE, LAPTOP = (375, 812), (1280, 800)
QUESTION = "quels métiers après MSPC ?"
JOBS = [
    "ascensoriste",
    "responsable du service après-vente",
    "technicien de maintenance en infrastructure aéroportuaire"
    " ou technicienne de maintenance en infrastructure aéroportuaire",
    "électromécanicien en remontées mécaniques ou électromécanicienne en remontées mécaniques",
    "ajusteur-monteur ou ajusteuse-monteuse",
    "électromécanicien de chantier TP (travaux publics) ou électromécanicienne de chantier TP (travaux publics)",
    "électromécanicien ou électromécanicienne",
]


def ask(page: Page, text: str) -> Locator:
    """Type a message and press the button; the reply to it."""
    page.get_by_test_id("input").fill(text)
    page.get_by_test_id("send").click()
    return reply_to(page, text)


def reply_to(page: Page, said: str) -> Locator:
    """The last message of the bot, once what the user said last has been answered."""
    expect(page.locator("[data-testid=message][data-role=user]").last).to_contain_text(said)
    expect(page.get_by_test_id("typing")).to_be_hidden()
    last = page.get_by_test_id("message").last
    expect(last).to_have_attribute("data-role", "bot")
    return last


def focused(page: Page) -> str | None:
    """The data-testid of what has the focus in the widget."""
    found: str | None = page.evaluate(
        "document.querySelector('jalon-chat').shadowRoot.activeElement?.dataset.testid ?? null"
    )
    return found


def tab_to(page: Page, test_id: str, keys: str = "Tab") -> None:
    """Press the key until the focus is there."""
    for _ in range(30):
        if focused(page) == test_id:
            return
        page.keyboard.press(keys)
    raise AssertionError(f"{keys} never leads to {test_id}")


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_seven_jobs_are_read(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(viewport)
    size = f"{viewport[0]}x{viewport[1]}"
    page.screenshot(path=screenshots / f"greeting-{size}.png")
    reply = ask(page, QUESTION)
    expect(reply).to_have_attribute("data-outcome", "answered")
    expect(reply.get_by_role("listitem")).to_have_text(JOBS)
    expect(reply.get_by_role("link")).to_have_attribute("href", re.compile("^https://.*bac_pro_MSPC.html$"))
    page.screenshot(path=screenshots / f"jobs-{size}.png")


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_nothing_is_wider_than_the_window(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(viewport)
    ask(page, "quelle différence entre MSPC et microtechniques ?")
    ask(page, "x" * 300)
    page.screenshot(path=screenshots / f"comparison-{viewport[0]}x{viewport[1]}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport[0]
    for part in ("input", "send", "restart", "notice"):
        expect(page.get_by_test_id(part)).to_be_in_viewport(ratio=1)


def test_choice_is_tapped(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    choice = ask(page, QUESTION).get_by_test_id("choice").filter(has_text="Ça dure combien de temps ?")
    choice.click()
    reply = reply_to(page, "Ça dure combien de temps ?")
    expect(reply).to_have_attribute("data-outcome", "answered")
    expect(reply).to_contain_text("3 ans")


def test_keyboard_alone_is_enough(open_page: OpenPage) -> None:
    page = open_page()
    tab_to(page, "input")
    page.keyboard.type("ça dure longtemps comme formation ?")
    page.keyboard.press("Enter")
    expect(reply_to(page, "ça dure longtemps")).to_have_attribute("data-outcome", "missing")
    assert focused(page) == "input"
    expect(page.get_by_test_id("input")).to_have_value("")
    tab_to(page, "choice", "Shift+Tab")
    title = page.evaluate("document.querySelector('jalon-chat').shadowRoot.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(reply_to(page, title)).to_contain_text("3 ans")
    tab_to(page, "restart", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("message")).to_have_count(1)


def test_restart_empties_the_log_and_the_memory(open_page: OpenPage) -> None:
    page = open_page()
    greeting = page.get_by_test_id("bubble").inner_text()
    ask(page, QUESTION)
    page.get_by_test_id("restart").click()
    expect(page.get_by_test_id("message")).to_have_count(1)
    expect(page.get_by_test_id("bubble")).to_have_text(greeting)
    expect(ask(page, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")


def test_log_is_announced_to_screen_readers(open_page: OpenPage) -> None:
    page = open_page()
    log = page.get_by_test_id("log")
    expect(log).to_have_attribute("role", "log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("Ta question")).to_be_editable()
    expect(page.get_by_role("button", name="Envoyer")).to_be_enabled()
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_what_is_typed_is_shown_as_text(open_page: OpenPage) -> None:
    page = open_page()
    typed = "<img src=x onerror=alert(1)> **gras** [lien](javascript:alert(1))"
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    reply = ask(page, typed)
    expect(page.locator("[data-testid=message][data-role=user]").last.get_by_test_id("bubble")).to_have_text(typed)
    expect(reply.locator("img, script, a[href^='javascript']")).to_have_count(0)


def test_session_that_ended_is_mended_on_the_way(
    open_page: OpenPage, server: LiveServer, complaints: list[str]
) -> None:
    """Once, the server says 401: the widget opens another session and asks again."""
    page = open_page()
    ask(page, QUESTION)
    refusal = '{"error": {"code": "session", "message": "Ta session est terminée."}}'

    def refuse(route: Route) -> None:
        route.fulfill(status=401, content_type="application/json", body=refusal)

    page.route(f"{server.url}/chat/message", refuse, times=1)
    expect(ask(page, "combien de temps dure microtechniques ?")).to_contain_text("3 ans")
    expect(page.get_by_test_id("divider")).to_be_visible()
    (told,) = complaints
    assert "401" in told
    complaints.clear()


def test_two_windows_are_two_conversations(open_page: OpenPage) -> None:
    first, second = open_page(), open_page(PHONE)
    ask(first, QUESTION)
    expect(ask(second, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")
    expect(ask(first, "et ça dure combien de temps ?")).to_contain_text("3 ans")


def test_watch_over_the_page_is_awake(open_page: OpenPage, complaints: list[str]) -> None:
    """The check behind all the others here: what breaks the page's policy, or fails, is noticed."""
    page = open_page()
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.org/spy.png'}))")
    page.evaluate("fetch('/nothing')")
    page.wait_for_load_state("networkidle")
    told = "\n".join(complaints)
    assert "CSP: script-src" in told
    assert "CSP: img-src https://example.org" in told
    assert "404" in told
    complaints.clear()
