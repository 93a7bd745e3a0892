/**
 * Which containers are over what a person set. A figure that is not known is over nothing. Pure.
 *
 * Not here: since when (holds), how a row shows it (table-row).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./settings.js").Thresholds} Thresholds
 *
 * @typedef {"cpu" | "memory" | "pressure"} Which
 *
 * @typedef {object} Excess
 * @property {Which} which
 * @property {string} word "over 50 % of a core"
 * @property {number} value in the threshold's own unit
 */

import { worstPressure } from "./pressure.js";

/** @type {Record<Which, (row: Row) => number | null>} */
export const VALUES = {
  cpu: ({ container }) => container.sample?.cpu_pct ?? null,
  memory: ({ container: { sample, facts } }) => {
    const limit = facts?.mem_limit_bytes; // its own: the host's memory is no limit
    return sample?.mem_bytes != null && limit ? (sample.mem_bytes / limit) * 100 : null;
  },
  pressure: ({ container }) => worstPressure(container.sample)?.pct ?? null,
};

/** @type {Record<Which, string>} */
export const OF = { cpu: "% of a core", memory: "% of its memory limit", pressure: "% pressure" };

export const ALL = /** @type {Which[]} */ (Object.keys(VALUES));

/**
 * The first threshold that a container is over; null: none, or nothing known.
 *
 * @param {Row} row
 * @param {Thresholds} thresholds
 * @returns {Excess | null}
 */
export function exceeded(row, thresholds) {
  for (const which of ALL) {
    const found = excessOf(row, which, thresholds[which]);
    if (found !== null) return found;
  }
  return null;
}

/**
 * @param {Row} row
 * @param {Which} which
 * @param {number | null} threshold null: none
 * @param {number} [part] of the threshold that is enough
 * @returns {Excess | null}
 */
export function excessOf(row, which, threshold, part = 1) {
  if (threshold === null) return null;
  const value = VALUES[which](row);
  if (value === null || value <= threshold * part) return null;
  return { which, word: `over ${threshold} ${OF[which]}`, value };
}
