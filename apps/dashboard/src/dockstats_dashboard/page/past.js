/**
 * Fills what the page missed: what was before it was opened, and the gap after each loss of the stream.
 *
 * One question after another, as a browser has few connections to one server. What came live stays.
 * Not here: the questions (history), how answers are merged (buckets, spark).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {import("./model.js").Host} Host
 */

import { BUCKET_MS } from "./buckets.js";
import { fetchHistory, fetchSparklines } from "./history.js";
import { HOST_COLUMNS } from "./host.js";

export class Past {
  /** The filling under way: a newer stream begins a new one. @type {object | null} */
  #turn = null;
  /** Those whose past is here: of them only what came since is missing. @type {WeakSet<object>} */
  #filled = new WeakSet();
  /** From where on one was asked for that did not answer; null: all. @type {WeakMap<object, number | null>} */
  #unanswered = new WeakMap();

  /**
   * @param {object} options
   * @param {Fleet} options.fleet
   * @param {() => void} options.onFilled after each answer
   * @param {typeof fetchHistory} [options.history]
   * @param {typeof fetchSparklines} [options.sparklines]
   * @param {(call: () => void) => unknown} [options.later] calls after a while
   */
  constructor({ fleet, onFilled, history = fetchHistory, sparklines = fetchSparklines, later = inFiveSeconds }) {
    this.fleet = fleet;
    this.onFilled = onFilled;
    this.history = history;
    this.sparklines = sparklines;
    this.later = later;
  }

  /**
   * To be called with each list of agents; but for the first, before any batch that follows it. What did not answer is
   * asked again.
   */
  async fill() {
    await this.#ask(this.fleet.hosts ?? []);
  }

  /** @param {Host[]} hosts */
  async #ask(hosts) {
    const turn = (this.#turn = {});
    const wanted = hosts.map((host) => {
      const since = this.#unanswered.get(host) ?? (this.#filled.has(host) ? host.series.newestAt : null);
      this.#unanswered.set(host, since);
      return { host, since };
    });
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
      this.#unanswered.delete(host);
      this.#filled.add(host);
      host.series.fill(answer.times, answer.columns);
      host.version += 1;
      this.onFilled();
    }
    const left = hosts.filter((host) => this.#unanswered.has(host));
    if (left.length > 0) this.later(() => this.#turn === turn && void this.#ask(left));
  }
}

/** @param {() => void} call */
function inFiveSeconds(call) {
  setTimeout(call, 5000);
}
