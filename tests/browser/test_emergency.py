"""Numbers to call in an emergency: in sight when the reply arrives, each one tap away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chat import JOBS_QUESTION, LAPTOP, OpenPage, ask, choose_from_menu, greeting, tab_to
from live_server import LiveServer
from playwright.sync_api import Page, expect
from site_of_school import Site

SMALL_PHONE = (375, 667)
TARGET_PX = 44
NUMBERS = ["15", "112", "3114", "119", "3018", "17"]
# As long as a reply may be: every kind of number, what each is for, and words after them.
LINES = """\
- [15](tel:15) ou [112](tel:112) : en cas d'urgence, quand une vie est en danger
- [3114](tel:3114) : quand on pense au suicide (jour et nuit, gratuit)
- [119](tel:119) : enfant en danger ou maltraité (jour et nuit, gratuit)
- [3018](tel:3018) : harcèlement et cyberharcèlement (de 9 h à 23 h)
- [17](tel:17) : la police, quand quelqu'un te menace ou te frappe

Ce que tu vis a l'air très dur, et tu as bien fait de l'écrire. Tu n'es pas seul·e : parles-en maintenant à un adulte
en qui tu as confiance (un parent, l'infirmière ou le CPE de ton établissement)."""
CHOICES = ["Je veux parler d'autre chose", "Qui peut m'aider au lycée ?", "Je ne sais pas quoi faire plus tard"]
ANSWER = "**3 ans** : c'est la durée. " + "Une phrase de plus, qui vient de la fiche. " * 12


def message(text: str, outcome: str, choices: list[str]) -> dict[str, Any]:
    """One message of a reply, as the API gives it."""
    answer = {"outcome": outcome, "facets": [], "fiches": [], "jobs": [], "sources": []}
    return {"id": text, "text": text, "choices": [{"id": c, "title": c} for c in choices], "answer": answer}


def reply_with(page: Page, *messages: dict[str, Any]) -> None:
    """Have the next message answered with these."""
    page.route("**/chat/message", lambda route: route.fulfill(json={"messages": list(messages)}), times=1)


def room(page: Page) -> tuple[float, float]:
    """Between which heights of the window the conversation is seen: below the header, above the composer."""
    header, composer = page.locator(".header").bounding_box(), page.locator(".composer").bounding_box()
    assert header
    assert composer
    return header["y"] + header["height"], composer["y"]


def check_numbers(page: Page) -> None:
    """Each number is a link of its own, large enough, and all of them are in sight; the reply begins on top."""
    calls = page.get_by_role("link", name="Appeler le")
    expect(calls).to_have_text(NUMBERS)
    top, bottom = room(page)
    for number, call in zip(NUMBERS, calls.all(), strict=True):
        expect(call).to_have_accessible_name(f"Appeler le {number}")
        expect(call).to_have_attribute("href", f"tel:{number}")
        assert call.get_attribute("target") is None
        expect(call).to_be_in_viewport(ratio=1)
        box = call.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= TARGET_PX
        assert top <= box["y"]
        assert box["y"] + box["height"] <= bottom, f"{number} ends at {box['y'] + box['height']}, below {bottom}"
    reply = page.locator(".message", has=calls).bounding_box()
    assert reply
    assert 0 <= reply["y"] - top <= 24


@pytest.mark.parametrize("follows", ["nothing", "choices", "an answer"])
def test_numbers_are_in_sight_when_the_reply_arrives(follows: str, open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(SMALL_PHONE)
    ask(page, JOBS_QUESTION)
    messages = [message(LINES, "distress", CHOICES if follows == "choices" else [])]
    if follows == "an answer":
        messages.append(message(ANSWER, "answered", CHOICES))
    reply_with(page, *messages)
    ask(page, "je veux mourir")
    expect(page.locator(".notice")).to_be_in_viewport(ratio=1)
    check_numbers(page)
    page.screenshot(path=screenshots / f"emergency-{follows.replace(' ', '-')}-375.png")


def test_numbers_are_in_sight_after_a_long_message(open_page: OpenPage) -> None:
    """What the pupil said fills the window by itself: the reply is what must be seen."""
    page = open_page(SMALL_PHONE)
    greeting(page)
    reply_with(page, message(LINES, "distress", []), message(ANSWER, "answered", CHOICES))
    ask(page, "je n'en peux plus " + "vraiment " * 50)
    check_numbers(page)


@pytest.mark.parametrize("viewport", [SMALL_PHONE, LAPTOP], ids=["phone", "laptop"])
def test_numbers_are_in_sight_in_the_panel(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, school: Site, screenshots: Path
) -> None:
    body = f'<h1>Lycée</h1><script type="module" src="{server.url}/chat/widget.js"></script>'
    page = open_page(viewport, school.page("/", body))
    page.locator(".launcher").click()
    ask(page, JOBS_QUESTION)
    reply_with(page, message(LINES, "distress", CHOICES), message(ANSWER, "answered", CHOICES))
    ask(page, "je veux mourir")
    check_numbers(page)
    page.screenshot(path=screenshots / f"emergency-panel-{viewport[0]}.png")


def test_numbers_are_called_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(SMALL_PHONE)
    greeting(page)
    reply_with(page, message(LINES, "distress", []))
    ask(page, "je veux mourir")
    tab_to(page, "call", "Shift+Tab")
    expect(page.get_by_role("link", name="Appeler le 17")).to_be_focused()


def test_number_in_a_sentence_is_a_link_too(open_page: OpenPage) -> None:
    page = open_page(SMALL_PHONE)
    greeting(page)
    reply_with(page, message("Appelle le **[3114](tel:3114)**, ou le [0800 235 236](tel:0800235236).", "distress", []))
    said = ask(page, "je veux mourir").locator(".bubble")
    expect(said).to_have_text("Appelle le 3114, ou le 0800 235 236.")
    expect(said.get_by_role("link")).to_have_text(["3114", "0800 235 236"])
    for call in said.get_by_role("link").all():
        box = call.bounding_box()
        assert box
        assert box["height"] >= TARGET_PX


@pytest.mark.parametrize(
    "address",
    ["tel:3", "tel:12345678901", "tel:*#06#", "tel:112;ext=15", "tel://112", "TEL:112", "tel:", "tel:1 5", "sms:114"],
)
def test_other_addresses_of_telephones_are_no_links(address: str, open_page: OpenPage) -> None:
    page = open_page(SMALL_PHONE)
    greeting(page)
    reply_with(page, message(f"- [3114]({address}) : le numéro", "distress", []))
    reply = ask(page, "je veux mourir")
    expect(reply).to_contain_text("3114")
    expect(reply.get_by_role("link")).to_have_count(0)


def test_numbers_are_read_on_paper(open_page: OpenPage) -> None:
    """Where no ground is printed, in the ink of the text."""
    page = open_page(SMALL_PHONE)
    page.evaluate("window.print = () => {}")
    greeting(page)
    reply_with(page, message(LINES, "distress", []))
    ask(page, "je veux mourir")
    choose_from_menu(page, "print")
    page.emulate_media(media="print")
    for call in page.locator(".paper .call").all():
        expect(call).to_have_css("color", "rgb(0, 0, 0)")
        assert call.evaluate("(node) => getComputedStyle(node, '::after').content") == "none"


def test_numbers_of_the_privacy_page_are_called_too(open_page: OpenPage) -> None:
    page = open_page(SMALL_PHONE, "/chat/privacy")
    for number in ("119", "3114"):
        call = page.get_by_role("link", name=number, exact=True)
        expect(call).to_have_attribute("href", f"tel:{number}")
        box = call.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= TARGET_PX
