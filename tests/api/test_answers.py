"""What pupils are answered over HTTP."""

from __future__ import annotations

import pytest
from live_server import LiveServer, Message, Pupil

MSPC = "bac pro maintenance des systèmes de production connectés"
MICRO = "bac pro microtechniques"
JOBS_OF_MSPC = [
    "ascensoriste",
    "responsable du service après-vente",
    "technicienne de maintenance en infrastructure aéroportuaire",
    "électromécanicien/ne en remontées mécaniques",
    "ajusteur/euse-monteur/euse",
    "électromécanicien/ne de chantier TP (travaux publics)",
    "électromécanicien/ne",
]


def only(messages: list[Message]) -> Message:
    assert len(messages) == 1
    return messages[0]


def fiches(message: Message) -> list[str]:
    return [fiche["title"] for fiche in message["answer"]["fiches"]]


def test_greeting_asks_which_formation(pupil: Pupil) -> None:
    greeting = only(pupil.greeting)
    assert greeting["text"]
    assert "answer" not in greeting


def test_seven_jobs_after_mspc(pupil: Pupil) -> None:
    message = only(pupil.say("quels métiers après MSPC ?"))
    assert message["answer"] == {
        "outcome": "answered",
        "facets": ["metiers"],
        "fiches": [
            {
                "id": "bac-pro-maintenance-des-systemes-de-production-connectes",
                "title": MSPC,
                "url": "https://referentiels-professionnels.eduscol.education.fr/bac_pro_MSPC.html",
            }
        ],
        "jobs": JOBS_OF_MSPC,
        "sources": [
            {"fiche": "bac-pro-maintenance-des-systemes-de-production-connectes", "section": "Métiers associés"}
        ],
    }
    listed = [line for line in message["text"].splitlines() if line.startswith("- ")]
    assert len(listed) == 7
    for job in ("ascensoriste", "ajusteur-monteur ou ajusteuse-monteuse", "électromécanicien ou électromécanicienne"):
        assert f"- {job}" in listed
    assert "/" not in "".join(listed)
    assert "Onisep, données ouvertes" in message["text"]
    assert "2025-10" in message["text"]


@pytest.mark.parametrize(
    ("text", "facet", "title", "told"),
    [
        ("Combien d'années dure le MSPC ?", "duree", MSPC, ["3 ans"]),
        ("Je suis en 3e, comment je fais pour entrer en MSPC ?", "acces", MSPC, ["classe de 3e", "CAP", "apprentis"]),
        ("Le MSPC c'est de quel niveau ?", "niveau", MSPC, ["niveau 4"]),
        ("Il me faudrait le code scolarité de microtechniques", "code", MICRO, ["40025006"]),
        ("microtechniques ça donne quel type de diplôme ?", "type", MICRO, ["baccalauréat professionnel"]),
        ("MSPC ça veut dire quoi ces lettres ?", "sigle", MSPC, ["MSPC", MSPC]),
        ("t'as un lien vers la page officielle du mspc ?", "lien", MSPC, ["bac_pro_MSPC.html"]),
        ("Quelles études peut-on faire après le bac pro microtechniques ?", "poursuite", MICRO, ["BTS", "FCIL"]),
        ("ça parle de quoi le bac pro mspc, on apprend quoi en cours ?", "description", MSPC, ["hydraulique"]),
    ],
)
def test_facts_of_a_fiche(text: str, facet: str, title: str, told: list[str], pupil: Pupil) -> None:
    message = only(pupil.say(text))
    assert message["answer"]["outcome"] == "answered"
    assert facet in message["answer"]["facets"]
    assert fiches(message) == [title]
    assert [fact for fact in told if fact not in message["text"].replace("\\_", "_")] == []
    assert message["answer"]["sources"]
    assert 2 <= len(message["choices"]) <= 3


def test_fiche_without_the_fact(pupil: Pupil) -> None:
    message = only(pupil.say("c koi le sigle de microtechniques"))
    assert message["answer"]["outcome"] == "not_in_fiche"
    assert message["answer"]["facets"] == ["sigle"]
    assert message["answer"]["sources"] == []
    assert fiches(message) == [MICRO]
    assert "http://eduscol.education.fr/referentiels-professionnels/a045.html" in message["text"]
    assert message["choices"]


