// What stands around the conversation: header with its menu, log, composer, the question before erasing.

import { BASE, MAX_LENGTH } from "./api.js";
import { button, element, icon, link } from "./dom.js";
import { STRINGS } from "./strings.fr.js";

/**
 * The nodes, by name. What the buttons do comes in `actions`, by the name of the button.
 * @param {{title: string, level: 1|2, closable: boolean}} options `level` of the heading
 */
export function buildFrame({ title, level, closable }, actions) {
  const heading = element(`h${level}`, { id: "title", tabindex: "-1" }, title);
  const menuButton = button("menu-button", actions.menu, { "aria-expanded": false, "aria-label": STRINGS.menu });
  menuButton.append(icon("menu"), element("span", {}, STRINGS.menu));
  const entries = ["restart", "copy", "print", "erase"].map((name) => button(name, actions[name], {}, STRINGS[name]));
  const menu = element("div", { class: "menu", hidden: "" }, ...entries);
  const close = closable ? [button("close", actions.close, { "aria-label": STRINGS.close }, icon("close"))] : [];
  const bar = element("div", { class: "column" }, element("span", { class: "mark" }, icon("flag")), heading);
  bar.append(menuButton, menu, ...close);
  const header = element("header", { class: "header" }, bar);

  const log = element("div", { class: "log", role: "log", "aria-label": STRINGS.conversation, tabindex: "0" });
  const dots = element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"));
  const typing = element("div", { class: "typing", hidden: "" }, dots);
  const status = element("p", { class: "sr-only", role: "status" });
  const talk = element("div", { class: "column" }, log, typing, status);
  const scroller = element("div", { class: "scroller" }, header, talk);

  const { form, ...composer } = buildComposer(actions);
  const confirm = buildConfirm(actions.eraseForGood);
  const app = element("div", { class: "app" }, scroller, form, confirm);
  return { app, confirm, form, header, heading, log, menu, menuButton, scroller, status, typing, ...composer };
}

export function buildLauncher(open) {
  return button("launcher", open, { "aria-haspopup": "dialog" }, icon("flag"), STRINGS.launcher);
}

function buildComposer(actions) {
  const errorText = element("p", { role: "alert" });
  const countdown = element("span", { class: "countdown" });
  const retry = button("retry", actions.retry, {}, STRINGS.retry);
  const cancel = button("cancel", actions.cancel, {}, STRINGS.cancel);
  const problem = element("div", { class: "problem", hidden: "" }, errorText, countdown, retry, cancel);
  const toast = element("p", { class: "toast", role: "status" });

  const input = element("textarea", {
    rows: "1",
    maxlength: MAX_LENGTH,
    autocomplete: "off",
    enterkeyhint: "send",
    placeholder: STRINGS.placeholder,
    "aria-label": STRINGS.inputLabel,
    "aria-describedby": "notice",
  });
  const send = element("button", { class: "send", "aria-label": STRINGS.send }, icon("send"));
  const field = element("div", { class: "field" }, input, send);
  const notice = element("p", { id: "notice", class: "notice" }, `${STRINGS.notice} `);
  notice.append(link(new URL("privacy", BASE), STRINGS.privacy));
  const column = element("div", { class: "column" }, toast, problem, field, notice);
  const form = element("form", { class: "composer" }, column);
  return { cancel, countdown, errorText, form, input, problem, retry, send, toast };
}

/** A dialog of the browser's own: it keeps the focus inside, closes with Escape, gives the focus back. */
function buildConfirm(erase) {
  const { title, text, yes, no } = STRINGS.confirm;
  const node = element("dialog", { class: "confirm", "aria-labelledby": "confirm" });
  const close = () => node.close();
  const go = () => {
    close();
    erase();
  };
  const answers = [button("keep", close, {}, no), button("erase-for-good", go, {}, yes)];
  node.append(element("h2", { id: "confirm" }, title), element("p", {}, text));
  node.append(element("div", { class: "answers" }, ...answers));
  return node;
}
