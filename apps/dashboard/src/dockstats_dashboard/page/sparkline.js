/**
 * The last minute as a line over an area, as small as a word, somewhere on a canvas.
 *
 * Not here: the values (spark, groups), the canvas and when it is drawn (spark-columns).
 *
 * @typedef {object} Line
 * @property {Float32Array} values oldest first, NaN where nothing is known
 * @property {number | null} endAt end of the newest one, in milliseconds on the dashboard's clock; null: none yet
 * @property {number} least the top is not below it, so that rest looks like rest
 * @property {import("./bands.js").Band} band
 * @property {boolean} dim its figures are not of now
 */

import { colour } from "./colours.js";
import { SPARK_BUCKET_MS } from "./spark.js";

const SPARK_HEIGHT = 18; // in CSS pixels
const ROOM = 1.25; // above the highest value, so that a flat line is no wall
const LATE = 1; // buckets that an ordinary delay may lack: not yet a gap

/** @type {Record<import("./bands.js").Band, string>} */
const COLOURS = { ordinary: "--chart-line", high: "--amber", full: "--red" };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} line
 * @param {object} place in CSS pixels
 * @param {number} place.top
 * @param {number} place.width
 * @param {number} now
 */
export function drawSparkline(context, { values, endAt, least, band, dim }, { top, width }, now) {
  const late = endAt === null ? 0 : Math.floor((now - endAt) / SPARK_BUCKET_MS);
  const runs = runsOf(values, late > LATE ? late : 0);
  if (runs.length === 0) return;
  let highest = least;
  for (const value of values) if (value * ROOM > highest) highest = value * ROOM;
  const bottom = top + SPARK_HEIGHT;
  const step = (width - 2) / Math.max(1, values.length - 1);
  const x = (/** @type {number} */ index) => 1 + (index - (late > LATE ? late : 0)) * step;
  const y = (/** @type {number} */ index) => bottom - 1 - ((values[index] ?? 0) / highest) * (SPARK_HEIGHT - 3);
  context.strokeStyle = context.fillStyle = colour(COLOURS[band]);
  context.globalAlpha = dim ? 0.4 : 1;
  context.beginPath();
  for (const [first, last] of runs) {
    context.moveTo(x(first) - 0.5, y(first)); // a single one is a short line, not nothing
    for (let index = first; index <= last; index += 1) context.lineTo(x(index), y(index));
    if (first === last) context.lineTo(x(last) + 0.5, y(last));
  }
  context.stroke();
  context.globalAlpha *= 0.18;
  context.beginPath();
  for (const [first, last] of runs) {
    context.moveTo(x(first), bottom);
    for (let index = first; index <= last; index += 1) context.lineTo(x(index), y(index));
    context.lineTo(x(last), bottom);
  }
  context.fill();
}

/**
 * The stretches of known values, first and last index of each.
 *
 * @param {Float32Array} values
 * @param {number} from
 */
export function runsOf(values, from) {
  /** @type {[number, number][]} */
  const runs = [];
  let begin = -1;
  for (let index = from; index <= values.length; index += 1) {
    const known = index < values.length && !Number.isNaN(values[index]);
    if (known && begin < 0) begin = index;
    if (known || begin < 0) continue;
    runs.push([begin, index - 1]);
    begin = -1;
  }
  return runs;
}
