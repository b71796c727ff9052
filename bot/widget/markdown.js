// The bot's small Markdown subset as DOM nodes: paragraphs, line breaks, **bold**, *emphasis*, headings, lists,
// [text](http(s) or tel link), tables, and a backslash before punctuation.

import { element, link, safeAddress } from "./dom.js";
import { STRINGS } from "./strings.fr.js";

const HEADING = /^\s*#{1,6}\s+(.*)$/;
const BULLET = /^\s*-\s+(.*)$/;
const NUMBERED = /^\s*\d+[.)]\s+(.*)$/;
const CALLS = /^(\[.*\(tel:\d+\))[ :]*(.*)$/;
const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/;
// An escape, a bold run, an emphasis, or a link whose address may hold one level of parentheses.
const INLINE =
  /\\([!-/:-@[-`{-~])|\*\*(\S(?:.*?\S)?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|\[([^[\]]+)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g;

/** @returns {DocumentFragment} */
export function renderMarkdown(text) {
  const lines = text.split("\n");
  const fragment = document.createDocumentFragment();
  let at = 0;
  const take = (matches) => {
    const from = at;
    while (at < lines.length && matches(lines[at])) at += 1;
    return lines.slice(from, at);
  };
  const list = (tag, pattern) => {
    return element(tag, {}, ...take((line) => pattern.test(line)).map((line) => item(pattern.exec(line)[1])));
  };
  while (at < lines.length) {
    const line = lines[at];
    if (!line.trim()) {
      at += 1;
    } else if (startsTable(lines, at)) {
      fragment.append(table(take((row) => ROW.test(row))));
    } else if (HEADING.test(line)) {
      fragment.append(element("p", {}, element("strong", {}, ...inline(HEADING.exec(line)[1]))));
      at += 1;
    } else if (BULLET.test(line)) {
      fragment.append(list("ul", BULLET));
    } else if (NUMBERED.test(line)) {
      fragment.append(list("ol", NUMBERED));
    } else {
      const first = at;
      const paragraph = take((next) => next.trim() && (at === first || !startsBlock(lines, at)));
      const content = paragraph.flatMap((next, i) => (i ? [element("br"), ...inline(next)] : inline(next)));
      fragment.append(element("p", {}, ...content));
    }
  }
  return fragment;
}

function startsBlock(lines, at) {
  return [HEADING, BULLET, NUMBERED].some((pattern) => pattern.test(lines[at])) || startsTable(lines, at);
}

function startsTable(lines, at) {
  return ROW.test(lines[at]) && RULE.test(lines[at + 1] ?? "");
}

/** An item of a list. What follows the numbers to call that it begins with stands beside them. */
function item(text) {
  const calls = CALLS.exec(text);
  if (!calls) return element("li", {}, ...inline(text));
  return element("li", { class: "calls" }, ...inline(calls[1]), element("span", {}, ...inline(calls[2])));
}

/** A table whose first column names its rows. Roles are said: where it is narrow, CSS makes cards of the rows. */
function table([header, , ...rows]) {
  const row = (...children) => element("tr", { role: "row" }, ...children);
  const head = (role, text) => element("th", { role }, ...inline(text));
  const cell = (...children) => element("td", { role: "cell" }, ...children);
  const [corner, ...titles] = cells(header);
  const body = rows.map((line) => {
    const [name, ...values] = cells(line);
    const named = values.map((value, i) => {
      const title = element("span", { class: "of", "aria-hidden": "true" }, ...inline(titles[i] ?? ""));
      return cell(title, ...inline(value));
    });
    return row(head("rowheader", name), ...named);
  });
  const group = (tag, ...children) => element(tag, { role: "rowgroup" }, ...children);
  const first = row(cell(...inline(corner)), ...titles.map((title) => head("columnheader", title)));
  const label = { "aria-label": STRINGS.table };
  const whole = element("table", { role: "table", ...label }, group("thead", first), group("tbody", ...body));
  // A wide table scrolls in its own frame, by keyboard too.
  return element("div", { class: "table", role: "region", tabindex: "0", ...label }, whole);
}

function cells(row) {
  const inner = row.trim().slice(1, -1).replaceAll("\\|", "\0");
  return inner.split("|").map((cell) => cell.replaceAll("\0", "|").trim());
}

/** @returns {(Node|string)[]} */
function inline(source) {
  const nodes = [];
  let end = 0;
  // No line begins with the punctuation that French sets apart.
  const plain = (text) => text && nodes.push(text.replace(/ (?=[:;?!»])/g, "\u00a0").replace(/« /g, "«\u00a0"));
  for (const match of source.matchAll(INLINE)) {
    const [whole, escaped, bold, emphasis, label, address] = match;
    plain(source.slice(end, match.index));
    end = match.index + whole.length;
    if (escaped) plain(escaped);
    else if (bold) nodes.push(element("strong", {}, ...inline(bold)));
    else if (emphasis) nodes.push(element("em", {}, ...inline(emphasis)));
    else nodes.push(...anchor(label, address));
  }
  plain(source.slice(end));
  return nodes;
}

/** A link to http(s), or one that calls a number of a few digits; anything else keeps its label as text. */
function anchor(label, address) {
  const content = inline(label);
  if (/^tel:\d{2,10}$/.test(address)) {
    const name = `${STRINGS.call} ${address.slice(4)}`;
    return [element("a", { class: "call", href: address, "aria-label": name }, ...content)];
  }
  const href = safeAddress(address);
  return href ? [link(href, ...content)] : content;
}
