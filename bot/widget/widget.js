// The custom element <jalon-chat>: one conversation, in a shadow root, styled by style.css.
// It talks to the server that this script came from, wherever the page is.

import { ApiError, ChatApi, newKey } from "./api.js";
import { renderMarkdown } from "./markdown.js";
import { LANGUAGE, STRINGS } from "./strings.fr.js";

const BASE = new URL("./", import.meta.url);
const MAX_LENGTH = 500;
const MAX_ROWS = 5;
const SCROLL_MARGIN_PX = 16;

const ICONS = {
  flag: "M8 20V4m0 1h10l-3 3.5L18 12H8",
  restart: "M4 12a8 8 0 1 0 2.5-5.8M4 4v5h5",
  send: "M12 19V5m-6 6 6-6 6 6",
};

/**
 * A message on its way: `choice` is null for typed text, `session` is the one that offered the choice.
 * @typedef {{key: string, title: string, choice: string|null, session: string|null, bubble: HTMLElement}} Outgoing
 */

class JalonChat extends HTMLElement {
  #api = new ChatApi(BASE);
  #session = null;
  #busy = false;
  #sendWhenReady = false;
  /** @type {Outgoing|null} the last message, while it has no reply */
  #unsent = null;
  #countdown = 0;
  #view = null;

  connectedCallback() {
    if (this.#view) return;
    this.#view = buildView(this.attachShadow({ mode: "open" }));
    const { form, input, restart, send } = this.#view;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => fitRows(input));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    // The focus, and a phone's keyboard with it, stays in the input.
    send.addEventListener("pointerdown", (event) => event.preventDefault());
    restart.addEventListener("click", () => this.#attempt(() => this.#startOver()));
    this.#attempt(() => this.#open());
  }

  disconnectedCallback() {
    clearInterval(this.#countdown);
  }

  // What the pupil does

  #submit() {
    const { input } = this.#view;
    input.focus();
    if (this.#busy) {
      this.#sendWhenReady = true;
      return;
    }
    const text = cleanText(input.value);
    if (!text) return;
    if (this.#unsent?.choice === null && this.#unsent.title === text) this.#deliver(this.#unsent);
    else this.#send(text);
  }

  #send(title, choice = null) {
    this.#unsent?.bubble.remove();
    const bubble = userMessage(title);
    this.#view.log.append(bubble);
    this.#deliver({ key: newKey(), title, choice, session: this.#session, bubble });
  }

  // What the server is asked. Each step may throw ApiError; `#attempt` is the one place that shows it.

  async #open() {
    const { session, messages } = await this.#api.openSession();
    this.#session = session;
    this.#show(messages);
  }

  async #startOver() {
    let messages;
    try {
      if (this.#session) messages = await this.#api.restart(this.#session);
    } catch (error) {
      if (error.status !== 401) throw error;
    }
    if (!messages) ({ session: this.#session, messages } = await this.#api.openSession());
    this.#unsent = null;
    this.#view.log.replaceChildren();
    this.#show(messages);
  }

  /** Sends a message, or sends it again with the same key. */
  #deliver(outgoing) {
    const { input } = this.#view;
    this.#unsent = outgoing;
    markFailed(outgoing.bubble, false);
    if (outgoing.choice === null && cleanText(input.value) === outgoing.title) setText(input, "");
    return this.#attempt(
      async () => {
        const messages = await this.#exchange(outgoing);
        this.#unsent = null;
        this.#show(messages, outgoing.bubble);
      },
      () => {
        markFailed(outgoing.bubble, true);
        if (outgoing.choice === null && !input.value) setText(input, outgoing.title);
        this.#scrollTo(outgoing.bubble);
      },
      () => this.#deliver(outgoing),
    );
  }

  async #exchange(outgoing) {
    if (!this.#session) this.#session = (await this.#api.openSession()).session;
    try {
      return await this.#api.sendMessage(this.#session, outgoing.key, this.#contentOf(outgoing));
    } catch (error) {
      if (error.status !== 401) throw error;
    }
    this.#session = (await this.#api.openSession()).session;
    for (const choice of this.#choices()) {
      choice.dataset.expired = "";
      choice.setAttribute("aria-disabled", "true");
    }
    outgoing.bubble.before(divider(STRINGS.newConversation));
    return this.#api.sendMessage(this.#session, outgoing.key, this.#contentOf(outgoing));
  }

  /** A choice means nothing outside the conversation that offered it: there, its title is sent as text. */
  #contentOf({ choice, session, title }) {
    return choice !== null && session === this.#session ? { choice } : { text: title };
  }

