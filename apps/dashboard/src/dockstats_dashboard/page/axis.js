/**
 * The time axis: where its few labels stand, what they say, and which stretch of time a chart shows. Pure.
 *
 * Not here: values (scales), drawing (paint).
 *
 * @typedef {object} Tick
 * @property {number} at milliseconds
 * @property {string} label
 *
 * @typedef {object} TimeWindow
 * @property {number} from left edge, in milliseconds
 * @property {number} to right edge
 * @property {number} columnMs what one pixel column stands for
 */

import { clock } from "./format.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
];
const LEAST_MS = 2 * SECOND; // a drag over less than that is none
const USUAL_WIDTH = 600;

/**
 * Round times inside a stretch, at most `most` of them.
 *
 * @param {number} from milliseconds
 * @param {number} to
 * @param {number} most
 * @param {(at: number) => string} [clockOf] in whose zone they are told: the browser's without it
 * @returns {Tick[]}
 */
export function timeTicks(from, to, most, clockOf = clock) {
  if (!(to > from) || most < 1) return [];
  const fits = (/** @type {number} */ step) => Math.floor((to - from) / step) < most;
  const step = STEPS.find(fits) ?? Math.ceil((to - from) / most / MINUTE) * MINUTE;
  /** @type {Tick[]} */
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to && ticks.length < most; at += step) {
    ticks.push({ at, label: clockOf(at).slice(0, step < MINUTE ? 8 : 5) });
  }
  return ticks;
}

/**
 * What a chart shows: the zoomed stretch, or the last `rangeMs` before now. Its left edge lies on a whole column, so
 * that a chart that moves on shows the same columns further left.
 *
 * @param {{ rangeMs: number, zoom: { from: number, to: number } | null }} view
 * @param {number} now
 * @param {number} width in pixels; 0: not laid out yet, and no column is taken for the whole stretch
 * @returns {TimeWindow}
 */
export function timeWindow({ rangeMs, zoom }, now, width) {
  const length = zoom === null ? rangeMs : Math.max(LEAST_MS, zoom.to - zoom.from);
  const columnMs = length / (width || USUAL_WIDTH);
  const to = Math.ceil((zoom === null ? now : zoom.to) / columnMs) * columnMs;
  return { from: to - length, to, columnMs };
}

/**
 * The stretch that a person asked to see closer; null: too short to be meant.
 *
 * @param {number} one milliseconds
 * @param {number} other
 */
export function zoomBetween(one, other) {
  const from = Math.round(Math.min(one, other));
  const to = Math.round(Math.max(one, other));
  return to - from < LEAST_MS ? null : { from, to };
}

/**
 * Closer to an instant, or further away (`factor` above 1), never beyond the history that there is.
 *
 * @param {TimeWindow} window
 * @param {number} at
 * @param {number} factor
 * @param {number} now
 * @param {number} longestMs
 */
export function zoomAround(window, at, factor, now, longestMs) {
  const length = Math.min(longestMs, Math.max(LEAST_MS, (window.to - window.from) * factor));
  const part = Math.min(1, Math.max(0, (at - window.from) / (window.to - window.from)));
  const to = Math.min(now, at + length * (1 - part));
  // A stretch in whole milliseconds, doubled, may miss the whole by one.
  return length >= longestMs * 0.99 ? null : { from: Math.round(to - length), to: Math.round(to) };
}
