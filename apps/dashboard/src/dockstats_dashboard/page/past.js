/**
 * Fills what the page missed: what was before it was opened, and the gap after each loss of the stream.
 *
 * One question after another, as a browser has few connections to one server. What came live stays.
 * Not here: the questions (history), how answers are merged (buckets, spark).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 */

import { BUCKET_MS } from "./buckets.js";
import { fetchHistory, fetchSparklines } from "./history.js";
import { HOST_COLUMNS } from "./host.js";

export class Past {
  /** The filling under way: a newer stream begins a new one. @type {object | null} */
  #turn = null;
  /** Those whose past is here: of them only what came since is missing. @type {WeakSet<object>} */
  #filled = new WeakSet();

  /**
   * @param {object} options
   * @param {Fleet} options.fleet
   * @param {() => void} options.onFilled after each answer
   * @param {typeof fetchHistory} [options.history]
   * @param {typeof fetchSparklines} [options.sparklines]
   */
  constructor({ fleet, onFilled, history = fetchHistory, sparklines = fetchSparklines }) {
    this.fleet = fleet;
    this.onFilled = onFilled;
    this.history = history;
    this.sparklines = sparklines;
  }

  /** To be called with each list of agents; but for the first, before any batch that follows it. */
  async fill() {
    const turn = (this.#turn = {});
    const wanted = (this.fleet.hosts ?? []).map((host) => ({
      host,
      since: this.#filled.has(host) ? host.series.newestAt : null,
    }));
    const lines = await this.sparklines();
    if (this.#turn !== turn) return;
    for (const { host } of wanted) {
      const past = lines?.agents.get(host.entry.id);
      if (past !== undefined) host.fillSparks(past);
    }
    this.onFilled();
    for (const { host, since } of wanted) {
      const answer = await this.history({ agent: host.entry.id, since, stepMs: BUCKET_MS, columns: HOST_COLUMNS });
      if (this.#turn !== turn) return;
      if (answer === null) continue;
      this.#filled.add(host);
      host.series.fill(answer.times, answer.columns);
      host.version += 1;
      this.onFilled();
    }
  }
}
