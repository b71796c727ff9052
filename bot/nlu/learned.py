"""What was learnt of messages: the act of a message and the topics that it asks, with the score of each.

Acts compete, for a message is one thing at a time; topics do not, for it may ask several things at once.
How they are learnt: bot/nlu/topic_model.py and data/grammar.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import expand_sms, stem, tokenize
from bot.catalogue.talk import QUESTION_WORDS
from bot.nlu.asking import Asked, Asking, names_of
from bot.nlu.corrections import without_opening, without_refused
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask, stems
from bot.nlu.topic_model import Phrase, TopicModel
from bot.settings import ROOT
from bot.understanding.intents import act_of_label
from bot.understanding.reading import Act
from bot.understanding.topics import Topic

_GRAMMAR = ROOT / "data" / "grammar"
_WORDS = "words.json"
_MADE = 12000
_SEED = 5
# From this score on a topic is asked. Chosen by cross-validation: as many lost as unasked.
_ASKED = 0.4
# From this score on a topic is asked beyond doubt: messages that ask two things of a fiche that is silent on one have a
# higher score, those that ask one a lower one (25 messages of other people).
_SURELY = 0.85
_SHORTEST_UNSEEN = 4
# What no message with a known name does.
_NAMELESS = frozenset(
    act.value
    for act in (
        *(Act.GREET, Act.GOODBYE, Act.THANK, Act.AGREE, Act.REFUSE, Act.HELP, Act.CHALLENGE, Act.INSULT, Act.MORE),
        Act.HYPERBOLE,
    )
)
Mask = tuple[int, int, str]


@dataclass(frozen=True)
class Heard:
    """What a message does and asks.

    `acts` has the label of every act (`act_of_label`) and `topics` the topics asked, each with its score in [0, 1],
    best first. `unseen` has the words that neither the training phrases nor the lists of words contain, as typed.
    """

    acts: tuple[tuple[str, float], ...]
    topics: tuple[tuple[Topic, float], ...]
    unseen: tuple[str, ...]

    @property
    def doubtful(self) -> frozenset[Topic]:
        """The topics that may not be asked, beside a likelier one."""
        return frozenset(topic for topic, score in self.topics[1:] if score < _SURELY)

    def act(self, *refused: Act) -> tuple[Act, str]:
        """Return the likeliest act but `refused` ones, and what it is about where no fiche tells ("" else)."""
        acts = (act_of_label(label) for label, _ in self.acts)
        return next((act, outside) for act, outside in acts if act not in refused)


class Learned:
    """Hears what messages do and ask, with a model of acts and topics."""

    def __init__(self, model: TopicModel, vocabulary: frozenset[str]) -> None:
        self._model = model
        self._vocabulary = vocabulary

    @classmethod
    def train(
        cls, masked: Sequence[Phrase], in_the_open: Sequence[Phrase] = (), messages: Sequence[Asked] | None = None
    ) -> Learned:
        """Return a model that has learnt from phrases, each a text and its intent, and from generated `messages`.

        `masked` are phrases with their names masked, `in_the_open` those of them that have names, with the names.
        Where no messages are given, they are those of `generated`. Raises ValueError if `masked` is empty.
        """
        if not masked:
            raise ValueError("no training phrases")
        vocabulary = frozenset(word for text, _ in (*masked, *in_the_open) for word in stems(text).split())
        messages = generated(masked, in_the_open) if messages is None else messages
        return cls(TopicModel.train([*masked, *in_the_open], masked, messages), vocabulary)

    def read(self, text: str, mentions: Sequence[Mention]) -> Heard:
        """Return what `text` does and asks. `mentions` are the names found in it, which are masked.

        A name that may be a formation or a job is read both ways, and the mean of the scores counts. What a correction
        refuses is left out.
        """
        heard = self._read(text, mentions)
        if any(m.words for m in mentions):
            return heard
        asked = without_refused(text)
        if asked == text and not heard.topics:
            asked = without_opening(text)
        again = self._read(asked, mentions) if asked != text else heard
        return again if again.topics else heard

    def _read(self, text: str, mentions: Sequence[Mention]) -> Heard:
        ways = [mask(text, masks) for masks in _ways([m for m in mentions if m.words])]
        scores = [self._model.scores(way) for way in ways]
        acts = _mean([way.acts for way in scores])
        if any(m.known and (m.type or m.whole or m.whole_job) for m in mentions):
            acts = {act: score for act, score in acts.items() if act not in _NAMELESS}
        asked = tuple(
            (Topic(topic), score) for topic, score in _ranked(_mean([way.topics for way in scores])) if score >= _ASKED
        )
        return Heard(tuple(_ranked(acts)), asked, tuple(self._unseen(ways[0])))

    def _unseen(self, masked: str) -> list[str]:
        """Return the words of a masked text that were never learnt, which may be an unknown name."""
        return [
            masked[token.start : token.end]
            for token in tokenize(masked)
            if len(token.text) >= _SHORTEST_UNSEEN
            and not token.text.isdigit()
            and token.text not in GAP_WORDS
            and stem(token.text) not in QUESTION_WORDS
            and expand_sms(token.text) == token.text
            and stem(token.text) not in self._vocabulary
        ]

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        self._model.save(folder)
        (folder / _WORDS).write_text(json.dumps(sorted(self._vocabulary), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Learned:
        """Return the model that `save` wrote; raises FileNotFoundError if it does not exist."""
        vocabulary = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        return cls(TopicModel.load(folder), frozenset(vocabulary))


def generated(masked: Sequence[Phrase], in_the_open: Sequence[Phrase], made: int = _MADE) -> list[Asked]:
    """Return `made` messages of the grammar of data/grammar, with the names that phrases have in the open."""
    return Asking(_GRAMMAR, *names_of(masked, in_the_open)).messages(made, _SEED)


def _ways(named: Sequence[Mention]) -> list[list[Mask]]:
    """Return the ways to mask names: once, or twice if a name may be a formation and a job."""
    jobs_first = [(m.start, m.end, MASK_JOB if m.jobs and not m.type else MASK_FORMATION) for m in named]
    formations_first = [(m.start, m.end, MASK_JOB if m.jobs and not m.formations else MASK_FORMATION) for m in named]
    return [jobs_first] if jobs_first == formations_first else [jobs_first, formations_first]


def _mean(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {label: sum(way[label] for way in scores) / len(scores) for label in scores[0]}


def _ranked(scores: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(scores.items(), key=lambda item: -item[1])
