/**
 * Modules that only some views need. Whoever draws asks for one; while it is on its way there is nothing to draw with,
 * and what was drawn last stays.
 *
 * Not here: elements that come on demand (parts).
 */

import { styleSheet } from "./style-sheet.js";

const MODULES = {
  "filter-terms": () => import("./filter-terms.js"),
  grouping: async () => {
    await styleSheet("group.css");
    return import("./grouping.js");
  },
};

/** @typedef {typeof MODULES} Modules */

export class OnDemand {
  /** @type {Map<string, unknown>} */
  #here = new Map();
  /** @type {Set<string>} */
  #coming = new Set();

  /**
   * @param {object} options
   * @param {() => void} options.onHere one has come
   * @param {() => void} options.onFailed one did not; whoever asks again tries again
   */
  constructor({ onHere, onFailed }) {
    this.onHere = onHere;
    this.onFailed = onFailed;
  }

  /** The module; null while it is on its way. @template {keyof Modules} Name @param {Name} name */
  get(name) {
    if (!this.#here.has(name) && !this.#coming.has(name)) void this.#load(name);
    return /** @type {Awaited<ReturnType<Modules[Name]>> | null} */ (this.#here.get(name) ?? null);
  }

  /** @param {keyof Modules} name */
  async #load(name) {
    this.#coming.add(name);
    try {
      this.#here.set(name, await MODULES[name]());
      this.onHere();
    } catch {
      this.onFailed();
    } finally {
      this.#coming.delete(name);
    }
  }
}
