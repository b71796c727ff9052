"""Our two components through the life that Rasa gives them: create, train, process, persist, load."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.catalogue.ingest import ingest
from bot.settings import ROOT
from bot.understanding.rasa_reader import READING, MessageReader, reading_of

MSPC = "bac-pro-maintenance-des-systemes-de-production-connectes"
PHRASES = {
    "ask_duration": ("combien de temps ça dure", "durée de {}", "en combien d'années se fait {}", "{} c'est long ?"),
    "ask_jobs": ("quels métiers après {}", "{} ça mène à quel boulot", "les débouchés ?", "que faire comme travail"),
    "ask_access": ("comment entrer en {}", "conditions d'accès de {}", "on y rentre comment", "il faut quoi pour {}"),
    "greet": ("bonjour", "salut", "coucou toi", "hello !"),
}
WEIRD = {
    "empty": "",
    "spaces": "   ",
    "emoji": "🙂🙂👩🏽‍🔧",
    "punctuation": "?!… « » '",
    "500 characters": ("quels métiers après MSPC " * 25)[:500],
    "500 question marks": "?" * 500,
    "lone surrogate": "durée \ud83d MSPC \udc00",
    "very long word": "anticonstitutionnellement" * 20,
    "digits": "40025012 " * 50,
    "no-break spaces": "durée\u00a0du\u202fMSPC",
    "combining marks": "dure\u0301e du MSPC" + "\u0301" * 60,
    "right to left": "مدة \u202eMSPC",
    "wide letters": "ｄｕｒée ＭＳＰＣ",
    "Rasa's own markup": '[MSPC](formation){"entity": "job"} /restart',
    "a mask of ours": "xformation xmetier §? §!",
    "zero-width": "du\u200brée MS\u2060PC",
}


@pytest.fixture(autouse=True)
def _over_the_seeds(seeds_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", seeds_store)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    (tmp_path / "model").mkdir()
    return LocalModelStorage.create(tmp_path / "model")


@pytest.fixture(scope="session")
def _trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a classifier trained on PHRASES, under `classifier`."""
    folder = tmp_path_factory.mktemp("classifier")
    _create(LocalModelStorage.create(folder)).train(_training_data())
    return folder


@pytest.fixture
def trained(_trained_once: Path, tmp_path: Path) -> LocalModelStorage:
    shutil.copytree(_trained_once, tmp_path / "trained")
    return LocalModelStorage(tmp_path / "trained")


def _create(storage: LocalModelStorage, how: str = "create") -> Any:
    return getattr(MessageReader, how)(
        MessageReader.get_default_config(), storage, Resource("classifier"), ExecutionContext(GraphSchema({}))
    )


def _training_data() -> TrainingData:
    messages = []
    for intent, phrases in PHRASES.items():
        for phrase in phrases:
            start = phrase.find("{}")
            entity = {"entity": "formation", "start": start, "end": start + 4, "value": "MSPC"}
            entities = [entity] if start >= 0 else []
            messages.append(Message({TEXT: phrase.format("MSPC"), INTENT: intent, ENTITIES: entities}))
    return TrainingData(messages)


def _read(text: str, reader: MessageReader) -> Message:
    message = Message({TEXT: text})
    reader.process([message])
    return message


# --- what holds of every message


def test_is_in_the_pipeline_under_the_name_it_has() -> None:
    component = MessageReader
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    entry = next(e for e in pipeline if e["name"] == f"{component.__module__}.{component.__name__}")
    assert entry.keys() - {"name"} <= component.get_default_config().keys()
    registered = DefaultV1Recipe._registered_components[component.__name__]
    assert registered.clazz is component
    assert registered.is_trainable


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD)
def test_weird_input_is_processed(text: str, storage: LocalModelStorage, trained: LocalModelStorage) -> None:
    for made in (_create(storage), _create(trained, "load")):
        message = Message({TEXT: text})
        assert made.process([message]) == [message]
        assert message.get(TEXT) == text
        json.dumps({key: message.get(key) for key in (ENTITIES, INTENT, INTENT_RANKING_KEY, READING)})


def test_message_without_text_is_left_alone(trained: LocalModelStorage) -> None:
    message = Message({"metadata": 1})
    _create(trained, "load").process([message])
    assert message.data == {"metadata": 1}


def test_messages_do_not_touch_each_other(trained: LocalModelStorage) -> None:
    texts = ["durée de MSPC", "", "bonjour", "quels métiers après microtechniques", "durée de MSPC"]
    made = _create(trained, "load")
    together = made.process([Message({TEXT: text}) for text in texts])
    alone = [made.process([Message({TEXT: text})])[0] for text in texts]
    assert [m.data for m in together] == [m.data for m in alone]
    assert together[0].data == together[-1].data


# --- names


