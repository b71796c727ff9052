"""Text as pupils type it -> comparable tokens: accents, apostrophes, hyphens, SMS spelling, gender and number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_WORD = re.compile(r"\b[a-z]&[a-z]\b|[0-9a-z]+", re.ASCII)
_GENDER_SUFFIX = re.compile(
    r"(?<=[a-z])(?:/|\(|·|\.)(?:ne|e|euse|rice|trice|ere|ienne|iere|esse|fe|ve|te|se|le|re)\b\)?"
)
_ELIDED = frozenset({"l", "d", "j", "c", "qu", "n", "m", "t", "s", "lorsqu", "jusqu", "puisqu"})

# One word of SMS French -> the words it stands for. Only spellings that are no French word themselves.
_SMS = {
    "premie": "premier",
    "deuxiem": "deuxieme",
    "boulo": "boulot",
    "segonde": "seconde",
    "salere": "salaire",
    "saler": "salaire",
    "debu": "debut",
    "fere": "faire",
    "maime": "meme",
    "ausi": "aussi",
    "alor": "alors",
    "allor": "alors",
    "tro": "trop",
    "deu": "deux",
    "apren": "apprend",
    "aprend": "apprend",
    "aprant": "apprend",
    "aprandre": "apprendre",
    "aprendre": "apprendre",
    "comence": "commence",
    "comance": "commence",
    "formasion": "formation",
    "formasions": "formations",
    "aprentisage": "apprentissage",
    "apprentisage": "apprentissage",
    "aprentissage": "apprentissage",
    "condission": "condition",
    "condissions": "conditions",
    "lautre": "l autre",
    "ale": "aller",
    "koi": "quoi",
    "kwa": "quoi",
    "koua": "quoi",
    "kel": "quel",
    "kels": "quels",
    "kelle": "quelle",
    "kelles": "quelles",
    "ki": "qui",
    "ke": "que",
    "kan": "quand",
    "kand": "quand",
    "kom": "comme",
    "komen": "comment",
    "koman": "comment",
    "comen": "comment",
    "coment": "comment",
    "coman": "comment",
    "cb": "combien",
    "cbien": "combien",
    "combi1": "combien",
    "conbien": "combien",
    "kombien": "combien",
    "pr": "pour",
    "pk": "pourquoi",
    "pq": "pourquoi",
    "pkoi": "pourquoi",
    "fo": "faut",
    "fodrait": "faudrait",
    "jsui": "je suis",
    "jsuis": "je suis",
    "chui": "je suis",
    "chuis": "je suis",
    "jss": "je suis",
    "jve": "je veux",
    "jveu": "je veux",
    "jveux": "je veux",
    "jvx": "je veux",
    "jvoudrai": "je voudrais",
    "jvoudre": "je voudrais",
    "jpe": "je peux",
    "jpeu": "je peux",
    "jpeux": "je peux",
    "jc": "je sais",
    "jsai": "je sais",
    "jsais": "je sais",
    "jaimerai": "j aimerais",
    "jai": "j ai",
    "jaime": "j aime",
    "jador": "j adore",
    "jadore": "j adore",
    "ya": "il y a",
    "yaura": "il y aura",
    "cest": "c est",
    "cetai": "c etait",
    "tps": "temps",
    "tmps": "temps",
    "dtps": "de temps",
    "apre": "apres",
    "ac": "avec",
    "avc": "avec",
    "ds": "dans",
    "bcp": "beaucoup",
    "mtn": "maintenant",
    "svp": "svp",
    "stp": "svp",
    "plz": "svp",
    "dsl": "desole",
    "slt": "salut",
    "bjr": "bonjour",
    "bsr": "bonsoir",
    "mci": "merci",
    "mrc": "merci",
    "dac": "d accord",
    "dacc": "d accord",
    "tkt": "t inquiete",
    "qd": "quand",
    "qq": "quelque",
    "qqn": "quelqu un",
    "qqch": "quelque chose",
    "tt": "tout",
    "ts": "tous",
    "pdt": "pendant",
    "alr": "alors",
    "psk": "parce que",
    "pcq": "parce que",
    "parske": "parce que",
    "vrmt": "vraiment",
    "jms": "jamais",
    "tjr": "toujours",
    "tjs": "toujours",
    "tjrs": "toujours",
    "auj": "aujourd hui",
    "rdv": "rendez vous",
    "fer": "faire",
    "fe": "fait",
    "metie": "metier",
    "meties": "metiers",
    "dane": "d annee",
    "dannee": "d annee",
    "danee": "d annee",
    "ane": "annee",
    "anee": "annee",
    "taff": "taf",
    "diplom": "diplome",
    "estce": "est ce",
    "esque": "est ce que",
    "eske": "est ce que",
    "esk": "est ce que",
    "xke": "est ce que",
    "keske": "qu est ce que",
    "kesk": "qu est ce que",
    "koment": "comment",
    "oci": "aussi",
    "dc": "donc",
    "mm": "meme",
    "pe": "peut",
    "nn": "non",
    "ouai": "oui",
    "ouais": "oui",
}
_GENDERS = (
    ("ienne", "ien"),
    ("trice", "teur"),
    ("euse", "eur"),
    ("iere", "ier"),
    ("onne", "on"),
    ("elle", "el"),
    ("ive", "if"),
    ("ere", "er"),
    ("ouse", "oux"),
    ("esse", "e"),
)
_IRREGULAR = {"barmaid": "barman", "barmaids": "barman", "barmen": "barman", "barmans": "barman"} | {
    "publique": "public",
    "publiques": "public",
}


@dataclass(frozen=True)
class Token:
    """One word of a message: `text` folded (lower case, no accent), `start` and `end` in the original string."""

    text: str
    start: int
    end: int
    upper: bool = False


def fold(text: str) -> str:
    """Lower case without accents, ligatures, typographic apostrophes and what is not seen; the length may change."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf").lower()


