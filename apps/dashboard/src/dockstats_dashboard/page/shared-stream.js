/**
 * The stream as one tab has it: from the worker that all tabs share, or its own where there is none.
 *
 *     joining --answer--> shared --silent for too long--> joining
 *        '--- no worker, an error, no answer ---> alone, or, without its file, waiting --> joining
 *
 * Not here: the worker (stream-hub), how a stream is kept open (stream).
 *
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./stream.js").LiveStream} LiveStream
 * @typedef {typeof import("./dashboard-stream.js").dashboardStream} OpenStream
 * @typedef {import("./stream.js").StreamState} StreamState
 * @typedef {import("./stream-hub.js").FromTab} FromTab
 * @typedef {import("./stream-hub.js").ToTab} ToTab
 *
 * @typedef {object} WorkerPort the part of a MessagePort that is used
 * @property {(message: FromTab) => void} postMessage
 * @property {((event: any) => any) | null} onmessage its event has `data`
 * @property {() => void} close
 *
 * @typedef {{ port: WorkerPort, onerror: ((event: any) => any) | null }} WorkerLike
 */

import { streamWorker } from "./stream-worker.js";
import { browserClock } from "./clock.js";
import { watchForWake } from "./wake.js";

export const ANSWER_MS = 2000;
export const SILENT_MS = 50_000; // three of its pings

export class SharedStream {
  /** @type {WorkerLike | null} */
  #worker = null;
  /** @type {LiveStream | null} */
  #own = null;
  /** Which opening of an own one is under way. @type {object | null} */
  #turn = null;
  /** @type {() => void} */
  #stopWatching = () => {};
  /** @type {unknown} */
  #timer = null;
  #heardAt = 0;
  #toldQuietMs = 0;
  /** @type {StreamState} */
  #state;

  /**
   * @param {object} options
   * @param {(data: unknown, at: number) => void} options.onMessage the second is when it came, maybe before this tab
   * @param {() => void} options.onState called after each change of `state`
   * @param {() => number} options.quietMs after how many milliseconds without a message the stream is taken for dead
   * @param {Clock} [options.clock]
   * @param {() => WorkerLike | null} [options.openWorker]
   * @param {(options: Parameters<OpenStream>[0]) => Promise<LiveStream>} [options.openStream]
   */
  constructor(options) {
    this.onMessage = options.onMessage;
    this.onState = options.onState;
    this.quietMs = options.quietMs;
    this.clock = options.clock ?? browserClock;
    this.openWorker = options.openWorker ?? streamWorker;
    this.openStream = options.openStream ?? openHere;
    this.#state = { kind: "opening", since: this.clock.now(), lostAt: null, retryAt: null, attempts: 0, problem: null };
  }

  /** @returns {StreamState} */
  get state() {
    return this.#own?.state ?? this.#state;
  }

  /** Whether it comes from the worker that all tabs share. */
  get shared() {
    return this.#worker !== null && this.#heardAt > 0;
  }

  open() {
    this.close();
    try {
      this.#worker = this.openWorker();
    } catch {
      this.#worker = null; // forbidden here
    }
    if (this.#worker === null) return void this.#goAlone();
    const { port } = this.#worker;
    this.#worker.onerror = () => void this.#goAlone();
    port.onmessage = ({ data }) => this.#heard(port, data);
    this.#timer = this.clock.setTimeout(() => void this.#goAlone(), ANSWER_MS);
  }

  /** Try at once if it is waiting for its next attempt. */
  hurry() {
    if (this.#own !== null) this.#own.hurry();
    else if (this.#worker !== null) this.#worker.port.postMessage({ kind: "hurry" });
    else if (this.#state.kind === "waiting") this.open();
  }

  /** After a sleep, or when the network is back. */
  wake() {
    if (this.#own !== null) this.#own.wake();
    else this.#worker?.port.postMessage({ kind: "wake" });
  }

  close() {
    this.clock.clearTimeout(this.#timer);
    this.#stopWatching();
    this.#own?.close();
    if (this.#worker !== null) {
      const { port } = this.#worker;
      this.#worker.onerror = port.onmessage = null;
      port.postMessage({ kind: "bye" });
      port.close();
    }
    this.#worker = this.#own = this.#turn = null;
    this.#heardAt = this.#toldQuietMs = 0;
  }

  /** @param {WorkerPort} port @param {ToTab} message */
  #heard(port, message) {
    if (this.#heardAt === 0) {
      this.clock.clearTimeout(this.#timer);
      this.#timer = this.clock.setTimeout(() => this.#check(), SILENT_MS);
    }
    this.#heardAt = this.clock.now();
    switch (message.kind) {
      case "state":
        this.#state = message.state;
        this.onState();
        break;
      case "message":
        this.#state = { ...this.#state, since: message.at, lostAt: null, attempts: 0 };
        this.onMessage(message.text, message.at);
        this.#tellQuiet(port);
        break;
      case "ping":
        port.postMessage({ kind: "here" });
    }
  }

  /** How long it may be silent only those know who read the messages. @param {WorkerPort} port */
  #tellQuiet(port) {
    const ms = this.quietMs();
    if (ms === this.#toldQuietMs) return;
    this.#toldQuietMs = ms;
    port.postMessage({ kind: "quiet", ms });
  }

  /** A worker can end without a word, too. */
  #check() {
    const left = SILENT_MS - (this.clock.now() - this.#heardAt);
    if (left <= 0) this.open();
    else this.#timer = this.clock.setTimeout(() => this.#check(), Math.min(left, SILENT_MS));
  }

  async #goAlone() {
    this.close();
    const { onMessage, onState, quietMs } = this;
    const turn = (this.#turn = {});
    const own = await this.openStream({ onMessage, onState, quietMs }).catch(() => null);
    if (this.#turn !== turn) return; // closed meanwhile
    if (own === null) {
      const now = this.clock.now();
      const { lostAt, attempts } = this.#state;
      this.#state = { ...this.#state, kind: "waiting", lostAt: lostAt ?? now, retryAt: now + ANSWER_MS, attempts: attempts + 1 };
      this.#timer = this.clock.setTimeout(() => this.open(), ANSWER_MS);
      return this.onState();
    }
    this.#own = own;
    this.#stopWatching = watchForWake(this.clock, () => own.wake());
    own.open();
  }
}

/** Most browsers have the worker, and never need this. @param {Parameters<OpenStream>[0]} options */
async function openHere(options) {
  const { dashboardStream } = await import("./dashboard-stream.js");
  return dashboardStream(options);
}
