/**
 * The half hour of the whole fleet, bucket by bucket: sums of what adds up, the worst host of what does not. Pure.
 *
 * Not here: a host's own series (buckets), drawing (mini-chart).
 *
 * @typedef {import("./buckets.js").Series} Series
 * @typedef {import("./pixel-columns.js").Buckets} Buckets
 */

import { BUCKET_MS, sumOf } from "./buckets.js";

/** The newest bucket that is complete: half of the hosts in a bucket would look like a fall. @param {number} now */
export function completeAt(now) {
  return (Math.floor(now / BUCKET_MS) - 1) * BUCKET_MS;
}

/**
 * Several columns of all series in one sum; a bucket in which nothing is known is NaN.
 *
 * @param {readonly Series[]} series
 * @param {readonly string[]} names
 * @param {number} newestAt where the last bucket begins
 * @returns {Buckets}
 */
export function totalOf(series, names, newestAt) {
  const sums = names.map((name) => sumOf(series, name, newestAt).values);
  return { newestAt, values: merged(sums, (one, other) => one + other) };
}

/**
 * The highest of several columns of all series.
 *
 * @param {readonly Series[]} series
 * @param {readonly string[]} names
 * @param {number} newestAt where the last bucket begins
 * @returns {Buckets}
 */
export function worstOf(series, names, newestAt) {
  return { newestAt, values: merged(series.flatMap((each) => names.map((name) => each.column(name, newestAt))), Math.max) };
}

/** @param {Float32Array[]} columns @param {(one: number, other: number) => number} merge */
function merged(columns, merge) {
  const [first, ...rest] = columns;
  const values = first?.slice() ?? new Float32Array();
  for (const column of rest) {
    column.forEach((value, index) => {
      const before = values[index] ?? NaN;
      if (!Number.isNaN(value)) values[index] = Number.isNaN(before) ? value : merge(before, value);
    });
  }
  return values;
}
