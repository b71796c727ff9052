// The custom element <jalon-chat>: one conversation in a shadow root. On the page that it is placed in, or, with the
// attribute `launcher`, behind a button in a corner of the window.
// Attributes, all optional: data-color, data-position ("left" or "right"), data-title, data-lang (of the greeting);
// `page` says that the element is the whole page, which may bring a question in its address.

import { BASE, ChatApi, MAX_LENGTH } from "./api.js";
import { colourStyle } from "./colour.js";
import { Conversation } from "./conversation.js";
import { element } from "./dom.js";
import { buildFrame, buildLauncher } from "./frame.js";
import { Memory } from "./memory.js";
import { entryNode, markSent } from "./messages.js";
import { LANGUAGE, STRINGS } from "./strings.fr.js";
import { NARROW, STYLE, sheet } from "./style.js";
import { copyText, paper, transcriptText } from "./transcript.js";
import { cleanText, sentenceOf } from "./words.js";

const MAX_ROWS = 5;
const SCROLL_MARGIN_PX = 16;
const TYPING_AFTER_MS = 400;
const TOAST_MS = 6000;
const CHECK_MS = 15_000;
const QUIET_MS = 500;

export class JalonChat extends HTMLElement {
  #root = element("div", { class: "root", lang: LANGUAGE });
  #page = false;
  #ui = null;
  #launcher = null;
  #panel = null;
  #conversation;
  #memory;
  #started = false;
  #busy = false;
  #sendWhenReady = false;
  /** What the user said last, or a reply with numbers to call: what comes after is read from there on. */
  #anchor = null;
  /** The buttons that nobody can press while a reply is awaited. */
  #held = [];
  /** Whether the conversation was scrolled by hand since the pupil said something. */
  #scrolled = false;
  #timers = {};
  #life = null;

