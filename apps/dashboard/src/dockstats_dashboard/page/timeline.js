/**
 * The half hour that the time bar shows: from pixels and keys to instants. Pure.
 *
 * Instants are whole seconds, so that they read well and one drag over the same place asks for the same moment.
 * Not here: what the fleet was at an instant (time-machine), drawing and listening (time-slider, time-bar).
 *
 * @typedef {object} Span
 * @property {number} from the left edge, in milliseconds
 * @property {number} to the right edge: now
 * @property {number} oldest the first instant that can be gone to
 */

import { WINDOW_MS } from "./model.js";

const SECOND_MS = 1000;
const LIVE_EDGE_MS = 1500; // nearer to now than this is meant as now

const STEPS_S = new Map([
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["PageDown", -60],
  ["PageUp", 60],
]);
const SHIFT = 10;

/**
 * @param {number} now milliseconds
 * @param {number | null} oldest of which something is kept; null: not known
 * @returns {Span}
 */
export function spanAt(now, oldest) {
  const from = now - WINDOW_MS;
  const first = Math.max(from, Math.min(oldest ?? from, now));
  return { from, to: now, oldest: Math.ceil(first / SECOND_MS) * SECOND_MS };
}

/** Where an instant lies, from 0 at the left edge to 1 at the right one. @param {Span} span @param {number} at */
export function placeOf({ from, to }, at) {
  return Math.min(1, Math.max(0, (at - from) / (to - from)));
}

/** @param {Span} span @param {number} place from 0 to 1 */
export function timeAt({ from, to }, place) {
  return from + Math.min(1, Math.max(0, place)) * (to - from);
}

/** @param {number} at */
export function wholeSecond(at) {
  return Math.round(at / SECOND_MS) * SECOND_MS;
}

/**
 * The instant that a person means; null: live.
 *
 * @param {Span} span
 * @param {number} at
 * @returns {number | null}
 */
export function meant({ to, oldest }, at) {
  const second = Math.max(oldest, wholeSecond(at));
  return second > to - LIVE_EDGE_MS ? null : second;
}

/**
 * Where a key leads from an instant; null: live; undefined: the key is none of the timeline's.
 *
 * @param {Span} span
 * @param {number | null} instant null: it is live
 * @param {{ key: string, shiftKey: boolean }} press
 * @returns {number | null | undefined}
 */
export function pressed(span, instant, { key, shiftKey }) {
  if (key === "Home") return meant(span, span.oldest);
  if (key === "End") return null;
  const step = STEPS_S.get(key);
  if (step === undefined || (instant === null && step > 0)) return step === undefined ? undefined : null;
  const seconds = step * (shiftKey && Math.abs(step) === 1 ? SHIFT : 1);
  const begin = instant ?? Math.floor(span.to / SECOND_MS) * SECOND_MS;
  // One second back may be nearer to now than what counts as live: a step back always leads away from it.
  const at = Math.min(begin + seconds * SECOND_MS, step < 0 ? span.to - LIVE_EDGE_MS : Infinity);
  return meant(span, Math.floor(at / SECOND_MS) * SECOND_MS);
}
