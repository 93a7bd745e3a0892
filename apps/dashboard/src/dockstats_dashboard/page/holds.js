/**
 * Since when containers are over what a person set, from look to look. Pure.
 *
 * Once over, a container stays so until it is a tenth below, so that one that wavers does not come and go.
 * Not here: what is over (thresholds), telling a person (notify).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./settings.js").Thresholds} Thresholds
 * @typedef {import("./thresholds.js").Excess} Excess
 * @typedef {import("./thresholds.js").Which} Which
 *
 * @typedef {object} Hold
 * @property {Row} row
 * @property {Excess} excess
 * @property {number} since milliseconds on the dashboard's clock
 */

import { digits } from "./format.js";
import { ALL, OF, VALUES, excessOf } from "./thresholds.js";

const BACK = 0.9; // of the threshold
const LOST_MS = 60_000; // after that without a figure, what held is over

/** "shop-web-1 on atlas: 96.4 % of its memory limit" @param {Row} row @param {Excess} excess */
export function excessSentence({ container, host }, { which, value }) {
  return `${container.name} on ${host.label}: ${digits(value)} ${OF[which]}`;
}

export class Holds {
  /** @type {Map<string, { since: number, told: boolean, seenAt: number }>} */
  #held = new Map();

  /**
   * One look at every container of the live fleet.
   *
   * @param {Row[]} rows
   * @param {Thresholds} thresholds
   * @param {number} now milliseconds
   * @returns {Hold[]} those that are over for `holdS` seconds now, and nobody was told of
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

  /** A person was told of these. @param {Hold[]} holds */
  told(holds) {
    for (const { row, excess } of holds) {
      const held = this.#held.get(keyOf(row, excess.which));
      if (held !== undefined) held.told = true;
    }
  }

  /** @param {Row} row @param {Which} which @param {Thresholds} thresholds @param {number} now @returns {Hold | null} */
  #lookAt(row, which, thresholds, now) {
    const key = keyOf(row, which);
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
    return { row, excess, since: held.since };
  }
}

/** @param {Row} row @param {Which} which */
function keyOf(row, which) {
  return `${which} ${row.key}`;
}
