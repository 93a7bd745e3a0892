/**
 * Many points to one lowest, one highest and one mean value a pixel column.
 *
 * Columns lie at whole multiples of their length in time, not at the window's edge, so that a chart that moves on shows
 * the same columns further left instead of a shimmer. Not here: drawing (paint), points (points, track).
 *
 * @typedef {object} Track
 * @property {number} length
 * @property {(at: number) => number} indexFrom index of the first point at or after that time
 * @property {(index: number) => number} timeAt ascending
 * @property {(index: number) => number} valueAt NaN: not known
 *
 * @typedef {object} Column
 * @property {number} at begin of the column, in milliseconds
 * @property {number} low
 * @property {number} high
 * @property {number} mean
 * @property {boolean} afterGap nothing is known between the column before and this one
 */

/**
 * @param {Track} track
 * @param {number} from milliseconds
 * @param {number} columnMs
 * @param {number} gapMs two points further apart than this have a gap between them
 * @param {number} [to] nothing after that time
 * @returns {Column[]} in ascending time, only those with points
 */
export function decimate(track, from, columnMs, gapMs, to = Infinity) {
  /** @type {Column[]} */
  const columns = [];
  /** @type {Column | null} */
  let column = null;
  let count = 0;
  let lastAt = -Infinity;
  for (let index = track.indexFrom(from); index < track.length; index += 1) {
    const at = track.timeAt(index);
    if (at > to) break;
    const value = track.valueAt(index);
    if (Number.isNaN(value)) {
      lastAt = -Infinity; // not known: a gap, however short
      continue;
    }
    const begin = Math.floor(at / columnMs) * columnMs;
    const afterGap = at - lastAt > gapMs;
    lastAt = at;
    if (column === null || column.at !== begin) {
      column = { at: begin, low: value, high: value, mean: value, afterGap };
      columns.push(column);
      count = 1;
    } else {
      count += 1;
      column.low = Math.min(column.low, value);
      column.high = Math.max(column.high, value);
      column.mean += (value - column.mean) / count;
    }
  }
  return columns;
}

/**
 * The highest value of them, 0 for none.
 *
 * @param {Column[]} columns
 */
export function highest(columns) {
  return columns.reduce((top, column) => Math.max(top, column.high), 0);
}