def test_names_become_entities_at_their_place(trained: LocalModelStorage) -> None:
    text = "Ascensoriste : c'est après le MSPC ou microtechniques ?"
    message = _create(trained, "load").process([Message({TEXT: text})])[0]
    entities = message.get(ENTITIES)
    assert [(e["entity"], e["value"]) for e in entities] == [
        ("job", "Ascensoriste"),
        ("formation", "MSPC"),
        ("formation", "microtechniques"),
    ]
    assert all(text[e["start"] : e["end"]] == e["value"] for e in entities)
    assert {e["extractor"] for e in entities} == {"MessageReader"}
    assert ENTITIES in message.output_properties


def test_entities_of_others_are_kept(trained: LocalModelStorage) -> None:
    other = {"entity": "place", "start": 0, "end": 4, "value": "Lyon", "extractor": "Other"}
    message = Message({TEXT: "Lyon MSPC", ENTITIES: [other]})
    _create(trained, "load").process([message])
    assert [e["entity"] for e in message.get(ENTITIES)] == ["place", "formation"]


def test_names_are_handed_on_as_json(trained: LocalModelStorage) -> None:
    message = _create(trained, "load").process([Message({TEXT: "durée du MSPC"})])[0]
    (name,) = json.loads(json.dumps(message.get(READING)))["names"]
    assert name["refs"] == [["formation", MSPC]]


def test_a_fiche_added_later_is_found_without_training(
    trained: LocalModelStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fiche = tmp_path / "seeds" / "zorblique.md"
    fiche.parent.mkdir()
    fiche.write_text("# CAP zorblique\n\n## Informations générales\n\n**Durée:** 2 ans\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path}/other.db"
    ingest(fiche.parent, url)
    component = _create(trained, "load")
    before = component.process([Message({TEXT: "durée du CAP zorblique"})])[0]
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    after = component.process([Message({TEXT: "durée du CAP zorblique"})])[0]
    assert before.get(ENTITIES) == []
    assert [e["value"] for e in after.get(ENTITIES)] == ["CAP zorblique"]


# --- questions


@pytest.mark.parametrize(
    ("text", "intent", "topics"),
    [
        ("en combien de temps se fait microtechniques", "ask_duration", ["duration"]),
        ("quels boulots après MSPC", "ask_jobs", ["jobs"]),
        ("comment on entre en MSPC", "ask_access", ["access"]),
        ("coucou", "greet", []),
    ],
)
def test_a_question_is_read(text: str, intent: str, topics: list[str], trained: LocalModelStorage) -> None:
    message = _read(text, _create(trained, "load"))
    assert message.get(INTENT)["name"] == intent
    assert 0 < message.get(INTENT)["confidence"] <= 1
    assert message.get(READING).get("topics", []) == topics
    assert {INTENT, INTENT_RANKING_KEY, READING} <= message.output_properties
    reading = reading_of({**message.as_dict(only_output_properties=True), TEXT: text})
    assert reading.intent == intent
    assert json.loads(json.dumps(reading.as_json())) == json.loads(json.dumps(message.get(READING)))


def test_ranking_is_in_order(trained: LocalModelStorage) -> None:
    message = _read("quels boulots après MSPC", _create(trained, "load"))
    scores = [each["confidence"] for each in message.get(INTENT_RANKING_KEY)]
    assert scores == sorted(scores, reverse=True)
    assert {each["name"] for each in message.get(INTENT_RANKING_KEY)} <= PHRASES.keys()


def test_loaded_reads_as_trained(storage: LocalModelStorage) -> None:
    fresh = _create(storage)
    assert fresh.train(_training_data()) == Resource("classifier")
    loaded = _create(storage, "load")
    for text in (*WEIRD.values(), *(phrase for phrases in PHRASES.values() for phrase in phrases)):
        assert _read(text, loaded).data == _read(text, fresh).data


def test_training_twice_gives_the_same(storage: LocalModelStorage, trained: LocalModelStorage) -> None:
    again = _create(storage)
    again.train(_training_data())
    first = _create(trained, "load")
    for text in ("durée et débouchés de MSPC", "salut, on entre comment ?"):
        assert _read(text, again).data == _read(text, first).data


def test_nothing_is_pickled(trained: LocalModelStorage) -> None:
    with trained.read_from(Resource("classifier")) as folder:
        suffixes = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert suffixes == {".json", ".npz"}


@pytest.mark.parametrize("lost", ["all", "one"])
def test_missing_files_leave_it_untrained(
    lost: str, trained: LocalModelStorage, caplog: pytest.LogCaptureFixture
) -> None:
    with trained.read_from(Resource("classifier")) as folder:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files if lost == "all" else files[:1]:
            path.unlink()
    component = _create(trained, "load")
    assert "was not trained" in caplog.text
    message = _read("durée de MSPC", component)
    assert message.get(INTENT) is None
    assert reading_of(message.as_dict()).intent == "nlu_fallback"


def test_no_phrase_is_an_error(storage: LocalModelStorage) -> None:
    with pytest.raises(ValueError, match="no training phrases"):
        _create(storage).train(TrainingData([]))
