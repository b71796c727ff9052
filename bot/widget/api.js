// The HTTP API of Jalon (docs/openapi.json), seen from the browser. No DOM in here.

const TIMEOUT_MS = 30_000;
const DEFAULT_WAIT_S = 10;
const LONGEST_WAIT_S = 60;

/**
 * A call that gave no usable reply.
 * `status` is the HTTP status, 0 when the server could not be reached or answered something else than the API.
 * `text` is the server's own sentence for a person, or "". `wait` is in seconds, 0 unless the status is 429.
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
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class ChatApi {
  /** @param {URL|string} base address of the folder that this script is served from, with its last slash */
  constructor(base) {
    this.base = base;
  }

  /** @returns {Promise<{session: string, expires_in: number, messages: object[]}>} */
  openSession() {
    return this.#post("session", {});
  }

  /** @param {{text: string}|{choice: string}} content */
  async sendMessage(session, key, content) {
    return (await this.#post("message", { session, key, ...content })).messages;
  }

  async restart(session) {
    return (await this.#post("restart", { session })).messages;
  }

  async #post(path, body) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    let response;
    let data;
    try {
      response = await fetch(new URL(path, this.base), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        signal: abort.signal,
      });
      data = JSON.parse(await response.text());
    } catch {
      // Network failure, time-out, or a body that is not JSON (a proxy's page): no reply from Jalon.
      throw new ApiError(response && !response.ok ? response.status : 0, "", waitOf(response));
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) throw new ApiError(response.status, sentenceOf(data), waitOf(response));
    if (!Array.isArray(data?.messages)) throw new ApiError(0);
    return data;
  }
}

function sentenceOf(data) {
  const message = data?.error?.message;
  return typeof message === "string" ? message : "";
}

function waitOf(response) {
  if (response?.status !== 429) return 0;
  const seconds = Math.ceil(Number(response.headers.get("Retry-After")));
  return seconds > 0 ? Math.min(seconds, LONGEST_WAIT_S) : DEFAULT_WAIT_S;
}
