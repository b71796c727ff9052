"""Words of talk and of questions, as stems: they name nothing, whatever title holds them."""

from __future__ import annotations

from bot.catalogue.normalize import stem

_QUESTION = """
    cc ui yep bjr ok aider aidez
    accessible acces acceder accede admission admis accepte accepter age ai aimerais aime aller allez
    alternance alors an annee annees ans apprend apprendre apprends apprentissage apres aprè attendu
    attendus aucun aujourd aussi autre autres avant avez avoir avait ayant bac beaucoup besoin bien bjr
    bon bonjour bonsoir bonne boulot boulots bosser bosse branche but ca car ce cela celle celles celui
    ces cet cette ceux chaque cherche choisir choix ci classe clair code combien comment comme
    competences concours concretement condition conditions connaitre conseil conseille consiste
    continuer contraire cote cool cours coucou court courte coute debouche debouches debouchent deja
    demande demander demandent demander dernier derniere derriere dessus dessous des deux devenir
    deviens devient difference different dire dis dit dites diplomes dois doit donc donne donner donnez
    dossier dur dure durent durer duree durees dures eleve eleves elle elles embauche emploi emplois
    encore enfin ensuite enseigne entrer entre entree envie equivalent equivaut es esperer est et etait
    etant etes etre etude etudes etudie etudier eu euh evoluer exactement exact exemple exerce exercer
    existe existent expliquer explique facile facilement fais faisable fait faire fasse faudra faudrait
    faut fera ferait fiche filiere fille fils fin final finalement finir fini finis finit fois font
    formation formations forme former fou franchement fut gagne garcon general generale genre gens grand
    grande grosse hein hello heu hesite hier horaires ici idee il ils important indiquer info infos
    information informations integrer integre interesse interessant inscription inscrire inscrit
    internet intitule jamais je jeune job jobs jour journee juste la laisse laquelle laquel lequel
    lesquels lesquelles lien liste longtemps long longue longs lui lycee ma madame maintenant mais mal
    marche matiere matieres me meme mene menent merci mes met metier metiers mettre mieux mini minimum
    mission moi moins mois moment mon monsieur mort mot moyen moyenne moyens ne nan niveau nom nombre
    non normal notre nous nouveau nul nulle obligatoire obligation obligé obtenir obtenu obtient
    officiel officielle on ont ok ordre orienter orientation ou oui ouvre ouvert ouverte page papier
    parait pareil parcours parcoursup pardon parents parfait parle parler part partir pas passe passer
    passerelle pendant pense perd perspectives petit peu peut peux peuvent peuve pire plait plan plus
    plusieurs point poser possede possible possibilite possibles poste postes postuler pour pourquoi
    pourra pourrai pourrais pourrait pouvez pourriez pouvoir poursuite poursuites poursuivre pratique
    pre precis precise preciser preferer premier premiere prend prendre prenom prepa prepare preparer
    pres presente presenter prerequis pris prise probleme prochain profession professions profil
    programme programmes propose proposer propos pu puis puisque qualite qualites quand quel quelle
    quels quelles quelqu quelque qui quoi rapide rapidement rapport recommence recommencer recrute
    recrutement redoubler referentiel regarde rejoindre rentre rentree rentrer requis reste rien saisir
    sais sait salaire salut salaires sans savoir scolaire scolarite secteur secteurs selection selon
    semaine semaines sera serait sert seul sigle signifie site situation soit soir sois solution son
    sort sortie sortir souhaite souhaiterais souhaiterait specialiser specialisation stage stages stp
    suis suite suites suivant suivi suivre super sur sympa svp ta taf tafer tant tard te tel temps tente
    termine terminale tes toi ton tot total toujours tous tout toute toutes travail travaille travailler
    travailles tres trop trouver trouve tu type un une user utile va valable valide vas vaut vers veut
    veux veulent verite vie viens vient viser vise voie voila voir vois voudra voudrais voudrait voulais
    vouloir vraie vrai vraiment vu wesh ya yo seconde troisieme premiere quatrieme term sixieme 3e 3eme
    2de 2nde 1re 1ere niveaux equivalence abreviation abrege acronyme veut dire correspond abord ajoute
    annonce appelle apporte appris arrive arriver assez attend attends attention aurai aurait auriez
    aura avis baisse capable cas certain certaine chance chances chercher choisit chose choses compare
    comparer comparaison complete compliqué comprendre compris compte concerne connais conseilleriez
    contact contenu continue correct croire crois curieux deboucher decide decrire definition demain
    depend depuis derange descriptif description desole desolee destine detail details devrais devrait
    devra difficile disposez distingue dommage dossiers doute durant ecole ecoles effet egalement
    enchainer enfant enfants entend entendu equivalents especes esperance essaie essayer eventuellement
    eviter evidemment expliquez faisait file final finie francais futur futurs gros habite haut haute
    histoire hate honnetement idees imagine impossible informer inscrit interroge jusqu jusque kif
    lettre lire livre lors lycees maman mamans mec meilleur meilleure meilleurs merde metre minime
    montre montrer nana notes note obtention option options ouais ouvrir papa parie parles parlez partie
    pense pensais permet permettent permettrait personne petite place places plutot porte possibilites
    postbac postuler pote pouvait preparation presque priori prix profs projet proprement public quota
    raconte raison reconversion refaire reflechir regarder reponse repond reponds reprendre reprise
    reussi reussir reussite revient salariés savez semble sens sinon situe sms soeur souvent specialites
    sinon sure sur tarif tarifs tellement tente titre titulaire tombe touche touches tourne trouver
    vacances valeur vite vivre voies voeux vouliez voulu zut lol mdr ptdr bref accueille enseignement
    etablissement etablissements etudiant etudiante professeur prof reelle jeunes ado adulte adultes
    ouvrent autrement direct directement mini debut debuter obligé regle regles reelles souhaitez
    veuillez prie remercie cordialement aimerait aimer adore kiffe plaire plairait plait tentent branche
    botte passionne reve revais pareille pareils fac univ universite cfa bas ca sa reve reves rare
    bouche bouchee cote cotee chaud cool coup vaut rapporte mieux pire valider validee valide
    certification certifie officiellement terme termes bout boutte bouts apprentie apprenti salarie
    vous votre vos conduit conduisent mene menent se ni si as of catalogue lister listez liste listes
    recense disponible disponibles dispo
    ailleurs base candidat candidats cned greta onisep chez coup
    payer paye payé payante payant gratuit distance ligne
""".split()

QUESTION_WORDS = frozenset(stem(word) for word in _QUESTION)

# A common word after one of these is a taste or a school subject, not a formation.
TASTE_WORDS = frozenset(
    """
        aime adore prefere preferee kiffe deteste passion passionne passionnee fan prof cours note notes
        moyenne matiere mode travailler bosser travail metier domaine secteur boulot emploi branche
    """.split()
)

# They stand in many titles ("en partenariat avec") and tell nothing of what is looked for.
LINKING_WORDS = frozenset(
    "avec sans entre contre sous sur chez vers par dans pour hors selon envers parmi malgre".split()
)

# Who people are is nothing that a title or a text is searched for. A name of a job may hold such a word all the same.
PEOPLE_WORDS = frozenset(
    stem(word)
    for word in """
        femme femmes fille filles nana nanas meuf meufs dame dames homme hommes garcon garcons mec mecs gars noir noire
        blanc blanche arabe rebeu asiatique africain africaine maghrebin maghrebine juif juive musulman musulmane
        chretien chretienne catholique gay homosexuel homosexuelle lesbienne trans immigre immigree
    """.split()
)
