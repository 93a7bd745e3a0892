/**
 * Which containers are over what a person set, and since when. Pure.
 *
 * A figure that is not known is over nothing. Once over, a container stays so until it is a tenth below, so that one
 * that wavers does not come and go. Not here: how a row shows it (table-row), telling a person (notify).
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
 *
 * @typedef {object} Hold
 * @property {Row} row
 * @property {Excess} excess
 * @property {number} since milliseconds on the dashboard's clock
 */

import { digits } from "./format.js";
import { worstPressure } from "./pressure.js";

const BACK = 0.9; // of the threshold
const LOST_MS = 60_000; // after that without a figure, what held is over

/** @type {Record<Which, (row: Row) => number | null>} */
const VALUES = {
  cpu: ({ container }) => container.sample?.cpu_pct ?? null,
  memory: ({ container: { sample, facts } }) => {
    const limit = facts?.mem_limit_bytes; // its own: the host's memory is no limit
    return sample?.mem_bytes != null && limit ? (sample.mem_bytes / limit) * 100 : null;
  },
  pressure: ({ container }) => worstPressure(container.sample)?.pct ?? null,
};

/** @type {Record<Which, string>} */
const OF = { cpu: "% of a core", memory: "% of its memory limit", pressure: "% pressure" };

const ALL = /** @type {Which[]} */ (Object.keys(VALUES));

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

/** @param {Row} row @param {Which} which @param {number | null} threshold @param {number} [part] @returns {Excess | null} */
function excessOf(row, which, threshold, part = 1) {
  if (threshold === null) return null;
  const value = VALUES[which](row);
  if (value === null || value <= threshold * part) return null;
  return { which, word: `over ${threshold} ${OF[which]}`, value };
}

/** "shop-web-1 on atlas: 96.4 % of its memory limit" @param {Row} row @param {Excess} excess */
export function excessSentence({ container, host }, { which, value }) {
  return `${container.name} on ${host.label}: ${digits(value)} ${OF[which]}`;
}

/** What is over a threshold, from look to look. */
export class Holds {
  /** @type {Map<string, { since: number, told: boolean, seenAt: number }>} */
  #held = new Map();

  /**
   * One look at every container of the live fleet.
   *
   * @param {Row[]} rows
   * @param {Thresholds} thresholds
   * @param {number} now milliseconds
   * @returns {Hold[]} those that are over for `holdS` seconds now and were not told of before
   */
  look(rows, thresholds, now) {
    /** @type {Hold[]} */
    const due = [];
    for (const row of rows) {
      for (const which of ALL) {
        if (thresholds[which] === null) continue;
        const hold = this.#lookAt(row, which, thresholds, now);
        if (hold !== null) due.push(hold);
      }
    }
    for (const [key, { seenAt }] of this.#held) {
      if (now - seenAt > LOST_MS) this.#held.delete(key);
    }
    return due;
  }

  /** @param {Row} row @param {Which} which @param {Thresholds} thresholds @param {number} now @returns {Hold | null} */
  #lookAt(row, which, thresholds, now) {
    const key = `${which} ${row.key}`;
    const before = this.#held.get(key);
    if (!row.live || VALUES[which](row) === null) {
      if (before?.told === false) this.#held.delete(key); // nobody knows whether it held
      return null;
    }
    const excess = excessOf(row, which, thresholds[which], before === undefined ? 1 : BACK);
    if (excess === null) {
      this.#held.delete(key);
      return null;
    }
    const held = before ?? { since: now, told: false, seenAt: now };
    held.seenAt = now;
    this.#held.set(key, held);
    if (held.told || now - held.since < thresholds.holdS * 1000) return null;
    held.told = true;
    return { row, excess, since: held.since };
  }
}