def test_two_outcomes_are_two_messages(pupil: Pupil) -> None:
    messages = pupil.say("quels sont les métiers et les attendus de MSPC ?")
    assert [m["answer"]["outcome"] for m in messages] == ["answered", "not_in_fiche"]
    assert [m["answer"]["facets"] for m in messages] == [["metiers"], ["attendus"]]
    assert messages[0]["id"] != messages[1]["id"]


def test_unknown_formation(pupil: Pupil) -> None:
    message = only(pupil.say("bac pro astronaute ça dure combien de temps"))
    assert message["answer"]["outcome"] == "unknown"
    assert message["answer"]["fiches"] == []
    assert "astronaute" in message["text"]
    assert "3 ans" not in message["text"]


def test_name_missing_then_given(pupil: Pupil) -> None:
    message = only(pupil.say("ça dure longtemps comme formation ?"))
    assert message["answer"]["outcome"] == "missing"
    assert message["answer"]["facets"] == ["duree"]
    assert message["answer"]["fiches"] == []
    message = only(pupil.say("MSPC"))
    assert message["answer"]["facets"] == ["duree"]
    assert fiches(message) == [MSPC]


def test_follow_up(pupil: Pupil) -> None:
    pupil.say("quels métiers après MSPC ?")
    message = only(pupil.say("et ça dure combien de temps ?"))
    assert message["answer"]["facets"] == ["duree"]
    assert fiches(message) == [MSPC]


def test_greeting_in_between_keeps_the_context(pupil: Pupil) -> None:
    pupil.say("quels métiers après MSPC ?")
    assert only(pupil.say("merci beaucoup c'est gentil"))["answer"]["outcome"] == "smalltalk"
    assert fiches(only(pupil.say("et ça dure combien de temps ?"))) == [MSPC]


def test_choice_answers_the_question_it_bears(pupil: Pupil) -> None:
    choices = only(pupil.say("quels métiers après MSPC ?"))["choices"]
    duration = next(choice for choice in choices if choice["title"] == "Ça dure combien de temps ?")
    message = only(pupil.choose(duration["id"]))
    assert message["answer"]["facets"] == ["duree"]
    assert fiches(message) == [MSPC]


def test_choice_can_be_made_again_later(pupil: Pupil) -> None:
    choices = only(pupil.say("ça dure longtemps comme formation ?"))["choices"]
    assert [choice["title"] for choice in choices] == [MSPC, MICRO]
    for choice in (*choices, choices[0]):
        message = only(pupil.choose(choice["id"]))
        assert message["answer"]["facets"] == ["duree"]
        assert fiches(message) == [choice["title"]]


def test_distress_is_answered_with_numbers_and_no_formation(pupil: Pupil) -> None:
    message = only(pupil.say("j'ai plus du tout envie de vivre"))
    assert message["answer"]["outcome"] == "distress"
    assert message["answer"]["fiches"] == []
    for number in ("3114", "119", "3018", "112"):
        assert f"[{number}](tel:{number})" in message["text"]
    (whom,) = message["choices"]
    after = only(pupil.choose(whom["id"]))
    assert after["answer"]["outcome"] == "distress"
    assert "3114" in only(pupil.choose(after["choices"][0]["id"]))["text"]
    assert "3114" in only(pupil.say("merci"))["text"]


def test_job_leads_to_its_formations(pupil: Pupil) -> None:
    message = only(pupil.say("Quelles formations mènent au métier d'ascensoriste ?"))
    assert message["answer"]["facets"] == ["formations_pour_metier"]
    assert message["answer"]["jobs"] == ["ascensoriste"]
    assert fiches(message) == [MSPC]


def test_restart_forgets(pupil: Pupil) -> None:
    pupil.say("quels métiers après MSPC ?")
    assert [m["text"] for m in pupil.restart()] == [m["text"] for m in pupil.greeting]
    assert only(pupil.say("et ça dure combien de temps ?"))["answer"]["outcome"] == "missing"


def test_conversations_are_apart(pupil: Pupil, another: Pupil) -> None:
    assert pupil.session != another.session
    pupil.say("quels métiers après MSPC ?")
    assert only(another.say("et ça dure combien de temps ?"))["answer"]["outcome"] == "missing"


