// The nodes of what is said: messages with their sources, choices and question for an opinion; dividers.

import { button, element, hiddenText, link, press, safeAddress } from "./dom.js";
import { renderMarkdown } from "./markdown.js";
import { STRINGS } from "./strings.fr.js";

const RATED = ["answered", "not_in_fiche", "unknown", "out_of_scope"];
const MOST_SOURCES = 5;

/**
 * The node of an entry of the conversation (see conversation.js).
 * @param {Function} choose called with title and id of a choice that is tapped
 * @param {Function|false} rate called with an opinion, promises whether it was taken; false where none is asked
 */
export function entryNode(entry, choose, rate) {
  const { role, text, message, lang } = entry;
  if (role === "divider") return element("p", { class: "divider" }, STRINGS.dividers[text]);
  const bubble = element("div", { class: "bubble" }, message ? renderMarkdown(message.text) : text);
  const { answer } = message ?? {};
  const attributes = { class: `message ${role}`, lang, "data-outcome": answer?.outcome };
  const node = element("div", attributes, hiddenText(STRINGS.speakers[role]), bubble);
  bubble.append(...sources(answer, bubble));
  const choices = choicesOf(entry).map(({ id, title }) => button("choice", () => choose(title, id), {}, title));
  if (choices.length) node.append(group("choices", STRINGS.choices, ...choices));
  if (rate && RATED.includes(answer?.outcome)) node.append(ratingNode(entry.rating, rate));
  return node;
}

/** Says of the user's message whether it has reached the server. */
export function markSent(node, sent) {
  node.querySelector(".not-sent")?.remove();
  node.toggleAttribute("data-failed", !sent);
  if (!sent) node.append(element("span", { class: "not-sent" }, STRINGS.notSent));
}

/** What is offered with a message: a greeting that offers nothing gets examples, said as text. */
function choicesOf({ message, greeting }) {
  const offered = message?.choices ?? [];
  return greeting && !offered.length ? STRINGS.suggestions.map((title) => ({ id: null, title })) : offered;
}

/** Links to the fiches that a reply rests on, but for those that its text has. */
function sources(answer, bubble) {
  const cited = answer?.sources?.map(({ fiche }) => fiche) ?? [];
  const linked = Array.from(bubble.querySelectorAll("a"), ({ href }) => href);
  const items = [];
  for (const { id, title, url } of answer?.fiches ?? []) {
    const href = safeAddress(url);
    if (href && cited.includes(id) && !linked.includes(href)) items.push(element("li", {}, link(href, title)));
  }
  return items.length ? [element("p", {}, STRINGS.sources), element("ul", {}, ...items.slice(0, MOST_SOURCES))] : [];
}

/** Asks whether a reply was useful and, where not, why. Not read aloud by itself: it would follow every reply. */
function ratingNode(given, rate) {
  const { question, yes, no, why, reasons } = STRINGS.rating;
  const useful = button("useful", () => give({ useful: true }), {}, yes);
  const useless = button("useless", () => give({ useful: false }), {}, no);
  const because = reasons.map((reason) => button("reason", () => give({ useful: false, reason }), {}, reason));
  const reasonGroup = group("reasons", why, element("span", {}, why), ...because);
  const node = group("rating", question, element("span", {}, question), useful, useless, reasonGroup);
  node.setAttribute("aria-live", "off");
  const show = (rating) => {
    node.toggleAttribute("data-given", Boolean(rating));
    press(useful, rating?.useful === true);
    press(useless, rating?.useful === false);
    for (const reason of because) press(reason, rating?.reason === reason.textContent);
    reasonGroup.hidden = rating?.useful !== false;
  };
  const give = async (rating) => {
    show(rating);
    if (await rate(rating)) given = rating;
    show(given);
    reasonGroup.scrollIntoView({ block: "nearest" });
  };
  show(given);
  return node;
}

function group(name, label, ...children) {
  return element("div", { class: name, role: "group", "aria-label": label }, ...children);
}
