/**
 * The figures of one container at full cadence, for large charts: one time column and a column a figure, oldest first.
 *
 * The arrays grow as needed and begin at index 0, so that a chart can run over them as they are; only the first
 * `length` entries count. Not here: what is only ever seen small (spark), a whole host (buckets), fetching (history).
 *
 * @typedef {Float64Array | Float32Array} Figures
 */

const WINDOW_MS = 30 * 60_000;
/** Half an hour at 20 points a second. */
export const MAX_POINTS = 36_864;
const FIRST_POINTS = 512;

export class Points {
  /** How often anything changed: whoever draws can tell whether there is something new. */
  version = 0;
  length = 0;

  /** @param {readonly string[]} columns names as in a sample and in the dashboard's history */
  constructor(columns) {
    this.columns = columns;
    this.times = new Float64Array(FIRST_POINTS);
    this.#values = columns.map(() => new Float32Array(FIRST_POINTS));
  }

  /** @type {Float32Array[]} */
  #values;

  /** Time of the newest point in milliseconds; null before there is any. */
  get newest() {
    return this.length === 0 ? null : (this.times[this.length - 1] ?? null);
  }

  /** One figure at each of `times`; NaN: not known then. An unknown name is never known. @param {string} name */
  column(name) {
    return this.#values[this.columns.indexOf(name)] ?? new Float32Array(this.times.length).fill(NaN);
  }

  /**
   * Adds a live point; one that is not later than the newest is left out.
   *
   * @param {number} at milliseconds
   * @param {object} sample its fields named like the columns; null: not known
   */
  push(at, sample) {
    if (this.length > 0 && at <= (this.newest ?? 0)) return;
    const figures = /** @type {Record<string, unknown>} */ (sample);
    if (this.length === this.times.length) this.#makeRoom(at);
    this.times[this.length] = at;
    this.columns.forEach((name, column) => {
      const figure = figures[name];
      /** @type {Float32Array} */ (this.#values[column])[this.length] = typeof figure === "number" ? figure : NaN;
    });
    this.length += 1;
    this.version += 1;
  }

  /**
   * Puts a fetched past in place of what it covers; live points that are earlier or later than all of it stay.
   *
   * @param {import("./history.js").HistoryAnswer} past
   */
  fill({ times, columns }) {
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return;
    const before = this.indexFrom(first);
    let after = this.indexFrom(last);
    if (after < this.length && this.times[after] === last) after += 1;
    const count = before + times.length + this.length - after;
    let size = this.times.length;
    while (size < count && size < MAX_POINTS) size = Math.min(MAX_POINTS, 2 * size);
    /** @type {<T extends Figures>(into: T, own: Figures, past: Figures) => T} */
    const join = (into, own, past) => {
      let [skip, at] = [Math.max(0, count - size), 0]; // at the bound the oldest go
      for (const part of [own.subarray(0, before), past, own.subarray(after, this.length)]) {
        const rest = part.subarray(skip);
        into.set(rest, at);
        at += rest.length;
        skip = Math.max(0, skip - part.length);
      }
      return into;
    };
    this.#values = this.columns.map((name, column) => {
      const own = /** @type {Float32Array} */ (this.#values[column]);
      return join(new Float32Array(size), own, columns[name] ?? new Float32Array(times.length).fill(NaN));
    });
    this.times = join(new Float64Array(size), this.times, times);
    this.length = Math.min(count, size);
    this.version += 1;
  }

  /** Index of the first point at or after `at`; `length` when there is none. @param {number} at */
  indexFrom(at) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Drops what left the window; grows where that is little, up to the bound, and there drops the oldest eighth.
   *
   * @param {number} at the time of the next point
   */
  #makeRoom(at) {
    const eighth = this.length >> 3;
    let dropped = this.indexFrom(at - WINDOW_MS);
    let size = this.times.length;
    if (dropped < eighth) {
      size = Math.min(MAX_POINTS, 2 * size);
      if (size === this.times.length) dropped = eighth;
    }
    const moved = (/** @type {Float64Array | Float32Array} */ from, /** @type {any} */ into) => {
      into.set(from.subarray(dropped, this.length));
      return into;
    };
    if (size === this.times.length) {
      for (const values of [this.times, ...this.#values]) values.copyWithin(0, dropped, this.length);
    } else {
      this.times = moved(this.times, new Float64Array(size));
      this.#values = this.#values.map((values) => moved(values, new Float32Array(size)));
    }
    this.length -= dropped;
  }
}
