"""Everybody can use it: screen readers, keyboards, strong zoom, small windows, dark rooms (RGAA, WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chat import (
    COMPARISON,
    JOBS_QUESTION,
    LAPTOP,
    OPTIONS,
    PHONE,
    SIZES,
    OpenPage,
    ask,
    choose_from_menu,
    focused,
    greeting,
    reply_to,
    tab_to,
)
from live_server import LiveServer
from playwright.sync_api import Page, expect
from site_of_school import Site

TALLEST_MESSAGE = "je voudrais savoir " + "vraiment " * 50
SMALLEST_TARGET_PX = 44


def conversation(page: Page) -> None:
    ask(page, JOBS_QUESTION)


def comparison(page: Page) -> None:
    ask(page, COMPARISON)


def ambiguous(page: Page) -> None:
    ask(page, "combien de temps dure le BTS fluvial ?")


def unknown(page: Page) -> None:
    ask(page, "combien de temps dure le bac pro astronaute ?")


def distress(page: Page) -> None:
    ask(page, "j'ai plus du tout envie de vivre")


def menu(page: Page) -> None:
    page.locator(".menu-button").click()


def confirm(page: Page) -> None:
    choose_from_menu(page, "erase")


def away(page: Page) -> None:
    page.route("**/chat/message", lambda route: route.fulfill(status=502))
    page.locator("textarea").fill("bonjour")
    page.locator(".send").click()
    expect(page.locator(".problem")).to_be_visible()


def typing(page: Page) -> None:
    page.route("**/chat/message", lambda route: None)
    page.locator("textarea").fill("bonjour")
    page.locator(".send").click()
    expect(page.locator(".typing")).to_be_visible()


def reasons(page: Page) -> None:
    page.route("**/chat/feedback", lambda route: route.fulfill(status=204))
    ask(page, JOBS_QUESTION)
    page.locator(".useless").click()
    expect(page.locator(".toast")).not_to_be_empty()


def ended(page: Page) -> None:
    ask(page, JOBS_QUESTION)
    page.route("**/chat/message", lambda route: route.fulfill(status=401, json={}), times=1)
    ask(page, JOBS_QUESTION)
    expect(page.locator(".divider")).to_be_visible()


STATES: tuple[Callable[[Page], object], ...] = (
    greeting, conversation, comparison, ambiguous, unknown, distress, menu, confirm, away, typing, reasons, ended,
)  # fmt: skip

# Those that look otherwise in a panel.
STATES_OF_PANEL = (greeting, comparison, menu, confirm, away)


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, all of its rules on."""
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_axe_finds_nothing_on_the_page(
    viewport: tuple[int, int], scheme: str, open_page: OpenPage, complaints: list[str], screenshots: Path
) -> None:
    for state in STATES:
        page = open_page(viewport, color_scheme=scheme)
        greeting(page)
        state(page)
        page.screenshot(path=screenshots / f"{state.__name__}-{scheme}-{viewport[0]}.png")
        assert violations(page) == [], state.__name__
        page.close()
    complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_axe_finds_nothing_on_a_school_s_page(
    viewport: tuple[int, int],
    scheme: str,
    open_page: OpenPage,
    server: LiveServer,
    school: Site,
    complaints: list[str],
    screenshots: Path,
) -> None:
    body = f'<main><h1>Lycée</h1></main><script type="module" src="{server.url}/chat/widget.js"></script>'
    for state in STATES_OF_PANEL:
        page = open_page(viewport, school.page("/", body), color_scheme=scheme)
        expect(page.locator(".launcher")).to_be_visible()
        if state is greeting:
            assert violations(page) == [], "closed"
        page.locator(".launcher").click()
        greeting(page)
        state(page)
        page.screenshot(path=screenshots / f"panel-{state.__name__}-{scheme}-{viewport[0]}.png")
        assert violations(page) == [], state.__name__
        page.close()
    complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_privacy_page(scheme: str, open_page: OpenPage) -> None:
    page = open_page(PHONE, "/chat/privacy", color_scheme=scheme)
    assert violations(page) == []


def test_axe_is_awake(open_page: OpenPage) -> None:
    page = open_page()
    greeting(page)
    page.locator(".notice").evaluate("(node) => (node.style.color = '#bbb')")
    found = "\n".join(violations(page))
    assert "color-contrast" in found


# Keyboard


