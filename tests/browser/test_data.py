"""What pupils decide about what they said: erase it, and say whether a reply was useful."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

import pytest
from chat import JOBS_QUESTION, PHONE, SIZES, OpenPage, ask, choose_from_menu, focused, greeting
from live_server import LiveServer
from playwright.sync_api import expect


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_everything_is_erased(
    viewport: tuple[int, int], open_page: OpenPage, server: LiveServer, screenshots: Path
) -> None:
    page = open_page(viewport)
    word = f"zorglub{secrets.token_hex(4)}"
    ask(page, f"le bac pro {word}, ça dure combien de temps ?")
    ask(page, JOBS_QUESTION)
    choose_from_menu(page, "erase")
    confirm = page.get_by_role("dialog", name="Effacer tes données ?")
    page.screenshot(path=screenshots / f"erase-{viewport[0]}.png")
    with page.expect_response("**/chat/session") as erased:
        confirm.get_by_role("button", name="Effacer").click()
    assert (erased.value.request.method, erased.value.status) == ("DELETE", 204)
    expect(page.locator(".divider")).to_have_text("C’est effacé")
    greeting(page)
    expect(page.locator(".message")).to_have_count(1)
    page.screenshot(path=screenshots / f"erased-{viewport[0]}.png")
    assert word not in page.evaluate("JSON.stringify(sessionStorage)")
    with sqlite3.connect(f"file:{server.conversations}?mode=ro", uri=True) as store:
        assert word not in "\n".join(store.iterdump())
    expect(ask(page, "et ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")


def test_nothing_is_erased_without_a_second_word(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for leave in ("Escape", "Garder"):
        choose_from_menu(page, "erase")
        if leave == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name=leave).click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert focused(page) == "menu-button"
    expect(page.locator(".message")).to_have_count(3)
    assert asked == []


def test_erasing_goes_on_until_the_server_is_back(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    page.route("**/chat/session", lambda route: route.abort(), times=1)
    choose_from_menu(page, "erase")
    page.locator(".erase-for-good").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Jalon ne répond pas pour le moment. Tes données ne sont pas encore effacées."
    )
    expect(page.locator(".message")).to_have_count(3)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".divider")).to_have_text("C’est effacé")
    expect(page.locator(".message")).to_have_count(1)
    assert all("failed: " in told or "ERR_FAILED" in told for told in complaints)
    complaints.clear()


def test_reply_was_useful(open_page: OpenPage) -> None:
    page = open_page()
    reply = ask(page, JOBS_QUESTION)
    rating = reply.get_by_role("group", name="Cette réponse t’aide ?")
    with page.expect_response("**/chat/feedback") as sent:
        rating.get_by_role("button", name="Oui").click()
    assert sent.value.status == 204
    body = sent.value.request.post_data_json
    assert body.keys() == {"session", "message", "useful"}
    assert body["useful"] is True
    expect(page.locator(".toast")).to_have_text("Merci pour ton avis.")
    expect(rating.get_by_role("button", name="Oui")).to_have_attribute("aria-pressed", "true")
    expect(rating.get_by_role("button", name="Oui")).to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="Oui")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("viewport", SIZES.values(), ids=SIZES)
def test_reply_was_not_useful_and_why(viewport: tuple[int, int], open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(viewport)
    reply = ask(page, JOBS_QUESTION)
    expect(reply.get_by_role("group", name="Pourquoi ? (si tu veux)")).to_be_hidden()
    reply.get_by_role("button", name="Non").click()
    reason = reply.get_by_role("button", name="Je ne comprends pas")
    reason.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / f"reasons-{viewport[0]}.png")
    with page.expect_response("**/chat/feedback") as sent:
        reason.click()
    assert sent.value.status == 204
    assert sent.value.request.post_data_json["useful"] is False
    assert sent.value.request.post_data_json["reason"] == "Je ne comprends pas"
    expect(reason).to_have_attribute("aria-pressed", "true")


def test_opinion_that_was_not_taken(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    reply = ask(page, JOBS_QUESTION)
    page.route("**/chat/feedback", lambda route: route.abort())
    reply.get_by_role("button", name="Oui").click()
    expect(page.locator(".toast")).to_have_text("Ton avis n’a pas pu partir. Réessaie plus tard.")
    expect(reply.get_by_role("button", name="Oui")).to_have_attribute("aria-pressed", "false")
    assert all("failed: " in told or "ERR_FAILED" in told for told in complaints)
    complaints.clear()


def test_opinions_are_asked_of_the_last_reply_about_formations(open_page: OpenPage) -> None:
    """Not of a greeting, of distress or of a question back; nor of what was said long ago."""
    page = open_page()
    for text, asked in (
        ("bonjour", 0), ("j'ai plus du tout envie de vivre", 0), (JOBS_QUESTION, 1), ("et la durée ?", 1), ("merci", 0),
    ):  # fmt: skip
        ask(page, text)
        expect(page.get_by_role("group", name="Cette réponse t’aide ?")).to_have_count(asked)


def test_privacy_page_is_one_tap_away(open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(PHONE)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Tes données (nouvel onglet)").click()
    privacy = opened.value
    expect(privacy.get_by_role("heading", level=1)).to_be_visible()
    for told in ("24 heures", "90 jours", "15 minutes", "Effacer mes données"):
        expect(privacy.get_by_text(told).first).to_be_visible()
    assert privacy.evaluate("window.opener") is None
    privacy.screenshot(path=screenshots / "privacy-375.png", full_page=True)
