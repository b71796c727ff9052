// One conversation: what was said, what is on its way, what to do when the server is away. No DOM in here.

import { ApiError, newKey } from "./api.js";

const WAITS_S = [2, 4, 8, 16, 30, 60];
const JITTER = 0.25; // a whole class does not come back at the same instant

/**
 * One thing in the log. `role` is "user", "bot" or "divider". Of the bot: `message` as the API gives it, `era` the
 * session that it belongs to, `greeting` whether it is the first word, `rating` what the pupil thought of it, `lang`
 * where it is not French.
 * @typedef {{role: string, text?: string, message?: object, era?: number, rating?: object, lang?: string}} Entry
 *
 * Why nothing moves on: `job` is what was tried, `kind` "offline", "away", "tooFast", "choice" or "refused";
 * `text` the server's own words, or ""; `until` when it is tried again (ms since 1970), 0 where it is not.
 * @typedef {{job: string, kind: string, text: string, until: number}} Problem
 *
 * Who shows it: `add` and `remove` an entry, `clear` them all, `state` is told whether a reply is awaited and why
 * none comes, `giveBack` gets the words of a message that was taken back.
 * @typedef {{add: Function, remove: Function, clear: Function, state: Function, giveBack: Function}} Listener
 */

export class Conversation {
  /** @type {Entry[]} */
  entries = [];
  #api;
  #memory;
  #listener;
  #session = null;
  #era = 0;
  /** The user's message without a reply: its key makes a resend harmless. */
  #pending = null;
  #job = null;
  #wake = null;
  #preface;

  /** @param {Entry[]} preface what is said before the greeting of the server */
  constructor(api, memory, listener, preface = []) {
    this.#api = api;
    this.#memory = memory;
    this.#listener = listener;
    this.#preface = preface;
  }

  /** Takes up what the tab remembers; false where it remembers nothing. */
  restore() {
    const kept = this.#memory.load();
    if (!kept?.entries?.some?.(({ role }) => role === "bot")) return false;
    this.#session = kept.session;
    this.#era = kept.era;
    this.#pending = kept.pending;
    this.entries = kept.entries;
    this.entries.forEach((entry, at) => this.#listener.add(entry, at));
    this.#memory.hold(this.#session, () => {
      this.forget("copied");
      this.start();
    });
    if (this.#pending) this.#deliver();
    return true;
  }

  /** Opens a session for its greeting. */
  start() {
    return this.#run("open", async (signal) => this.#greet(await this.#open(signal)));
  }

  /** Says something: typed, or the title of a choice that came with an entry. */
  say(title, choice = null, era = this.#era) {
    this.#pending = { key: newKey(), title, choice, era };
    this.#add({ role: "user", text: title });
    return this.#deliver();
  }

  /** The pupil's opinion of a message; whether it was taken. Not tried again: nothing depends on it. */
  async rate(entry, rating) {
    try {
      await this.#api.rate(this.#session, { message: entry.message.id, ...rating });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
    entry.rating = rating;
    this.#save();
    return true;
  }

  /** Whether an opinion of this entry can still reach the server. */
  ratable(entry) {
    return Boolean(entry.message?.answer) && entry.era === this.#era;
  }

  restart() {
    return this.#run("restart", async (signal) => {
      let messages = null;
      if (this.#session) messages = await unlessEnded(this.#api.restart(this.#session, signal));
      messages ??= await this.#open(signal);
      this.#clear();
      this.#greet(messages);
    });
  }

