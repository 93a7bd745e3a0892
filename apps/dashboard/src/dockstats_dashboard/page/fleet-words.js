/**
 * The fleet's totals as the texts of their tiles, and what is behind each. Pure.
 *
 * Not here: the sums (fleet-totals), the tiles (fleet-bar).
 *
 * @typedef {import("./fleet-totals.js").Totals} Totals
 * @typedef {import("./fleet-totals.js").Sum} Sum
 * @typedef {import("./format.js").Format} Format
 *
 * @typedef {"hosts" | "cpu" | "memory" | "network" | "disk" | "pressure"} TileName
 *
 * @typedef {object} TileWords
 * @property {string} figure empty: there is none
 * @property {string} rest what belongs to the figure, or the word for why there is none
 * @property {string} partial of how many hosts it is, where not of all
 */

import { cores, digits } from "./format.js";

const SHORT = { io: "io", cpu: "cpu", memory: "mem" };
const ORDER = Object.keys(SHORT);

/** @param {Totals} totals @param {Format} format @returns {Record<TileName, TileWords>} */
export function tileWords(totals, format) {
  const { cpu, memory, received, sent, read, written } = totals;
  return {
    hosts: { figure: `${totals.hosts.live}`, rest: hostsRest(totals.hosts), partial: "" },
    cpu: words(totals, cpu, (value) => [cores(value), coresRest(totals.cores)]),
    memory: words(totals, memory, (value) => memoryWords(value, totals, format)),
    network: words(totals, received, (value) => rates(value, sent.value, format, "↓", "↑")),
    disk: words(totals, read, (value) => rates(value, written.value, format, "r", "w")),
    pressure: pressureWords(totals),
  };
}

/** @param {Totals} totals @param {Sum} sum @param {(value: number) => [string, string]} write @returns {TileWords} */
function words({ hosts, stale }, sum, write) {
  if (sum.value === null) return { figure: "", rest: "not known", partial: "" };
  const [figure, rest] = write(sum.value);
  const all = stale || sum.hosts === hosts.configured;
  return { figure, rest, partial: all ? "" : `${sum.hosts} of ${hosts.configured} hosts` };
}

/** @param {Totals["hosts"]} hosts */
function hostsRest({ configured, live, lost }) {
  return `of ${configured}${lost > 0 ? ` · ${lost} lost` : live === configured ? " live" : ""}`;
}

/** @param {number | null} count */
function coresRest(count) {
  return count === null ? "cores" : `of ${count} ${count === 1 ? "core" : "cores"}`;
}

/** @param {number} used @param {Totals} totals @param {Format} format @returns {[string, string]} */
function memoryWords(used, { memoryTotal, cache }, format) {
  const [figure, unit] = format.bytes(used);
  const whole = memoryTotal === null ? "" : `of ${format.limit(memoryTotal)}`;
  const own = whole.endsWith(unit) ? "" : unit; // said once is enough
  const [cached, cachedUnit] = cache === null ? [] : format.bytes(cache);
  const behind = cached === undefined ? "" : `· ${cachedUnit === unit ? cached : `${cached} ${cachedUnit}`} cache`;
  return [figure, [own, whole, behind].filter(Boolean).join(" ")];
}

/**
 * @param {number} one
 * @param {number | null} other
 * @param {Format} format
 * @param {string} sign
 * @param {string} otherSign
 * @returns {[string, string]}
 */
function rates(one, other, format, sign, otherSign) {
  const [figure, unit] = format.rate(one);
  const [second, secondUnit] = other === null ? ["not known", unit] : format.rate(other);
  return [figure, `${unit}/s ${sign} · ${second}${secondUnit === unit ? "" : ` ${secondUnit}/s`} ${otherSign}`];
}

/** @param {Totals} totals @returns {TileWords} */
function pressureWords({ hosts, pressures: [worst, ...others] }) {
  if (worst === undefined) return { figure: "", rest: "not told", partial: "" };
  others.sort((one, other) => ORDER.indexOf(one.of) - ORDER.indexOf(other.of)); // two that waver would change places
  const parts = [`% ${SHORT[worst.of]}`, ...others.map(({ of, pct }) => `${tenths(pct)} ${SHORT[of]}`)];
  return { figure: tenths(worst.pct), rest: parts.join(" · "), partial: hosts.configured > 1 ? "worst host" : "" };
}

/** Pressure wavers too much for more digits. @param {number} pct */
function tenths(pct) {
  return pct === 0 ? "0" : pct.toFixed(pct < 9.95 ? 1 : 0);
}

/** What is behind a tile, and what a click on it does. @param {TileName} name @param {Totals} totals */
export function tileWhy(name, totals) {
  const { hosts, pressures, unknownNetwork } = totals;
  const all = hosts.configured;
  const of = (/** @type {Sum} */ sum) => (sum.hosts === all ? "" : `, of ${sum.hosts} of ${all} hosts`);
  switch (name) {
    case "hosts":
      return `${hosts.live} of ${hosts.configured} hosts are live. Click: the table by host.`;
    case "cpu":
      return `CPU in use${of(totals.cpu)}. Click: sort by CPU.`;
    case "memory":
      return `Memory in use, without cache${of(totals.memory)}. Click: sort by memory.`;
    case "network": {
      const uncounted = ` Without ${unknownNetwork} whose traffic nobody counts, as on the host's network.`;
      return `Received and sent by containers${of(totals.received)}.${unknownNetwork > 0 ? uncounted : ""} Click: sort by network.`;
    }
    case "disk":
      return `Read and written by containers${of(totals.read)}. Click: sort by disk.`;
    case "pressure": {
      if (pressures.length === 0) {
        return "No host tells how long its work waits: it needs a Linux kernel with PSI, and an agent that sees its host.";
      }
      const worst = pressures.map(({ of: kind, pct, host }) => `${kind} ${digits(pct)} % on ${host}`);
      return `Share of the time in which work waited, on the worst host: ${worst.join(", ")}. Click: sort by pressure.`;
    }
  }
}
