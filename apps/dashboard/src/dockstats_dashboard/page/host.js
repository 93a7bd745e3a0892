/**
 * One host as this page knows it: the newest of each kind of message, and beside it what the charts need of the past.
 *
 * All times are the dashboard's. Not here: which hosts there are, and whose clock is whose (model), words for how a host
 * is (condition).
 *
 * @typedef {import("./messages.js").AgentEntry} AgentEntry
 * @typedef {import("./messages.js").AgentConnection} AgentConnection
 * @typedef {import("./messages.js").AgentBatch} AgentBatch
 * @typedef {import("./messages.js").ContainerFacts} ContainerFacts
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 *
 * @typedef {object} SparkPast the last minute of one host's containers, as the dashboard kept it
 * @property {number} endAt
 * @property {number} stepMs
 * @property {Map<string, { cpu: ArrayLike<number | null>, memory: ArrayLike<number | null> }>} containers by short id
 */

import { Container, countsOf } from "./container.js";

/** What a host's series keeps: the names of the dashboard's history, where its past comes from. */
export const HOST_COLUMNS = /** @type {const} */ ([
  "cpu_pct",
  "mem_bytes",
  "net_rx_bytes_per_sec",
  "net_tx_bytes_per_sec",
  "block_read_bytes_per_sec",
  "block_write_bytes_per_sec",
  "cpu_pressure_pct",
  "mem_pressure_pct",
  "io_pressure_pct",
]);

/** Keeps nothing: charts come after the first figures. @type {import("./buckets.js").Series} */
const NO_SERIES = {
  columns: [],
  bucketMs: 1,
  count: 0,
  holdMs: 0,
  revision: 0,
  newestAt: null,
  push() {},
  fill() {},
  column: () => new Float32Array(0),
  copy: () => NO_SERIES,
};

/** A container that vanished is shown for so long, with its exit code. */
export const GONE_MS = 10_000;

const SILENT_AFTER_INTERVALS = 3;
const SILENT_AFTER_MS = 3000;
/** Beyond this difference a host's own time is not believed; once it is not, beyond half of it. */
const CLOCK_OFF_MS = 5000;
const ORDINARY_INTERVAL_MS = 1000;

export class Host {
  /** The sums of the newest batch, in the order of HOST_COLUMNS; one array for all batches. @type {(number | null)[]} */
  #figures = HOST_COLUMNS.map(() => null);
  #clockIsOff = false;
  /** Kept for containers that come after it did. @type {SparkPast | null} */
  #sparkPast = null;

