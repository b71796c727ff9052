// Every word that the widget shows; what the bot says comes from the server. Pages of their own: privacy.html.

const NBSP = "\u00a0";

export const LANGUAGE = "fr";

export const STRINGS = {
  name: "Jalon",
  launcher: `Une question${NBSP}?`,
  close: "Fermer",
  menu: "Menu",
  restart: "Recommencer",
  copy: "Copier la conversation",
  print: "Imprimer",
  erase: "Effacer mes données",
  privacy: "Tes données",
  conversation: "Conversation avec Jalon",
  inputLabel: "Ta question",
  placeholder: "Pose ta question…",
  send: "Envoyer",
  notice: "N’écris ni ton nom, ni ton adresse, ni ton téléphone.",
  typing: "Jalon écrit…",
  speakers: { user: `Toi${NBSP}: `, bot: `Jalon${NBSP}: ` },
  choices: "Propositions",
  suggestions: ["Je ne sais pas quoi faire plus tard", "CAP ou bac pro ?", "Tu peux m’aider à quoi ?", "J’aime bricoler"],
  table: "Comparaison",
  sources: `Pages officielles${NBSP}:`,
  newTab: " (nouvel onglet)",
  call: "Appeler le",
  notSent: "Pas encore envoyé",
  retry: "Réessayer",
  retryIn: (seconds) => (seconds > 0 ? `Nouvel essai dans ${seconds}${NBSP}s` : "Nouvel essai…"),
  cancel: "Annuler",
  dividers: {
    ended: "La conversation d’avant est terminée, on repart de zéro",
    idle: `Personne n’a écrit depuis 15${NBSP}minutes${NBSP}: la conversation est effacée de cet écran`,
    erased: "C’est effacé",
    copied: `Cet onglet est une copie${NBSP}: ici, on repart de zéro`,
  },
  errors: {
    offline: "Tu n’as plus de connexion à Internet.",
    away: "Jalon ne répond pas pour le moment.",
    tooFast: "Tu vas un peu trop vite pour Jalon.",
    refused: "Jalon n’a pas pu lire ce message. Écris-le autrement.",
    choice: "Ce bouton ne marche plus. Tu peux envoyer la question écrite ci-dessous.",
    kept: "Ton message est gardé, il repartira tout seul.",
    notErased: "Tes données ne sont pas encore effacées.",
    notRated: "Ton avis n’a pas pu partir. Réessaie plus tard.",
    notCopied: "La copie n’a pas marché. Tu peux imprimer la conversation.",
  },
  copied: "La conversation est copiée.",
  rating: {
    question: `Cette réponse t’aide${NBSP}?`,
    yes: "Oui",
    no: "Non",
    thanks: "Merci pour ton avis.",
    why: `Pourquoi${NBSP}? (si tu veux)`,
    reasons: ["Ce n’était pas ma question", "Je ne comprends pas", "Il manque quelque chose", "C’est faux"],
  },
  confirm: {
    title: `Effacer tes données${NBSP}?`,
    text: "Toute la conversation sera effacée, ici et sur le serveur. On ne pourra pas la retrouver.",
    yes: "Effacer",
    no: "Garder",
  },
  // The language of the greeting alone: Jalon reads French, and these say so.
  greetings: {
    en:
      "Hello, I am Jalon. I answer questions about courses and jobs in France: how to get in, how long it takes, " +
      "where it leads. I only understand French, so please write your question in French.",
  },
};
