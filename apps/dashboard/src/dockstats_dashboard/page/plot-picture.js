/**
 * From a container's points to the picture of one of its charts. Pure.
 *
 * Not here: which charts there are (plots), drawing (paint).
 *
 * @typedef {import("./decimate.js").Column} Column
 * @typedef {import("./messages.js").ContainerEvent} ContainerEvent
 * @typedef {import("./paint.js").Picture} Picture
 * @typedef {import("./paint.js").Line} Line
 *
 * @typedef {object} Ask
 * @property {import("./plots.js").Plot} plot
 * @property {import("./points.js").Points} points
 * @property {import("./model.js").Container | null} container
 * @property {import("./plots.js").Scale} scale
 * @property {import("./axis.js").TimeWindow} window
 * @property {import("./axis.js").Tick[]} ticks
 * @property {ContainerEvent[]} events that happened to it
 * @property {number} gapMs points further apart than this have a gap between them
 * @property {number} until nothing later is shown
 * @property {number} right pixels for labels at the lines' ends; 0: no labels
 * @property {number} topBefore of the same chart, 0 for none
 */

import { throttlingBand } from "./bands.js";
import { decimate, highest } from "./decimate.js";
import { TONE_COLOURS, eventWords } from "./event-words.js";
import { MEMORY_LAYERS, limitOf, rounding, roundText } from "./plots.js";
import { steadyTop } from "./scales.js";
import { Track, isKnown } from "./track.js";

const LIMIT_IN_SIGHT = 3; // a limit further up than that would leave the line flat at the bottom

/** @type {Record<import("./plots.js").PlotLine["look"], number[]>} */
const DASHES = { area: [], dash: [5, 3], dots: [1.5, 2.5] };

/** @type {Record<string, string>} */
const LAYER_COLOURS = {
  mem_kernel_bytes: "--chart-kernel",
  mem_anon_bytes: "--chart-anon",
  mem_file_bytes: "--chart-file",
};

/** @param {Ask} ask @returns {Picture} */
export function plotPicture(ask) {
  const { plot, container, scale, window, ticks, events, topBefore } = ask;
  const lines = plot.id === "memory" && hasLayers(ask.points, window) ? layerLines(ask) : plainLines(ask);
  const most = Math.max(0, ...lines.map((line) => highest(line.columns)));
  const limit = limitOf(plot.id, container);
  const shown = limit !== null && limit <= LIMIT_IN_SIGHT * Math.max(most, plot.least) ? limit : null;
  const top = steadyTop(topBefore, Math.max(most, shown ?? 0), plot.least, rounding(plot.id, scale));
  return {
    ...window,
    top,
    topLabel: roundText(plot.id, top, scale),
    right: ask.right,
    lines,
    limit: shown,
    limitLabel: shown === null ? "" : `limit ${roundText(plot.id, shown, scale)}`,
    bands: plot.id === "cpu" ? throttledBands(columnsOf(ask, "throttled_pct"), window.columnMs) : [],
    marks: marksOf(plot, events, window),
    ticks,
  };
}

/** Whether the kernel tells what the memory is for. @param {Ask["points"]} points @param {Ask["window"]} window */
export function hasLayers(points, { from, to }) {
  const known = (/** @type {string} */ name) => isKnown(new Track(points, name), from, to);
  return known("mem_anon_bytes") && known("mem_file_bytes");
}

/** @param {Ask} ask @returns {Line[]} */
function plainLines(ask) {
  return ask.plot.lines.map(({ name, look, word }, index) => ({
    columns: columnsOf(ask, name),
    colour: index === 0 ? "--chart-line" : "--fact",
    area: look === "area" ? "--chart-area" : null,
    base: null,
    dash: DASHES[look],
    span: look === "area",
    label: ask.right > 0 ? word : "",
    marker: "",
  }));
}

/**
 * Each layer from the sum of those below it. The kernel's own share is left out where it is not told.
 *
 * @param {Ask} ask
 * @returns {Line[]}
 */
function layerLines(ask) {
  const { from, to } = ask.window;
  /** @type {string[]} */
  const below = [];
  /** @type {Column[] | null} */
  let base = null;
  /** @type {Line[]} */
  const lines = [];
  for (const { name, word } of MEMORY_LAYERS) {
    if (!isKnown(new Track(ask.points, name), from, to)) continue;
    below.push(name);
    const columns = columnsOf(ask, ...below);
    const area = LAYER_COLOURS[name] ?? "--chart-area";
    const label = ask.right > 0 ? word : "";
    lines.push({ columns, colour: "--chart-line", area, base, dash: [], span: false, label, marker: "" });
    base = columns;
  }
  return lines;
}

/** @param {Ask} ask @param {...string} names */
function columnsOf({ points, window, gapMs, until }, ...names) {
  const before = window.from - gapMs; // the line begins outside, not at its first point inside
  return decimate(new Track(points, ...names), before, window.columnMs, gapMs, Math.min(until, window.to));
}

/**
 * The stretches in which the container was held back by its own CPU limit.
 *
 * @param {Column[]} columns of its throttled share
 * @param {number} columnMs
 */
export function throttledBands(columns, columnMs) {
  /** @type {{ from: number, to: number }[]} */
  const bands = [];
  let last = null;
  for (const { at, high, afterGap } of columns) {
    if (throttlingBand(high) === "ordinary") {
      last = null;
    } else if (last !== null && !afterGap) {
      last.to = at + columnMs;
    } else {
      last = { from: at, to: at + columnMs };
      bands.push(last);
    }
  }
  return bands;
}

/**
 * What happened in the time shown: with its sign where it explains the chart's figures, else only a tick.
 *
 * @param {import("./plots.js").Plot} plot
 * @param {ContainerEvent[]} events
 * @param {{ from: number, to: number }} window
 */
function marksOf({ id }, events, { from, to }) {
  return events
    .filter(({ at }) => at >= from && at <= to)
    .map((event) => {
      const { sign, tone } = eventWords(event);
      const signed = id === "cpu" || (id === "memory" && event.kind === "oom");
      return { at: event.at, sign: signed ? sign : "", colour: TONE_COLOURS[tone] };
    });
}
