/**
 * How the stream arrives: how old a batch is when it is here, and whether something on the way keeps batches back and
 * lets them go in bursts, as a proxy that buffers does. Pure.
 *
 * Not here: whether the stream is there at all (stream), the words for a person (doctor-report).
 *
 * @typedef {object} Arrival
 * @property {number} at when it came, in milliseconds on this browser's clock
 * @property {number} receivedAt when the dashboard had it, on the dashboard's
 * @property {number} intervalMs from one batch to the next of that host, as it should be
 *
 * @typedef {object} Health
 * @property {number} batches looked at
 * @property {number} spanMs from the first to the last of them
 * @property {number | null} p50Ms on the way from the dashboard to here; null: too few batches
 * @property {number | null} p95Ms
 * @property {number | null} burstMs from one burst to the next; null: they come as they are made
 */

const MOST_A_HOST = 240;
const FEWEST = 5;
const TOGETHER = 0.25; // of the interval: closer than that, two batches came in one go
const IN_BURSTS = 0.4; // share of batches that came in one go with the one before

export class StreamHealth {
  /** @type {Map<string, Arrival[]>} */
  #arrivals = new Map();

  /**
   * One batch has come.
   *
   * @param {string} agentId
   * @param {Arrival} arrival
   */
  arrived(agentId, arrival) {
    const list = this.#arrivals.get(agentId) ?? [];
    this.#arrivals.set(agentId, list);
    list.push(arrival);
    if (list.length > MOST_A_HOST) list.splice(0, list.length - MOST_A_HOST);
  }

  /** Nothing before counts: a new connection, or a page that slept. */
  forget() {
    this.#arrivals.clear();
  }

  /** @returns {Health} */
  report() {
    const all = [...this.#arrivals.values()].flat();
    let [first, last] = [Infinity, -Infinity];
    for (const { at } of all) [first, last] = [Math.min(first, at), Math.max(last, at)];
    const ways = Float64Array.from(all, ({ at, receivedAt }) => at - receivedAt).sort();
    const [least = 0] = ways; // the two clocks differ by about that, and only what is longer can be told
    const delays = ways.map((way) => way - least);
    const enough = all.length >= FEWEST;
    return {
      batches: all.length,
      spanMs: Math.max(0, last - first),
      p50Ms: enough ? quantile(delays, 0.5) : null,
      p95Ms: enough ? quantile(delays, 0.95) : null,
      burstMs: burstOf([...this.#arrivals.values()]),
    };
  }
}

/** @param {Arrival[][]} hosts */
function burstOf(hosts) {
  let gaps = 0;
  let together = 0;
  /** @type {number[]} */
  const apart = [];
  for (const list of hosts) {
    let burstAt = list[0]?.at ?? 0;
    for (let index = 1; index < list.length; index += 1) {
      const { at, receivedAt, intervalMs } = /** @type {Arrival} */ (list[index]);
      const before = /** @type {Arrival} */ (list[index - 1]);
      if (receivedAt - before.receivedAt < intervalMs / 2) continue; // they were made in one go
      gaps += 1;
      if (at - before.at < intervalMs * TOGETHER) {
        together += 1;
        continue;
      }
      apart.push(at - burstAt);
      burstAt = at;
    }
  }
  if (gaps < FEWEST || together / gaps < IN_BURSTS || apart.length === 0) return null;
  return quantile(apart.sort((one, other) => one - other), 0.5);
}

/** @param {ArrayLike<number>} ascending @param {number} part @returns {number} */
function quantile(ascending, part) {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))] ?? NaN;
}