  connectedCallback() {
    if (!this.#ui) this.#build();
    this.#watchWindow();
    if (!this.#panel || this.#memory.open) this.#open();
  }

  disconnectedCallback() {
    this.#life.abort();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  // Making it

  #build() {
    const { color, lang, position, title } = this.dataset;
    const launcher = this.hasAttribute("launcher");
    this.#page = this.hasAttribute("page");
    const actions = {
      menu: () => this.#toggleMenu(this.#ui.menu.hidden),
      close: () => this.#panel.close(),
      restart: () => this.#conversation.restart(),
      copy: () => this.#copy(),
      print: () => this.#print(),
      erase: () => this.#ui.confirm.showModal(),
      eraseForGood: () => this.#conversation.erase(),
      retry: () => this.#conversation.retryNow(),
      cancel: () => this.#conversation.cancel(),
    };
    this.#ui = buildFrame({ title: title || STRINGS.name, level: this.#page ? 1 : 2, closable: launcher }, actions);
    const { app } = this.#ui;
    if (launcher) {
      this.#launcher = buildLauncher(() => this.#open(true));
      this.#panel = element("dialog", { class: "panel", "aria-labelledby": "title" }, app);
      this.#panel.addEventListener("close", () => this.#closed());
      this.#root.classList.toggle("left", position === "left");
      this.#root.append(this.#launcher, this.#panel);
    } else {
      this.#root.append(app);
    }
    this.#memory = new Memory(`jalon ${BASE}`);
    const text = STRINGS.greetings[lang];
    const preface = text ? [{ role: "bot", message: { text }, lang }] : [];
    this.#conversation = new Conversation(new ChatApi(BASE), this.#memory, this.#listener(), preface);
    this.#wire();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet(STYLE), sheet(colourStyle(color))];
    shadow.append(this.#root);
  }

  /** Listens to its own nodes. */
  #wire() {
    const { app, form, input, menu, menuButton, scroller, send } = this.#ui;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      input.focus();
      this.#submit();
    });
    input.addEventListener("input", () => this.#fitRows());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    // The focus, and a phone's keyboard with it, stays in the input.
    send.addEventListener("pointerdown", (event) => event.preventDefault());
    app.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || this.#ui.confirm.open) return;
      event.preventDefault();
      if (menu.hidden) this.#panel?.close();
      else this.#toggleMenu(false, true);
    });
    for (const type of ["focusin", "pointerdown"]) {
      app.addEventListener(type, ({ target }) => {
        if (!menu.contains(target) && !menuButton.contains(target)) this.#toggleMenu(false);
      });
    }
    // Before what was chosen is done: a dialog gives the focus back to where it was.
    menu.addEventListener("click", () => this.#toggleMenu(false, true), true);
    for (const type of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
      this.#root.addEventListener(type, () => this.#checkIdle() || this.#memory.touch(), { passive: true });
    }
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      scroller.addEventListener(type, () => (this.#scrolled = true), { passive: true });
    }
    // What is typed here is no shortcut of the page around.
    for (const type of ["keydown", "keypress", "keyup"]) {
      this.#root.addEventListener(type, (event) => event.stopPropagation());
    }
  }

  /** Listens to the window, for as long as the element is in the page. */
  #watchWindow() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const on = (target, type, action) => target?.addEventListener(type, action, { signal });
    const view = window.visualViewport;
    // The part of the window that a keyboard on the screen leaves; a page that is zoomed in is left alone.
    const fit = () => {
      const whole = !view || view.scale > 1.01;
      this.#root.style.setProperty("--height", whole ? "100dvh" : `${view.height}px`);
      this.#root.style.setProperty("--top", whole ? "0" : `${view.offsetTop}px`);
    };
    on(view, "resize", fit);
    on(view, "scroll", fit);
    fit();
    on(matchMedia(NARROW), "change", () => this.#panel?.open && this.#showPanel());
    on(window, "beforeprint", () => this.#page && this.#layPaper());
    on(window, "afterprint", () => this.#root.querySelector(".paper")?.remove());
    on(window, "pageshow", () => this.#checkIdle());
    on(window, "pagehide", () => this.#memory.release());
    on(document, "visibilitychange", () => this.#checkIdle());
    this.#timers.idle = setInterval(() => this.#checkIdle(), CHECK_MS);
  }

  // What the pupil does

  #open(focus = false) {
    if (this.#panel) {
      this.#showPanel();
      this.#launcher.hidden = true;
      this.#memory.open = true;
    }
    if (focus) this.#ui[matchMedia(NARROW).matches ? "heading" : "input"].focus({ preventScroll: true });
    if (!this.#started) this.#start();
  }

  async #start() {
    const { log } = this.#ui;
    // What was read before is not read aloud again.
    log.setAttribute("aria-live", "off");
    const restored = this.#conversation.restore();
    this.#started = true;
    if (restored) this.#scrollTo(this.#anchor ?? log.lastElementChild);
    setTimeout(() => log.setAttribute("aria-live", "polite"), restored ? QUIET_MS : 0);
    if (!restored) await this.#conversation.start();
    if (this.#page) this.#askFromAddress();
  }

  /** The question of a link that was shared, `?q=…`: asked once, even where the page is loaded again. */
  #askFromAddress() {
    const question = cleanText(new URLSearchParams(location.search).get("q") ?? "").slice(0, MAX_LENGTH);
    if (!question) return;
    history.replaceState(null, "", location.pathname);
    if (this.#said().pop()?.text === question) return;
    this.#write(question);
    this.#submit();
  }

  /** Above the page; on a small window over all of it, and then nothing behind can be reached. */
  #showPanel() {
    const focused = this.shadowRoot.activeElement;
    if (this.#panel.open) this.#panel.close();
    if (matchMedia(NARROW).matches) this.#panel.showModal();
    else this.#panel.setAttribute("open", "");
    focused?.focus({ preventScroll: true });
  }

  #closed() {
    if (this.#panel.open) return; // shown again at once, in the other way
    this.#memory.open = false;
    this.#launcher.hidden = false;
    this.#launcher.focus();
  }

  #toggleMenu(open, focus = false) {
    const { menu, menuButton } = this.#ui;
    menu.hidden = !open;
    menuButton.setAttribute("aria-expanded", open);
    if (focus) menuButton.focus();
  }

  #submit() {
    const text = cleanText(this.#ui.input.value);
    if (!text) return;
    if (this.#busy) {
      this.#sendWhenReady = true;
      this.#conversation.retryNow();
    } else {
      this.#write("");
      this.#conversation.say(text);
    }
  }

  async #copy() {
    const copied = await copyText(transcriptText(this.#ui.log), this.#ui.app);
    this.#toast(copied ? STRINGS.copied : STRINGS.errors.notCopied);
  }

  #print() {
    this.#layPaper();
    if (this.#launcher) {
      // Nothing of the page around.
      const others = sheet("@media print { body > :not(jalon-chat) { display: none !important } }");
      document.adoptedStyleSheets.push(others);
      const restore = () => {
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== others);
      };
      addEventListener("afterprint", restore, { once: true });
    }
    print();
  }

  #layPaper() {
    this.#root.querySelector(".paper")?.remove();
    this.#root.append(paper(this.#ui.heading.textContent, this.#ui.log));
  }

  // What the conversation tells

  #listener() {
    const nodes = new Map();
    return {
      add: (entry, at) => {
        const { log } = this.#ui;
        if (entry.role === "user") log.querySelectorAll(".rating:not([data-given])").forEach((node) => node.remove());
        const choose = (title, id) => this.#busy || this.#conversation.say(title, id, entry.era);
        const rate = this.#conversation.ratable(entry) && ((rating) => this.#rate(entry, rating));
        const node = entryNode(entry, choose, rate);
        nodes.set(entry, node);
        log.insertBefore(node, log.children[at] ?? null);
        if (entry.role !== "bot" || node.querySelector(".call")) {
          this.#anchor = node;
          this.#scrolled = false;
        }
        this.#scrollTo(this.#anchor ?? node);
      },
      remove: (entry) => nodes.get(entry)?.remove(),
      clear: () => {
        this.#anchor = null;
        this.#ui.log.replaceChildren();
      },
      state: (state) => this.#state(state),
      giveBack: (text) => this.#ui.input.value || this.#write(text),
    };
  }

  #state({ busy, problem }) {
    const { log, send, status, typing } = this.#ui;
    this.#busy = busy;
    clearTimeout(this.#timers.typing);
    typing.hidden = true;
    status.textContent = "";
    if (busy && !problem) {
      this.#timers.typing = setTimeout(() => {
        typing.hidden = false;
        status.textContent = STRINGS.typing;
        this.#scrollTo(typing);
      }, TYPING_AFTER_MS);
    }
    // The buttons of the last reply alone: what a message costs does not grow with the conversation.
    if (busy) this.#held = [send, ...(Array.from(log.querySelectorAll(".choices")).pop()?.children ?? [])];
    for (const control of this.#held) control.setAttribute("aria-disabled", busy);
    this.#showProblem(problem);
    const last = log.lastElementChild;
    if (problem && last?.matches(".user")) {
      markSent(last, false);
      this.#scrollTo(last);
    } else {
      log.querySelectorAll("[data-failed]").forEach((node) => markSent(node, true));
    }
    if (!busy && this.#sendWhenReady) {
      this.#sendWhenReady = false;
      if (!problem) this.#submit();
    }
  }

  #showProblem(problem) {
    const { cancel, countdown, errorText, problem: box, retry } = this.#ui;
    const { job, kind, until } = problem ?? {};
    const lost = box.contains(this.shadowRoot?.activeElement);
    const sentence = problem ? sentenceOf(problem) : "";
    if (errorText.textContent !== sentence) errorText.textContent = sentence;
    box.hidden = !problem;
    retry.hidden = !until || kind === "tooFast";
    cancel.hidden = !until || job === "open";
    if (lost && box.hidden) this.#ui.input.focus();
    clearInterval(this.#timers.countdown);
    const tick = () => (countdown.textContent = until ? STRINGS.retryIn(Math.ceil((until - Date.now()) / 1000)) : "");
    this.#timers.countdown = setInterval(tick, 1000);
    tick();
  }

  async #rate(entry, rating) {
    const done = await this.#conversation.rate(entry, rating);
    this.#toast(done ? STRINGS.rating.thanks : STRINGS.errors.notRated);
    return done;
  }

