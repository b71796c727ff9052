"""Themes over HTTP: proposed from the texts of fiches, or the honest no."""

from __future__ import annotations

import pytest
from live_server import Pupil

MSPC = "bac pro maintenance des systèmes de production connectés"


def test_a_theme_that_no_title_holds_is_found_in_a_text(pupil: Pupil) -> None:
    (message,) = pupil.say("un bac pro avec de l'hydraulique et du pneumatique")
    answer = message["answer"]
    assert (answer["outcome"], answer["facets"]) == ("answered", ["recherche"])
    assert [fiche["title"] for fiche in answer["fiches"]] == [MSPC]
    assert MSPC in [choice["title"] for choice in message["choices"]]
    (told,) = pupil.say("et ça dure combien de temps ?")
    assert [fiche["title"] for fiche in told["answer"]["fiches"]] == [MSPC]


@pytest.mark.parametrize(
    "text",
    [
        "une recette de crêpes",
        "quel temps fait-il",
        "un bac pro pour dompter des dragons",
        "un métier ' OR 1=1 -- \" *",
    ],
)
def test_nothing_is_proposed_for_what_no_fiche_tells(pupil: Pupil, text: str) -> None:
    assert all(message["answer"]["outcome"] != "answered" for message in pupil.say(text))
