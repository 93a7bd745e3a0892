/**
 * What a container read, wrote, received and sent since its start. The stream leaves sums out, so the dashboard is asked
 * for those of the one that is open, every few seconds while somebody looks.
 *
 * Not here: rates (the stream), how they are written (facts).
 *
 * @typedef {object} Sums in bytes; null: not known
 * @property {number | null} block_read_bytes
 * @property {number | null} block_write_bytes
 * @property {number | null} net_rx_bytes
 * @property {number | null} net_tx_bytes
 */

import { amount, optional } from "./fields.js";
import { ask } from "./history.js";
import { partsOf } from "./series-cache.js";

const EVERY_MS = 5000;

export class Totals {
  #key = "";
  #askedAt = -Infinity;
  /** @type {Sums | null} */
  #sums = null;

  /**
   * @param {() => void} onChange
   * @param {typeof fetch} [get]
   */
  constructor(onChange, get) {
    this.onChange = onChange;
    this.get = get;
  }

  /** Those known by now; asks for newer ones where they are due. @param {string} key @param {number} now milliseconds */
  of(key, now) {
    if (key !== this.#key) {
      this.#key = key;
      this.#sums = null;
      this.#askedAt = -Infinity;
    }
    if (now - this.#askedAt >= EVERY_MS) {
      this.#askedAt = now;
      void this.#ask(key);
    }
    return this.#sums;
  }

  /** @param {string} key */
  async #ask(key) {
    const [agent, container] = partsOf(key);
    const answer = await ask(`api/container?${new URLSearchParams({ agent, container })}`, this.get);
    if (key !== this.#key) return; // another one is open by now
    const sample = optional(answer?.sample);
    this.#sums = {
      block_read_bytes: amount(sample["block_read_bytes"]),
      block_write_bytes: amount(sample["block_write_bytes"]),
      net_rx_bytes: amount(sample["net_rx_bytes"]),
      net_tx_bytes: amount(sample["net_tx_bytes"]),
    };
    this.onChange();
  }
}
