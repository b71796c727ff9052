"""The other names of jobs, and how they stand beside labels in one message. Source of the rules: ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.catalogue.index import Name, label_name
from bot.catalogue.job_fiche import JobFiche
from bot.catalogue.lexicon import GAP_WORDS, lexicon
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import stem, tokenize
from bot.catalogue.talk import QUESTION_WORDS


def other_names(fiches: Iterable[JobFiche]) -> Iterator[Name]:
    """The other names that fiches give their jobs, each with the label of its job as key.

    Names made of common words alone ("enseignant", "directeur adjoint") are left out: in a message they are rather
    someone who speaks than the job asked about.
    """
    common = lexicon().common_heads | lexicon().everyday | lexicon().generic
    for fiche in fiches:
        given = {label_name(fiche.title, fiche.title).words}
        title, *others = fiche.names
        for form in (title.masculine, title.feminine, *(name.label for name in others)):
            name = label_name(fiche.title, form)
            if name.words and name.words not in given and not common.issuperset(name.words):
                given.add(name.words)
                yield name


def popular_names(labels: Collection[str]) -> Iterator[Name]:
    """What those of the jobs are called by people who do not know the labels; each with its label as key."""
    for label, names in lexicon().popular_jobs.items():
        if label in labels:
            yield from (label_name(label, name) for name in names)


def with_other_names(labels: Sequence[Mention], others: Sequence[Mention]) -> list[Mention]:
    """Jobs found by their labels and by their other names: a label counts more, unless the other name says more."""
    kept = list(labels)
    for other in others:
        touching = [m for m in kept if m.start < other.end and other.start < m.end]
        if all(len(m.words) < len(other.words) for m in touching):
            kept = [m for m in kept if m not in touching]
            kept.append(other)
    return sorted(kept, key=lambda m: m.start)


class JobHeads:
    """Names of jobs by their first word: what a word that names no job alone may mean in a question on one."""

    def __init__(self, labels: Iterable[str], fiches: Iterable[JobFiche] = ()) -> None:
        self._stems = {label: _stems(label) for label in labels}
        names = [(label, stems) for label, stems in self._stems.items()]
        names += [(f.title, _stems(name.masculine)) for f in fiches for name in f.names]
        self._by_head: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        for label, stems in dict.fromkeys(names):
            self._by_head[stems[0]].append((label, stems))

    def opened(self, text: str) -> tuple[str, tuple[str, ...], int]:
        """The first word of `text` that opens names, the labels of those that hold most of its other words, how many.

        Other names count where they hold more than labels do ("monteur d'ascenseurs").
        """
        words = tokenize(text)
        said = {stem(word.text) for word in words if word.text not in GAP_WORDS}
        for word in words:
            names = self._opening(word.text)
            if names:
                shared = [(len(said & set(stems[1:])), label) for label, stems in names]
                best = max(shared)[0]
                if stem(word.text) in QUESTION_WORDS and not best:
                    continue  # a word of talk, unless more of the name is said ("professeur des écoles")
                holding = dict.fromkeys(label for count, label in shared if count == best)
                own = tuple(label for label in holding if self._is_own(label, names, said, best))
                return text[word.start : word.end], own or tuple(holding if best else ()), best
        return "", (), 0

    def begun_by(self, text: str) -> tuple[str, int]:
        """The label of the name all of whose words begin `text`, gaps apart, and where it ends; ("", 0) for none."""
        words = [word for word in tokenize(text) if word.text not in GAP_WORDS]
        best, end = "", 0
        for label, stems in self._opening(words[0].text) if words else ():
            rest = [word for word in stems if word not in GAP_WORDS][1:]
            said = words[1 : 1 + len(rest)]
            if rest and [stem(word.text) for word in said] == rest and said[-1].end > end:
                best, end = label, said[-1].end
        return best, end

    def longer(self, label: str) -> tuple[str, ...]:
        """The labels that go on after all the words of `label` ("avocat d'affaires" after "avocat")."""
        words = self._stems[label]
        return tuple(other for other, stems in self._stems.items() if other != label and stems[: len(words)] == words)

    def _is_own(
        self, label: str, names: Sequence[tuple[str, tuple[str, ...]]], said: Collection[str], best: int
    ) -> bool:
        """Whether the label itself, and no other name of the job, opens and holds as much."""
        stems = self._stems[label]
        return (label, stems) in names and len(set(said) & set(stems[1:])) == best

    def _opening(self, word: str) -> list[tuple[str, tuple[str, ...]]]:
        heads = [stem(word)]
        for beginning in lexicon().abbreviations.get(word, ()):
            heads += [head for head in self._by_head if head.startswith(beginning)]
        return [name for head in dict.fromkeys(heads) for name in self._by_head.get(head, ())]


def _stems(name: str) -> tuple[str, ...]:
    return tuple(stem(token.text) for token in tokenize(name))