def test_whole_conversation_by_keyboard(open_page: OpenPage) -> None:
    """Typing, disambiguation, a choice, an opinion, the menu, erasing: no mouse; the focus is never lost."""
    page = open_page()
    greeting(page)
    tab_to(page, "textarea")
    page.keyboard.type("combien de temps dure le BTS fluvial ?")
    page.keyboard.press("Enter")
    expect(reply_to(page, "BTS fluvial")).to_have_attribute("data-outcome", "ambiguous")
    assert focused(page) == "textarea"
    expect(page.locator("textarea")).to_have_value("")
    tab_to(page, "choice", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(reply_to(page, f"BTS fluvial option {list(OPTIONS)[-1]}")).to_contain_text("3 ans")
    assert focused(page) == "choice"
    tab_to(page, "useless")
    page.route("**/chat/feedback", lambda route: route.fulfill(status=204))
    page.keyboard.press("Space")
    expect(page.locator(".reasons")).to_be_visible()
    tab_to(page, "reason")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).not_to_be_empty()
    assert focused(page) == "reason"
    tab_to(page, "menu-button", "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, "erase")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert focused(page) == "keep"
    page.keyboard.press("Escape")
    assert focused(page) == "menu-button"
    page.keyboard.press("Enter")
    tab_to(page, "restart")
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_have_count(1)
    assert focused(page) == "menu-button"
    expect(page.locator(".menu")).to_be_hidden()


def test_focus_is_not_stolen_by_a_reply(open_page: OpenPage) -> None:
    """While a reply is awaited the pupil goes elsewhere, and stays there."""
    page = open_page()
    greeting(page)
    held = []
    page.route("**/chat/message", lambda route: held.append(route))
    page.locator("textarea").fill(JOBS_QUESTION)
    page.keyboard.press("Enter")
    tab_to(page, "menu-button", "Shift+Tab")
    held[0].continue_()
    reply_to(page, JOBS_QUESTION)
    assert focused(page) == "menu-button"


def test_focus_is_not_lost_with_a_button_that_goes(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    greeting(page)
    page.route("**/chat/message", lambda route: route.fulfill(status=502), times=1)
    page.locator("textarea").fill(JOBS_QUESTION)
    page.keyboard.press("Enter")
    tab_to(page, "retry", "Shift+Tab")
    page.keyboard.press("Enter")
    reply_to(page, JOBS_QUESTION)
    assert focused(page) == "textarea"
    complaints.clear()


def test_focus_goes_from_top_to_bottom(open_page: OpenPage) -> None:
    """Menu, conversation with its links, choices and question for an opinion, input."""
    page = open_page()
    ask(page, JOBS_QUESTION)
    page.locator(".menu-button").focus()
    order = []
    while not order or order[-1] != "textarea":
        page.keyboard.press("Tab")
        order.append(focused(page))
    assert list(dict.fromkeys(order)) == ["log", "choice", "a", "useful", "useless", "textarea"]


# Screen readers


def test_names_and_roles(open_page: OpenPage) -> None:
    page = open_page()
    greeting(page)
    log = page.get_by_role("log", name="Conversation avec Jalon")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("textbox", name="Ta question")).to_be_editable()
    notice = page.get_by_role("textbox").get_attribute("aria-describedby")
    expect(page.locator(f"#{notice}")).to_contain_text("N’écris ni ton nom")
    expect(page.get_by_role("button", name="Envoyer")).to_be_enabled()
    expect(page.get_by_role("button", name="Menu")).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jalon")
    assert page.evaluate("document.documentElement.lang") == "fr"


WATCH = """() => {
  window.told = [];
  const log = document.querySelector('jalon-chat').shadowRoot.querySelector('.log');
  const live = (node) =>
    (node.nodeType === 1 ? node : node.parentElement).closest('[aria-live]').getAttribute('aria-live');
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (live(node) !== 'off') window.told.push(node.textContent);
    }
  }).observe(log, { childList: true, characterData: true, subtree: true });
}"""


def test_each_reply_is_announced_once(open_page: OpenPage) -> None:
    """What is added to the live region is what screen readers say: each message, whole, once; and nothing else."""
    page = open_page()
    greeting(page)
    page.evaluate(WATCH)
    ask(page, JOBS_QUESTION)
    page.route("**/chat/feedback", lambda route: route.fulfill(status=204))
    page.locator(".useless").click()
    expect(page.locator(".toast")).not_to_be_empty()
    ask(page, "merci")
    told = page.evaluate("told")
    assert len(told) == 4
    assert [text.replace("\u00a0", " ").partition(" : ")[0] for text in told] == ["Toi", "Jalon", "Toi", "Jalon"]


def test_what_was_read_is_not_announced_again_after_a_reload(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, JOBS_QUESTION)
    page.add_init_script(
        "const add = Node.prototype.insertBefore; window.live = [];"
        "Node.prototype.insertBefore = function (...nodes) {"
        " if (this.getAttribute?.('role') === 'log') window.live.push(this.getAttribute('aria-live'));"
        " return add.apply(this, nodes); }"
    )
    page.reload()
    expect(page.locator(".message")).to_have_count(3)
    assert page.evaluate("live") == ["off"] * 3
    expect(page.locator(".log")).to_have_attribute("aria-live", "polite")


# Room


@pytest.mark.parametrize(
    ("width", "height", "options"),
    [
        (320, 568, {}),
        (320, 256, {}),  # 1280 x 1024 at 400%
        (640, 400, {"device_scale_factor": 2}),  # 1280 x 800 at 200%
        (812, 375, {}),
        (188, 406, {}),  # a phone at 200%
    ],
    ids=["320", "400%", "200%", "on its side", "phone at 200%"],
)
def test_nothing_scrolls_sideways(
    width: int, height: int, options: dict[str, int], open_page: OpenPage, screenshots: Path
) -> None:
    page = open_page((width, height), **options)
    for text in (COMPARISON, "x" * 300, "j'ai plus du tout envie de vivre"):
        ask(page, text)
        assert too_wide(page) == []
    page.locator("textarea").fill(TALLEST_MESSAGE)
    page.screenshot(path=screenshots / f"small-{width}x{height}.png")
    expect(page.locator("textarea")).to_be_in_viewport(ratio=0.5)
    expect(page.locator(".send")).to_be_in_viewport(ratio=1)
    page.locator(".log").focus()
    page.locator(".menu-button").scroll_into_view_if_needed()
    page.locator(".menu-button").click()
    assert too_wide(page) == []


def test_text_twice_as_large(open_page: OpenPage, screenshots: Path) -> None:
    """The reader's own size of letters, not a zoom."""
    page = open_page(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    ask(page, COMPARISON)
    assert page.locator(".bubble").last.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)") >= 32
    assert too_wide(page) == []
    page.screenshot(path=screenshots / "large-text-375.png")


def too_wide(page: Page) -> list[str]:
    """What can be scrolled sideways, or is cut: in the page and in the widget, but for frames of wide tables."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.querySelector('jalon-chat').shadowRoot;
          const all = [document.documentElement, ...root.querySelectorAll('*:not(.table, .table *, .sr-only, svg *)')];
          return all
            .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline')
            .map((node) => `${node.localName}.${node.className} ${node.scrollWidth} > ${node.clientWidth}`);
        }"""
    )
    return found


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_targets_are_large_enough(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, school: Site, complaints: list[str]
) -> None:
    """All but links in a text (WCAG 2.5.8 lets them be)."""
    body = f'<script type="module" src="{server.url}/chat/widget.js"></script>'
    small = []
    for state in (menu, confirm, away, reasons):
        page = open_page(viewport, school.page("/", body))
        small += small_targets(page)
        page.locator(".launcher").click()
        greeting(page)
        state(page)
        small += small_targets(page)
    assert small == []
    complaints.clear()


