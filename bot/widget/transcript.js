// The conversation on paper or in the clipboard.

import { element } from "./dom.js";
import { LANGUAGE } from "./strings.fr.js";

/** The conversation as plain text, a paragraph a message. */
export function transcriptText(log) {
  const parts = log.querySelectorAll(".message > .sr-only, .bubble, .divider");
  return Array.from(parts, (node) => node.innerText.trim()).join("\n");
}

/** A copy of the conversation to print: all of it, without anything to press. */
export function paper(title, log) {
  const date = new Date().toLocaleDateString(LANGUAGE, { dateStyle: "long" });
  const copy = element("div", { class: "paper", "aria-hidden": "true" }, element("h1", {}, `${title}, ${date}`));
  copy.append(...log.cloneNode(true).children);
  for (const extra of copy.querySelectorAll(".choices, .rating, .not-sent")) extra.remove();
  return copy;
}

/** Puts text into the clipboard; false where the browser allows it in no way. */
export async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http, or a frame that may not: the old way.
    const area = element("textarea", { class: "sr-only" });
    const focused = root.getRootNode().activeElement;
    area.value = text;
    root.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }
}