_fold_char = lru_cache(maxsize=4096)(fold)


def _fold_aligned(text: str) -> tuple[str, list[int]]:
    """Fold character by character; also the original index of each folded character."""
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        piece = _fold_char(char)
        folded.append(piece)
        origin.extend([index] * len(piece))
    return "".join(folded), origin


def tokenize(text: str) -> list[Token]:
    """The words of `text`, folded, elided articles apart; "technicien/ne" is one word, "technicien"."""
    return list(_tokens(text))


# A message, and the titles that it chooses from, are read by several who decide.
@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    folded, origin = _fold_aligned(text)
    hidden = {i for m in _GENDER_SUFFIX.finditer(folded) for i in range(m.start(), m.end())}
    tokens = []
    for match in _WORD.finditer("".join(" " if i in hidden else c for i, c in enumerate(folded))):
        start, end = origin[match.start()], origin[match.end() - 1] + 1
        surface = text[start:end]
        tokens.append(Token(match[0].replace("&", ""), start, end, surface.isupper() and len(surface) > 1))
    return tuple(tokens)


def expand_sms(word: str) -> str:
    """The plain words that one folded SMS word stands for, or the word itself."""
    return _SMS.get(word, word)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A folded word without number and gender, the same for "infirmières" and "infirmier". Source: ours."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return word
    if word.endswith("eaux"):
        word = word[:-1]
    elif word.endswith("aux") and len(word) > 5:
        word = word[:-3] + "al"
    elif word[-1] in "sx" and not word.endswith("ss"):
        word = word[:-1]
    for feminine, masculine in _GENDERS:
        if word.endswith(feminine) and len(word) > len(feminine) + 2:
            return word[: -len(feminine)] + masculine.rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


# As stems end: "erie" is "eri". Two letters at least, a root keeps four; "i" (pharmacie) keeps six.
_FAMILY_ENDINGS = tuple(
    "eri ag ur r eur er ier ist ism icien ien iqu icit it anc ant graph graphi logu logi abl abilit i".split()
)
_LEAST_ROOT = 4
_LEAST_ROOT_OF_ONE_LETTER = 5
_DOUBLED = re.compile(r"(.)\1$")


@lru_cache(maxsize=65536)
def family_roots(word: str) -> frozenset[str]:
    """What may be the root of a folded word: "carrelage", "carreleur" and "carreler" share "carrel". Source: ours.

    The names of a trade, of who works in it and of its field differ by their endings only (boulangerie, boulanger;
    diététique, diététicien), so two words of one family have a root in common.
    """
    whole = stem(word)
    found = {whole}
    for ending in _FAMILY_ENDINGS:
        root = whole.removesuffix(ending)
        least = _LEAST_ROOT_OF_ONE_LETTER if len(ending) == 1 else _LEAST_ROOT
        if root != whole and len(root) >= least:
            found.add(root)
    return frozenset(_DOUBLED.sub(r"\1", root) for root in found)


_PHONETIC = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ph", "f"),
        (r"qu|ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"ch", "ʃ"),
        (r"c", "k"),
        (r"g(?=[eiy])", "j"),
        (r"eau|au", "o"),
        (r"ai|ei|ay", "e"),
        (r"oe|eu", "e"),
        (r"[ae][nm](?=[^aeiouyʃnm]|$)", "a"),
        (r"[i][nm](?=[^aeiouynm]|$)", "e"),
        (r"y", "i"),
        (r"z", "s"),
        (r"th", "t"),
        (r"h", ""),
        (r"tion", "sion"),
        (r"(.)\1+", r"\1"),
        (r"(?<=...)[estxdp]+$", ""),
    )
)


@lru_cache(maxsize=65536)
def phonetic(word: str) -> str:
    """A rough key of how a folded French word sounds: equal for "conecté" and "connectés". Source: ours."""
    for pattern, replacement in _PHONETIC:
        word = pattern.sub(replacement, word)
    return word
