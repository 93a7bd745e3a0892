/**
 * The fleet as this page knows it: messages in, hosts with their containers out. No document here.
 *
 * Every message is the whole truth of its kind and host, so the newest of each is all that is kept. All times are the
 * dashboard's: a browser's clock may be wrong, and two clocks in one page are. Not here: what a host makes of a message
 * (host), words for what is found (condition), which instant is shown (time-machine).
 *
 * @typedef {import("./messages.js").AgentEntry} AgentEntry
 * @typedef {import("./messages.js").StreamMessage} StreamMessage
 * @typedef {import("./container.js").Counts} Counts
 * @typedef {{ startedAt: number, heardAt: number }} Restart of the dashboard, on its own clock
 */

import { Container } from "./container.js";
import { GONE_MS, Host, cpuOf, memoryOf } from "./host.js";

export { Container, GONE_MS, Host, cpuOf, memoryOf };

/** What a chart shows, and the dashboard keeps. */
export const WINDOW_MS = 30 * 60_000;

export class Fleet {
  /** @type {Map<string, Host>} */
  #byId = new Map();
  /** @type {(() => import("./buckets.js").Series) | null} */
  #makeSeries = null;
  /** What to add to the dashboard's clock to have this browser's. */
  offsetMs = 0;

  constructor() {
    /** In the configured order; null before the dashboard named them. @type {Host[] | null} */
    this.hosts = null;
    this.simulated = false;
    /** When the dashboard began. @type {number | null} */
    this.startedAt = null;
    /** That it began anew since this page was opened, and when the page heard so. @type {Restart | null} */
    this.restart = null;
  }

  /**
   * Takes in one message.
   *
   * @param {StreamMessage} message
   * @param {number} nowBrowser when it came, on this browser's clock
   */
  take(message, nowBrowser) {
    if (message.type === "agent_list") {
      this.offsetMs = nowBrowser - message.ts;
      this.simulated = message.simulated;
      const { started_at: startedAt } = message;
      const another = startedAt !== null && this.startedAt !== null && startedAt !== this.startedAt;
      if (another) this.restart = { startedAt, heardAt: message.ts };
      this.startedAt = startedAt;
      this.#follow(message.agents);
      return;
    }
    const host = this.#byId.get(message.agent_id);
    if (host === undefined) return; // not one of those that the list named
    host.version += 1;
    switch (message.type) {
      case "agent_status":
        host.connection = message;
        break;
      case "container_stats_columns":
        // Nothing comes from the future: the list, from which the clocks' difference is known, came late itself.
        if (message.received_at > this.remote(nowBrowser)) this.offsetMs = nowBrowser - message.received_at;
        host.takeBatch(message, this.remote(nowBrowser));
        break;
      case "container_inventory":
        host.takeInventory(message.containers, this.remote(nowBrowser));
        break;
      case "container_events":
        host.takeEvents(message.events);
    }
  }

  /** From now on every host keeps what its charts show. @param {() => import("./buckets.js").Series} make */
  keepSeries(make) {
    this.#makeSeries = make;
    for (const host of this.#byId.values()) host.series = make();
  }

  /** A time of the dashboard on this browser's clock. @param {number} at */
  local(at) {
    return at + this.offsetMs;
  }

  /** A time of this browser on the dashboard's clock. @param {number} at */
  remote(at) {
    return at - this.offsetMs;
  }

  /** @param {string} agentId */
  host(agentId) {
    return this.#byId.get(agentId);
  }

  /** @param {string} key */
  container(key) {
    const cut = key.lastIndexOf("/"); // an agent's id is a person's choice and may have one, too
    return this.#byId.get(key.slice(0, Math.max(0, cut)))?.containers.get(key.slice(cut + 1));
  }

  /** The longest that the whole stream may be quiet before something must be wrong with it, in milliseconds. */
  get quietMs() {
    const intervals = (this.hosts ?? [])
      .filter((host) => host.connection?.status === "connected" && host.batch !== null)
      .map((host) => 5 * host.intervalMs);
    return Math.min(60_000, Math.max(10_000, intervals.length === 0 ? 60_000 : Math.min(...intervals)));
  }

  /** A copy that later messages do not change. @returns {Fleet} */
  frozen() {
    const copy = new Fleet();
    copy.simulated = this.simulated;
    copy.offsetMs = this.offsetMs;
    copy.hosts = this.hosts?.map((host) => host.copy()) ?? null;
    copy.#byId = new Map(copy.hosts?.map((host) => [host.entry.id, host]));
    return copy;
  }

  /**
   * The fleet of an earlier instant.
   *
   * @param {readonly StreamMessage[]} messages what the stream would have said then
   * @param {number} at
   * @returns {Fleet}
   */
  asOf(messages, at) {
    const past = new Fleet();
    for (const message of messages) past.take(message, at);
    past.offsetMs = this.offsetMs;
    for (const host of past.hosts ?? []) {
      const live = this.#byId.get(host.entry.id);
      if (live !== undefined) host.takePastOf(live, at);
    }
    return past;
  }

  /** @param {AgentEntry[]} entries */
  #follow(entries) {
    const before = this.#byId;
    this.#byId = new Map();
    for (const entry of entries) {
      const host = before.get(entry.id) ?? new Host(entry, this.#makeSeries?.());
      host.entry = entry;
      host.version += 1;
      this.#byId.set(entry.id, host);
    }
    this.hosts = [...this.#byId.values()];
  }
}
