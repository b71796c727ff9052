"""When things go wrong: the server away, the reply lost, too many messages, an ended session, a shared computer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chat import JOBS_QUESTION, PHONE, OpenPage, ask, choose_from_menu, greeting, reply_to
from live_server import LiveServer, wait_for
from playwright.sync_api import Page, Route, expect

FOLLOW_UP = "et ça dure combien de temps ?"
IDLE_MS = 15 * 60_000
SINCE_SEEN = "Date.now() - sessionStorage[Object.keys(sessionStorage).find((key) => key.endsWith('seen'))]"
KEEP = "(kept) => sessionStorage.setItem(Object.keys(sessionStorage).find((key) => !key.includes('seen')), kept)"


def type_and_send(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator(".send").click()


def refuse(page: Page, status: int, text: str = "", headers: dict[str, str] | None = None) -> None:
    """Have the next message refused, in the way of the API."""
    answer = {"error": {"code": "x", "message": text}}
    page.route(
        "**/chat/message", lambda route: route.fulfill(status=status, json=answer, headers=headers or {}), times=1
    )


def expected_complaints(complaints: list[str], *parts: str) -> None:
    """Only these were told, each of them."""
    assert complaints
    assert all(any(part in told for part in parts) for told in complaints), complaints
    complaints.clear()


def test_server_killed_and_back(
    open_page: OpenPage, server: LiveServer, complaints: list[str], screenshots: Path
) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    processed = server.messages_processed()
    server.kill()
    try:
        type_and_send(page, FOLLOW_UP)
        expect(page.get_by_role("alert")).to_have_text(
            "Jalon ne répond pas pour le moment. Ton message est gardé, il repartira tout seul."
        )
        expect(page.locator(".message.user").last).to_contain_text("Pas encore envoyé")
        page.screenshot(path=screenshots / "away-375.png")
    finally:
        server.start()
    page.get_by_role("button", name="Réessayer").click()
    expect(reply_to(page, FOLLOW_UP)).to_contain_text("3 ans")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator(".message")).to_have_count(5)
    expect(page.get_by_text("Pas encore envoyé")).to_have_count(0)
    assert server.messages_processed() == processed + 1
    expected_complaints(complaints, "failed: ", "ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")


def test_waits_grow_and_the_key_stays(open_page: OpenPage, server: LiveServer, complaints: list[str]) -> None:
    """A clock that the test moves: what is asked when, and with which key."""
    page = open_page(clock=True)
    greeting(page)
    stop_clock(page)
    keys: list[str] = []

    def fail(route: Route) -> None:
        keys.append(route.request.post_data_json["key"])
        route.abort()

    page.route("**/chat/message", fail)
    type_and_send(page, JOBS_QUESTION)
    for wait in (2, 4, 8, 16, 30, 60, 60):
        expect(page.locator(".countdown")).to_have_text(_between(wait, 1.25 * wait))
        tried = len(keys)
        page.clock.run_for(int(wait * 1000) - 1)
        assert len(keys) == tried
        with page.expect_event("requestfailed"):
            page.clock.run_for(int(wait * 250) + 2)
        expect(page.locator(".problem")).to_be_visible()
        assert len(keys) == tried + 1
    page.unroute("**/chat/message")
    page.clock.run_for(75_001)
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    assert len(set(keys)) == 1
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


def stop_clock(page: Page) -> None:
    """Leave the page's clock to the test alone: it goes on by itself, at the pace of the machine, until then."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


def _between(least: float, most: float) -> re.Pattern[str]:
    return re.compile("dans (" + "|".join(str(n) for n in range(int(least), int(most) + 2)) + ")\u00a0s")


def test_reply_that_was_lost_is_asked_again_and_processed_once(
    open_page: OpenPage, server: LiveServer, complaints: list[str]
) -> None:
    page = open_page()
    greeting(page)
    processed = server.messages_processed()

    def lose(route: Route) -> None:
        assert route.fetch().ok
        route.abort()

    page.route("**/chat/message", lose, times=2)
    type_and_send(page, JOBS_QUESTION)
    expect(page.locator(".problem")).to_be_visible()
    page.get_by_role("button", name="Réessayer").click()
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".message")).to_have_count(3)
    assert server.messages_processed() == processed + 1
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


def test_message_on_its_way_survives_a_reload(open_page: OpenPage, server: LiveServer, complaints: list[str]) -> None:
    """The server had it, the pupil has no reply: after the reload it comes, and only once."""
    page = open_page()
    greeting(page)
    processed = server.messages_processed()
    page.route("**/chat/message", lambda route: (route.fetch(), route.abort()), times=1)
    type_and_send(page, JOBS_QUESTION)
    expect(page.locator(".problem")).to_be_visible()
    page.reload()
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".message")).to_have_count(3)
    assert server.messages_processed() == processed + 1
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


