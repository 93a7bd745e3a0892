/**
 * One stream for all tabs of a browser: the program of a SharedWorker.
 *
 * Over HTTP/1.1 a browser opens six connections to one server, so a stream a tab would leave the seventh tab hanging.
 * The newest text of each kind and agent is kept for tabs that join later. A tab that crashed says nothing, and one that
 * the browser froze lets messages pile up: both are asked now and then, forgotten when they do not answer, and greeted
 * anew when they speak again. Not here: the tab's side (shared-stream), what texts mean (messages).
 *
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./stream.js").LiveStream} LiveStream
 * @typedef {import("./stream.js").StreamState} StreamState
 *
 * @typedef {object} Port the part of a MessagePort that is used
 * @property {(message: ToTab) => void} postMessage
 * @property {((event: any) => any) | null} onmessage its event has `data`
 *
 * @typedef {{ kind: "state", state: StreamState }
 *   | { kind: "message", text: unknown, at: number }
 *   | { kind: "ping" }} ToTab
 * @typedef {{ kind: "here" } | { kind: "hurry" } | { kind: "wake" } | { kind: "bye" }
 *   | { kind: "quiet", ms: number }} FromTab
 */

import { dashboardStream } from "./dashboard-stream.js";
import { DEADLINES } from "./stream.js";
import { browserClock } from "./clock.js";
import { watchForWake } from "./wake.js";

export const PING_MS = 15_000;
const UNANSWERED_PINGS = 3;

/** Agents' messages begin so, as the server writes them; parsing all of it would only find the same. */
const HEAD = /^\{"type":"([a-z_]{1,64})"(?:,"agent_id":("(?:[^"\\]|\\.){0,1024}"))?/;

export class StreamHub {
  /** Each tab, and how many pings it has not answered. @type {Map<Port, number>} */
  #tabs = new Map();
  /** @type {Map<string, { text: string, at: number }>} */
  #newest = new Map();
  #quietMs = DEADLINES.quietMs;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(options: Parameters<typeof dashboardStream>[0]) => LiveStream} options.openStream
   */
  constructor({ clock, openStream }) {
    this.clock = clock;
    this.stream = openStream({
      onMessage: (text, at) => this.#took(text, at),
      onState: () => this.#tell({ kind: "state", state: this.stream.state }),
      quietMs: () => this.#quietMs,
    });
  }

  get tabCount() {
    return this.#tabs.size;
  }

  /** @param {Port} port of a tab that opened */
  join(port) {
    port.onmessage = ({ data }) => this.#heard(port, data);
    this.#greet(port);
  }

  /** The machine was asleep. */
  wake() {
    if (this.#tabs.size > 0) this.stream.wake();
  }

  /** @param {Port} port */
  #greet(port) {
    const first = this.#tabs.size === 0;
    this.#tabs.set(port, 0);
    if (first) {
      this.#newest.clear();
      this.stream.open();
      this.#timer = this.clock.setTimeout(() => this.#ping(), PING_MS);
      return;
    }
    port.postMessage({ kind: "state", state: this.stream.state });
    for (const { text, at } of this.#newest.values()) port.postMessage({ kind: "message", text, at });
  }

  /** @param {Port} port @param {FromTab} message */
  #heard(port, message) {
    if (message.kind === "bye") return this.#forget(port);
    if (this.#tabs.has(port)) this.#tabs.set(port, 0);
    else this.#greet(port);
    if (message.kind === "quiet") this.#quietMs = message.ms;
    if (message.kind === "hurry") this.stream.hurry();
    if (message.kind === "wake") this.stream.wake();
  }

  /** @param {unknown} text @param {number} at */
  #took(text, at) {
    if (typeof text !== "string") return;
    const [, type, agent] = HEAD.exec(text) ?? [];
    if (type === "agent_list") this.#newest.clear(); // everything is told anew after it
    if (type !== undefined) this.#newest.set(`${type} ${agent ?? ""}`, { text, at });
    this.#tell({ kind: "message", text, at });
  }

  /** @param {ToTab} message */
  #tell(message) {
    for (const port of this.#tabs.keys()) port.postMessage(message);
  }

  #ping() {
    for (const [port, unanswered] of this.#tabs) {
      if (unanswered >= UNANSWERED_PINGS) this.#forget(port);
      else this.#tabs.set(port, unanswered + 1);
    }
    if (this.#tabs.size === 0) return;
    this.#timer = this.clock.setTimeout(() => this.#ping(), PING_MS);
    this.#tell({ kind: "ping" });
  }

  /** @param {Port} port */
  #forget(port) {
    if (!this.#tabs.delete(port) || this.#tabs.size > 0) return;
    this.clock.clearTimeout(this.#timer);
    this.stream.close();
  }
}

if ("SharedWorkerGlobalScope" in globalThis) {
  const hub = new StreamHub({ clock: browserClock, openStream: dashboardStream });
  const scope = /** @type {{ onconnect?: (event: MessageEvent) => void }} */ (/** @type {unknown} */ (globalThis));
  scope.onconnect = ({ ports: [port] }) => port && hub.join(port);
  watchForWake(browserClock, () => hub.wake());
}
