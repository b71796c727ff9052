// The bot's small Markdown subset, turned into DOM nodes (never into HTML strings):
// paragraphs, line breaks, **bold**, "- " lists, [text](http(s) link), tables, and a backslash before punctuation.

import { STRINGS } from "./strings.fr.js";

const ITEM = /^\s*-\s+(.*)$/;
const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/;
// An escape, a bold run, or a link whose address may hold one level of parentheses.
const INLINE = /\\([\\*[\]()|_-])|\*\*(\S(?:.*?\S)?)\*\*|\[([^[\]]+)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g;

/** @returns {DocumentFragment} */
export function renderMarkdown(text) {
  const lines = String(text ?? "").split(/\r?\n/);
  const fragment = document.createDocumentFragment();
  let at = 0;
  const take = (matches) => {
    const from = at;
    while (at < lines.length && matches(lines[at])) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
    } else if (startsTable(lines, at)) {
      fragment.append(table(take((line) => ROW.test(line))));
    } else if (ITEM.test(lines[at])) {
      const items = take((line) => ITEM.test(line)).map((line) => node("li", ...inline(ITEM.exec(line)[1])));
      fragment.append(node("ul", ...items));
    } else {
      const first = at;
      const paragraph = take(
        (line) => line.trim() && (at === first || (!ITEM.test(line) && !startsTable(lines, at))),
      );
      fragment.append(node("p", ...paragraph.flatMap((line, i) => (i ? [node("br"), ...inline(line)] : inline(line)))));
    }
  }
  return fragment;
}

function startsTable(lines, at) {
  return ROW.test(lines[at]) && RULE.test(lines[at + 1] ?? "");
}

function table([header, , ...rows]) {
  const head = node("tr", ...cells(header).map((cell) => attribute(node("th", ...inline(cell)), "scope", "col")));
  const body = rows.map((row) => node("tr", ...cells(row).map((cell) => node("td", ...inline(cell)))));
  const frame = node("div", node("table", node("thead", head), node("tbody", ...body)));
  frame.className = "table";
  // A wide table scrolls in its own frame, by keyboard too.
  attribute(frame, "role", "region");
  attribute(frame, "aria-label", STRINGS.table);
  return attribute(frame, "tabindex", "0");
}

function cells(row) {
  const inner = row.trim().slice(1, -1).replaceAll("\\|", "\0");
  return inner.split("|").map((cell) => cell.replaceAll("\0", "|").trim());
}

/** @returns {Node[]} */
function inline(source) {
  const nodes = [];
  let end = 0;
  const plain = (text) => text && nodes.push(document.createTextNode(text));
  for (const match of source.matchAll(INLINE)) {
    const [whole, escaped, bold, label, address] = match;
    plain(source.slice(end, match.index));
    end = match.index + whole.length;
    if (escaped) plain(escaped);
    else if (bold) nodes.push(node("strong", ...inline(bold)));
    else nodes.push(...link(label, address));
  }
  plain(source.slice(end));
  return nodes;
}

/** A link to http(s); anything else keeps its label as text. */
function link(label, address) {
  const content = inline(label);
  const href = safeAddress(address);
  if (!href) return content;
  const hint = node("span", STRINGS.newTab);
  hint.className = "sr-only";
  const anchor = node("a", ...content, hint);
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return [anchor];
}

function safeAddress(address) {
  if (!/^https?:\/\//i.test(address)) return null;
  try {
    return new URL(address).href;
  } catch {
    return null;
  }
}

function node(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

function attribute(target, name, value) {
  target.setAttribute(name, value);
  return target;
}
