/**
 * What stands above a chart, and what it says in one sentence. Pure.
 *
 * Not here: showing it (plot-head), the picture (plot-picture).
 *
 * @typedef {import("./plots.js").Plot} Plot
 * @typedef {import("./plots.js").Scale} Scale
 * @typedef {import("./plot-head.js").Head} Head
 * @typedef {(name: string) => number | null} Figure the value of a column; null: not known
 */

import { throttlingBand } from "./bands.js";
import { MEMORY_LAYERS, limitOf, roundText, valueText } from "./plots.js";
import { reasonOf } from "./reasons.js";

const NO_LIMIT = "no limit";
const NO_CPU_LIMIT = "no limit, so never throttled"; // unless it had one in the time shown
const GAP = { word: "no data", sentence: "Nothing was read at that time." };
const NOT_RUNNING = { word: "not running", sentence: "It does not run, so there is nothing to read." };

/** @type {Record<string, string>} */
const LAYER_SWATCHES = { mem_kernel_bytes: "kernel", mem_anon_bytes: "anon", mem_file_bytes: "file" };

/**
 * @param {object} of
 * @param {Plot} of.plot
 * @param {Figure} of.figure
 * @param {import("./model.js").Container | null} of.container
 * @param {Scale} of.scale
 * @param {boolean} of.layered whether the memory chart shows what the memory is for
 * @param {string | undefined} of.code why the newest figures are not known
 * @param {boolean} of.running whether it has figures at all
 * @param {boolean} of.past at the cursor, not at the newest figures
 * @param {boolean} of.live the newest figures are of now
 * @param {number | null} of.mostThrottled the worst in the chart, in percent of the scheduler's periods
 * @returns {Head}
 */
export function headOf({ plot, figure, container, scale, layered, code, running, past, live, mostThrottled }) {
  const swatches = plot.lines.length > 1 && !layered;
  /** @type {Head["values"]} */
  const values = [];
  const add = (/** @type {string} */ name, /** @type {string} */ word, /** @type {string} */ swatch, layer = false) => {
    const value = figure(name);
    if (value === null) return;
    const [text, unit] = valueText(plot.id, value, scale);
    values.push({ swatch, figure: text, unit, word, layer });
  };
  for (const { name, word, look } of plot.lines) {
    if (layered && name === "mem_cache_bytes") continue; // it is in the layer of files
    add(name, word, swatches ? look : "");
  }
  if (layered) {
    for (const { name, word } of [...MEMORY_LAYERS].reverse()) add(name, word, LAYER_SWATCHES[name] ?? "", true);
  }
  const known = values.length > 0;
  const why = past ? GAP : running ? reasonOf(code, container?.facts?.network_of, container?.host) : NOT_RUNNING;
  const note = noteOf(plot, figure, container, scale);
  const throttled = plot.id === "cpu" ? throttledOf(figure("throttled_pct"), { past, live, mostThrottled }) : null;
  const never = plot.id === "cpu" && note === NO_LIMIT && throttled?.banded !== true;
  return { values, note: never ? NO_CPU_LIMIT : note, throttled: never ? null : throttled, unknown: known ? null : why };
}

/**
 * What bounds its values.
 *
 * @param {Plot} plot
 * @param {Figure} figure
 * @param {import("./model.js").Container | null} container
 * @param {Scale} scale
 */
function noteOf(plot, figure, container, scale) {
  const limit = limitOf(plot.id, container);
  if (limit !== null) {
    const note = `limit ${roundText(plot.id, limit, scale)}`;
    const used = plot.id === "memory" ? figure("mem_bytes") : null;
    return used !== null && limit > 0 ? `${note} · ${((100 * used) / limit).toFixed(0)} %` : note;
  }
  if (container === null || (plot.id !== "memory" && plot.id !== "cpu")) return "";
  return container.facts === null ? "limit not known" : NO_LIMIT;
}

/**
 * How much its own limit holds it back, in words; none where that is not known.
 *
 * @param {number | null} pct of the scheduler's periods
 * @param {{ past: boolean, live: boolean, mostThrottled: number | null }} around as in headOf
 */
function throttledOf(pct, { past, live, mostThrottled }) {
  const high = throttlingBand(pct) !== "ordinary";
  const banded = throttlingBand(mostThrottled) !== "ordinary";
  const shown = { banded: banded || high, high };
  if (pct !== null && pct > 0) {
    const share = pct < 1 ? "under 1" : pct.toFixed(0);
    return { ...shown, words: `throttled in ${share} % of periods${live && !past ? " now" : ""}` };
  }
  if (banded && !past) return { ...shown, words: `throttled earlier, up to ${mostThrottled?.toFixed(0)} %` };
  return pct === null ? { banded: false, high, words: "" } : { ...shown, words: "not throttled" };
}

/**
 * A chart in one sentence, for whoever cannot see it.
 *
 * @param {Plot} plot
 * @param {string} name of the container
 * @param {{ word: string, low: number, high: number, last: number }[]} lines
 * @param {Scale} scale
 */
export function summary(plot, name, lines, scale) {
  const told = (/** @type {number} */ value) => valueText(plot.id, value, scale).filter(Boolean).join(" ");
  const parts = lines.map(({ word, low, high, last }) => {
    return `${word ? `${word} ` : ""}lowest ${told(low)}, highest ${told(high)}, last ${told(last)}`;
  });
  return `${plot.title} of ${name}: ${parts.length === 0 ? "nothing known in this time" : parts.join("; ")}.`;
}
