/**
 * Buckets to one value a pixel, for the small charts of half an hour. Pure.
 *
 * Not here: points that are not in buckets (decimate), drawing (mini-chart).
 *
 * @typedef {object} Buckets
 * @property {number | null} newestAt where the last one begins, in milliseconds
 * @property {ArrayLike<number>} values oldest first; NaN: not known
 */

/**
 * The means of as many buckets as share a pixel; NaN: none known. Columns lie at whole multiples of their length in
 * time, so that a chart that moves on shows the same ones further left instead of a shimmer.
 *
 * @param {ArrayLike<number>} values
 * @param {number} newest number of the last bucket since 1970
 * @param {number} width in pixels
 */
export function columnsOf(values, newest, width) {
  const each = Math.max(1, Math.ceil(values.length / Math.max(1, width)));
  const count = Math.ceil(values.length / each);
  const lead = (newest + 1) % each; // how many buckets the last, incomplete column has
  const columns = new Float64Array(count).fill(NaN);
  const end = values.length - lead;
  for (let column = 0; column < count; column += 1) {
    const begin = end - (count - column) * each + (lead > 0 ? each : 0);
    let sum = 0;
    let known = 0;
    for (let index = Math.max(0, begin); index < Math.min(values.length, begin + each); index += 1) {
      const value = values[index] ?? NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      known += 1;
    }
    if (known > 0) columns[column] = sum / known;
  }
  return columns;
}
