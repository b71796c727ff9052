"""What people say around a name: patterns over folded words, each with how much it tells of a name beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.review.words import Word

# What a pattern is worth. A name needs a sum of 20 (names.py): a word that nobody knows is worth 7.
SURE = 40
TITLE = 20
STRONG = 15
FAIR = 10
WEAK = 6

_MARK = re.compile(r"[,;:.!?()=/+]|(?<= )[-–](?= )")
_REACH = 8

_IS = r"c'?(?: est)?|cest|ces|ce|se|est|=|:"
_CALL = r"(?:h?app?ell?e?s?|app?ell?ent|app?ell?er|app?ell?ez|appelait|appele|apl|nomme|prenomme|surnomme)"
_KIN = (
    "mere|maman|mamie|mami|mamy|pere|papa|papi|papy|frere|frero|freres|frangin|frangine|soeur|soeurs|seur|sr|reuf|reuss|daron|daronne|"
    "fils|fille|filles|fiston|enfant|gamin|gamine|gosse|cousin|cousine|cousins|cousines|tante|tata|tatie|oncle|tonton|neveu|niece|"
    "filleul|filleule|parrain|marraine|jumeau|jumelle|mari|femme|epoux|epouse|conjoint|conjointe|compagnon|compagne|"
    "ami|amie|amis|amies|ami e|pote|potes|poto|copain|copine|copines|copains|meuf|mec|besta|bestah|bestie|best|bff|go|gow|"
    "camarade|camarades|voisin|voisine|collegue|eleve|eleves|etudiant|etudiante|apprenti|apprentie|stagiaire|tuteur|tutrice|patron|patronne|"
    "maitre de stage|maitre d' apprentissage|maitre|maitresse|educ|educateur|educatrice|prof|profs|professeur|professeure|pp|cpe|"
    "instit|conseiller|conseillere|psy|psyen|infirmier|infirmiere|assistante sociale|surveillant|surveillante|pion|pionne|"
    "directeur|directrice|proviseur|proviseure|principal|principale|adjoint|adjointe|coach|entraineur|entraineuse|referent|referente|aesh|avs|medecin|"
    "dentiste|garde|nounou|coloc|crush|chef|cheffe|boss|formateur|formatrice|animateur|animatrice|binome|equipier|equipiere|gars|nana|dame|monsieur|responsable|secretaire|boulanger|instructeur|parents|pti"
)
_OWN = (
    "ma|mon|mes|sa|son|ses|ta|ton|notre|nos|leur|leurs|votre|vot|not|un|une|la|le|les|l'|d'|au|du|cet|cette|ce|chere?"
)
_SIZE = r"petite?|grande?|meilleure?s?|vieille|vieux|ancien|ancienne|best|super|beau|belle|demi|arriere|premier|premiere|2e|jeune|nouveau|nouvelle"
_MORE = r"principale?s?|prefere?e?s?|jumeau|jumelle|aine|ainee|cadet|cadette|referente?|adjointe?|sociale?|(?:d'? ?|de |en |du |des |de la |d'? )\w+(?: du \w+)?|psy en|p p"
_RELATION = rf"\b(?:{_OWN}) (?:(?:{_SIZE}) )*(?:{_KIN})(?: (?:{_MORE}))?(?: ?[,:(])?(?: (?:{_IS}))?"

_BEFORE: tuple[tuple[str, int], ...] = (
    # "je m'appelle", "jmapel", "on m'appelle", "appelez-moi", "je me présente"
    (rf"\b(?:je|j|on|moi|tlm|m|jm|qui|potes|copains|tu peux) ?(?:m'? |me |tous )?{_CALL}(?: tous| toutes)?", SURE),
    (rf"\b(?:j?m'? ?|jme ?|me ){_CALL}(?: tous| toutes)?", SURE),
    (rf"\b{_CALL} moi", SURE),
    (rf"\b(?:{_OWN}) (?:\w+ )?(?:{_KIN})(?: \w+)? ?,?(?: qui| elle| il| i)? (?:s'? ?|se ){_CALL}", SURE),
    (rf"\b(?:s'? |se |s){_CALL}", FAIR),
    (r"\b(?:je )?me presente ?,?(?: ?:)?(?: (?:je suis|moi c'? est|c'? est|moi))?", SURE),
    # "mon prénom c'est", "nom :", "signé :", "de la part de"
    (rf"\b(?:mon|ton|son|le|nos) (?:pre ?nom|nom|blaze|blase|petit nom|surnom|nom et prenom)(?: de famille|(?: de| d')(?: (?:ma|mon|l'))? ?\w+)?(?: (?:{_IS}))+", SURE),
    (r"\b(?:pre ?noms?|noms?)(?: de famille| et prenom| prenom| / prenom| de l' eleve)* [:=]", SURE),
    (r"\b(?:eleve|candidate?|responsable|signe|signee|signature|auteur|contact|demandeur|enfant|responsable legal) [:=]", SURE),
    (r"\bje soussignee?(?: ,)?", SURE),
    (r"\b(?:inscription|dossier|candidature|suivi|scolarite|demande|reponse|voeu|prof|nom|situation|question|message) (?:de|d'|pour)|\bau nom d(?:e|')|\bm'? occupe d(?:e|')|\b(?:cours|stage|rdv|rendez vous|classe) (?:avec|chez)", STRONG),
    (r"\b(?:hey|hello|yo|coucou|cc|salut|slt|bonjour|bjr|bonsoir|kiffe|adore|deteste|connaissez|connait|souviens? de moi \?|souvenez de moi \?)(?: ,)?", WEAK),
    (r"\b(?:pre ?nom|bisous? de|bises de|a la place d(?:e|')|la classe d(?:e|')|le groupe d(?:e|')|chez|comme|prenommee?|nommee?|appelee?)", STRONG),
    (r"\b(?:signe|signee) ,?|\bde la part d(?:e|')(?: \w+ ,?)?", STRONG),
    # "mme", "monsieur"
    (r"\b(?:mme|mr|mlle|mm|mrs|miss|msieur|mdame|dr)(?: \.)?", TITLE),
    (r"\bm \.", TITLE),
    (r"\b(?:monsieur|madame|mademoiselle|docteur)", TITLE),
    # "ma mère", "mon prof de maths", "la cpe"
    (_RELATION, STRONG),
    (r"\b(?:prof|professeur|pp|cpe|tuteur|tutrice|coach|oncle|tonton|tata|tatie|tante|papi|papy|mamie|mami|cousin|cousine|frero)(?: (?:de |d'? ?)\w+)?", FAIR),
    (r"\b(?:maman|mere|mama|pere|papa|parents?|frere|soeur|tante|oncle|copine|copain|amie?|pote|prenom|nom) d(?:e|')", STRONG),
    (r"\b(?:dossier|bulletin|notes|numero|mail|adresse|snap|insta|instagram|cas|avenir|orientation|anniversaire|famille|moyenne|vœux|voeux) d(?:e|')", FAIR),
    # "moi c'est", "je suis", "ici", "merci", "cordialement"
    (rf"\bmoi(?: ,)? (?:{_IS})", STRONG),
    (r"\b(?:ici|cordialement|bisous?|bises|biz|bizz|salutations|bien a vous|bien a toi|a bientot|amicalement|respectueusement|a plus|a \+|gros bisous|merci [,.!]|merci d'? avance|merci a (?:toi|vous) [.,!]|merci bcp|merci beaucoup|bonne journee|bonne soiree|bonne fin de journee|attente de (?:votre|ta) reponse|pour (?:votre|ta) reponse|bien a vous|ciao|tchao)(?: ,| \.)?", STRONG),
    (r"\b(?:je suis|j suis|jsuis|jsui|chui|chuis|jss|jui|moi(?: ,)?|merci|suis|c'? est|cest|c'? ?etait)(?: (?:encore|toujours|re))?", FAIR),
    (r"\b(?:c'?|ce|ces|re c'?)", WEAK),
    # "avec", "et moi et", "dis à", "parlé à"
    (r"\b(?:avec|chez|ac|avc)", FAIR),
    (r"\b(?:dis|dire|dit|demande|demander|demandez|parle|parler|parlez|ecris|ecrire|ecrit|envoye|envoyer|conseille|propose|appartient|appartiens|repondre|explique|expliquer|donne|rendu) (?:a|avec)", STRONG),
    (r"\b(?:moi et|moi &|toi et|moi avec|nous deux avec|on est|demandez|connais|connaissez|aider?|inscrire|inscrit|renseigner|vu|voir|rencontre|croise|accompagne|accompagner|remplace)", FAIR),
    (r"\b(?:pour|pr|que|qu'?|ke|si|et|est ce que|est ce qu'|esque|esk|comme|selon|car|mais|dit que|sans|entre|contre|par|ya|hier|franchement|vas y|il y a|y a|sinon|quand|ou)(?: [,:])?", WEAK),
)  # fmt: skip

_GRADE = (
    r"(?:(?:classe de |la |ma classe de )?(?:[3-6] ?(?:e|eme|em|ieme)s?(?: ?[a-h]\b| ?\d\b)?|[3-6] ?[a-h]\d?\b|2nde?s?|1ere?s?|tle|tale|term|terminale|"
    r"seconde|premiere|troisieme|quatrieme|cinquieme|sixieme|cm2|l[1-3]\b|segpa|ulis))(?! ans| annee)"
)
_AFTER: tuple[tuple[str, int], ...] = (
    (rf"(?:de|d'|en|est en|e en|ki est en|qui est en)? ?{_GRADE}", STRONG),
    (rf"[,(-–] ?(?:{_GRADE}|\d{{1,2}} ans|(?:{_OWN}) (?:{_KIN})|(?:en|de) {_GRADE}|eleve|qui|prof\w*|cpe)", STRONG),
    (r"\d{1,2} ans", STRONG),
    (r"(?:a l'? appareil|au clavier|ici\b)", STRONG),
    (r"(?:t'? es|tu|arrete|ferme|viens|tg|stp|ki|qui) ", FAIR),
    (r"(?:et|&) (?:moi|toi|sa|son|ses|mon|ma)\b", STRONG),
    (r"(?:du|de la|de) (?:college|lycee|classe|ma classe|la classe|cfa|groupe)", STRONG),
    (r"(?:n'? ?|ne )?(?:m'? ?|me |nous |lui |ma |t'? )(?:a|avait|dit|disait|di|conseille|propose|parle|aide|recommande)\b", 13),
    (r"(?:n'? ?|ne )?(?:veut|veu|veux|vx|voudrait|voudrai|voulait|aimerait|aimerai|hesite|reve|souhaite|souhaiterait|souhaitait|adore|deteste|kiffe|reflechit|envisage)\b", 13),
    (r"(?:est|e|etait|n'? est|sera) (?:en|au|interesse|interessee|tres|nul|nulle|fort|forte|bon|bonne|mon|ma|perdu|perdue|pas|trop|dys\w*|pris|prise|inscrite?|scolarise|passionnee?|motivee?|dispo|accepte|refuse|un|une|admise?)", FAIR),
    (r"(?:va|vas|sait|pense|passe|rentre|entre|cherche|s'? interesse|vient|a|fait|fai|peut|travaille|taf|bosse|dit|di|aime|vise|commence|arrete|prend|suit|mange|croit|galere|comprend|envoie|demande)\b", 8),
    (r"(?:il|elle|i|el|ils|elles) ", FAIR),
    (r"(?:comme|ma|mon|notre|la|le) (?:tuteur|tutrice|prof|pp|cpe|maitre|principale?|conseillere?|soeur|frere|fille|fils|amie?|pote|copine?|copain)", FAIR),
    (r"(?:qui|ki) (?:est|veut|a|m'|voudrait|fait|va|passe|hesite|aimerait|etait|ma\b)", FAIR),
    (r"(?:de|d') (?:faire|\w+er|prendre|venir)\b", 8),
    (r"(?:on|nous|j|je|g|jv\w+|jsui\w*|chui\w*|jai) ", 8),
    (r"$|[,.!?;:()]", 3),
)  # fmt: skip

_BEFORE_RULES = tuple((re.compile(rf"(?:{pattern}) ?$"), worth) for pattern, worth in _BEFORE)
_AFTER_RULES = tuple((re.compile(pattern), worth) for pattern, worth in _AFTER)


def said(words: Sequence[Word]) -> list[str]:
    """Each word folded, with the mark before it that patterns read: ["bonjour", " , moi", " c", "' est"]."""
    spoken = []
    for word in words:
        mark = _MARK.search(word.before)
        joint = "' " if word.before in ("'", "’") else f" {mark[0]} " if mark else " "
        spoken.append(f"{joint}{word.folded}")
    return spoken


def worth_before(spoken: Sequence[str], at: int) -> int:
    """How much what stands before word `at` tells of a name: the best pattern."""
    own = spoken[at][: len(spoken[at]) - len(spoken[at].lstrip(" ,;:.!?()=/+-–'"))]
    text = "".join(spoken[max(0, at - _REACH) : at]) + own.rstrip() + " "
    if own.startswith("'") and text.endswith((" m' ", " s' ", " n' ", " t' ", " j' ")):
        return 0
    return max((worth for rule, worth in _BEFORE_RULES if rule.search(text)), default=0)


def worth_after(spoken: Sequence[str], past: int) -> int:
    """How much what stands from word `past` on tells of a name that ends there."""
    text = "".join(spoken[past : past + _REACH]).strip()
    return max((worth for rule, worth in _AFTER_RULES if rule.match(text)), default=0)
