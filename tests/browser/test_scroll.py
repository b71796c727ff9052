"""Where the conversation stands when something is added to it, and what adding costs."""

from __future__ import annotations

import pytest
from chat import LAPTOP, PHONE, OpenPage, greeting, reply_to
from live_server import wait_for
from playwright.sync_api import Page, Route, expect

LONG = "Une phrase de la fiche, parmi d'autres. " * 40
CHOICES = [{"id": name, "title": name} for name in ("Et après ?", "Ça dure combien de temps ?", "Quels métiers ?")]
SCROLLED = "document.querySelector('jalon-chat').shadowRoot.querySelector('.scroller').scrollTop"


def reply(text: str) -> dict[str, object]:
    """What the API answers to a message."""
    return {"messages": [{"id": text, "text": text, "choices": CHOICES}]}


def talk(page: Page, turns: int) -> None:
    """Ask and be answered at length so many times."""
    page.route("**/chat/message", lambda route: route.fulfill(json=reply(LONG)))
    for turn in range(turns):
        page.locator("textarea").fill(f"question {turn}")
        page.locator(".send").click()
        reply_to(page, f"question {turn}")
    page.unroute("**/chat/message")


def hold_the_next_reply(page: Page, text: str) -> Route:
    """Send a message; its reply waits for the test, which lets it go with `fulfill`."""
    held: list[Route] = []
    page.route("**/chat/message", lambda route: held.append(route), times=1)
    page.locator("textarea").fill(text)
    page.locator(".send").click()
    expect(page.locator(".typing")).to_be_visible()
    return held[0]


def scroll_to_the_top(page: Page, way: str) -> None:
    if way == "wheel":
        page.locator(".log").hover()
        page.mouse.wheel(0, -100_000)
    else:
        page.locator(".log").focus()
        page.keyboard.press("Home")
    wait_for(lambda: page.evaluate(SCROLLED) == 0, 10, "the conversation to be at its top")


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("way", ["wheel", "keyboard"])
def test_reply_does_not_move_who_reads_something_before(
    way: str, viewport: tuple[int, int], open_page: OpenPage
) -> None:
    page = open_page(viewport)
    greeting(page)
    talk(page, 3)
    waiting = hold_the_next_reply(page, "encore")
    assert page.evaluate(SCROLLED) > 0
    scroll_to_the_top(page, way)
    waiting.fulfill(json=reply(LONG))
    reply_to(page, "encore")
    assert page.evaluate(SCROLLED) == 0
    # What is said next is followed again.
    talk(page, 1)
    expect(page.locator(".message.user").last).to_be_in_viewport(ratio=1)


def test_reply_that_came_late_does_not_move_who_reads_something_before(
    open_page: OpenPage, complaints: list[str]
) -> None:
    page = open_page(PHONE)
    greeting(page)
    talk(page, 3)
    hold_the_next_reply(page, "encore").abort()
    expect(page.locator(".problem")).to_be_visible()
    scroll_to_the_top(page, "wheel")
    page.route("**/chat/message", lambda route: route.fulfill(json=reply(LONG)))
    page.locator(".retry").click()
    reply_to(page, "encore")
    assert page.evaluate(SCROLLED) == 0
    complaints.clear()


def test_reply_is_shown_to_who_only_looked_around(open_page: OpenPage) -> None:
    """What was said last is still in sight: what comes after it is wanted."""
    page = open_page(PHONE)
    greeting(page)
    talk(page, 3)
    waiting = hold_the_next_reply(page, "encore")
    page.locator(".typing").hover()
    before = page.evaluate(SCROLLED)
    page.mouse.wheel(0, -40)
    wait_for(lambda: page.evaluate(SCROLLED) <= before - 40, 10, "the conversation to be moved")
    waiting.fulfill(json=reply(LONG))
    reply_to(page, "encore")
    said = page.locator(".message.user").last.bounding_box()
    header = page.locator(".header").bounding_box()
    assert said
    assert header
    assert 0 <= said["y"] - header["height"] <= 24


def test_numbers_to_call_are_shown_to_everybody(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    greeting(page)
    talk(page, 3)
    waiting = hold_the_next_reply(page, "je veux mourir")
    scroll_to_the_top(page, "wheel")
    waiting.fulfill(json=reply("- [3114](tel:3114) : jour et nuit"))
    reply_to(page, "je veux mourir")
    expect(page.get_by_role("link", name="Appeler le 3114")).to_be_in_viewport(ratio=1)


COUNT_CHANGES = """() => {
  window.changes = 0;
  const log = document.querySelector('jalon-chat').shadowRoot.querySelector('.log');
  const count = (changes) => (window.changes += changes.length);
  new MutationObserver(count).observe(log, { attributes: true, subtree: true });
}"""


def test_what_a_message_costs_does_not_grow(open_page: OpenPage) -> None:
    """As many attributes change after a dozen replies with choices as after two."""
    page = open_page()
    greeting(page)
    talk(page, 2)
    page.evaluate(COUNT_CHANGES)
    talk(page, 1)
    early = page.evaluate("changes")
    talk(page, 9)
    page.evaluate("window.changes = 0")
    talk(page, 1)
    assert page.evaluate("changes") == early


def test_choices_wait_for_the_reply(open_page: OpenPage) -> None:
    """Those of the last reply say so; none, new or old, says anything meanwhile."""
    page = open_page()
    greeting(page)
    talk(page, 2)
    waiting = hold_the_next_reply(page, "encore")
    choices = page.locator(".message.bot").last.locator(".choice")
    for choice in choices.all():
        expect(choice).to_have_attribute("aria-disabled", "true")
    for choice in page.locator(".choice").all():
        choice.dispatch_event("click")
    expect(page.locator(".message.user")).to_have_count(3)
    waiting.fulfill(json=reply(LONG))
    reply_to(page, "encore")
    expect(page.locator(".choice[aria-disabled=true]")).to_have_count(0)


def test_restored_conversation_is_measured_once(open_page: OpenPage) -> None:
    page = open_page()
    greeting(page)
    talk(page, 6)
    page.add_init_script(
        "window.measured = 0; const measure = Element.prototype.getBoundingClientRect;"
        "Element.prototype.getBoundingClientRect = function () { window.measured += 1; return measure.call(this); }"
    )
    page.reload()
    expect(page.locator(".message")).to_have_count(13)
    expect(page.locator(".message.user").last).to_be_in_viewport(ratio=1)
    assert page.evaluate("measured") < 13
