/**
 * What all hosts have together: only of hosts whose figures are of now, and from how many of them; when there is none,
 * the last that was known, marked as such. Pure.
 *
 * A figure that a host does not know is missing from the sum, and the sum says of how many hosts it is; it is null when
 * none knows. Traffic of a shared network is counted once, at the container that owns it, because the others do not
 * know it. Not here: the tiles (fleet-bar).
 *
 * @typedef {import("./model.js").Host} Host
 * @typedef {import("./condition.js").Condition} Condition
 *
 * @typedef {object} Sum
 * @property {number | null} value null: nobody knows
 * @property {number} hosts how many are in it
 *
 * @typedef {object} Totals
 * @property {boolean} stale no host is live: these are the last that were known
 * @property {{ configured: number, live: number, lost: number }} hosts
 * @property {import("./model.js").Counts} containers
 * @property {Sum} cpu 100 = one core
 * @property {number | null} cores of the same hosts; null: one of them does not tell
 * @property {Sum} memory bytes in use
 * @property {number | null} memoryTotal of the same hosts; null: one of them does not tell
 * @property {number | null} cache bytes, of the containers
 * @property {Sum} received bytes a second
 * @property {Sum} sent
 * @property {Sum} read
 * @property {Sum} written
 * @property {number} unknownNetwork containers whose traffic nobody counts
 * @property {HostPressure[]} pressures the worst host for each, largest first
 *
 * @typedef {import("./pressure.js").Pressure & { host: string }} HostPressure
 *
 * @typedef {"mem_cache_bytes" | "net_rx_bytes_per_sec" | "net_tx_bytes_per_sec" | "block_read_bytes_per_sec" |
 *   "block_write_bytes_per_sec"} Added
 *
 * @typedef {object} HostSums of the containers of one host
 * @property {number} version of the host when it was made
 * @property {number | null} cache
 * @property {number | null} received
 * @property {number | null} sent
 * @property {number | null} read
 * @property {number | null} written
 * @property {number} unknownNetwork
 */

import { cpuOf, memoryOf } from "./model.js";
import { pressuresOf } from "./pressure.js";

/**
 * @param {readonly Host[]} hosts
 * @param {ReadonlyMap<string, Condition>} conditions by agent id
 * @returns {Totals}
 */
export function totalsOf(hosts, conditions) {
  const ofNow = hosts.filter(({ entry }) => conditions.get(entry.id)?.live === true);
  const stale = ofNow.length === 0;
  const live = stale ? hosts.filter(({ hasFigures }) => hasFigures) : ofNow;
  const lost = hosts.filter(({ entry }) => conditions.get(entry.id)?.kind === "lost").length;
  const sums = live.map(sumsOf);
  const withCpu = live.filter(({ batch }) => batch !== null && cpuOf(batch) !== null);
  const withMemory = live.filter(({ batch }) => batch !== null && memoryOf(batch) !== null);
  return {
    stale,
    hosts: { configured: hosts.length, live: ofNow.length, lost },
    containers: countsOf(live),
    cpu: sum(live.map(({ batch }) => batch && cpuOf(batch))),
    cores: allOf(withCpu.map(({ batch }) => batch?.host.cores ?? null)),
    memory: sum(live.map(({ batch }) => batch && memoryOf(batch))),
    memoryTotal: allOf(withMemory.map(({ batch }) => batch?.host.mem_total_bytes ?? null)),
    cache: sum(sums.map(({ cache }) => cache)).value,
    received: sum(sums.map(({ received }) => received)),
    sent: sum(sums.map(({ sent }) => sent)),
    read: sum(sums.map(({ read }) => read)),
    written: sum(sums.map(({ written }) => written)),
    unknownNetwork: sums.reduce((count, { unknownNetwork }) => count + unknownNetwork, 0),
    pressures: worstHosts(live),
  };
}

/** @param {Host[]} hosts */
function countsOf(hosts) {
  const counts = { unhealthy: 0, restarting: 0, running: 0, paused: 0, stopped: 0 };
  for (const host of hosts) {
    for (const kind of /** @type {(keyof typeof counts)[]} */ (Object.keys(counts))) counts[kind] += host.counts[kind];
  }
  return counts;
}

/** @param {(number | null)[]} values @returns {Sum} */
function sum(values) {
  const known = values.filter((value) => value !== null);
  return { value: known.length === 0 ? null : known.reduce((total, value) => total + value, 0), hosts: known.length };
}

/** @param {(number | null)[]} values */
function allOf(values) {
  const { value, hosts } = sum(values);
  return hosts === values.length ? value : null;
}

/** @type {WeakMap<Host, HostSums>} */
const known = new WeakMap();

/** Added up once for each batch: it goes over every container. @param {Host} host @returns {HostSums} */
function sumsOf(host) {
  const before = known.get(host);
  if (before?.version === host.version) return before;
  const samples = host.batch?.containers ?? [];
  const all = (/** @type {Added} */ name) => sum(samples.map((sample) => sample[name])).value;
  const made = {
    version: host.version,
    cache: all("mem_cache_bytes"),
    received: all("net_rx_bytes_per_sec"),
    sent: all("net_tx_bytes_per_sec"),
    read: all("block_read_bytes_per_sec"),
    written: all("block_write_bytes_per_sec"),
    unknownNetwork: samples.filter(({ unknown }) => isUncounted(unknown)).length,
  };
  known.set(host, made);
  return made;
}

/** Traffic that is there, and that nobody counts. @param {Map<string, string>} unknown */
function isUncounted(unknown) {
  const code = unknown.get("network");
  return code !== undefined && code !== "shared_network" && code !== "no_network";
}

/** @param {Host[]} hosts @returns {HostPressure[]} */
function worstHosts(hosts) {
  /** @type {Map<string, HostPressure>} */
  const worst = new Map();
  for (const { label, batch } of hosts) {
    for (const { of, pct } of pressuresOf(batch?.host ?? null)) {
      if (pct >= (worst.get(of)?.pct ?? -1)) worst.set(of, { of, pct, host: label });
    }
  }
  return [...worst.values()].sort((one, other) => other.pct - one.pct);
}
