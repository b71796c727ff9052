"""Everything that is said stands in domain.yml, all of it is used, and each template fits the values it gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import UndefinedError, nodes

from bot.catalogue import answers, comparison, job_answers
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import PLACE_OF_FACET, Catalogue, Facet, Formation, Source
from bot.catalogue.job_fiche import JOB_FACETS
from bot.dialogue.state import State
from bot.understanding.intents import FACETS_OF_INTENT
from bot.wording import Markdown, Wording, escape
from bot.world import World
from tests.unit.talking import read, turn

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("bot", "actions")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
Responses = dict[str, list[dict[str, str]]]

# --- names


def constants(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def choosable(node: ast.AST) -> Iterator[str]:
    """The names that an expression may give: a constant, or one of an `a if b else c`."""
    if isinstance(node, ast.IfExp):
        yield from choosable(node.body)
        yield from choosable(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def named_by_python() -> set[str]:
    """The responses that the code names, those made of parts (`choice_…`, `error_…`) in full."""
    names: set[str] = set()
    for module in MODULES.values():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                if called(node) in {"Reply", "Choice", "word", "Say"} and node.args:
                    names.update(choosable(node.args[0]))
                if called(node) in {"BadRequest", "_error"} and node.args:
                    names.update(f"error_{code}" for code in constants(node.args[-1]))
                for keyword in node.keywords:
                    if keyword.arg == "response":
                        names.update(choosable(keyword.value))
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name = target.id if isinstance(target, ast.Name) else ""
                if name in ("_RESPONSES_OUTSIDE", "_SAID"):
                    names.update(text for part in node.value.values for text in constants(part))
                elif name == "_CHOICES":
                    names.update(text for part in node.value.keys if part for text in constants(part))
    return names


def included(wording: Wording, responses: Responses) -> set[str]:
    """The responses that other responses include."""
    found: set[str] = set()
    for variations in responses.values():
        for variation in variations:
            for node in wording._environment.parse(variation["text"]).find_all(nodes.Include):
                if isinstance(node.template, nodes.Const):
                    found.add(node.template.value)
                else:  # 'fact_' ~ part.facet
                    found |= {f"fact_{facet.value}" for facet in (*PLACE_OF_FACET, *JOB_FACETS)}
    return found


def test_every_response_that_is_named_exists(wording: Wording, responses: Responses) -> None:
    named = named_by_python()
    assert {"answer", "unknown", "greet", "way_out", "scope_place", "ambiguous_again", "error_json"} <= named
    assert sorted((named | included(wording, responses)) - set(responses)) == []


def test_every_response_is_used(wording: Wording, responses: Responses) -> None:
    made = {f"choice_{facet.value}{end}" for facet in Facet for end in ("", "_of")}
    texts = {text for module in MODULES.values() for text in constants(module)}
    used = named_by_python() | included(wording, responses) | made
    # Codes of errors also come from a table of statuses.
    used |= {f"error_{text}" for text in texts}
    assert sorted(set(responses) - used) == []


def test_every_choice_of_a_facet_has_its_words(responses: Responses, knowledge: World) -> None:
    for formation in knowledge.catalogue.formations.values():
        for choice in answers.next_questions((formation,), ()):
            assert choice.response in responses
    for facet in JOB_FACETS:
        assert f"fact_{facet.value}" in responses


def test_rules_cover_every_intent_and_no_other(domain: dict[str, Any]) -> None:
    rules = [rule for path in (ROOT / "data" / "rules").glob("*.yml") for rule in _yaml(path)["rules"]]
    covered = [
        one["intent"] for rule in rules for step in rule["steps"] for one in step.get("or", [step]) if "intent" in one
    ]
    assert sorted(covered) == sorted(domain["intents"])
    actions = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert actions <= set(domain["actions"])


def test_phrases_are_of_the_intents_of_the_domain(domain: dict[str, Any]) -> None:
    learnt = {block["intent"] for path in (ROOT / "data" / "nlu").glob("*.yml") for block in _yaml(path)["nlu"]}
    # What is left when nothing fits is never learnt; a bare name need not be.
    assert learnt | {"nlu_fallback", "inform"} == set(domain["intents"]) | {"inform"}


def test_the_dialogue_knows_every_intent(domain: dict[str, Any]) -> None:
    assert set(FACETS_OF_INTENT) <= set(domain["intents"])


def _yaml(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)
    return data


# --- templates with the values that they get


def test_every_template_compiles(wording: Wording, responses: Responses) -> None:
    for name, variations in responses.items():
        assert variations, name
        for variation in variations:
            assert variation["text"].strip(), name
            wording._environment.parse(variation["text"])


def _replies(knowledge: World) -> Iterator[Reply]:
    """Replies of every kind, made by the functions that make them."""
    catalogue = knowledge.catalogue
    formations = list(catalogue.formations.values())
    for facet in sorted(PLACE_OF_FACET):
        for formation in formations:
            yield from answers.answer((facet,), [formation], catalogue)
        yield from answers.answer((facet,), formations[:2], catalogue)
        yield from answers.answer((facet,), formations, catalogue)
        yield comparison.compare((facet,), formations[:3], catalogue, "least")
        yield comparison.compare((facet,), formations[2:4], catalogue, "greatest")
    yield comparison.compare((), formations[:4], catalogue, None)
    for some in (formations[:1], formations[:3], formations):
        yield answers.search_result("x", some, catalogue)
        yield answers.formations_for_job(list(catalogue.jobs)[:2], some, catalogue, "CAP")
        yield answers.formations_for_job(list(catalogue.jobs)[:1], some, catalogue)
        yield answers.ambiguous((Facet.ACCESS,), some, "x")
        yield answers.ambiguous((Facet.ACCESS,), some, "")
        yield answers.unknown((Facet.ACCESS,), "x", some, "y")
    yield answers.unknown((), "x", ())
    yield answers.unknown_job("x", list(catalogue.jobs)[:3], catalogue)
    yield answers.unknown_job("", (), catalogue)


INTENTS = [
    "greet", "goodbye", "thank", "affirm", "deny", "bot_challenge", "ask_help", "start_over", "insult", "ask_guidance",
    "distress", "hyperbole", "ask_place", "ask_dates", "ask_fees", "ask_salary", "ask_chances", "out_of_scope",
    "inform", "choose", "tell_situation", "ask_more", "nlu_fallback", *FACETS_OF_INTENT,
]  # fmt: skip


@pytest.mark.parametrize("catalogue", ["knowledge", "knowledge_of_jobs"])
@pytest.mark.parametrize("intent", INTENTS)
def test_every_turn_is_worded(intent: str, catalogue: str, request: pytest.FixtureRequest, wording: Wording) -> None:
    knowledge: World = request.getfixturevalue(catalogue)
    state = State()
    texts = ("ça ?", "le BTS MUC ?", "fleuriste", "en CAP ?", "BTS SFL", "lequel est le plus long ?", "un horloger")
    for text, unseen in [(text, unseen) for text in texts for unseen in ((), ("zorglub",))]:
        replies, state = turn(read(text, intent, knowledge, unseen=unseen), state, knowledge)
        for reply in replies:
            check_worded(reply, wording)


def _replies_on_jobs(catalogue: Catalogue) -> Iterator[Reply]:
    """Replies on jobs of every kind, made by the functions that make them."""
    labels = list(catalogue.jobs)
    for facet in JOB_FACETS:
        for label in labels:
            yield from job_answers.answer_jobs((facet,), (label,), catalogue)
        yield from job_answers.answer_jobs((facet,), labels[:3], catalogue)
        yield job_answers.ambiguous_job((facet,), labels[:2], "x", catalogue)
        yield job_answers.ambiguous_job((facet,), labels, "", catalogue)
        yield job_answers.unknown_job_asked((facet,), "x", labels[:3], catalogue)
    yield job_answers.unknown_job_asked((), "x", (), catalogue)
    for label in catalogue.job_fiches:
        some = (job_answers.rest(JOB_FACETS, (label,), page, catalogue) for page in range(1, 9))
        yield from (reply for reply in (*some, job_answers.recommended(label, catalogue)) if reply)


def test_every_reply_is_worded(knowledge: World, small_with_jobs: Catalogue, wording: Wording) -> None:
    for reply in (*_replies(knowledge), *_replies_on_jobs(small_with_jobs)):
        check_worded(reply, wording)


def check_worded(reply: Reply, wording: Wording) -> None:
    text = wording.word(reply.response, reply.values)
    assert text, reply.response
    assert not re.search(r"\{[{%]|[%}]\}|\bNone\b|\bundefined\b|\n{3}|<bot\.|\(\)|« *»", text), text
    titles = [wording.word(choice.response, choice.values) for choice in reply.choices]
    assert all(title and "\n" not in title for title in titles)
    assert len(set(titles)) == len(titles)


def test_all_variants_are_worded(responses: Responses, wording: Wording) -> None:
    for name in ("not_understood", "way_out", "scope_other"):
        texts = {wording.word(name, {"variant": n}) for n in range(6)}
        assert len(texts) == len(responses[name])


def test_a_missing_value_is_an_error(wording: Wording) -> None:
    with pytest.raises(UndefinedError):
        wording.word("answer", {})


def test_values_are_shown_to_the_letter(knowledge: World, wording: Wording) -> None:
    """A code with marks of Markdown, and whatever a user typed."""
    formation: Formation = knowledge.catalogue.formations["bts-systemes-fluviaux-option-a-navigation"]
    (reply,) = answers.answer((Facet.CODE,), [formation], knowledge.catalogue)
    assert r"32\_025\*A" in wording.word(reply.response, reply.values)
    said = "[x](https://evil.example) <b> *a* `b` {{ 7 * 7 }}"
    text = wording.word("unknown", answers.unknown((), said, ()).values)
    assert r"\[x\](https://evil.example) \<b\> \*a\* \`b\` {{ 7 \* 7 }}" in text
    assert escape(Markdown("*a*")) == "*a*"


def test_distress_gives_the_numbers(wording: Wording) -> None:
    text = wording.word("distress", {})
    assert all(number in text for number in ("3114", "119", "3018", "15", "112"))


# --- no French in Python

FRENCH = frozenset(
    "le la les des du un une et est pour dans que qui sur pas je tu vous il elle ne en au aux ce cette de ou "
    "plus avec mon ton son nous ils sont mais par".split()
)
# Tables of words that messages hold: nothing of them is said.
TABLES = {
    "bot/catalogue/talk.py",
    "bot/catalogue/normalize.py",
    "bot/catalogue/lexicon.py",
    "bot/catalogue/old_names.py",
    "bot/catalogue/selection.py",
    "bot/catalogue/search.py",
    "bot/catalogue/inflection.py",
    "bot/review/identifiers.py",
}


def sentences(module: ast.AST) -> Iterator[tuple[int, str]]:
    """The string constants with three French words or more: no docstrings, no patterns, no lists of words."""
    skipped: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                skipped.update(id(inner) for inner in ast.walk(first))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = node.func.value
            if isinstance(value, ast.Name) and value.id == "re":
                skipped.update(id(inner) for inner in ast.walk(node.args[0]))
            if node.func.attr == "split":
                skipped.update(id(inner) for inner in ast.walk(value))
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            words = re.findall(r"[a-zàâçéèêëîïôûùüœ]+", node.value.lower())
            if sum(word in FRENCH for word in words) >= 3:
                yield node.lineno, node.value


@pytest.mark.parametrize("path", sorted(set(MODULES) - TABLES))
def test_no_french_sentence_in_python(path: str) -> None:
    assert list(sentences(MODULES[path])) == []


def test_the_check_sees_a_sentence() -> None:
    assert list(sentences(ast.parse('def f():\n    """La doc de la fonction, le."""\n    return "Le nom de la rose"')))


LINES_OF_SOURCES = {
    "source_line": {"total": 1, "title": "bac x", "sections": ["Accès"], "link": None},
    "list_source_line": {},
    "job_source_line": {"cited": [{"label": "fleuriste", "sections": ["Salaire"]}]},
    "guidance_source_line": {"cited": {"jobs": ["fleuriste"], "formations": []}},
}


@pytest.mark.parametrize("name", LINES_OF_SOURCES)
def test_who_names_the_source_names_its_licence(name: str, wording: Wording, source: Source) -> None:
    values = {**LINES_OF_SOURCES[name], "source": asdict(source)}
    told = f"{escape(source.name)}, {source.date}, [ODbL 1.0](https://opendatacommons.org/licenses/odbl/1-0/)"
    assert told in wording.word(name, values)
    values["source"] = asdict(replace(source, licence="Licence_x", licence_address=""))
    assert wording.word(name, values).count(r"2025-10, Licence\_x") == 1


def test_every_line_of_a_source_is_tried(responses: Responses) -> None:
    naming = {name for name, said in responses.items() if "source_of_data" in str(said)}
    assert naming == set(LINES_OF_SOURCES)
    assert {name for name, said in responses.items() if "source.name" in str(said)} == {"source_of_data"}