  async #attempt(action, undo = () => {}, retry = () => this.#attempt(action)) {
    if (this.#busy) return;
    this.#setBusy(true);
    this.#hideError();
    let error = null;
    try {
      await action();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      error = caught;
    } finally {
      this.#setBusy(false);
    }
    const sendNow = this.#sendWhenReady;
    this.#sendWhenReady = false;
    if (error) {
      this.#showError(error, retry);
      undo();
    } else if (sendNow) {
      this.#submit();
    }
  }

  // What is seen

  /** Adds the bot's messages, and scrolls down no further than where their reading starts. */
  #show(messages, anchor = null) {
    const { log } = this.#view;
    const nodes = messages.map((message) => this.#botMessage(message));
    log.append(...nodes);
    const before = anchor?.previousElementSibling;
    this.#scrollTo(before?.matches(".divider") ? before : (anchor ?? nodes[0]));
  }

  #botMessage(message) {
    const bubble = element("div", { class: "bubble", "data-testid": "bubble" }, renderMarkdown(message.text));
    const node = element("div", messageAttributes("bot"), speaker("bot"), bubble);
    if (message.id) node.dataset.messageId = message.id;
    if (message.answer) node.dataset.outcome = message.answer.outcome;
    if (message.choices?.length) {
      const attributes = { class: "choices", role: "group", "aria-label": STRINGS.choices };
      node.append(element("div", attributes, ...message.choices.map((choice) => this.#choice(choice))));
    }
    return node;
  }

  #choice({ id, title }) {
    const attributes = { type: "button", class: "choice", "data-testid": "choice", "data-choice-id": id };
    const button = element("button", attributes, title);
    button.addEventListener("click", () => {
      if (!this.#busy && !("expired" in button.dataset)) this.#send(title, id);
    });
    return button;
  }

  #choices() {
    return this.#view.log.querySelectorAll(".choice:not([data-expired])");
  }

  #setBusy(busy) {
    const { restart, send, status, typing } = this.#view;
    this.#busy = busy;
    typing.hidden = !busy;
    status.textContent = busy ? STRINGS.typing : "";
    for (const button of [restart, send, ...this.#choices()]) button.setAttribute("aria-disabled", busy);
    if (busy) this.#scrollTo(typing);
  }

  #scrollTo(target) {
    const { header, scroller } = this.#view;
    if (!target) return;
    const top = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    const covered = getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0;
    scroller.scrollTop = top - covered - SCROLL_MARGIN_PX;
  }

  #showError(error, retry) {
    const { errorText, problem, retryButton } = this.#view;
    const kept = error.status === 0 && this.#unsent ? ` ${STRINGS.errors.kept}` : "";
    errorText.textContent = errorSentence(error) + kept;
    problem.hidden = false;
    retryButton.hidden = !error.passing;
    retryButton.onclick = () => {
      if (retryButton.getAttribute("aria-disabled") === "true") return;
      this.#view.input.focus();
      retry();
    };
    let left = error.wait;
    const tick = () => {
      retryButton.textContent = left > 0 ? STRINGS.retryIn(left) : STRINGS.retry;
      retryButton.setAttribute("aria-disabled", left > 0);
      if (left <= 0) clearInterval(this.#countdown);
      left -= 1;
    };
    this.#countdown = setInterval(tick, 1000);
    tick();
  }

  #hideError() {
    clearInterval(this.#countdown);
    this.#view.problem.hidden = true;
    this.#view.errorText.textContent = "";
  }
}

function errorSentence(error) {
  if (error.status === 429) return STRINGS.errors.tooFast;
  if (error.text) return error.text;
  if (!error.passing) return STRINGS.errors.refused;
  return error.status === 0 && !navigator.onLine ? STRINGS.errors.offline : STRINGS.errors.away;
}

/** As the API wants it: NFC, one line, no control characters, no lone surrogates. */
function cleanText(value) {
  return value.normalize("NFC").replace(/[\p{Cc}\p{Cs}\s]+/gu, " ").trim();
}

function setText(input, text) {
  input.value = text;
  fitRows(input);
}

function fitRows(input) {
  input.rows = 1;
  while (input.scrollHeight > input.clientHeight && input.rows < MAX_ROWS) input.rows += 1;
}

// Nodes

function buildView(root) {
  const header = element("header", { class: "header" });
  const restart = element("button", { type: "button", class: "restart", "data-testid": "restart" });
  restart.append(icon("restart"), element("span", {}, STRINGS.restart));
  const mark = element("span", { class: "mark" }, icon("flag"));
  const title = element("div", { class: "title" });
  title.append(element("h1", {}, STRINGS.name), element("p", {}, STRINGS.tagline));
  header.append(element("div", { class: "column" }, mark, title, restart));

  const log = element("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": STRINGS.conversation,
    tabindex: "0",
    "data-testid": "log",
  });
  const dots = element("span", { class: "dots", "aria-hidden": "true" });
  dots.append(element("i"), element("i"), element("i"));
  const typing = element("div", { class: "typing", "data-testid": "typing" }, dots);
  const status = element("p", { class: "sr-only", role: "status" });
  const talk = element("div", { class: "column talk" }, log, typing, status);
  const scroller = element("div", { class: "scroller" }, header, talk);

