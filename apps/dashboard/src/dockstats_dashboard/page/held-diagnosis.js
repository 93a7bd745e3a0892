/**
 * Why a container is slow, told for a while after it no longer is: what comes and goes with every batch cannot be read,
 * and would move all that stands below it. Pure.
 *
 * Not here: what makes it so (the library's diagnosis), the words (detail-head).
 *
 * @typedef {import("./messages.js").Diagnosis} Diagnosis
 *
 * @typedef {object} Held
 * @property {Diagnosis} diagnosis
 * @property {number} at when it was last true
 * @property {boolean} past no longer true
 */

export const HOLD_MS = 20_000;

/**
 * What to tell now; null: nothing.
 *
 * @param {Held | null} before what was told last of the same container
 * @param {Diagnosis | null} diagnosis of now
 * @param {number} now milliseconds
 * @returns {Held | null}
 */
export function hold(before, diagnosis, now) {
  if (diagnosis !== null) return { diagnosis, at: now, past: false };
  if (before === null || now < before.at || now - before.at >= HOLD_MS) return null;
  return { ...before, past: true };
}
