/**
 * Which containers have just come, so that their rows can fade in. Pure.
 *
 * Those of a host that shows for the first time have not, and nobody comes while the past is shown. Not here: the fading
 * (table.css).
 */

const FRESH_MS = 1000;

export class NewRows {
  /** When each was first seen; -Infinity: it was there before. @type {Map<string, number>} */
  #seen = new Map();
  /** @type {Set<string>} */
  #hosts = new Set();

  /** @param {Pick<import("./scene.js").Scene, "rows" | "live" | "now">} scene */
  look({ rows, live, now }) {
    const hosts = new Set();
    for (const { key, host } of rows) {
      hosts.add(host.entry.id);
      if (this.#seen.has(key)) continue;
      this.#seen.set(key, live && this.#hosts.has(host.entry.id) ? now : -Infinity);
    }
    this.#hosts = hosts;
    if (this.#seen.size > 2 * rows.length + 100) this.#forget(new Set(rows.map(({ key }) => key)));
  }

  /** @param {string} key @param {number} now milliseconds */
  isFresh(key, now) {
    return Math.abs(now - (this.#seen.get(key) ?? -Infinity)) < FRESH_MS;
  }

  /** @param {Set<string>} present */
  #forget(present) {
    for (const key of this.#seen.keys()) if (!present.has(key)) this.#seen.delete(key);
  }
}