  /** @param {AgentEntry} entry @param {import("./buckets.js").Series} [series] for its charts */
  constructor(entry, series = NO_SERIES) {
    this.entry = entry;
    /** @type {AgentConnection | null} */
    this.connection = null;
    /** @type {AgentBatch | null} */
    this.batch = null;
    /** When the newest batch came. @type {number | null} */
    this.batchAt = null;
    /**
     * When the figures of the newest batch were taken: the time of its points, as in the dashboard's history.
     *
     * @type {number | null}
     */
    this.takenAt = null;
    /** By short id. @type {Map<string, ContainerFacts> | null} */
    this.inventory = null;
    /**
     * By short id: those with figures, those that do not run, and for a few seconds those that vanished.
     *
     * @type {Map<string, Container>}
     */
    this.containers = new Map();
    this.counts = countsOf([]);
    /** Of the last half hour, oldest first. @type {ContainerEvent[]} */
    this.events = [];
    this.series = series;
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

  /** Whether its figures are of now: a short reconnect between two batches changes nothing. @param {number} now */
  isLive(now) {
    const status = this.connection?.status ?? "connecting";
    const told = status === "connected" || status === "connecting";
    return told && this.batch !== null && !this.isSilent(now) && this.batch.engine?.reachable !== false;
  }

  /** @param {AgentBatch} batch @param {number} now */
  takeBatch(batch, now) {
    this.batch = batch;
    this.batchAt = Math.min(now, batch.received_at);
    const trusted = this.#clockIsOff ? CLOCK_OFF_MS / 2 : CLOCK_OFF_MS;
    this.#clockIsOff = Math.abs(batch.received_at - batch.sent_at) > trusted;
    const at = (this.takenAt = this.#clockIsOff ? batch.received_at : batch.sent_at);
    this.#gather(now);
    const holdMs = this.silentAfterMs;
    this.series.holdMs = holdMs;
    this.series.push(at, this.#sums(batch));
    for (const sample of batch.containers) {
      if (sample.stale) continue; // old figures under a new time: a gap, as in the dashboard's history
      this.containers.get(sample.id)?.spark.push(at, sample.cpu_pct, sample.mem_bytes, holdMs);
    }
  }

  /** @param {ContainerFacts[]} facts @param {number} now */
  takeInventory(facts, now) {
    this.inventory = new Map(facts.map((fact) => [fact.id, fact]));
    this.#gather(now);
  }

  /** @param {ContainerEvent[]} events */
  takeEvents(events) {
    this.events = events;
    for (const container of this.containers.values()) {
      if (container.gone !== null) container.gone.exitCode = this.#exitCode(container);
    }
  }

  /** Puts the dashboard's last minute before what came live. @param {SparkPast} past */
  fillSparks(past) {
    this.#sparkPast = past;
    for (const container of this.containers.values()) this.#fillSpark(container);
    this.version += 1;
  }

  /** One that later messages do not change. @param {number} [until] leaves out what its charts and events have later */
  copy(until = Infinity) {
    const copy = Object.assign(new Host(this.entry), this);
    copy.containers = new Map();
    for (const [id, container] of this.containers) copy.containers.set(id, container.copy(copy));
    copy.takePastOf(this, until);
    return copy;
  }

  /**
   * Takes over what messages of one instant do not have: charts and events up to then.
   *
   * @param {Host} host
   * @param {number} until
   */
  takePastOf(host, until) {
    this.series = host.series.copy(until);
    this.events = host.events.filter((event) => event.at <= until);
  }

  /** @param {number} now */
  #gather(now) {
    const before = this.containers;
    /** @type {Map<string, Container>} */
    const containers = new Map();
    for (const sample of this.batch?.containers ?? []) {
      const container = before.get(sample.id) ?? this.#create(sample.id);
      container.sample = sample;
      container.name = sample.name;
      containers.set(sample.id, container);
    }
    for (const facts of this.inventory?.values() ?? []) {
      let container = containers.get(facts.id);
      if (container === undefined) {
        container = before.get(facts.id) ?? this.#create(facts.id);
        container.sample = null;
        container.name = facts.name;
        containers.set(facts.id, container);
      }
      container.facts = facts;
      container.fullId = facts.full_id;
    }
    for (const container of containers.values()) container.gone = null;
    this.counts = countsOf(containers.values());
    for (const [id, container] of before) {
      if (containers.has(id)) continue;
      container.sample = null;
      container.gone ??= { at: now, exitCode: this.#exitCode(container) };
      if (now - container.gone.at < GONE_MS) containers.set(id, container);
    }
    this.containers = containers;
    if (containers.size > 0 || (this.batch !== null && cpuOf(this.batch) !== null)) this.hasFigures = true;
  }

  /** @param {string} id */
  #create(id) {
    const container = new Container(this, id);
    this.#fillSpark(container);
    return container;
  }

  /** @param {Container} container */
  #fillSpark(container) {
    const past = this.#sparkPast?.containers.get(container.id);
    if (!this.#sparkPast || !past) return;
    container.spark.fill(this.#sparkPast.endAt, this.#sparkPast.stepMs, past.cpu, past.memory);
  }

  /** @param {Container} container @returns {number | null} */
  #exitCode(container) {
    for (let index = this.events.length - 1; index >= 0; index -= 1) {
      const event = this.events[index];
      if (event?.id === container.id && event.exit_code !== null) return event.exit_code;
    }
    return container.facts?.exit_code ?? null;
  }

  /** @param {AgentBatch} batch */
  #sums(batch) {
    const { host } = batch;
    const sums = this.#figures.fill(null);
    sums[0] = cpuOf(batch);
    sums[1] = memoryOf(batch);
    for (const sample of batch.containers) {
      if (sample.stale) continue;
      sums[2] = plus(sums[2], sample.net_rx_bytes_per_sec);
      sums[3] = plus(sums[3], sample.net_tx_bytes_per_sec);
      sums[4] = plus(sums[4], sample.block_read_bytes_per_sec);
      sums[5] = plus(sums[5], sample.block_write_bytes_per_sec);
    }
    sums[6] = host.cpu_pressure_pct;
    sums[7] = host.mem_pressure_pct;
    sums[8] = host.io_pressure_pct;
    return sums;
  }
}

/** Of those that are known. @param {number | null | undefined} sum @param {number | null} value */
function plus(sum, value) {
  return value === null ? (sum ?? null) : (sum ?? 0) + value;
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
