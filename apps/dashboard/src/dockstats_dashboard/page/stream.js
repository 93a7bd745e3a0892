/**
 * One event stream that is always being read or being opened again.
 *
 *     opening --open--> open --error, silence--> waiting --time--> opening
 *        '------------- error, too slow -----------^
 *
 * A browser's EventSource gives up for good when a proxy answers 502, and never notices a connection that died without
 * a word. So every loss is handled here, the same way: close, wait a little longer each time, open a new one; and no
 * state is without a deadline. Comments (the server's heartbeat) do not reach a page, so silence means: no message.
 * Not here: what messages mean (messages, model), what is shown (fleet-bar).
 *
 * @typedef {object} EventSourceLike
 * @property {((event: any) => any) | null} onopen
 * @property {((event: any) => any) | null} onmessage its event has `data`
 * @property {((event: any) => any) | null} onerror
 * @property {() => void} close
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(call: () => void, ms: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random from 0 to 1
 *
 * @typedef {object} StreamState
 * @property {"opening" | "open" | "waiting"} kind
 * @property {number} since when the last message came, or, before the first, when opening began
 * @property {number | null} lostAt when it was lost; null once a message comes
 * @property {number | null} retryAt when the next attempt starts, while waiting
 * @property {number} attempts that failed in a row
 */

/** How long each state may take. */
export const DEADLINES = {
  openingMs: 15_000, // longer than any healthy server needs
  firstWaitMs: 500,
  longestWaitMs: 15_000, // a person who looks at the page should not wait longer
  quietMs: 60_000, // with no agent connected, only attempts to reach one are heard of: at least every 30 s
};

/** The browser's clock. @type {Clock} */
export const browserClock = {
  now: () => Date.now(),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

export class LiveStream {
  /** @type {EventSourceLike | null} */
  #source = null;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {new (url: string) => EventSourceLike} options.EventSource
   * @param {Clock} options.clock
   * @param {(data: unknown) => void} options.onMessage
   * @param {() => void} options.onState called after each change of `state`
   * @param {() => number} [options.quietMs] after how many milliseconds without a message the stream is taken for dead
   */
  constructor({ url, EventSource, clock, onMessage, onState, quietMs = () => DEADLINES.quietMs }) {
    this.url = url;
    this.EventSource = EventSource;
    this.clock = clock;
    this.onMessage = onMessage;
    this.onState = onState;
    this.quietMs = quietMs;
    this.lastMessageAt = clock.now();
    /** @type {StreamState} */
    this.state = { kind: "opening", since: this.lastMessageAt, lostAt: null, retryAt: null, attempts: 0 };
  }

  /** Open it now: at the start, or because a person or the network says that it may work again. */
  open() {
    this.#leave();
    this.#enter("opening", DEADLINES.openingMs, () => this.#lost());
    const source = new this.EventSource(this.url);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = ({ data }) => this.#took(data);
    source.onerror = () => this.#lost();
  }

  /** Try at once if it is waiting for its next attempt. */
  hurry() {
    if (this.state.kind === "waiting") this.open();
  }

  close() {
    this.#leave();
  }

  #opened() {
    this.lastMessageAt = this.clock.now(); // silence counts from here
    this.#enter("open", this.quietMs(), () => this.#check());
  }

  /** @param {unknown} data */
  #took(data) {
    this.lastMessageAt = this.clock.now();
    this.state.since = this.lastMessageAt;
    this.state.lostAt = null;
    this.state.attempts = 0; // not at `open`: a proxy may accept and break every connection
    this.onMessage(data);
  }

  /** Arm the next look instead of moving a timer with every message. */
  #check() {
    const left = this.quietMs() - (this.clock.now() - this.lastMessageAt);
    if (left <= 0) this.#lost();
    else this.#timer = this.clock.setTimeout(() => this.#check(), left);
  }

  #lost() {
    this.#leave();
    const { attempts } = this.state;
    const longest = Math.min(DEADLINES.longestWaitMs, DEADLINES.firstWaitMs * 2 ** Math.min(attempts, 10));
    const wait = longest * (0.5 + 0.5 * this.clock.random());
    this.#enter("waiting", wait, () => this.open());
  }

  /**
   * @param {StreamState["kind"]} kind
   * @param {number} ms deadline
   * @param {() => void} then what happens at it
   */
  #enter(kind, ms, then) {
    this.clock.clearTimeout(this.#timer);
    const waiting = kind === "waiting";
    this.state = {
      kind,
      since: this.state.since,
      lostAt: this.state.lostAt ?? (waiting ? this.clock.now() : null),
      retryAt: waiting ? this.clock.now() + ms : null,
      attempts: this.state.attempts + (waiting ? 1 : 0),
    };
    this.#timer = this.clock.setTimeout(then, ms);
    this.onState();
  }

  #leave() {
    this.clock.clearTimeout(this.#timer);
    const source = this.#source;
    if (source === null) return;
    this.#source = null;
    source.onopen = source.onmessage = source.onerror = null;
    source.close();
  }
}
