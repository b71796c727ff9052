"""The widget on a school's pages: another origin, its colours, its policy, its style sheets, a frame."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from chat import JOBS_QUESTION, LAPTOP, PHONE, SIZES, OpenPage, ask, focused, greeting, tab_to
from live_server import LiveServer
from playwright.sync_api import Page, expect
from site_of_school import Site

HOSTILE_CSS = """
* { font-size: 31px !important; color: red !important; letter-spacing: 9px !important;
    text-transform: uppercase !important; float: left !important; opacity: 0.3 !important;
    box-sizing: content-box !important; line-height: 3 !important; }
html { font-size: 62.5%; direction: rtl; visibility: visible }
body > * { display: none !important; transform: rotate(3deg) !important; filter: blur(2px) !important; }
jalon-chat { position: static !important; width: 10px !important; height: 10px !important; overflow: hidden !important;
    z-index: -1 !important; visibility: hidden !important; }
button, textarea, dialog { display: none !important; }
:root { --brand: red; --text: red; --page: red; }
"""

INHERITED = ["color", "opacity", "direction", "letterSpacing", "textTransform", "visibility", "cssFloat", "filter"]


def embed(server: LiveServer, attributes: str = "", path: str = "/chat/widget.js") -> str:
    """The tag that a webmaster pastes."""
    return f'<h1>Bienvenue</h1><script type="module" src="{server.url}{path}" {attributes}></script>'


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="Une question ?").click()
    greeting(page)


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_one_tag_is_enough(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, school: Site, screenshots: Path
) -> None:
    page = open_page(viewport, school.page("/", embed(server)))
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.screenshot(path=screenshots / f"launcher-{viewport[0]}.png")
    open_panel(page)
    expect(page.get_by_role("dialog", name="Jalon")).to_be_visible()
    expect(ask(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expect(page.get_by_role("link", name="Page officielle (nouvel onglet)")).to_have_count(1)
    page.screenshot(path=screenshots / f"panel-{viewport[0]}.png")


def test_nothing_is_asked_of_the_server_before_the_panel_is_opened(
    open_page: OpenPage, server: LiveServer, school: Site
) -> None:
    page = open_page(LAPTOP, "about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.startswith(server.url) else None)
    page.goto(school.page("/", embed(server)))
    expect(page.locator(".launcher")).to_be_visible()
    assert asked == [f"{server.url}/chat/widget.js"]
    open_panel(page)
    assert asked[1:] == [f"{server.url}/chat/session"]


def test_site_that_is_not_named_gets_no_widget(
    open_page: OpenPage, server: LiveServer, stranger: Site, complaints: list[str]
) -> None:
    page = open_page(LAPTOP, "about:blank")
    page.goto(stranger.page("/", embed(server)))
    page.wait_for_load_state("networkidle")
    expect(page.locator("jalon-chat")).to_have_count(0)
    # Nor can its own script talk to the server: no session, not even the greeting, can be read.
    call = (
        "(url) => fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })"
        ".then(() => 'read', () => 'refused')"
    )
    assert page.evaluate(call, f"{server.url}/chat/session") == "refused"
    assert any("CORS" in told or "403" in told for told in complaints)
    complaints.clear()


def test_attributes(open_page: OpenPage, server: LiveServer, school: Site, screenshots: Path) -> None:
    attributes = 'data-color="#ffdd00" data-position="left" data-title="Orientation au lycée" data-lang="en"'
    page = open_page(LAPTOP, school.page("/", embed(server, attributes)))
    launcher = page.locator(".launcher")
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    expect(launcher).to_have_css("background-color", "rgb(255, 221, 0)")
    expect(launcher).to_have_css("color", "rgb(0, 0, 0)")
    open_panel(page)
    expect(page.get_by_role("dialog", name="Orientation au lycée")).to_be_visible()
    first, second = page.locator(".message.bot").all()
    expect(first).to_have_attribute("lang", "en")
    expect(first).to_contain_text("I only understand French")
    expect(second).to_contain_text("Bonjour, je suis Jalon")
    page.screenshot(path=screenshots / "attributes.png")


@pytest.mark.parametrize(
    "attributes",
    ['data-color="red" data-position="top" data-lang="xx"', 'data-color="#12345" data-title=""', "data-color"],
)
def test_attributes_that_mean_nothing_change_nothing(
    attributes: str, open_page: OpenPage, server: LiveServer, school: Site
) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server, attributes)))
    expect(page.locator(".launcher")).to_have_css("background-color", "rgb(11, 107, 102)")
    open_panel(page)
    expect(page.get_by_role("dialog", name="Jalon")).to_be_visible()
    expect(page.locator(".message")).to_have_count(1)


@pytest.mark.parametrize("color", ["#ffffff", "#000000", "#777777", "#ffdd00", "#e1000f", "#000091"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_colour_can_be_read(color: str, scheme: str, open_page: OpenPage, server: LiveServer, school: Site) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server, f'data-color="{color}"')), color_scheme=scheme)
    open_panel(page)
    pairs = {".launcher": ".launcher", ".choice": ".choice", ".notice a": ".composer", ".send": ".send"}
    assert {text: contrast for text, ground in pairs.items() if (contrast := _contrast(page, text, ground)) < 4.5} == {}


def _contrast(page: Page, text: str, ground: str) -> float:
    def luminance(locator: str, what: str) -> float:
        colour = page.locator(locator).first.evaluate(f"(node) => getComputedStyle(node).{what}")
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(text, "color"), luminance(ground, "backgroundColor")))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_styles_of_the_page_stay_outside(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, school: Site, screenshots: Path
) -> None:
    """A page that styles everything, with !important: inside nothing changes."""
    looks = []
    for name, css in (("plain", ""), ("hostile", HOSTILE_CSS)):
        page = open_page(viewport, school.page(f"/{name}", f"<style>{css}</style>" + embed(server)))
        page.locator(".launcher").click()
        ask(page, JOBS_QUESTION)
        page.screenshot(path=screenshots / f"{name}-css-{viewport[0]}.png")
        looks.append(
            page.locator(".panel, #title, .bubble, .choice, textarea, .notice").evaluate_all(
                "(nodes, names) => nodes.map((node) => names.map((name) => getComputedStyle(node)[name]))", INHERITED
            )
        )
        box = page.locator(".panel").bounding_box()
        assert box is not None
        looks.append([box["width"], box["height"]] if viewport == PHONE else [box["width"] > 350, box["height"] > 500])
    assert looks[:2] == looks[2:]


def test_keys_typed_in_the_chat_are_no_shortcuts_of_the_page(
    open_page: OpenPage, server: LiveServer, school: Site
) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server)))
    page.evaluate("addEventListener('keydown', (event) => event.key === 's' && (window.searched = true))")
    open_panel(page)
    page.locator("textarea").press_sequentially("mspc")
    assert page.evaluate("window.searched") is None


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_escape_closes_and_gives_the_focus_back(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, school: Site
) -> None:
    page = open_page(viewport, school.page("/", embed(server)))
    for _ in range(2):
        tab_to(page, "launcher")
        page.keyboard.press("Enter")
        greeting(page)
        # On a phone the keyboard would hide the greeting: the input waits to be touched.
        assert focused(page) == ("h2" if viewport == PHONE else "textarea")
        tab_to(page, "menu-button", "Tab" if viewport == PHONE else "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".menu")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".menu")).to_be_hidden()
        assert focused(page) == "menu-button"
        page.keyboard.press("Escape")
        expect(page.locator(".panel")).to_be_hidden()
        expect(page.locator(".launcher")).to_be_focused()


def test_full_screen_panel_keeps_the_focus_inside(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    page = open_page(PHONE, school.page("/", embed(server) + '<a href="/">Accueil</a>'))
    open_panel(page)
    for _ in range(30):
        page.keyboard.press("Tab")
        # Between two rounds the focus is with the browser itself, never behind the panel.
        assert page.evaluate("document.activeElement.localName") in ("jalon-chat", "body")


def test_panel_goes_with_the_window(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    """Turned or resized while it is open: all of a small window, a corner of a large one. The focus stays."""
    page = open_page(LAPTOP, school.page("/", embed(server)))
    open_panel(page)
    for (width, height), modal in ((PHONE, True), (LAPTOP, False)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".panel:modal")).to_have_count(int(modal))
        expect(page.locator(".launcher")).to_be_hidden()
        assert focused(page) == "textarea"
        box = page.locator(".panel").bounding_box()
        assert box is not None
        assert (box["width"] == width) is modal


def test_conversation_follows_to_the_next_page(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server)))
    open_panel(page)
    ask(page, JOBS_QUESTION)
    page.goto(school.page("/next", '<input id="search" autofocus>' + embed(server)))
    expect(page.locator(".panel")).to_be_visible()
    expect(page.locator(".message")).to_have_count(3)
    # The page opened it, not the pupil: the focus stays where it was.
    assert page.evaluate("document.activeElement.id") == "search"
    page.locator(".close").click()
    page.reload()
    expect(page.locator(".launcher")).to_be_visible()
    expect(page.locator(".panel")).to_be_hidden()


def test_element_in_the_page_instead_of_a_button(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    body = "<style>jalon-chat { height: 500px; width: 300px }</style><jalon-chat data-title='Ici'></jalon-chat>"
    page = open_page(LAPTOP, school.page("/", body + embed(server)))
    greeting(page)
    expect(page.locator("jalon-chat")).to_have_count(1)
    expect(page.get_by_role("heading", name="Ici", level=2)).to_be_visible()
    expect(page.locator(".launcher, .close")).to_have_count(0)
    expect(ask(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")


def test_tag_in_the_head_that_does_not_wait(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server, "async") * 2))
    open_panel(page)
    expect(page.locator("jalon-chat")).to_have_count(1)


def test_strict_policy_and_integrity(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    """The two lines of docs/embedding.md, and the versioned address with its hash."""
    version = httpx.get(f"{server.url}/chat/version.json").json()
    policy = (
        f"script-src {server.url}; connect-src {server.url}; default-src 'none'; require-trusted-types-for 'script'"
    )
    tag = embed(server, f'integrity="{version["integrity"]}" crossorigin="anonymous"', f"/chat/{version['path']}")
    page = open_page(LAPTOP, school.page("/", tag, policy))
    open_panel(page)
    expect(ask(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    scripts = "performance.getEntriesByType('resource').filter((entry) => entry.initiatorType === 'script').length"
    assert page.evaluate(scripts) == 1


def test_file_that_is_not_the_hashed_one_does_not_run(
    open_page: OpenPage, server: LiveServer, school: Site, complaints: list[str]
) -> None:
    tag = embed(server, f'integrity="sha384-{"A" * 64}" crossorigin="anonymous"')
    page = open_page(LAPTOP, school.page("/", tag))
    page.wait_for_load_state("networkidle")
    expect(page.locator("jalon-chat")).to_have_count(0)
    assert any("integrity" in told for told in complaints)
    complaints.clear()


def test_frame_where_scripts_are_forbidden(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    body = f'<iframe src="{server.url}/chat/" title="Jalon" width="320" height="500"></iframe>'
    page = open_page(LAPTOP, school.page("/", body, f"default-src 'none'; frame-src {server.url}"))
    frame = page.frame_locator("iframe")
    frame.locator("textarea").fill(JOBS_QUESTION)
    frame.locator(".send").click()
    expect(frame.locator(".message.bot").last).to_have_attribute("data-outcome", "answered")


def test_frame_of_a_site_that_is_not_named(
    open_page: OpenPage, server: LiveServer, stranger: Site, complaints: list[str]
) -> None:
    page = open_page(LAPTOP, "about:blank")
    page.goto(stranger.page("/", f'<iframe src="{server.url}/chat/" title="Jalon"></iframe>'))
    page.wait_for_load_state("networkidle")
    expect(page.frame_locator("iframe").locator("jalon-chat")).to_have_count(0)
    assert any("frame-ancestors" in told for told in complaints)
    complaints.clear()


def test_page_is_printed_without_the_chat_and_the_chat_without_the_page(
    open_page: OpenPage, server: LiveServer, school: Site
) -> None:
    page = open_page(LAPTOP, school.page("/", embed(server)))
    open_panel(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Bienvenue")).to_be_visible()
    expect(page.locator(".panel, .paper").filter(visible=True)).to_have_count(0)
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => {}")
    page.locator(".menu-button").click()
    page.locator(".menu .print").click()
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_visible()
    expect(page.get_by_role("heading", name="Bienvenue")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_role("heading", name="Bienvenue")).to_be_visible()
    assert page.evaluate("document.adoptedStyleSheets.length") == 0
