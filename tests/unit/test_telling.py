"""What is told of a long section: sentences to the letter, those asked about first, the rest page by page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.markdown import clean
from bot.catalogue.saying import asked_about, says
from bot.catalogue.telling import SHORT, Passage, excerpts, pages, passages

LONG = "\n\n".join(
    [
        "### Sur le terrain",
        "On marche beaucoup. Il faut de bonnes chaussures. Le soir, on rentre au refuge.",
        "### Des horaires variables",
        "La journée commence tôt. Elle finit parfois la nuit ! Le week-end, on se relaie.",
        "### En équipe",
        "Personne ne part seul. Chacun a sa corde. On se parle par radio.",
        "### Le matériel",
        "Cordes, baudriers, casques... tout est vérifié avant de partir. Rien n'est laissé au hasard. " * 4,
    ]
)
NOTHING = frozenset[str]()


def told(text: str, question: str = "") -> list[str]:
    return [passage.text for passage in excerpts({"": text}, asked_about(question))[""]]


def test_a_short_section_is_told_whole() -> None:
    assert told("Un CAP suffit.\n\nOu un BP.") == ["Un CAP suffit.", "Ou un BP."]
    assert told("Un CAP suffit.\n\nOu un BP.", "avec un BP ?") == ["Un CAP suffit.", "Ou un BP."]


def test_of_a_long_one_the_first_sentence_of_each_part() -> None:
    assert excerpts({"": LONG}, NOTHING)[""] == [
        Passage("Sur le terrain", "On marche beaucoup."),
        Passage("Des horaires variables", "La journée commence tôt."),
        Passage("En équipe", "Personne ne part seul."),
    ]


def test_of_one_without_parts_its_first_sentences() -> None:
    text = "Un. Deux. Trois. Quatre. " + "Cinq et la suite du texte. " * 30
    assert told(text) == ["Un.", "Deux.", "Trois."]


def test_sentences_that_hold_what_is_asked_come_first_in_their_order() -> None:
    assert told(LONG, "on travaille la nuit et le week-end ?") == [
        "Elle finit parfois la nuit !",
        "Le week-end, on se relaie.",
    ]
    assert told(LONG, "on est tout seul ou pas")[0] == "Personne ne part seul."


def test_a_question_about_nothing_in_it_changes_nothing() -> None:
    assert told(LONG, "ça plaît à qui") == told(LONG)


def test_kin_of_the_words_asked_are_looked_for() -> None:
    assert "theme:hours" in asked_about("c'est quoi les horaires") & asked_about("le soir")
    assert asked_about("bonjour") == NOTHING


def test_the_name_of_a_section_may_be_what_is_asked() -> None:
    assert says("Durée des études", asked_about("combien d'années"))
    assert not says("Accès au métier", asked_about("combien d'années"))


def test_lines_broken_by_html_are_apart() -> None:
    assert [p.text for p in passages("1801 euros<br/>2100 euros, à Paris")] == ["1801 euros", "2100 euros, à Paris"]


def test_pages_hold_all_and_cut_no_paragraph() -> None:
    text = "\n\n".join(["### Un", *(f"Phrase {n} du texte. " * 10 for n in range(20)), "### Deux", "Fin."])
    found = pages(clean(text.split("\n")))
    assert len(found) > 1
    assert [p for page in found for p in page] == passages(clean(text.split("\n")))
    assert all(sum(len(p.text) for p in page) < 2000 for page in found)


PROSE = st.lists(st.sampled_from(["Un mot.", "Deux !", "### Titre", "- item", "Il fait nuit ?", "", "1801 <br/> 2"]))


@given(PROSE, st.sampled_from(["", "la nuit", "les items"]))
def test_all_that_is_told_stands_in_the_section(lines: list[str], question: str) -> None:
    text = clean("\n\n".join(lines * 12).split("\n"))
    found = excerpts({"": text}, asked_about(question)).get("", [])
    assert (found == passages(text)) or len(text) > SHORT
    for passage in found:
        assert passage.text in text
        assert passage.heading in text


def test_what_goes_on_with_the_sentence_is_told() -> None:
    filler = " ".join(["Le métier demande de la patience et du calme en toute saison."] * 12)
    text = f"Les horaires sont fixes toute la semaine. Des gardes restent possibles la nuit. {filler}"
    (told,) = excerpts({"Conditions de travail": text}, asked_about("et les horaires ?")).values()
    assert any("gardes" in passage.text for passage in told)
