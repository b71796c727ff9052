// The HTTP API of Jalon (docs/openapi.json), seen from the browser. No DOM in here.

/** Where the API is: beside /chat/widget.js, above /chat/v/…/widget.js. */
export const BASE = new URL(/\/v\/\w+\/widget\.js$/.test(import.meta.url) ? "../../" : "./", import.meta.url);

/** The longest message, in characters. */
export const MAX_LENGTH = 500;

const TIMEOUT_MS = 30_000;
const DEFAULT_WAIT_S = 10;
const LONGEST_WAIT_S = 600;

/**
 * A call that gave no usable reply.
 * `status` is the HTTP status, 0 when the server could not be reached or answered something else than the API.
 * `text` is the server's own sentence for a person, or "". `wait`: the seconds that the server asks for, or 0.
 */
export class ApiError extends Error {
  constructor(status, text = "", wait = 0) {
    super(`Jalon API: ${status || "unreachable"}`);
    this.status = status;
    this.text = text;
    this.wait = wait;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A fresh random key for one message (128 bits; `randomUUID` is missing on plain http). */
export function newKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** The calls. All may throw ApiError; `signal` aborts them. */
export class ChatApi {
  /** @param {URL|string} base address of the folder of the API, with its last slash */
  constructor(base) {
    this.base = base;
  }

  /** @returns {Promise<{session: string, messages: object[]}>} */
  openSession(signal) {
    return this.#call("POST", "session", {}, signal);
  }

  /** @param {{text: string}|{choice: string}} content */
  async sendMessage(session, key, content, signal) {
    return (await this.#call("POST", "message", { session, key, ...content }, signal)).messages;
  }

  async restart(session, signal) {
    return (await this.#call("POST", "restart", { session }, signal)).messages;
  }

  erase(session, signal) {
    return this.#call("DELETE", "session", { session }, signal);
  }

  /** @param {{message: string, useful: boolean, reason?: string}} opinion */
  rate(session, opinion) {
    return this.#call("POST", "feedback", { session, ...opinion });
  }

  async #call(method, path, body, signal) {
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, TIMEOUT_MS);
    signal?.addEventListener("abort", abort);
    let response;
    let data = null;
    try {
      response = await fetch(new URL(path, this.base), {
        method,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        signal: limit.signal,
      });
      if (response.status !== 204) data = JSON.parse(await response.text());
    } catch {
      // Network failure, time-out, or a body that is not JSON (a proxy's page): no reply from Jalon.
      throw new ApiError(response && !response.ok ? response.status : 0, "", waitOf(response));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
    if (!response.ok) throw new ApiError(response.status, wordsOf(data), waitOf(response));
    if (response.status !== 204 && !Array.isArray(data?.messages)) throw new ApiError(0);
    return data;
  }
}

function wordsOf(data) {
  const message = data?.error?.message;
  return typeof message === "string" ? message : "";
}

function waitOf(response) {
  const seconds = Math.ceil(Number(response?.headers.get("Retry-After")));
  if (seconds > 0) return Math.min(seconds, LONGEST_WAIT_S);
  return response?.status === 429 ? DEFAULT_WAIT_S : 0;
}
