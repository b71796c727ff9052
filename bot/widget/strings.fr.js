// Every French word that the widget shows; what the bot says comes from the server.

const NBSP = "\u00a0";

export const LANGUAGE = "fr";

export const STRINGS = {
  name: "Jalon",
  tagline: "Tes questions sur les formations et les métiers",
  restart: "Recommencer",
  conversation: "Conversation avec Jalon",
  inputLabel: "Ta question",
  placeholder: "Pose ta question…",
  send: "Envoyer",
  notice: "N’écris ni ton nom, ni ton adresse, ni ton téléphone.",
  typing: "Jalon écrit…",
  speakers: { user: `Toi${NBSP}: `, bot: `Jalon${NBSP}: ` },
  choices: "Propositions",
  table: "Tableau",
  newTab: " (nouvel onglet)",
  notSent: "Pas envoyé",
  retry: "Réessayer",
  retryIn: (seconds) => `Réessayer dans ${seconds}${NBSP}s`,
  newConversation: "Après cette pause, on repart de zéro",
  errors: {
    offline: "Tu n’as plus de connexion à Internet.",
    away: "Jalon ne répond pas pour le moment.",
    tooFast: "Tu vas un peu trop vite pour Jalon. Attends quelques secondes, puis réessaie.",
    refused: "Jalon n’a pas pu lire ce message. Écris-le autrement.",
    kept: "Ton message est gardé.",
  },
};
