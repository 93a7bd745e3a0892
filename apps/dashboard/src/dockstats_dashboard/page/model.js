/**
 * The fleet as this page knows it: messages in, hosts with their containers out. No document here.
 *
 * Every message is the whole truth of its kind and host, so the newest of each is all that is kept. Times of the
 * dashboard are translated to this browser's clock when the stream begins, so that an age is right on a machine whose
 * clock is not. Not here: words for what is found (condition), the order of containers over time (order).
 *
 * @typedef {import("./messages.js").AgentEntry} AgentEntry
 * @typedef {import("./messages.js").AgentConnection} AgentConnection
 * @typedef {import("./messages.js").AgentBatch} AgentBatch
 * @typedef {import("./messages.js").ContainerSample} ContainerSample
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 * @typedef {import("./messages.js").StreamMessage} StreamMessage
 *
 * @typedef {object} Container
 * @property {string} id
 * @property {string} name
 * @property {ContainerSample | null} sample null: it does not run
 * @property {ContainerFacts | null} facts null: the agent does not tell, or not yet
 *
 * @typedef {object} Counts how many containers there are of each kind, what matters first; unhealthy ones run, too
 * @property {number} unhealthy
 * @property {number} restarting
 * @property {number} running
 * @property {number} paused
 * @property {number} stopped
 */

import { Order } from "./order.js";
import { Ring } from "./ring.js";

/** What a chart shows. */
export const WINDOW_MS = 30 * 60_000;

const SILENT_AFTER_INTERVALS = 3;
const SILENT_AFTER_MS = 3000;
const CLOCK_OFF_MS = 5000; // beyond this difference a host's own time is not believed, as in the dashboard's history
const ORDINARY_INTERVAL_MS = 1000;

export class Host {
  /** @param {AgentEntry} entry */
  constructor(entry) {
    this.entry = entry;
    /** @type {AgentConnection | null} */
    this.connection = null;
    /** @type {AgentBatch | null} */
    this.batch = null;
    /** When the newest batch came, on this browser's clock. @type {number | null} */
    this.batchAt = null;
    /** @type {Map<string, ContainerFacts> | null} */
    this.inventory = null;
    /** Those with figures first, then those that do not run. @type {Map<string, Container>} */
    this.containers = new Map();
    this.counts = countsOf([]);
    this.order = new Order();
    this.cpu = new Ring();
    /** Whether there was ever anything to show. */
    this.hasFigures = false;
    /** Grows with every change, so that what is drawn can tell whether it is up to date. */
    this.version = 0;
  }

  /** What to call it: a dashboard that was told no name for it has made one up, and the host's own is better. */
  get label() {
    const { id, label } = this.entry;
    const own = this.batch?.agent_label;
    return own && /^agent-\d+$/.test(id) && label === id.replace("agent-", "Agent ") ? own : label;
  }

  /** From one batch to the next, in milliseconds. */
  get intervalMs() {
    const seconds = this.batch?.sampling.interval_secs ?? null;
    return seconds === null ? ORDINARY_INTERVAL_MS : seconds * 1000;
  }

  /** After how many milliseconds without a batch the host counts as silent. */
  get silentAfterMs() {
    return Math.max(SILENT_AFTER_MS, SILENT_AFTER_INTERVALS * this.intervalMs);
  }

  /** @param {number} now */
  isSilent(now) {
    return this.batchAt !== null && now - this.batchAt > this.silentAfterMs;
  }

  /** @param {AgentBatch} batch @param {number} at @param {number} now */
  takeBatch(batch, at, now) {
    this.batch = batch;
    this.batchAt = at;
    const clockIsOff = Math.abs(batch.received_at - batch.sent_at) > CLOCK_OFF_MS;
    this.cpu.push(clockIsOff ? batch.received_at : batch.sent_at, cpuOf(batch));
    this.#gather(now);
  }

  /** @param {ContainerFacts[]} facts @param {number} now */
  takeInventory(facts, now) {
    this.inventory = new Map(facts.map((fact) => [fact.id, fact]));
    this.#gather(now);
  }

