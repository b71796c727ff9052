// Words of the pupil on their way to the API, words for the pupil when they do not arrive.

import { STRINGS } from "./strings.fr.js";

/** What a person is told of a problem of the conversation (see conversation.js). */
export function sentenceOf({ job, kind, text, until }) {
  const { errors } = STRINGS;
  const first = (kind === "refused" && text) || errors[kind];
  if (until && job === "message") return `${first} ${errors.kept}`;
  return job === "erase" ? `${first} ${errors.notErased}` : first;
}

/** As the API wants it: NFC, one line, no control characters, no lone surrogates. */
export function cleanText(value) {
  return value.normalize("NFC").replace(/[\p{Cc}\p{Cs}\s]+/gu, " ").trim();
}
