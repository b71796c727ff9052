// The script that a page embeds: it defines <jalon-chat> and, where the page has none, adds a button in a corner.
// It talks to the server that it came from, wherever the page is. docs/embedding.md tells webmasters how.

import { JalonChat } from "./chat.js";
import { element } from "./dom.js";

function mount() {
  if (document.querySelector("jalon-chat")) return;
  const script = Array.from(document.scripts).find(({ src }) => src === import.meta.url);
  const chat = element("jalon-chat", { launcher: "" });
  Object.assign(chat.dataset, script?.dataset);
  document.body.append(chat);
}

if (!customElements.get("jalon-chat")) customElements.define("jalon-chat", JalonChat);
if (document.readyState === "loading") addEventListener("DOMContentLoaded", mount, { once: true });
else mount();
