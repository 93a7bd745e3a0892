/**
 * The points of the containers whose charts are open or pinned: what the dashboard kept, then every batch that comes.
 *
 * Bounded: the containers least looked at go. Where live points leave a hole, as after a sleep of the machine or of the
 * tab, the dashboard is asked again. Not here: the points themselves (points), the request (history).
 *
 * @typedef {import("./model.js").Fleet} Fleet
 * @typedef {import("./model.js").Host} Host
 *
 * @typedef {object} Entry
 * @property {Points} points
 * @property {"loading" | "ready" | "failed"} state of its past
 * @property {number} askedAt when the dashboard was last asked, in milliseconds of `clock`
 * @property {number | null} hole since when it has to be asked once more; null: it has not
 */

import { fetchHistory } from "./history.js";
import { COLUMNS } from "./plots.js";
import { Points } from "./points.js";

export const MOST_SERIES = 9; // one open and eight pinned
const RETRY_MS = 5000;

export class SeriesCache {
  /** @type {Map<string, Entry>} least looked at first */
  #entries = new Map();

  /**
   * @param {() => void} onChange the past of one is there
   * @param {Fleet} fleet the live one
   * @param {typeof fetchHistory} [load]
   * @param {() => number} [clock] milliseconds
   */
  constructor(onChange, fleet, load = fetchHistory, clock = () => performance.now()) {
    this.onChange = onChange;
    this.fleet = fleet;
    this.load = load;
    this.clock = clock;
  }

  /** The points of a container, its past on the way. @param {string} key @returns {Entry} */
  of(key) {
    const known = this.#entries.get(key);
    const entry = known ?? { points: new Points(COLUMNS), state: "failed", askedAt: -Infinity, hole: null };
    this.#entries.delete(key);
    this.#entries.set(key, entry); // the newest last
    if (known === undefined) this.take(this.fleet.host(partsOf(key)[0]));
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_SERIES) break;
      this.#entries.delete(oldest);
    }
    if (entry.state === "failed" && this.clock() - entry.askedAt >= RETRY_MS) void this.#load(key, entry, null);
    return entry;
  }

  /**
   * To be called with every batch of a host, drawn or not; one that was taken before changes nothing.
   *
   * @param {Host | undefined} host
   */
  take(host) {
    const at = host?.takenAt ?? null;
    if (host === undefined || at === null || this.#entries.size === 0) return;
    for (const [key, entry] of this.#entries) {
      const [agentId, id] = partsOf(key);
      const sample = agentId === host.entry.id ? host.containers.get(id)?.sample : null;
      if (!sample || sample.stale) continue;
      const newest = entry.points.newest;
      entry.points.push(at, sample);
      if (newest !== null && at - newest > host.silentAfterMs) void this.#load(key, entry, newest);
    }
  }

  /** @param {string} key @param {Entry} entry @param {number | null} since null: all that there is */
  async #load(key, entry, since) {
    if (entry.state === "loading") {
      entry.hole ??= since;
      return;
    }
    entry.state = "loading";
    entry.askedAt = this.clock();
    const [agent, container] = partsOf(key);
    const past = await this.load({ agent, container, since, columns: COLUMNS });
    entry.state = past === null ? "failed" : "ready";
    if (past !== null) entry.points.fill(past);
    if (this.#entries.get(key) !== entry) return; // nobody looks at it any more
    const { hole } = entry;
    entry.hole = null;
    if (hole !== null) void this.#load(key, entry, hole);
    this.onChange();
  }
}

/** @type {WeakMap<object, SeriesCache>} */
const caches = new WeakMap();

/** The one that all parts of a page share. @param {import("./scene.js").App} app */
export function seriesOf(app) {
  let cache = caches.get(app);
  if (cache === undefined) caches.set(app, (cache = new SeriesCache(() => app.requestDraw(), app.live)));
  return cache;
}

/** Agent and short id of a key; an agent's id may have a slash, too. @param {string} key @returns {[string, string]} */
export function partsOf(key) {
  const cut = key.lastIndexOf("/");
  return [key.slice(0, Math.max(0, cut)), key.slice(cut + 1)];
}