  const errorText = element("p", { role: "alert", "data-testid": "error" });
  const retryButton = element("button", { type: "button", class: "retry", "data-testid": "retry" });
  const problem = element("div", { class: "problem" }, errorText, retryButton);
  problem.hidden = true;

  const input = element("textarea", {
    id: "input",
    rows: "1",
    maxlength: MAX_LENGTH,
    autocomplete: "off",
    enterkeyhint: "send",
    placeholder: STRINGS.placeholder,
    "aria-describedby": "notice",
    "data-testid": "input",
  });
  const send = element("button", { class: "send", "aria-label": STRINGS.send, "data-testid": "send" }, icon("send"));
  const label = element("label", { for: "input", class: "sr-only" }, STRINGS.inputLabel);
  const field = element("div", { class: "field" }, label, input, send);
  const notice = element("p", { id: "notice", class: "notice", "data-testid": "notice" }, STRINGS.notice);
  const form = element("form", { class: "composer" }, element("div", { class: "column" }, problem, field, notice));

  const app = element("div", { class: "app", lang: LANGUAGE }, scroller, form);
  const sheet = element("link", { rel: "stylesheet", href: new URL("style.css", BASE) });
  app.hidden = true;
  for (const event of ["load", "error"]) sheet.addEventListener(event, () => (app.hidden = false));
  root.append(sheet, app);
  return { errorText, form, header, input, log, problem, restart, retryButton, scroller, send, status, typing };
}

function messageAttributes(role) {
  return { class: `message ${role}`, "data-testid": "message", "data-role": role };
}

function speaker(role) {
  return element("span", { class: "sr-only" }, STRINGS.speakers[role]);
}

function userMessage(text) {
  const bubble = element("div", { class: "bubble", "data-testid": "bubble" }, text);
  return element("div", messageAttributes("user"), speaker("user"), bubble);
}

function markFailed(message, failed) {
  message.querySelector(".not-sent")?.remove();
  message.toggleAttribute("data-failed", failed);
  if (failed) message.append(element("span", { class: "not-sent" }, STRINGS.notSent));
}

function divider(text) {
  return element("p", { class: "divider", "data-testid": "divider" }, element("span", {}, text));
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

if (!customElements.get("jalon-chat")) customElements.define("jalon-chat", JalonChat);
