/**
 * Containers grouped by host, compose project or image, and what each group has together. Pure.
 *
 * Only figures of now are added up. A limit is told only where all have one; a network that containers share is counted
 * once; how many figures are missing from a sum is told beside it. Not here: the order of groups (order), their rows
 * (table-group).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./view-state.js").GroupBy} GroupBy
 *
 * @typedef {object} Sum
 * @property {number | null} value null: none of them is known
 * @property {number} unknown how many are missing from it
 *
 * @typedef {object} Totals
 * @property {number} all containers, without those that are gone
 * @property {number} running
 * @property {number} unhealthy
 * @property {number} restarting
 * @property {number} old running ones whose figures are not of now, and in no sum
 * @property {number} hosts
 * @property {Sum} cpu 100 = one core
 * @property {number | null} cores of all their hosts; null: of one it is not known
 * @property {number | null} limitCores null: not all have a CPU limit
 * @property {Sum} memory
 * @property {Sum} cache
 * @property {number | null} memoryLimit null: not all have one
 * @property {Sum} received bytes a second
 * @property {Sum} sent
 * @property {Sum} read
 * @property {Sum} written
 * @property {Sum} pids
 * @property {number | null} restarts
 * @property {number | null} pressure the highest of them, not a sum
 * @property {number | null} throttled the highest of them
 *
 * @typedef {object} Group
 * @property {string} key
 * @property {string} name
 * @property {Row[]} rows
 */

import { sumOf } from "./columns.js";
import { kindOf, stateOf } from "./container.js";
import { worstPressure } from "./pressure.js";
import { SPARK_BUCKET_MS, SPARK_COUNT } from "./spark.js";

/** Why a network figure is missing although nothing is missing from the sum. */
const COUNTED_ELSEWHERE = new Set(["shared_network", "no_network"]);

