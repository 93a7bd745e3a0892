/**
 * The points of one chart: times and values in typed arrays, the oldest overwritten at the bound.
 *
 * Live points are appended; a stretch fetched from the dashboard's history replaces what it covers. Not here: fetching
 * (history), drawing (decimate, chart).
 */

/** Half an hour at 20 points a second, in 432 KiB. */
export const MAX_POINTS = 36_864;
const FIRST_POINTS = 512;

export class Ring {
  /** @param {number} [most] points held at most */
  constructor(most = MAX_POINTS) {
    this.most = most;
    const size = Math.min(FIRST_POINTS, most);
    this.times = new Float64Array(size);
    this.values = new Float32Array(size);
    this.start = 0;
    this.length = 0;
  }

  /** Time of the newest point in milliseconds, or null. */
  get newest() {
    return this.length === 0 ? null : this.timeAt(this.length - 1);
  }

  /** @param {number} index 0 is the oldest */
  timeAt(index) {
    return /** @type {number} */ (this.times[(this.start + index) % this.times.length]);
  }

  /** NaN where the figure was not known. @param {number} index 0 is the oldest */
  valueAt(index) {
    return /** @type {number} */ (this.values[(this.start + index) % this.values.length]);
  }

  /**
   * Adds a point; one that is not later than the newest is left out.
   *
   * @param {number} at milliseconds
   * @param {number | null} value null: not known then
   */
  push(at, value) {
    const newest = this.newest;
    if (newest !== null && at <= newest) return;
    if (this.length === this.times.length && this.length < this.most) {
      this.#resize(Math.min(2 * this.length, this.most));
    } else if (this.length === this.times.length) {
      this.start = (this.start + 1) % this.times.length;
      this.length -= 1;
    }
    const place = (this.start + this.length) % this.times.length;
    this.times[place] = at;
    this.values[place] = value ?? NaN;
    this.length += 1;
  }

  /**
   * Puts a fetched stretch in place of everything between its first and its last point.
   *
   * @param {ArrayLike<number>} times ascending
   * @param {ArrayLike<number | null>} values
   */
  fill(times, values) {
    if (times.length === 0) return;
    const first = /** @type {number} */ (times[0]);
    const last = /** @type {number} */ (times[times.length - 1]);
    const old = this.#points();
    this.start = this.length = 0;
    for (const [at, value] of old) if (at < first) this.push(at, value);
    for (let index = 0; index < times.length; index += 1) {
      this.push(/** @type {number} */ (times[index]), values[index] ?? null);
    }
    for (const [at, value] of old) if (at > last) this.push(at, value);
  }

  /** Index of the first point at or after `at`. @param {number} at */
  indexFrom(at) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @returns {[number, number][]} */
  #points() {
    return Array.from({ length: this.length }, (_, index) => [this.timeAt(index), this.valueAt(index)]);
  }

  /** @param {number} size */
  #resize(size) {
    const times = new Float64Array(size);
    const values = new Float32Array(size);
    for (let index = 0; index < this.length; index += 1) {
      times[index] = this.timeAt(index);
      values[index] = this.valueAt(index);
    }
    this.times = times;
    this.values = values;
    this.start = 0;
  }
}
