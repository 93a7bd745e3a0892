/**
 * When a load needs a person. Blue is for every ordinary quantity; these are the exceptions, each with a sign
 * beside its colour. Pure.
 *
 * @typedef {"ordinary" | "high" | "full"} Band
 */

/** Shares of what there is at which a load is high, and at which nothing is left. */
const HIGH = 0.85;
const FULL = 0.95;

/** Share of the scheduler's periods, in percent, from which being throttled shows, and from which it hurts. */
const THROTTLED_PCT = 5;
const THROTTLED_HARD_PCT = 50;

/** Shown beside a load of that band, as colour alone is not enough. @type {Record<Band, string>} */
export const SIGNS = { ordinary: "", high: "△", full: "▲" };

/** What the sign says to whoever cannot see it. @type {Record<Band, string | null>} */
export const SIGN_WORDS = { ordinary: null, high: "high", full: "nearly full" };

/**
 * The band of `used` out of `available`; ordinary where one of them is not known.
 *
 * @param {number | null} used
 * @param {number | null} available
 * @returns {Band}
 */
export function bandOf(used, available) {
  if (used === null || available === null || available <= 0) return "ordinary";
  const part = used / available;
  if (part >= FULL) return "full";
  return part >= HIGH ? "high" : "ordinary";
}

/**
 * Of a container's CPU: held back by its own limit, or with nearly all of the host's cores.
 *
 * @param {import("./messages.js").ContainerSample | null} sample
 * @param {import("./model.js").Host} host
 * @returns {Band}
 */
export function cpuBandOf(sample, host) {
  const throttled = throttlingBand(sample?.throttled_pct ?? null);
  const cores = host.batch?.host.cores ?? null;
  return throttled === "ordinary" ? bandOf(sample?.cpu_pct ?? null, cores === null ? null : cores * 100) : throttled;
}

/** How much a container's own CPU limit holds it back. @param {number | null} throttledPct @returns {Band} */
export function throttlingBand(throttledPct) {
  if (throttledPct === null || throttledPct < THROTTLED_PCT) return "ordinary";
  return throttledPct < THROTTLED_HARD_PCT ? "high" : "full";
}