/** @param {Iterable<Row>} rows @param {GroupBy} by @returns {Map<string, Group>} by key, in the order of the rows */
export function groupsOf(rows, by) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const row of rows) {
    const name = nameOf(row, by);
    const key = `${by}:${by === "host" ? row.host.entry.id : name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, name, rows: [row] });
    else group.rows.push(row);
  }
  return groups;
}

/** @param {Row} row @param {GroupBy} by */
function nameOf({ host, container: { facts } }, by) {
  if (by === "host") return host.label;
  if (by === "project") return facts?.compose_project || "standalone";
  return facts?.image || "image not known";
}

/** @param {readonly Row[]} rows @returns {Totals} */
export function totalsOf(rows) {
  const totals = nothing();
  const hosts = new Set();
  let allLimited = true;
  let allCpuLimited = true;
  for (const { container, host, live } of rows) {
    const { sample, facts, gone } = container;
    if (gone !== null) continue;
    totals.all += 1;
    hosts.add(host);
    if (facts?.health === "unhealthy") totals.unhealthy += 1;
    const kind = kindOf(stateOf(container));
    if (kind === "running" || kind === "restarting") totals[kind] += 1;
    if (facts?.restart_count != null) totals.restarts = (totals.restarts ?? 0) + facts.restart_count;
    if (sample === null) continue;
    if (!live) {
      totals.old += 1;
      continue;
    }
    add(totals.cpu, sample.cpu_pct);
    add(totals.memory, sample.mem_bytes);
    add(totals.cache, sample.mem_cache_bytes);
    add(totals.read, sample.block_read_bytes_per_sec);
    add(totals.written, sample.block_write_bytes_per_sec);
    add(totals.pids, sample.pids);
    totals.pressure = higher(totals.pressure, worstPressure(sample)?.pct ?? null);
    totals.throttled = higher(totals.throttled, sample.throttled_pct);
    if (!isCountedElsewhere(container)) {
      add(totals.received, sample.net_rx_bytes_per_sec);
      add(totals.sent, sample.net_tx_bytes_per_sec);
    }
    if (facts?.mem_limit_bytes == null) allLimited = false;
    else totals.memoryLimit = (totals.memoryLimit ?? 0) + facts.mem_limit_bytes;
    if (facts?.cpu_limit_cores == null) allCpuLimited = false;
    else totals.limitCores = (totals.limitCores ?? 0) + facts.cpu_limit_cores;
  }
  if (!allLimited) totals.memoryLimit = null;
  if (!allCpuLimited) totals.limitCores = null;
  totals.hosts = hosts.size;
  totals.cores = [...hosts].reduce((sum, host) => {
    const cores = host.batch?.host.cores ?? null;
    return sum === null || cores === null ? null : sum + cores;
  }, /** @type {number | null} */ (0));
  return totals;
}

/** Whether its traffic is another one's, or there is none. @param {import("./model.js").Container} container */
function isCountedElsewhere({ sample, facts }) {
  if (facts?.network_of != null) return true;
  const code = sample?.unknown.get("network_rates") ?? sample?.unknown.get("network");
  return code !== undefined && COUNTED_ELSEWHERE.has(code);
}

/** @returns {Totals} */
function nothing() {
  const sum = () => ({ value: null, unknown: 0 });
  return {
    all: 0,
    running: 0,
    unhealthy: 0,
    restarting: 0,
    old: 0,
    hosts: 0,
    cpu: sum(),
    cores: null,
    limitCores: null,
    memory: sum(),
    cache: sum(),
    memoryLimit: null,
    received: sum(),
    sent: sum(),
    read: sum(),
    written: sum(),
    pids: sum(),
    restarts: null,
    pressure: null,
    throttled: null,
  };
}

/** @param {Sum} sum @param {number | null} value */
function add(sum, value) {
  if (value === null) sum.unknown += 1;
  else sum.value = (sum.value ?? 0) + value;
}

/** @param {number | null} one @param {number | null} other */
function higher(one, other) {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

/**
 * What a group is sorted by when its rows are sorted by that column.
 *
 * @param {string} column
 * @param {Group} group
 * @param {Totals} totals
 * @param {import("./format.js").Format} format
 * @returns {number | string | null}
 */
export function groupValue(column, { name }, totals, format) {
  switch (column) {
    case "cpu":
    case "cpu60":
      return totals.cpu.value === null ? null : format.cpuValue(totals.cpu.value, totals);
    case "memory":
    case "memory60":
      return totals.memory.value;
    case "network":
      return sumOf(totals.received.value, totals.sent.value);
    case "disk":
      return sumOf(totals.read.value, totals.written.value);
    case "pids":
      return totals.pids.value;
    case "restarts":
    case "pressure":
    case "throttled":
      return totals[column];
    default:
      return name;
  }
}

/**
 * "7 of 8 running · 1 unhealthy · 3 hosts"
 *
 * @param {Totals} totals
 * @param {boolean} withHosts
 */
export function countsText({ all, running, unhealthy, restarting, old, hosts }, withHosts) {
  const parts = [`${running} of ${all} running`];
  if (unhealthy > 0) parts.push(`${unhealthy} unhealthy`);
  if (restarting > 0) parts.push(`${restarting} restarting`);
  if (old > 0) parts.push(`${old} not live`);
  if (withHosts && hosts > 1) parts.push(`${hosts} hosts`);
  return parts.join(" · ");
}

/**
 * The last minute of all of them together.
 *
 * @param {readonly Row[]} rows
 * @param {"cpu" | "memory"} which
 * @returns {{ values: Float32Array, endAt: number | null }}
 */
export function lineOf(rows, which) {
  const values = new Float32Array(SPARK_COUNT).fill(NaN);
  const counted = rows.filter(({ live, container }) => live && container.gone === null);
  const ends = counted.map(({ container }) => container.spark.endAt).filter((endAt) => endAt !== null);
  const latest = ends.length === 0 ? null : Math.max(...ends);
  for (const { container } of counted) {
    const { endAt, [which]: own } = container.spark;
    if (endAt === null || latest === null) continue;
    const late = (latest - endAt) / SPARK_BUCKET_MS;
    for (let index = late; index < SPARK_COUNT; index += 1) {
      const value = own[index] ?? NaN;
      if (Number.isNaN(value)) continue;
      const sum = values[index - late] ?? NaN;
      values[index - late] = Number.isNaN(sum) ? value : sum + value;
    }
  }
  return { values, endAt: latest };
}
