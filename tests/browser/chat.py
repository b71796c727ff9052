"""What a pupil does and sees in the widget, for tests. Playwright's locators look through its shadow root."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]
PHONE, LAPTOP = (375, 812), (1280, 800)
SIZES = {"phone": PHONE, "laptop": LAPTOP}
# Two formations that one name means, until the option is known; and their durations.
OPTIONS = {"A navigation": "2 ans", "B plongée": "3 ans"}
JOBS_QUESTION = "quels métiers après MSPC ?"
COMPARISON = "quelle différence entre MSPC et microtechniques ?"


def ask(page: Page, text: str) -> Locator:
    """Type a message and press the button; the last message of the reply."""
    page.locator("textarea").fill(text)
    page.locator(".send").click()
    return reply_to(page, text)


def reply_to(page: Page, said: str) -> Locator:
    """The last message of the bot, once what the user said last has been answered."""
    expect(page.locator(".message.user").last).to_contain_text(said)
    last = page.locator(".log > *").last
    expect(last).to_have_class("message bot")
    expect(page.locator(".send")).to_have_attribute("aria-disabled", "false")
    return last


def greeting(page: Page) -> Locator:
    """The first message, once it is there."""
    first = page.locator(".message.bot").first
    expect(first).to_be_visible()
    return first


def choose_from_menu(page: Page, name: str) -> None:
    """Open the menu and press an entry of it, by its class."""
    page.locator(".menu-button").click()
    page.locator(f".menu .{name}").click()


def focused(page: Page) -> str:
    """The class of what has the focus in the widget, or its tag where it has none; "" where nothing has it."""
    found: str = page.evaluate(
        "(() => { const at = document.querySelector('jalon-chat').shadowRoot.activeElement;"
        " return at ? at.className || at.localName : '' })()"
    )
    return found


def tab_to(page: Page, wanted: str, keys: str = "Tab") -> None:
    """Press the key until the focus is there (see `focused`)."""
    for _ in range(40):
        if focused(page) == wanted:
            return
        page.keyboard.press(keys)
    raise AssertionError(f"{keys} never leads to {wanted}")
