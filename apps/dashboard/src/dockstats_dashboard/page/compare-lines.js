/**
 * The comparison's picture: one line a pinned container. Pure.
 *
 * Not here: the panel around it (compare-panel).
 *
 * @typedef {object} Pinned
 * @property {string} key
 * @property {string} name
 * @property {import("./model.js").Container | null} container null: it is not there any more
 * @property {import("./series-cache.js").Entry} entry
 *
 * @typedef {object} Choice a figure to compare
 * @property {string} id
 * @property {string} title
 * @property {import("./plots.js").PlotId} plot whose units it has
 * @property {string[]} names columns, summed
 */

import { decimate, highest } from "./decimate.js";
import { plotOf, roundText, rounding, valueText } from "./plots.js";
import { steadyTop } from "./scales.js";
import { Track } from "./track.js";

/** @type {readonly Choice[]} */
export const CHOICES = Object.freeze([
  { id: "cpu", title: "CPU", plot: "cpu", names: ["cpu_pct"] },
  { id: "memory", title: "Memory", plot: "memory", names: ["mem_bytes"] },
  {
    id: "network",
    title: "Network, in + out",
    plot: "network",
    names: ["net_rx_bytes_per_sec", "net_tx_bytes_per_sec"],
  },
  {
    id: "disk",
    title: "Disk, read + write",
    plot: "disk",
    names: ["block_read_bytes_per_sec", "block_write_bytes_per_sec"],
  },
  { id: "cpu_pressure", title: "CPU pressure", plot: "pressure", names: ["cpu_pressure_pct"] },
  { id: "mem_pressure", title: "Memory pressure", plot: "pressure", names: ["mem_pressure_pct"] },
  { id: "io_pressure", title: "Disk pressure", plot: "pressure", names: ["io_pressure_pct"] },
]);

/** Told apart without colour: no two have the same marker, neighbours not the same dash. */
const MARKERS = ["●", "■", "▲", "◆", "○", "□", "△", "◇"];
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const MAX_LABEL_CHARS = 22;
const MAX_HOST_CHARS = 12;
const CHAR_PX = 6.6; // of a label, on average and a little more
const BESIDE_LABEL_PX = 28; // its marker and what is free around it
const LEAST_GAP_MS = 3000;

/** @param {string} id @returns {Choice} */
export function choiceOf(id) {
  return CHOICES.find((choice) => choice.id === id) ?? /** @type {Choice} */ (CHOICES[0]);
}

/** @param {number} index among the pinned */
export function styleOf(index) {
  const place = index % MARKERS.length;
  return { colour: `--pin-${place + 1}`, marker: MARKERS[place] ?? "●", dash: DASHES[place % DASHES.length] ?? [] };
}

/**
 * @param {object} ask
 * @param {string} ask.id of the choice
 * @param {Pinned[]} ask.pinned
 * @param {import("./format.js").Format} ask.format
 * @param {import("./axis.js").TimeWindow} ask.window
 * @param {import("./axis.js").Tick[]} ask.ticks
 * @param {number} ask.right pixels for labels; 0: no labels
 * @param {number} ask.until nothing later is shown
 * @param {number} ask.topBefore
 * @returns {import("./paint.js").Picture}
 */
export function comparePicture({ id, pinned, format, window, ticks, right, until, topBefore }) {
  const { plot, names } = choiceOf(id);
  // Hosts differ in cores and containers in limits: a common axis has neither, CPU is told in cores or % of a core.
  const scale = { format, cores: null, limitCores: null };
  const labels = labelsOf(pinned);
  const lines = pinned.map(({ container, entry }, index) => {
    const gapMs = Math.max(LEAST_GAP_MS, container?.host.silentAfterMs ?? 0, 2 * window.columnMs);
    const track = new Track(entry.points, ...names);
    const before = window.from - gapMs; // the line begins outside, not at its first point inside
    const columns = decimate(track, before, window.columnMs, gapMs, Math.min(until, window.to));
    const label = right > 0 ? (labels[index] ?? "") : "";
    return { ...styleOf(index), columns, area: null, base: null, span: false, label };
  });
  const most = Math.max(0, ...lines.map((line) => highest(line.columns)));
  const top = steadyTop(topBefore, most, plotOf(plot).least, rounding(plot, scale));
  const topLabel = roundText(plot, top, scale);
  return { ...window, top, topLabel, right, lines, limit: null, limitLabel: "", bands: [], marks: [], ticks };
}

/**
 * A container's value as the legend has it.
 *
 * @param {string} id of the choice
 * @param {number[]} values of its columns; NaN: not known
 * @param {import("./model.js").Container | null} container
 * @param {import("./format.js").Format} format
 */
export function legendText(id, values, container, format) {
  const { plot } = choiceOf(id);
  const value = values.reduce((sum, one) => sum + one, 0);
  if (Number.isNaN(value)) return container === null ? "gone" : container.sample === null ? "not running" : "unknown";
  return valueText(plot, value, { format, cores: null, limitCores: null }).filter(Boolean).join(" ");
}

/**
 * What stands at the lines' ends: names, and hosts where names repeat.
 *
 * @param {Pick<Pinned, "key" | "name" | "container">[]} pinned
 */
export function labelsOf(pinned) {
  return pinned.map(({ key, name, container }, index) => {
    if (pinned.every((other, at) => at === index || other.name !== name)) return shortened(name, MAX_LABEL_CHARS);
    const host = container?.host.label ?? key.slice(0, key.lastIndexOf("/"));
    return `${shortened(name, MAX_LABEL_CHARS)} · ${shortened(host, MAX_HOST_CHARS)}`;
  });
}

/** The room that labels need at the right, in pixels. @param {string[]} labels */
export function labelsWidth(labels) {
  return BESIDE_LABEL_PX + CHAR_PX * Math.max(...labels.map((label) => [...label].length));
}

/** @param {string} name @param {number} most characters */
function shortened(name, most) {
  const characters = [...name];
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join("")}…`;
}
