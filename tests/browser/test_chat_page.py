"""The chat page as a pupil uses it: mouse, finger or keyboard, on a telephone and on a large screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
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
    greeting,
    reply_to,
)
from live_server import LiveServer
from playwright.sync_api import expect

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
FICHES = {
    "bac pro maintenance des systèmes de production connectés": "bac_pro_MSPC.html",
    "bac pro microtechniques": "a045.html",
}


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_seven_jobs_are_read(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(viewport)
    greeting(page)
    page.screenshot(path=screenshots / f"greeting-{viewport[0]}.png")
    reply = ask(page, JOBS_QUESTION)
    expect(reply).to_have_attribute("data-outcome", "answered")
    expect(reply.get_by_role("listitem")).to_have_text(JOBS)
    source = reply.get_by_role("link", name="Page officielle (nouvel onglet)")
    expect(source).to_have_attribute("href", re.compile(r"^https://.*bac_pro_MSPC\.html$"))
    expect(source).to_have_attribute("rel", "noopener noreferrer")
    page.screenshot(path=screenshots / f"jobs-{viewport[0]}.png")


def test_suggestion_before_the_first_message(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    first = greeting(page).get_by_role("group", name="Propositions").get_by_role("button")
    title = first.last.inner_text()
    first.last.click()
    expect(reply_to(page, title)).to_have_attribute("data-outcome", "answered")


def test_every_suggestion_is_understood(open_page: OpenPage) -> None:
    """Each as the first words of a conversation; a kind of diploma is told of before its name is asked."""
    page = open_page()
    count = greeting(page).locator(".choice").count()
    outcomes = {}
    for at in range(count):
        button = greeting(page).locator(".choice").nth(at)
        title = button.inner_text()
        button.click()
        outcomes[title] = reply_to(page, title).get_attribute("data-outcome")
        choose_from_menu(page, "restart")
        expect(page.locator(".message")).to_have_count(1)
    assert list(outcomes.values()) == ["help", "missing", "help", "answered"]


def test_first_words_are_no_jargon(open_page: OpenPage) -> None:
    """What is suggested names no sigle but one that everybody knows."""
    titles = " ".join(greeting(open_page()).locator(".choice").all_inner_texts())
    assert set(re.findall(r"\b[A-Z]{2,}\b", titles)) <= {"CAP", "BTS"}


def test_choice_is_tapped(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION).get_by_role("button", name="Ça dure combien de temps ?").click()
    reply = reply_to(page, "Ça dure combien de temps ?")
    expect(reply).to_have_attribute("data-outcome", "answered")
    expect(reply).to_contain_text("3 ans")


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_which_of_two_formations(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    """The question waits for the choice: by its button, or by its number."""
    page = open_page(viewport)
    reply = ask(page, "combien de temps dure le BTS fluvial ?")
    expect(reply).to_have_attribute("data-outcome", "ambiguous")
    expect(reply.get_by_role("listitem")).to_have_text([f"BTS fluvial option {option}" for option in OPTIONS])
    page.screenshot(path=screenshots / f"ambiguous-{viewport[0]}.png")
    reply.get_by_role("button", name="BTS fluvial option B").click()
    expect(reply_to(page, "BTS fluvial option B")).to_contain_text("3 ans")
    ask(page, "combien de temps dure le BTS fluvial ?")
    expect(ask(page, "la 1re")).to_contain_text("2 ans")


def test_comparison_is_a_table(open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(LAPTOP)
    reply = ask(page, COMPARISON)
    table = reply.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(list(FICHES))
    expect(table.get_by_role("rowheader")).to_have_text(["Diplôme", "Niveau", "Durée", "Métiers"])
    row = table.get_by_role("row", name="Durée")
    left, right = (cell.bounding_box() for cell in row.get_by_role("cell").all())
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] < right["x"]
    # No word is broken: each name of a row is on one line.
    lines = """(name) => {
      const range = document.createRange();
      range.selectNodeContents(name);
      return range.getClientRects().length;
    }"""
    assert [name.evaluate(lines) for name in table.get_by_role("rowheader").all()] == [1, 1, 1, 1]
    page.screenshot(path=screenshots / "comparison-1280.png")


def test_comparison_is_cards_on_a_phone(open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(PHONE)
    table = ask(page, COMPARISON).get_by_role("table")
    row = table.get_by_role("row", name="Durée")
    above, below = (cell.bounding_box() for cell in row.get_by_role("cell").all())
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"] + 1
    assert above["x"] == below["x"]
    for title, cell in zip(FICHES, row.get_by_role("cell").all(), strict=True):
        expect(cell).to_have_text(f"{title}3 ans")
    page.screenshot(path=screenshots / "comparison-375.png")


def test_sources_of_a_comparison_are_links(open_page: OpenPage) -> None:
    """Its text names no address; the fiches do."""
    page = open_page()
    reply = ask(page, COMPARISON)
    for title, end in FICHES.items():
        link = reply.get_by_role("link", name=title)
        expect(link).to_have_attribute("href", re.compile(f"{re.escape(end)}$"))
        expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_restart_empties_the_log_and_the_memory(open_page: OpenPage) -> None:
    page = open_page()
    first = greeting(page).inner_text()
    ask(page, JOBS_QUESTION)
    choose_from_menu(page, "restart")
    expect(page.locator(".message")).to_have_count(1)
    assert greeting(page).inner_text() == first
    expect(ask(page, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")


def test_reload_in_the_same_tab_restores_the_conversation(open_page: OpenPage, server: LiveServer) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    before = page.locator(".log").inner_text()
    processed = server.messages_processed()
    page.reload()
    expect(page.locator(".message")).to_have_count(3)
    assert page.locator(".log").inner_text() == before
    assert server.messages_processed() == processed
    # The session goes on: what was spoken of is known, and buttons of before still work.
    page.get_by_role("button", name="Ça dure combien de temps ?").click()
    expect(reply_to(page, "Ça dure combien de temps ?")).to_contain_text("3 ans")
    expect(ask(page, "on y entre comment ?")).to_contain_text("3e")


def test_another_tab_is_another_conversation(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, JOBS_QUESTION)
    other = page.context.new_page()
    other.goto(page.url)
    greeting(other)
    expect(other.locator(".message")).to_have_count(1)
    expect(ask(other, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")
    expect(ask(page, "et ça dure combien de temps ?")).to_contain_text("3 ans")


def test_duplicated_tab_is_another_conversation(open_page: OpenPage) -> None:
    """The copy has the memory of the first, and must not go on with its session: each knows what it was told itself."""
    page = open_page()
    ask(page, JOBS_QUESTION)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    copy = opened.value
    expect(copy.locator(".divider")).to_have_text("Cet onglet est une copie : ici, on repart de zéro")
    expect(copy.locator(".message")).to_have_count(1)
    expect(ask(copy, "quelle est la durée du BTS fluvial option A ?")).to_contain_text("2 ans")
    expect(ask(page, "et ça dure combien de temps ?")).to_contain_text("3 ans")
    # Loaded again, each is alone with its own.
    for tab, count in ((page, 5), (copy, 3)):
        tab.reload()
        expect(tab.locator(".message")).to_have_count(count)
    expect(ask(copy, "et la durée ?")).to_contain_text("2 ans")


def test_question_in_the_address_is_asked_once(open_page: OpenPage, server: LiveServer) -> None:
    processed = server.messages_processed()
    page = open_page(url="/chat/?q=quels%20m%C3%A9tiers%20apr%C3%A8s%20MSPC%20%3F")
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    assert page.url.endswith("/chat/")
    page.reload()
    expect(page.locator(".message.user")).to_have_count(1)
    # A frame that is loaded again has its whole address again.
    page.goto(f"{server.url}/chat/?q=quels métiers après MSPC ?")
    expect(page.locator(".message.user")).to_have_count(1)
    expect(page.locator("textarea")).to_have_value("")
    assert server.messages_processed() == processed + 1


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%0A", "?p=x"])
def test_no_question_in_the_address(query: str, open_page: OpenPage) -> None:
    page = open_page(url=f"/chat/{query}")
    greeting(page)
    expect(page.locator(".message")).to_have_count(1)


def test_what_is_typed_is_shown_as_text(open_page: OpenPage) -> None:
    page = open_page()
    typed = "<b>gras</b> **gras** [lien](https://example.org)"
    ask(page, typed)
    expect(page.locator(".message.user .bubble")).to_have_text(typed)
    expect(page.locator(".message.user .bubble *")).to_have_count(0)


def test_marks_of_markdown_are_shown_to_the_letter(open_page: OpenPage) -> None:
    """What the bot repeats of a message comes escaped."""
    page = open_page()
    reply = ask(page, "c'est quoi le bac pro zor_glub*truc ?")
    expect(reply).to_have_attribute("data-outcome", "unknown")
    expect(reply.locator(".bubble")).to_contain_text("zor_glub*truc")


def test_longest_message_is_taken(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    ask(page, "é" * 500)
    expect(page.locator(".message.user .bubble")).to_have_text("é" * 500)


def test_what_is_typed_while_a_reply_is_awaited_is_sent_after_it(open_page: OpenPage, server: LiveServer) -> None:
    page = open_page()
    greeting(page)
    box = page.locator("textarea")
    box.fill(JOBS_QUESTION)
    box.press("Enter")
    box.fill("et ça dure combien de temps ?")
    box.press("Enter")
    expect(reply_to(page, "et ça dure combien de temps ?")).to_contain_text("3 ans")
    expect(page.locator(".message")).to_have_count(5)


def test_transcript_is_copied(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, JOBS_QUESTION)
    choose_from_menu(page, "copy")
    expect(page.locator(".toast")).to_have_text("La conversation est copiée.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"Toi : {JOBS_QUESTION}" in copied.replace("\xa0", " ").replace("\n", " ")
    assert all(job in copied for job in JOBS)
    assert "Propositions" not in copied


def test_transcript_is_copied_where_the_browser_has_no_clipboard_for_pages(open_page: OpenPage) -> None:
    """As on plain http, or in a frame without the permission."""
    page = open_page(permissions=["clipboard-read"])
    page.evaluate("Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject() })")
    ask(page, JOBS_QUESTION)
    choose_from_menu(page, "copy")
    expect(page.locator(".toast")).to_have_text("La conversation est copiée.")
    assert JOBS[0] in page.evaluate("navigator.clipboard.readText()")


def test_transcript_is_printed(open_page: OpenPage, screenshots: Path) -> None:
    page = open_page()
    page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    ask(page, JOBS_QUESTION)
    choose_from_menu(page, "print")
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_be_visible()
    expect(page.locator(".paper li")).to_have_text(JOBS)
    for gone in (".paper button", ".app"):
        expect(page.locator(gone).filter(visible=True)).to_have_count(0)
    page.screenshot(path=screenshots / "print.png", full_page=True)
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".paper")).to_have_count(0)


def test_two_windows_are_two_conversations(open_page: OpenPage) -> None:
    first, second = open_page(), open_page(PHONE)
    ask(first, JOBS_QUESTION)
    expect(ask(second, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")
    expect(ask(first, "et ça dure combien de temps ?")).to_contain_text("3 ans")


def test_nothing_is_asked_of_another_host_and_no_cookie_is_left(open_page: OpenPage) -> None:
    """Other hosts are noticed by the check behind all these tests."""
    page = open_page()
    ask(page, COMPARISON)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0


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