  #toast(text) {
    const { toast } = this.#ui;
    clearTimeout(this.#timers.toast);
    toast.textContent = text;
    this.#timers.toast = setTimeout(() => (toast.textContent = ""), TOAST_MS);
  }

  /** On a shared computer: forgets what nobody has touched for a while. Returns whether it did. */
  #checkIdle() {
    if (!this.#memory.idle) return false;
    const { input, log, menuButton } = this.#ui;
    if (!this.#said().length && !input.value) {
      this.#memory.forget();
      return false;
    }
    const lost = log.contains(this.shadowRoot.activeElement);
    this.#write("");
    this.#conversation.forget("idle");
    if (lost) menuButton.focus();
    this.#started = !this.#panel || this.#panel.open;
    if (this.#started) this.#conversation.start();
    return true;
  }

  #said() {
    return this.#conversation.entries.filter(({ role }) => role === "user");
  }

  // Room

  #write(text) {
    this.#ui.input.value = text;
    this.#fitRows();
  }

  #fitRows() {
    const { input } = this.#ui;
    input.rows = 1;
    while (input.scrollHeight > input.clientHeight && input.rows < MAX_ROWS) input.rows += 1;
  }

  /** Brings it to the top, unless the pupil went away from what was said last, to read something before it. */
  #scrollTo(target) {
    if (!this.#started) return; // once for all that is restored
    const { header, scroller } = this.#ui;
    const { bottom, top } = scroller.getBoundingClientRect();
    if (this.#scrolled && this.#anchor?.getBoundingClientRect().top > bottom) return;
    const covered = getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0;
    scroller.scrollTop += target.getBoundingClientRect().top - top - covered - SCROLL_MARGIN_PX;
  }
}