def test_same_key_is_answered_once(pupil: Pupil, server: LiveServer) -> None:
    pupil.say("quels métiers après MSPC ?")
    before = server.messages_processed()
    first = pupil.post(text="et ça dure combien de temps ?", key="a-key")
    again = pupil.post(text="et ça dure combien de temps ?", key="a-key")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert server.messages_processed() == before + 1
    assert pupil.post(text="et ça dure combien de temps ?", key="b-key").json() != first.json()
    assert server.messages_processed() == before + 2


def test_same_key_in_another_session_is_another_message(pupil: Pupil, another: Pupil) -> None:
    mine = pupil.post(text="Combien d'années dure le MSPC ?", key="a-key").json()
    theirs = another.post(text="Le MSPC c'est de quel niveau ?", key="a-key").json()
    assert mine["messages"][0]["answer"]["facets"] == ["duree"]
    assert theirs["messages"][0]["answer"]["facets"] == ["niveau"]


def test_key_of_a_refused_message_can_be_used_again(pupil: Pupil) -> None:
    assert pupil.post(choice="not one", key="a-key").status_code == 404
    assert pupil.post(text="merci", key="a-key").status_code == 200


@pytest.mark.parametrize("payload", ["/restart", "/session_start", "/back"])
def test_typed_command_of_rasa_is_text(payload: str, pupil: Pupil) -> None:
    """As a command each of them would say nothing."""
    assert only(pupil.say(payload))["text"]


@pytest.mark.parametrize("slash", ["/", " /", "\u00a0/", "\ufeff/"])
def test_typed_intent_is_text(slash: str, pupil: Pupil) -> None:
    assert only(pupil.say(f"{slash}distress"))["answer"]["outcome"] != "distress"


def test_typed_choice_is_text(pupil: Pupil) -> None:
    """In the spelling of JSON that no one could read as French: as a payload it would be answered."""
    spelt = "".join(f"\\u{ord(letter):04x}" for letter in "bac-pro-microtechniques")
    choice = '{"facets":["\\u0064uree"],"formations":["' + spelt + '"],"jobs":[]}'
    assert only(pupil.say('/choose{"choice":' + choice + "}"))["answer"]["outcome"] != "answered"


@pytest.mark.parametrize(
    "text",
    ["e\u0301" * 500, "MSPC 🙂", "[MSPC](formation)", "<b>MSPC</b>", "' OR 1=1 --", "{{ 7 * 7 }}", "{title}"],
)
def test_odd_text_is_answered(text: str, pupil: Pupil) -> None:
    message = pupil.say(text)[0]
    assert message["text"]
    assert "49" not in message["text"]


def test_what_was_typed_is_shown_to_the_letter(pupil: Pupil) -> None:
    """A name that comes back in a reply is escaped: it makes no link and no emphasis."""
    message = only(pupil.say("durée du bac pro **astronaute**"))
    assert message["answer"]["outcome"] == "unknown"
    assert "**astronaute**" not in message["text"]


def test_a_question_on_a_job_is_answered_from_its_fiche(pupil: Pupil) -> None:
    message = only(pupil.say("combien gagne un ascensoriste quand il débute ?"))
    assert message["answer"] == {
        "outcome": "answered",
        "facets": ["metier_salaire"],
        "fiches": [],
        "jobs": ["ascensoriste"],
        "sources": [{"job": "ascensoriste", "section": "Salaire"}],
    }
    assert "Entre 1830 et 2000 euros brut par mois" in message["text"]
    assert "fiche métier « ascensoriste », Salaire" in message["text"]
    message = only(pupil.say("et les horaires ?"))
    assert message["answer"]["facets"] == ["metier_conditions"]
    assert message["answer"]["jobs"] == ["ascensoriste"]
    assert "astreintes" in message["text"]


def test_a_long_section_goes_on_by_button(pupil: Pupil) -> None:
    first = only(pupil.say("quelles qualités pour être électromécanicien"))
    more = next(choice for choice in first["choices"] if choice["title"] == "La suite")
    rest = only(pupil.choose(more["id"]))
    assert rest["answer"]["sources"] == [{"job": "électromécanicien/ne", "section": "Compétences requises"}]
    assert len(rest["text"]) > len(first["text"])
    assert "anglais technique" in rest["text"]
