// What this tab remembers of the conversation: in sessionStorage, for 15 minutes after the last sign of life.

const IDLE_MS = 15 * 60_000;
const PRECISION_MS = 1000;

/** Works without storage too (a frame of a strict browser): nothing is then restored. */
export class Memory {
  #name;
  #seen = Date.now();
  #channel = null;

  /** @param {string} name the key in sessionStorage */
  constructor(name) {
    this.#name = name;
  }

  /** Whether the pupil has been away for too long. A clock on the wall: timers sleep with the machine. */
  get idle() {
    return Date.now() - this.#seen >= IDLE_MS;
  }

  /** @returns {object|null} what was saved, unless it is too old */
  load() {
    const kept = guarded(() => JSON.parse(sessionStorage.getItem(this.#name)));
    if (!kept) return null;
    this.#seen = Number(guarded(() => sessionStorage.getItem(`${this.#name} seen`)));
    if (!this.idle) return kept;
    this.forget();
    return null;
  }

  save(state) {
    guarded(() => sessionStorage.setItem(this.#name, JSON.stringify(state)));
    this.touch(true);
  }

  /** Someone is there. */
  touch(now = false) {
    if (this.idle || (!now && Date.now() - this.#seen < PRECISION_MS)) return;
    this.#seen = Date.now();
    guarded(() => sessionStorage.setItem(`${this.#name} seen`, this.#seen));
  }

  /**
   * Keeps a session for this tab alone, since a tab that is duplicated brings its memory along. With `lost`, asks the
   * other tabs whether one of them has it, and calls `lost` where one does.
   */
  hold(session, lost) {
    this.release();
    guarded(() => {
      const channel = new BroadcastChannel(`${this.#name} ${session}`);
      const asked = Math.random();
      channel.onmessage = ({ data }) => {
        if (data > 0) channel.postMessage(-data);
        else if (data === -asked) lost();
      };
      if (lost) channel.postMessage(asked);
      this.#channel = channel;
    });
  }

  /** Holds nothing more: the page goes, and the next one of the same tab may take up the session. */
  release() {
    this.#channel?.close();
  }

  forget() {
    this.release();
    this.#seen = Date.now();
    for (const part of ["", " seen"]) guarded(() => sessionStorage.removeItem(this.#name + part));
  }

  /** Whether the panel was open, for the next page of the same site. */
  get open() {
    return guarded(() => sessionStorage.getItem(`${this.#name} open`)) === "yes";
  }

  set open(open) {
    guarded(() => sessionStorage.setItem(`${this.#name} open`, open ? "yes" : "no"));
  }
}

/** The value of a call to the storage, null where it is forbidden, full or spoilt. */
function guarded(call) {
  try {
    return call();
  } catch {
    return null;
  }
}