def test_next_message_waits_for_the_one_before(open_page: OpenPage, complaints: list[str]) -> None:
    """Typed while the server is away: nothing is lost, the order stays."""
    page = open_page()
    greeting(page)
    page.route("**/chat/message", lambda route: route.abort(), times=1)
    type_and_send(page, JOBS_QUESTION)
    expect(page.locator(".problem")).to_be_visible()
    type_and_send(page, FOLLOW_UP)
    expect(reply_to(page, FOLLOW_UP)).to_contain_text("3 ans")
    expect(page.locator(".message.user .bubble")).to_have_text([JOBS_QUESTION, FOLLOW_UP])
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


def test_message_is_taken_back(open_page: OpenPage, server: LiveServer, complaints: list[str]) -> None:
    page = open_page()
    greeting(page)
    processed = server.messages_processed()
    page.route("**/chat/message", lambda route: route.abort())
    type_and_send(page, JOBS_QUESTION)
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("textarea")).to_have_value(JOBS_QUESTION)
    expect(page.locator("textarea")).to_be_focused()
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator(".problem")).to_be_hidden()
    page.unroute("**/chat/message")
    page.locator("textarea").press("Enter")
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    assert server.messages_processed() == processed + 1
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


def test_network_of_the_device_is_gone_and_back(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    greeting(page)
    page.context.set_offline(True)
    type_and_send(page, JOBS_QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("Tu n’as plus de connexion à Internet.")
    page.context.set_offline(False)  # tells the page, which tries at once
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expected_complaints(complaints, "failed: ", "ERR_INTERNET_DISCONNECTED")


def test_greeting_that_does_not_come(
    open_page: OpenPage, server: LiveServer, complaints: list[str], screenshots: Path
) -> None:
    page = open_page(PHONE, "about:blank")
    page.route("**/chat/session", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"), times=1)
    page.goto(f"{server.url}/chat/")
    expect(page.get_by_role("alert")).to_have_text("Jalon ne répond pas pour le moment.")
    page.screenshot(path=screenshots / "no-greeting-375.png")
    page.get_by_role("button", name="Réessayer").click()
    greeting(page)
    expect(page.locator(".problem")).to_be_hidden()
    expected_complaints(complaints, "502")


def test_too_fast(open_page: OpenPage, complaints: list[str], screenshots: Path) -> None:
    """The server says how long to wait; the message then goes by itself."""
    page = open_page(PHONE, clock=True)
    greeting(page)
    stop_clock(page)
    refuse(page, 429, "Attends.", {"Retry-After": "42"})
    type_and_send(page, JOBS_QUESTION)
    expect(page.get_by_role("alert")).to_have_text(
        "Tu vas un peu trop vite pour Jalon. Ton message est gardé, il repartira tout seul."
    )
    expect(page.locator(".countdown")).to_have_text("Nouvel essai dans 42 s")
    expect(page.get_by_role("button", name="Réessayer")).to_be_hidden()
    page.screenshot(path=screenshots / "too-fast-375.png")
    page.clock.run_for(41_900)
    expect(page.locator(".message")).to_have_count(2)
    page.clock.run_for(200)
    expect(reply_to(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expected_complaints(complaints, "429")


def test_session_that_ended_is_followed_by_another(
    open_page: OpenPage, complaints: list[str], screenshots: Path
) -> None:
    page = open_page(PHONE)
    ask(page, JOBS_QUESTION)
    refuse(page, 401, "Ta session est terminée.")
    expect(ask(page, "combien de temps dure microtechniques ?")).to_contain_text("3 ans")
    expect(page.locator(".log > *").nth(3)).to_have_text("La conversation d’avant est terminée, on repart de zéro")
    expect(page.locator(".problem")).to_be_hidden()
    page.screenshot(path=screenshots / "divider-375.png")
    expected_complaints(complaints, "401")


def test_choice_of_an_ended_session_is_sent_as_text(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    ask(page, JOBS_QUESTION)
    refuse(page, 401)
    page.get_by_role("button", name="Ça dure combien de temps ?").click()
    expect(reply_to(page, "Ça dure combien de temps ?")).to_have_attribute("data-outcome", "missing")
    expected_complaints(complaints, "401")


def test_choice_that_is_gone(open_page: OpenPage, complaints: list[str], screenshots: Path) -> None:
    page = open_page(PHONE)
    reply = ask(page, JOBS_QUESTION)
    refuse(page, 404, "Ce bouton n'est plus valable.")
    reply.get_by_role("button", name="Ça dure combien de temps ?").click()
    expect(page.get_by_role("alert")).to_have_text(
        "Ce bouton ne marche plus. Tu peux envoyer la question écrite ci-dessous."
    )
    expect(page.locator("textarea")).to_have_value("Ça dure combien de temps ?")
    page.screenshot(path=screenshots / "choice-gone-375.png")
    page.locator(".send").click()
    expect(reply_to(page, "Ça dure combien de temps ?")).to_contain_text("3 ans")
    expected_complaints(complaints, "404")


def test_message_that_is_refused_is_given_back(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    greeting(page)
    refuse(page, 422, "Le message est trop long.")
    type_and_send(page, "merci")
    expect(page.get_by_role("alert")).to_have_text("Le message est trop long.")
    expect(page.locator("textarea")).to_have_value("merci")
    expect(page.locator(".message")).to_have_count(1)
    page.locator("textarea").press("Enter")
    expect(reply_to(page, "merci")).to_have_attribute("data-outcome", "smalltalk")
    expect(page.locator(".problem")).to_be_hidden()
    expected_complaints(complaints, "422")


def test_restart_while_the_server_is_away(open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    ask(page, JOBS_QUESTION)
    page.route("**/chat/*", lambda route: route.abort(), times=1)
    choose_from_menu(page, "restart")
    expect(page.get_by_role("alert")).to_have_text("Jalon ne répond pas pour le moment.")
    expect(page.locator(".message")).to_have_count(3)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".message")).to_have_count(1)
    expected_complaints(complaints, "failed: ", "ERR_FAILED")


# Shared computers


def test_nobody_for_a_quarter_of_an_hour(open_page: OpenPage, screenshots: Path) -> None:
    page = open_page(PHONE, clock=True)
    ask(page, JOBS_QUESTION)
    page.locator("textarea").fill("je m'appelle")
    page.clock.run_for(IDLE_MS - 30_000)
    expect(page.locator(".message")).to_have_count(3)
    page.clock.run_for(45_000)
    expect(page.locator(".divider")).to_contain_text("Personne n’a écrit depuis 15 minutes")
    greeting(page)
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator("textarea")).to_have_value("")
    assert "MSPC" not in page.evaluate("JSON.stringify(sessionStorage)").replace("Quels métiers après MSPC", "")
    page.screenshot(path=screenshots / "forgotten-375.png")
    # The one before is not taken up by the next.
    expect(ask(page, FOLLOW_UP)).to_have_attribute("data-outcome", "missing")


def test_reading_is_a_sign_of_life(open_page: OpenPage) -> None:
    page = open_page(clock=True)
    ask(page, JOBS_QUESTION)
    for _ in range(3):
        page.clock.run_for(IDLE_MS - 60_000)
        page.locator(".log").hover()
        page.mouse.wheel(0, 10)
        wait_for(lambda: page.evaluate(SINCE_SEEN) < 60_000, 10, "the sign of life to be kept")
    expect(page.locator(".message")).to_have_count(3)


def test_tab_that_slept(open_page: OpenPage) -> None:
    """The machine was shut: no timer ran, the clock on the wall did. Seen again, the tab shows nothing of before."""
    page = open_page(clock=True)
    ask(page, JOBS_QUESTION)
    page.clock.pause_at(page.evaluate("Date.now()") + 10 * IDLE_MS)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".message.user")).to_have_count(0)
    expect(page.locator(".divider")).to_have_count(1)


def test_tab_that_was_closed_and_is_restored_too_late(open_page: OpenPage) -> None:
    page = open_page(clock=True)
    ask(page, JOBS_QUESTION)
    page.evaluate(
        f"sessionStorage[Object.keys(sessionStorage).find((key) => key.endsWith('seen'))] = Date.now() - {IDLE_MS}"
    )
    page.reload()
    greeting(page)
    expect(page.locator(".message")).to_have_count(1)
    assert page.evaluate("JSON.stringify(sessionStorage)").count("user") == 0


def test_without_storage(open_page: OpenPage, server: LiveServer) -> None:
    """As in a frame whose browser gives it none: the conversation works, and is gone after a reload."""
    page = open_page(url="about:blank")
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.goto(f"{server.url}/chat/")
    expect(ask(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    page.reload()
    greeting(page)
    expect(page.locator(".message")).to_have_count(1)


@pytest.mark.parametrize("kept", ["{", "null", "[]", '"x"', '{"entries": 3}'])
def test_spoilt_storage(kept: str, open_page: OpenPage) -> None:
    page = open_page()
    greeting(page)
    page.evaluate(KEEP, kept)
    page.reload()
    expect(ask(page, JOBS_QUESTION)).to_have_attribute("data-outcome", "answered")
    expect(page.locator(".message")).to_have_count(3)