  /** Erases the conversation on the server, then here, and begins another. */
  async erase() {
    const erased = await this.#run("erase", async (signal) => {
      if (this.#session) await unlessEnded(this.#api.erase(this.#session, signal));
    });
    if (!erased) return;
    this.forget("erased");
    await this.start();
  }

  /** Forgets everything in this tab; `reason` names the divider that says why. */
  forget(reason) {
    this.#stop();
    this.#session = null;
    this.#clear();
    this.#memory.forget();
    this.#add({ role: "divider", text: reason });
  }

  /** Tries again at once what waits. */
  retryNow() {
    this.#wake?.();
  }

  /** Gives up what is being tried; the words of a message go back to whoever typed them. */
  cancel() {
    this.#stop();
    this.#takeBack();
  }

  #deliver() {
    return this.#run("message", async (signal) => {
      const messages = await this.#exchange(signal);
      this.#pending = null;
      this.#say(messages);
    });
  }

  async #exchange(signal) {
    if (!this.#session) await this.#open(signal);
    const send = () => this.#api.sendMessage(this.#session, this.#pending.key, this.#content(), signal);
    const messages = await unlessEnded(send());
    if (messages) return messages;
    await this.#open(signal);
    this.#add({ role: "divider", text: "ended" }, this.entries.length - 1);
    return send();
  }

  /** A choice means nothing outside the session that offered it: there, its title is sent as text. */
  #content() {
    const { choice, era, title } = this.#pending;
    return choice !== null && era === this.#era ? { choice } : { text: title };
  }

  async #open(signal) {
    const { session, messages } = await this.#api.openSession(signal);
    this.#session = session;
    this.#memory.hold(session);
    this.#era += 1;
    return messages;
  }

  #greet(messages) {
    for (const entry of this.#preface) this.#add(entry);
    this.#say(messages, { greeting: true });
  }

  #say(messages, more = {}) {
    for (const message of messages) this.#add({ role: "bot", message, era: this.#era, ...more });
  }

  #add(entry, at = this.entries.length) {
    this.entries.splice(at, 0, entry);
    this.#listener.add(entry, at);
    this.#save();
  }

  #clear() {
    this.#pending = null;
    this.entries = [];
    this.#listener.clear();
  }

  #save() {
    const { entries } = this;
    this.#memory.save({ entries, session: this.#session, era: this.#era, pending: this.#pending });
  }

  #takeBack() {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = null;
    this.#listener.remove(this.entries.pop());
    this.#listener.giveBack(pending.title);
    this.#save();
  }

  #stop() {
    this.#job?.abort();
    this.#job = null;
    this.#listener.state({ busy: false, problem: null });
  }

  /**
   * Does one thing, again and again while the server is away, until it is done, refused, or something else takes
   * its place; true where it was done.
   */
  async #run(name, action) {
    this.#job?.abort();
    const job = new AbortController();
    this.#job = job;
    this.#listener.state({ busy: true, problem: null });
    for (let attempt = 0; ; attempt += 1) {
      let problem = null;
      try {
        await action(job.signal);
      } catch (error) {
        if (job.signal.aborted) return false;
        if (!(error instanceof ApiError)) throw error;
        problem = { job: name, kind: this.#kindOf(error, name), text: error.text, until: 0 };
        if (error.passing) problem.until = Date.now() + 1000 * delay(error, attempt);
      }
      if (!problem?.until) {
        this.#job = null;
        if (problem) this.#takeBack();
        this.#listener.state({ busy: false, problem });
        return !problem;
      }
      this.#listener.state({ busy: true, problem });
      await this.#pause(problem.until - Date.now(), job.signal);
      if (job.signal.aborted) return false;
    }
  }

  /** Waits, but no longer than until someone asks to go on, the network is back, or the job is aborted. */
  #pause(milliseconds, signal) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, milliseconds);
      addEventListener("online", resolve, { once: true, signal });
      signal.addEventListener("abort", resolve, { once: true });
    });
  }

  #kindOf({ status, passing }, job) {
    if (status === 429) return "tooFast";
    if (!passing && job === "message") return status === 404 && this.#pending.choice ? "choice" : "refused";
    return status === 0 && !navigator.onLine ? "offline" : "away";
  }
}

/** The reply, or null where the server says that the session has ended. */
async function unlessEnded(reply) {
  try {
    return await reply;
  } catch (error) {
    if (error.status !== 401) throw error;
    return null;
  }
}

function delay(error, attempt) {
  return error.wait || WAITS_S[Math.min(attempt, WAITS_S.length - 1)] * (1 + JITTER * Math.random());
}