  /** @param {number} now */
  #gather(now) {
    /** @type {Map<string, Container>} */
    const containers = new Map();
    for (const sample of this.batch?.containers ?? []) {
      const facts = this.inventory?.get(sample.id) ?? null;
      containers.set(sample.id, { id: sample.id, name: sample.name, sample, facts });
    }
    for (const facts of this.inventory?.values() ?? []) {
      if (!containers.has(facts.id)) containers.set(facts.id, { id: facts.id, name: facts.name, sample: null, facts });
    }
    this.containers = containers;
    this.counts = countsOf(containers.values());
    if (containers.size > 0 || (this.batch !== null && cpuOf(this.batch) !== null)) this.hasFigures = true;
    const entries = [...containers.values()].map(({ id, name, sample }) => ({
      id,
      name,
      cpu: sample?.cpu_pct ?? null,
      running: sample !== null,
    }));
    this.order.take(entries, now);
  }
}

/**
 * The host's CPU as history keeps it: its own, or its containers' sum where the agent cannot see the host.
 *
 * @param {AgentBatch} batch
 * @returns {number | null}
 */
export function cpuOf(batch) {
  return batch.host.basis === "host" ? batch.host.cpu_pct : batch.agent_metrics.cpu_pct;
}

/**
 * Its memory in use, in the same way.
 *
 * @param {AgentBatch} batch
 * @returns {number | null}
 */
export function memoryOf(batch) {
  return batch.host.basis === "host" ? batch.host.mem_used_bytes : batch.agent_metrics.mem_bytes;
}

/** @param {Iterable<Container>} containers @returns {Counts} */
function countsOf(containers) {
  const counts = { unhealthy: 0, restarting: 0, running: 0, paused: 0, stopped: 0 };
  for (const { sample, facts } of containers) {
    const state = facts?.state;
    if (facts?.health === "unhealthy") counts.unhealthy += 1;
    if (state === "restarting" || state === "paused") counts[state] += 1;
    else counts[sample === null ? "stopped" : "running"] += 1;
  }
  return counts;
}

export class Fleet {
  /** @type {Map<string, Host>} */
  #byId = new Map();
  /** What to add to the dashboard's clock to have this browser's. */
  #offsetMs = 0;

  constructor() {
    /** In the configured order; null before the dashboard named them. @type {Host[] | null} */
    this.hosts = null;
    this.simulated = false;
  }

  /**
   * Takes in one message.
   *
   * @param {StreamMessage} message
   * @param {number} now milliseconds
   */
  take(message, now) {
    if (message.type === "agent_list") {
      this.#offsetMs = now - message.ts;
      this.simulated = message.simulated;
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
      case "container_stats_batch":
        host.takeBatch(message, Math.min(now, this.local(message.received_at)), now);
        break;
      case "container_inventory":
        host.takeInventory(message.containers, now);
    }
  }

  /** A time of the dashboard on this browser's clock. @param {number} at */
  local(at) {
    return at + this.#offsetMs;
  }

  /** A time of this browser on the dashboard's clock. @param {number} at */
  remote(at) {
    return at - this.#offsetMs;
  }

  /** The longest that the whole stream may be quiet before something must be wrong with it, in milliseconds. */
  get quietMs() {
    const intervals = (this.hosts ?? [])
      .filter((host) => host.connection?.status === "connected" && host.batch !== null)
      .map((host) => 5 * host.intervalMs);
    return Math.min(60_000, Math.max(10_000, intervals.length === 0 ? 60_000 : Math.min(...intervals)));
  }

  /** @param {AgentEntry[]} entries */
  #follow(entries) {
    const before = this.#byId;
    this.#byId = new Map();
    for (const entry of entries) {
      const host = before.get(entry.id) ?? new Host(entry);
      host.entry = entry;
      host.version += 1;
      this.#byId.set(entry.id, host);
    }
    this.hosts = [...this.#byId.values()];
  }
}