def small_targets(page: Page) -> list[str]:
    return [
        f"{target.get_attribute('class')} {box['width']} x {box['height']}"
        for target in page.locator("button, textarea").filter(visible=True).all()
        if (box := target.bounding_box()) and min(box["width"], box["height"]) < SMALLEST_TARGET_PX
    ]


def test_keyboard_on_the_screen_leaves_the_input_in_sight(open_page: OpenPage) -> None:
    """What is left of the window when a phone shows its keyboard."""
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    page.set_viewport_size({"width": 375, "height": 420})
    for part in ("textarea", ".send", ".notice"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 375, "height": 812})
    expect(page.locator(".send")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_motion_is_reduced_where_it_is_unwelcome(motion: str, moves: bool, open_page: OpenPage) -> None:
    page = open_page(LAPTOP, reduced_motion=motion)
    greeting(page)
    running = page.locator(".dots").evaluate("(node) => getComputedStyle(node).animationName !== 'none'")
    smooth = page.locator(".scroller").evaluate("(node) => getComputedStyle(node).scrollBehavior")
    assert (running, smooth) == (moves, "smooth" if moves else "auto")


def test_pressed_and_focused_are_seen_without_colours(open_page: OpenPage) -> None:
    """As Windows shows pages in high contrast."""
    page = open_page(forced_colors="active")
    page.route("**/chat/feedback", lambda route: route.fulfill(status=204))
    ask(page, JOBS_QUESTION).get_by_role("button", name="Oui").click()
    mark = page.locator(".useful").evaluate("(node) => getComputedStyle(node, '::before').content")
    assert "✓" in mark
    page.locator(".menu-button").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".menu-button")).to_have_css("outline-style", "solid")
