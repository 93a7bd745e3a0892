/**
 * One line of a chart, read out of a container's points: a column, or several on top of each other.
 *
 * Not here: the points (points), one value a pixel column (decimate).
 *
 * @typedef {import("./points.js").Points} Points
 */

export class Track {
  #columns;

  /**
   * @param {Points} points
   * @param {...string} names their sum; not known where one of them is not
   */
  constructor(points, ...names) {
    this.points = points;
    this.#columns = names.map((name) => points.column(name));
  }

  get length() {
    return this.points.length;
  }

  /** @param {number} at */
  indexFrom(at) {
    return this.points.indexFrom(at);
  }

  /** @param {number} index */
  timeAt(index) {
    return /** @type {number} */ (this.points.times[index]);
  }

  /** @param {number} index */
  valueAt(index) {
    let sum = 0;
    for (const column of this.#columns) sum += column[index] ?? NaN;
    return sum;
  }
}

/**
 * Index of the point nearest to an instant; -1: none within `gapMs`.
 *
 * @param {import("./decimate.js").Track} track
 * @param {number} at
 * @param {number} gapMs
 */
export function nearest(track, at, gapMs) {
  const after = track.indexFrom(at);
  const before = after - 1;
  const ahead = after < track.length ? track.timeAt(after) - at : Infinity;
  const behind = before >= 0 ? at - track.timeAt(before) : Infinity;
  if (Math.min(ahead, behind) > gapMs) return -1;
  return ahead < behind ? after : before;
}

/**
 * Whether anything is known in a stretch; the newest points tell at once, as a rule.
 *
 * @param {import("./decimate.js").Track} track
 * @param {number} from
 * @param {number} to
 */
export function isKnown(track, from, to) {
  for (let index = track.indexFrom(to + 1) - 1; index >= 0 && track.timeAt(index) >= from; index -= 1) {
    if (!Number.isNaN(track.valueAt(index))) return true;
  }
  return false;
}

/**
 * Lowest, highest and newest known value of a stretch; null: none.
 *
 * @param {import("./decimate.js").Track} track
 * @param {number} from
 * @param {number} to
 */
export function extent(track, from, to) {
  let low = Infinity;
  let high = -Infinity;
  let last = NaN;
  for (let index = track.indexFrom(from); index < track.length && track.timeAt(index) <= to; index += 1) {
    const value = track.valueAt(index);
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    last = value;
  }
  return high < low ? null : { low, high, last };
}
