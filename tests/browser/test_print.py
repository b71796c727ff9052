"""A conversation on paper: all of it, from wherever it is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chat import LAPTOP, PHONE, OpenPage, ask, choose_from_menu, greeting
from live_server import LiveServer
from playwright.sync_api import Frame, Page, Route, expect
from site_of_school import Site

TURNS = 12
# The addresses of links stand in a PDF as they are, each with the page that it is on; its texts do not.
ADDRESS = "https://example.org/reply/{}"


def answer_all(page: Page) -> None:
    """Have each message answered with the same long text, and a link that counts the replies."""
    given: list[str] = []

    def answer(route: Route) -> None:
        given.append(ADDRESS.format(len(given)))
        text = f"**2 ans** : c'est la durée. {'Une phrase de la fiche, parmi d’autres. ' * 12}\n\n[Page]({given[-1]})"
        route.fulfill(json={"messages": [{"id": given[-1], "text": text, "choices": []}]})

    page.route("**/chat/message", answer)


def talk(page: Page | Frame) -> None:
    """Ask and be answered TURNS times."""
    for turn in range(TURNS):
        page.locator("textarea").fill(f"question {turn}")
        page.locator(".send").click()
        expect(page.locator(".message.bot")).to_have_count(turn + 2)
        expect(page.locator(".send")).to_have_attribute("aria-disabled", "false")


def embed(server: LiveServer, school: Site) -> str:
    return school.page("/", f'<h1>Lycée</h1><script type="module" src="{server.url}/chat/widget.js"></script>')


def check_paper(pdf: bytes) -> None:
    """Every reply is on it, and it has more than one page."""
    assert [turn for turn in range(TURNS) if f"({ADDRESS.format(turn)})".encode() not in pdf] == []
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) > 1


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_page_prints_the_whole_conversation(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(viewport)
    greeting(page)
    answer_all(page)
    talk(page)
    check_paper(page.pdf(path=screenshots / f"conversation-{viewport[0]}.pdf"))
    expect(page.locator(".paper")).to_have_count(0)


def test_panel_prints_the_whole_conversation(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    page = open_page(LAPTOP, embed(server, school))
    page.locator(".launcher").click()
    greeting(page)
    answer_all(page)
    talk(page)
    page.evaluate("window.print = () => {}")
    choose_from_menu(page, "print")
    check_paper(page.pdf())


def test_frame_prints_the_whole_conversation(open_page: OpenPage, server: LiveServer, school: Site) -> None:
    """A browser prints the document of a frame alone, which a test cannot: nothing holds it to the frame's height."""
    body = f'<iframe src="{server.url}/chat/" title="Jalon" width="400" height="640"></iframe>'
    page = open_page(LAPTOP, school.page("/", body))
    frame = page.frames[-1]
    expect(frame.locator(".message.bot")).to_have_count(1)
    answer_all(page)
    talk(frame)
    frame.evaluate("window.print = () => {}")
    frame.locator(".menu-button").click()
    frame.locator(".menu .print").click()
    page.emulate_media(media="print")
    root, last = frame.locator(".root"), frame.locator(".paper .message").last
    assert root.evaluate("(node) => getComputedStyle(node).position") == "static"
    bottom = "(node) => node.getBoundingClientRect().bottom"
    assert root.evaluate(bottom) >= last.evaluate(bottom) > 640


def test_who_speaks_is_seen_and_short_replies_are_not_cut(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("window.print = () => {}")
    greeting(page)
    answer_all(page)
    ask(page, "question")
    choose_from_menu(page, "print")
    page.emulate_media(media="print")
    for message in page.locator(".paper .message").all():
        expect(message).to_have_css("break-inside", "avoid")
        expect(message.locator(".sr-only").first).to_have_css("font-weight", "700")
    expect(page.locator(".paper .message.user")).to_have_css("break-after", "avoid")
