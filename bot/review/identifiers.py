"""Finds personal data by its form: addresses, numbers, dates of birth, accounts, in French and in SMS spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.catalogue.normalize import fold

# Folding must not change the length of the text, so that positions are the same in both.
_KEPT_LENGTH = str.maketrans({"œ": "o", "Œ": "o", "æ": "a", "Æ": "a", "ß": "s", "’": "'", "‘": "'", "ʼ": "'"})

_AT = r"(?:\s?[@＠]\s?|\s?[\[(]\s?(?:at|arobase?|@)\s?[\])]\s?|\s(?:at|arobase?s?|arrobase?s?)\s)"
_DOT = r"(?:\s?\.\s?|\s?[\[(]\s?(?:point|dot)\s?[\])]\s?|\s(?:point|dot)\s)"
_TLD = r"(?:fr|com|net|org|eu|io|be|ch|re|me|info|live|edu|gouv|co|uk|de|it|es|pt|ma|dz|tn|sn)"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+%-]+(?:(?:\s(?:point|dot|tiret(?: du (?:bas|6))?|underscore)\s)[\w+%-]+)*{_AT}"
    rf"[\w-]+(?:{_DOT}[\w-]+){{0,2}}?{_DOT}{_TLD}\b|[\w.+%-]+@[\w.-]+\.\w{{2,}}"
)

_GAP = r"[\s.\-/_,·]{0,3}"
_ZERO = r"[0o]"
_PHONE = re.compile(
    rf"(?<![\w+])(?:\(?(?:\+|00){_GAP}\d{{2,3}}\)?{_GAP}(?:\(0\){_GAP})?[1-9]|\(?{_ZERO}\)?{_GAP}[1-9])"
    rf"(?:{_GAP}[\do]){{8}}(?![\d])"
    rf"|(?<![\w+])\+\d{{1,3}}(?:{_GAP}\d){{7,12}}(?!\d)"
)
_NUMBER_WORD = (
    r"(?:zero|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    r"quarante|cinquante|soixante|quatre|et)"
)
_SPOKEN_PHONE = re.compile(rf"\bzero[\s,-]+{_NUMBER_WORD}(?:[\s,-]+(?:{_NUMBER_WORD}|\d{{2}})){{3,}}\b")

_IBAN = re.compile(r"\b[a-z]{2}\s?\d{2}(?:[\s.-]?[a-z0-9]{4}){2,7}(?:[\s.-]?[a-z0-9]{1,4})?\b")
_NIR = re.compile(
    r"(?<!\d)[1-478][\s.-]?\d{2}[\s.-]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.-]?(?:\d{2}|2[ab])[\s.-]?\d{3}[\s.-]?\d{3}"
    r"(?:\s?[\s./-]\s?\d{2}|\d{2})?(?![\d])"
)
_INE = re.compile(
    r"(?<![a-z0-9])(?:\d(?:[\s.-]?\d){8}[\s.-]?[a-z][\s.-]?[a-z]|\d(?:[\s.-]?\d){9}[\s.-]?[a-z])(?![a-z0-9])"
    r"|(?<=\bine)(?:\s(?:c'?est|est|numero))*\s*:?\s*(?=[a-z]*\d)[a-z0-9](?:\s?[a-z0-9]){8,11}\b"
)
_LONG_NUMBER = re.compile(r"(?<![\w])\d(?:[\s.-]?\d){12,18}(?!\d)")

_MONTH = (
    r"(?:janvier|janv|fevrier|fevr?|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept|octobre|oct|novembre|nov|"
    r"decembre|dec)\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01]|1\s?er|premier)"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
_BIRTH_YEAR = r"(?:19[3-9]\d|20(?:0\d|1[0-7]))"
_WRITTEN_DATE = (
    rf"(?:{_DAY}\s?[/.\-\s]\s?{_MONTH_NUMBER}(?:\s?[/.\-\s]\s?(?:\d{{4}}|\d{{2}}))?|"
    rf"{_DAY}\s?{_MONTH}(?:\s?(?:\d{{4}}|\d{{2}}))?|{_MONTH}\s(?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{2}}-\d{{2}}|\d{{8}})"
)
_BIRTH = re.compile(
    rf"\b(?:nee?s?|ne|naissances?|ddn|anniv(?:ersaire)?s?|nai?ssan[cs]e?)\b[\s:(]*(?:(?:c'?\s?est|est|le|en|du|au|:|=|-)\s*)*"
    rf"(?P<date>{_WRITTEN_DATE})(?!\d)|(?P<before>{_WRITTEN_DATE})(?=[^.?!\d]{{0,20}}\bnaissance)"
)
_OLD_DATE = re.compile(
    rf"(?<![\d/.-])(?:{_DAY}\s?[/.\-]\s?{_MONTH_NUMBER}\s?[/.\-]\s?{_BIRTH_YEAR}|{_DAY}\s{_MONTH_NUMBER}\s{_BIRTH_YEAR}|"
    rf"{_DAY}\s?{_MONTH}\s?{_BIRTH_YEAR}|{_BIRTH_YEAR}[/-]{_MONTH_NUMBER}[/-]{_DAY}|"
    rf"{_DAY}(?P<mark>[/.-]){_MONTH_NUMBER}(?P=mark)(?:[3-9]\d|0\d|1[0-7]))(?![\d/])"
)

_UNIT = "(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize)"
_DAY_IN_WORDS = rf"(?:premier|(?:vingt|trente)(?:[\s-]et)?[\s-]{_UNIT}|dix[\s-](?:sept|huit|neuf)|vingt|trente|{_UNIT})"
_YEAR_IN_WORDS = (
    rf"(?:deux[\s-]mille(?:[\s-]dix)?(?:[\s-]{_UNIT})?"
    rf"|(?:mille|dix)[\s-]neuf[\s-]cents?(?:[\s-](?:{_NUMBER_WORD})){{1,4}})"
)
_DATE_IN_WORDS = re.compile(
    rf"\b(?:{_DAY_IN_WORDS}|{_DAY})\s{_MONTH}\s{_YEAR_IN_WORDS}\b|\b{_DAY_IN_WORDS}\s{_MONTH}\s{_BIRTH_YEAR}(?!\d)"
    rf"|\b(?:nee?s?|ne|naissance)\s(?:est\s)?(?:le\s|en\s|:\s?)?"
    rf"(?P<date>{_DAY_IN_WORDS}\s{_MONTH}(?:\s{_YEAR_IN_WORDS})?|(?:{_MONTH}\s)?{_YEAR_IN_WORDS})\b"
)

# A class at school identifies a few people, a number in its list one: "3eB", "2nde 4", "TSTMG2", "n°12 de la liste".
_NOT_A_CLASS = (
    r"(?!\s?(?:ans?|annees?|mois|heures?|h|fois|options?|spe\w*|matieres?|stages?|choix|semaines?|eme|e|ere|er|/)\b)"
)
_CLASS = re.compile(
    rf"\b(?:[3-6]\s?(?:e|eme)\s?(?:[b-h](?![\w'])|[1-9](?!\d){_NOT_A_CLASS})|[3-6](?:e|eme)a\b"
    rf"|(?:2nde|seconde|1ere|1re|premiere|terminale|term|tle)\s?(?:s|es|l|stmg|sti2d|st2s|g)?\s?[1-9](?!\d){_NOT_A_CLASS}"
    r"|t(?:stmg|sti2d|st2s|stl|std2a)\s?[1-9]\b)"
    r"|\b(?:numero|num|n°|n)\s?\d{1,2}(?=\s(?:de|dans|sur|a)\s(?:la\s|l'|ma\s)?(?:liste|appel|classe|[3-6]e))"
)
_INITIALS = re.compile(
    r"\b(?:appelle|c'?\s?est|suis|prenom|nom|signe|prof|mme|madame|monsieur|pote|amie?|copine|copain|initiales?)\s"
    r"(?:est\s|sont\s|c'?est\s|:\s?)?(?P<initials>[a-z]\.\s?[a-z](?:\.|(?![\w'])))(?!\s?[a-z]\.)"
    r"|\binitiales?\s(?:sont\s|c'?est\s|:\s?)?(?P<letters>[a-z]\s?\.?\s?[a-z])(?![\w'])"
)
_SECRET = re.compile(
    r"\b(?:mots?\sde\spasse|mdp|password|identifiants?|login|code\s(?:ent|pronote|parcoursup|wifi|secret|perso\w*|pin|acces|d'acces)|mon\scode"
    r"|num(?:ero)?\s(?:de\s|d')?(?:mon\s)?(?:dossier|candidat|carte|client|adherent|eleve|inscription|parcoursup))\b"
    r"(?:\s(?:parcoursup|ent|pronote))?(?:\s*(?:c'?\s?est|cest|est|[:=])\s*(?P<code>[^\s,;]{3,})|\s(?P<bare>(?=[^\s,;]*\d)[^\s,;]{4,}))"
)

_STREET = (
    r"(?:rue|r\.|avenue|av\.?|ave|boulevard|boul|bld|bvd|bd\.?|allees?|all\.|impasse|imp\.?|chemin|che\.|square|quai|route|rte|"
    r"residence|res\.|lotissement|lot\.|hameau|lieu[- ]dit|faubourg|fbg|sentier|esplanade|rond[- ]point|venelle)"
)
# These words mean a street only before certain words. Otherwise they mean places, lessons or ways.
_OTHER_STREET = r"(?:place|pl\.?|cours|cite|passage|villa|voie|montee|clos|mail|traverse|parvis|promenade)"
_OF = r"(?:de\sla|des|du|de\sl'|d')\s?"
_STREET_END = (
    r"(?:je|j|jai|jsuis|jsui|jveux|jve|et|mais|ou|c|cest|est|pour|dans|mon|ma|mes|il|elle|on|tel|mail|merci|svp|stp|ya|y|"
    r"sa|ca|chez|pres|donc|alors|car|quel|quelle|quels|quelles|comment|combien|a|vers|avec)"
)
_STREET_WORD = rf"(?!{_STREET_END}\b|\d{{2}}\s?\d{{3}}\b)[^\W_]+(?:['-][^\W_]+)*'?"
_STREET_NAME = rf"(?:{_STREET}\s+|{_OTHER_STREET}\s+(?={_OF}))(?:d')?{_STREET_WORD}(?:\s{_STREET_WORD}){{0,5}}"
_CITY = r"(?!\d)[^\W\d_]+(?:[-'][^\W\d_]+)*(?:\s(?:cedex|sur|les?|la|en|sous)\s[^\W\d_]+)?"
_POSTCODE = rf"(?:\s?,\s?|\s-\s|\s(?:a|au|sur)\s|\s)(?:\d{{2}}\s?\d{{3}}|2[ab]\d{{3}})(?!\d)(?:,?\s{_CITY})?"
_HOUSE = r"\b\d{1,4}\s?(?:bis|ter|quater|[a-d])?\s?,?\s*(?:de\s)?(?:la\s|l'\s?)?"
_AT_HOME = r"\b(?:h?abite?s?|adresse|loge|vis|domicilie?e?s?)\b[^.?!\d]{0,20}?\b"
_ADDRESS = re.compile(rf"(?:{_HOUSE}|{_AT_HOME}){_STREET_NAME}(?:{_POSTCODE})?|\b{_STREET_NAME}{_POSTCODE}")

_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|fr|net|org|me|gg|io|tv|co)/[^\s<>]+")
# Links to public sites about guidance and schools are kept, because the reviewer needs to know which page was meant.
_PUBLIC_SITE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:onisep|parcoursup|[\w-]+\.gouv|letudiant|ac-[\w-]+|education|univ-[\w-]+|"
    r"studyrama|francecompetences|cidj|l4m|diplomeo|wikipedia)\.(?:fr|com|org)(?:/[^\s?#]*)?"
)
_NETWORK = (
    r"(?:insta(?:gram)?|snap(?:chat)?|tik\s?tok|discord|twitter|fb|facebook|tel[eé]?gram|whats\s?app|bereal|twitch|psn|steam|"
    r"roblox|threads|pseudo|contact|dm|mp)"
)
_LINK_WORD = r"(?:\s?(?:c'?\s?est|est|cest|[:=]|c|sur|moi|me|a)\b|\s?[:=])"
_HANDLE = re.compile(
    r"(?<![\w@.])@\s?[\w.]{2,}|\b\w{2,32}#\d{4}\b|(?<![\w@.])(?=\w*[a-z])\w+_[\w.]*\w|\b[a-z]{2,}(?:\.[a-z]+)*\.\d{2,4}\b"
    rf"|\b{_NETWORK}{_LINK_WORD}{{0,3}}\s*(?P<handle>(?=[\w.#-]*[\d_.#]\w)[\w.#-]{{3,}})"
    rf"|\b(?:mon|ma|son|sa|ajoutez?|add)\s{_NETWORK}{_LINK_WORD}{{1,3}}\s*(?P<named>[\w.#-]{{3,}})"
)

_PATTERNS = (
    ("EMAIL", _EMAIL),
    ("IBAN", _IBAN),
    ("BIRTH_DATE", _BIRTH),
    ("BIRTH_DATE", _OLD_DATE),
    ("BIRTH_DATE", _DATE_IN_WORDS),
    ("CLASS", _CLASS),
    ("NAME", _INITIALS),
    ("CODE", _SECRET),
    ("NIR", _NIR),
    ("INE", _INE),
    ("PHONE", _PHONE),
    ("PHONE", _SPOKEN_PHONE),
    ("ADDRESS", _ADDRESS),
    ("LINK", _LINK),
    ("ACCOUNT", _HANDLE),
    ("NUMBER", _LONG_NUMBER),
)


# The group of a pattern that is the personal data, if not all of the match is.
_GROUPS = ("date", "before", "handle", "named", "initials", "letters", "code", "bare")


def find_identifiers(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the parts of `text` that look like personal data: (start, end, label). They may overlap."""
    folded = _folded(text)
    for label, pattern in _PATTERNS:
        for found in pattern.finditer(folded):
            group = next((name for name in _GROUPS if found.groupdict().get(name)), 0)
            start, end = found.span(group)
            if label == "LINK":
                public = _PUBLIC_SITE.match(folded, start)
                start = public.end() if public else start
            start += len(text[start:end]) - len(text[start:end].lstrip())
            if start < end:
                yield start, end, label


def _folded(text: str) -> str:
    """Return `text` in lower case and without accents, with the same length."""
    return "".join((fold(c) or c)[0] for c in text.translate(_KEPT_LENGTH))
