/**
 * One event stream that is always being read or being opened again.
 *
 *     opening --open--> open --error, silence--> waiting --time--> opening
 *        '------------- error, too slow -----------^
 *
 * A browser's EventSource gives up for good when a proxy answers 502, and never notices a connection that died without
 * a word. So every loss is handled here, the same way: close, wait a little longer each time, open a new one; and no
 * state is without a deadline. Comments (the server's heartbeat) do not reach a page, so silence means: no message.
 * It never says why it failed either; a probe by other means does.
 * Not here: what messages mean (messages, model), one for all tabs (stream-hub, shared-stream), the probe (stream-problem).
 *
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./stream-problem.js").Problem} Problem
 *
 * @typedef {object} EventSourceLike
 * @property {((event: any) => any) | null} onopen
 * @property {((event: any) => any) | null} onmessage its event has `data`
 * @property {((event: any) => any) | null} onerror
 * @property {() => void} close
 *
 * @typedef {object} StreamState
 * @property {"opening" | "open" | "waiting"} kind
 * @property {number} since when the last message came, or, before the first, when opening began
 * @property {number | null} lostAt when it was lost; null once a message comes
 * @property {number | null} retryAt when the next attempt starts, while waiting
 * @property {number} attempts that failed in a row
 * @property {Problem | null} problem why, as far as it was found out; null once it is open
 */

/** How long each state may take. */
export const DEADLINES = {
  openingMs: 10_000, // longer than any healthy server needs
  firstWaitMs: 250,
  longestWaitMs: 2500, // a dashboard that is back is found again within 3 s; all tabs of a browser ask as one
  lookMs: 10_000, // how long it may be silent changes with the first messages
  proofMs: 1000, // after a sleep a stream that seems open may be dead: a message shows that it is not
  quietMs: 60_000, // with no agent connected, only attempts to reach one are heard of: at least every 30 s
};

export class LiveStream {
  /** @type {EventSourceLike | null} */
  #source = null;
  /** @type {unknown} */
  #timer = null;
  #closed = true;
  /** The probe under way. @type {object | null} */
  #probing = null;

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {new (url: string) => EventSourceLike} options.EventSource
   * @param {Clock} options.clock
   * @param {(data: unknown, at: number) => void} options.onMessage the second is when it came
   * @param {() => void} options.onState called after each change of `state`
   * @param {() => number} [options.quietMs] after how many milliseconds without a message the stream is taken for dead
   * @param {(attempts: number) => Promise<Problem | null>} [options.probe] finds out why an attempt failed
   */
  constructor({ url, EventSource, clock, onMessage, onState, quietMs = () => DEADLINES.quietMs, probe }) {
    this.url = url;
    this.EventSource = EventSource;
    this.clock = clock;
    this.onMessage = onMessage;
    this.onState = onState;
    this.quietMs = quietMs;
    this.probe = probe;
    this.lastMessageAt = clock.now();
    /** @type {StreamState} */
    this.state = { kind: "opening", since: this.lastMessageAt, lostAt: null, retryAt: null, attempts: 0, problem: null };
  }

  /** Open it now: at the start, or because a person or the network says that it may work again. */
  open() {
    this.#leave();
    this.#closed = false;
    this.#enter("opening", DEADLINES.openingMs, () => this.#lost());
    const source = new this.EventSource(this.url);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onmessage = ({ data }) => this.#took(data);
    source.onerror = () => this.#lost();
  }

  /** Try at once if it is waiting for its next attempt. */
  hurry() {
    if (!this.#closed && this.state.kind === "waiting") this.open();
  }

  /** After a sleep, or when the network is back: whatever is under way is not to be trusted. */
  wake() {
    if (this.#closed) return;
    if (this.state.kind !== "open") {
      this.open();
      return;
    }
    const before = this.lastMessageAt;
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => {
      if (this.lastMessageAt !== before) return this.#check();
      this.#lost();
      this.open();
    }, DEADLINES.proofMs);
  }

  close() {
    this.#leave();
    this.#closed = true;
    this.#probing = null;
  }

  #opened() {
    this.lastMessageAt = this.clock.now(); // silence counts from here
    this.#enter("open", Math.min(this.quietMs(), DEADLINES.lookMs), () => this.#check());
  }

  /** @param {unknown} data */
  #took(data) {
    this.lastMessageAt = this.clock.now();
    this.state.since = this.lastMessageAt;
    this.state.lostAt = null;
    this.state.attempts = 0; // not at `open`: a proxy may accept and break every connection
    this.onMessage(data, this.lastMessageAt);
  }

  /** Arm the next look instead of moving a timer with every message. */
  #check() {
    const left = this.quietMs() - (this.clock.now() - this.lastMessageAt);
    if (left <= 0) this.#lost();
    else this.#timer = this.clock.setTimeout(() => this.#check(), Math.min(left, DEADLINES.lookMs));
  }

  #lost() {
    this.#leave();
    const { attempts, kind } = this.state;
    const longest = Math.min(DEADLINES.longestWaitMs, DEADLINES.firstWaitMs * 2 ** Math.min(attempts, 10));
    const wait = longest * (0.5 + 0.5 * this.clock.random());
    this.#enter("waiting", wait, () => this.open());
    if (kind === "opening") void this.#findProblem();
  }

  async #findProblem() {
    if (this.probe === undefined) return;
    const probing = (this.#probing = {});
    const problem = await this.probe(this.state.attempts);
    if (this.#probing !== probing || this.state.kind === "open") return; // a newer one is under way, or it is well again
    this.state = { ...this.state, problem };
    this.onState();
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
      problem: kind === "open" ? null : this.state.problem,
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
