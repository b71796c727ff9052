from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.inflection import inflect

CASES = """
technicien/ne photo | technicien photo | technicienne photo
microtechnicien/ne | microtechnicien | microtechnicienne
technicien(ne) | technicien | technicienne
technicien·ne | technicien | technicienne
électromécanicien/ne de chantier TP (travaux publics) | électromécanicien de chantier TP (travaux publics) \
| électromécanicienne de chantier TP (travaux publics)
ajusteur/euse-monteur/euse | ajusteur-monteur | ajusteuse-monteuse
développeur/se foncier/ère | développeur foncier | développeuse foncière
développeur/euse rurale humanitaire | développeur rurale humanitaire | développeuse rurale humanitaire
développeur/euse rural/e humanitaire | développeur rural humanitaire | développeuse rurale humanitaire
conseiller/ère en voyages | conseiller en voyages | conseillère en voyages
conseiller/e funéraire | conseiller funéraire | conseillère funéraire
guide-conférencier/ière | guide-conférencier | guide-conférencière
maître/esse d'hôtel | maître d'hôtel | maîtresse d'hôtel
hôte/esse d'accueil | hôte d'accueil | hôtesse d'accueil
chef/fe de rang | chef de rang | cheffe de rang
agent/e de transit | agent de transit | agente de transit
attaché/e de presse | attaché de presse | attachée de presse
délégué/ée aux données | délégué aux données | déléguée aux données
acheteur/euse (mode) | acheteur (mode) | acheteuse (mode)
auteur/e-compositeur/trice interprète | auteur-compositeur interprète | auteure-compositrice interprète
collaborateur/rice de cabinet | collaborateur de cabinet | collaboratrice de cabinet
ambassadeur/drice | ambassadeur | ambassadrice
reporter/trice-photographe | reporter-photographe | reportrice-photographe
sportif/ve de haut niveau | sportif de haut niveau | sportive de haut niveau
accompagnant/e éducatif/ive et social/e | accompagnant éducatif et social | accompagnante éducative et sociale
informaticien/ne industriel/le | informaticien industriel | informaticienne industrielle
éducateur/trice canin/ne | éducateur canin | éducatrice canine
écrivain/ne public | écrivain public | écrivaine public
maçon/ne | maçon | maçonne
préfet/ète | préfet | préfète
designer/euse industriel/le | designer industriel | designeuse industrielle
technicien/ne BIM modeleu/euse | technicien BIM modeleur | technicienne BIM modeleuse
truqueur/euse, truquiste | truqueur, truquiste | truqueuse, truquiste
maréchal/e-ferrant/e | maréchal-ferrant | maréchale-ferrante
perchman/woman | perchman | perchwoman
barman (barmaid) | barman | barmaid
femme / valet de chambre | valet de chambre | femme de chambre
gestionnaire actif/passif | gestionnaire actif/passif | gestionnaire actif/passif
responsable d'études et/ou de mode | responsable d'études et/ou de mode | responsable d'études et/ou de mode
traducteur/trice français écrit / LSF | traducteur français écrit / LSF | traductrice français écrit / LSF
artiste | artiste | artiste
ascensoriste | ascensoriste | ascensoriste
sage-femme | sage-femme | sage-femme
technicienne de maintenance aéroportuaire | technicien de maintenance aéroportuaire \
| technicienne de maintenance aéroportuaire
monteur/euse-vendeur/euse  en optique | monteur-vendeur en optique | monteuse-vendeuse en optique
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_both_forms_of_a_label(case: str) -> None:
    label, masculine, feminine = case.split(" | ")
    assert inflect(label) == (masculine, feminine)


@given(st.text())
def test_any_text_has_two_forms_and_a_form_has_itself(text: str) -> None:
    masculine, feminine = inflect(text)
    assert bool(masculine) == bool(feminine) == bool(text.split())
