// Nodes made by DOM calls alone: no HTML string is ever parsed.

import { STRINGS } from "./strings.fr.js";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  flag: "M8 20V4m0 1h10l-3 3.5L18 12H8",
  menu: "M5 7h14M5 12h14M5 17h14",
  close: "M6 6l12 12M18 6 6 18",
  send: "M12 19V5m-6 6 6-6 6 6",
};

/** An element; attributes without a value are left out. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A button that does `action` when pressed, unless it is disabled for assistive technologies too. */
export function button(name, action, attributes = {}, ...children) {
  const node = element("button", { type: "button", class: name, ...attributes }, ...children);
  node.addEventListener("click", () => node.getAttribute("aria-disabled") === "true" || action());
  return node;
}

/** Shows a button as one that stays pressed, or not. */
export function press(node, pressed) {
  node.setAttribute("aria-pressed", pressed);
}

/** A link to another tab, which learns nothing of this one; its label says so to those who cannot see it. */
export function link(address, ...label) {
  const attributes = { href: address, target: "_blank", rel: "noopener noreferrer" };
  return element("a", attributes, ...label, hiddenText(STRINGS.newTab));
}

/** The address where it is one of http(s), else null. */
export function safeAddress(address) {
  if (!/^https?:\/\//i.test(address)) return null;
  try {
    return new URL(address).href;
  } catch {
    return null;
  }
}

export function hiddenText(text) {
  return element("span", { class: "sr-only" }, text);
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
