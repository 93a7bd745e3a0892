/**
 * What the charts of a container are: their columns, their limits, and how their values are written. Pure.
 *
 * Not here: points (points, track), drawing (detail-charts, compare-panel).
 *
 * @typedef {import("./format.js").Format} Format
 * @typedef {import("./model.js").Container} Container
 *
 * @typedef {"cpu" | "memory" | "network" | "disk" | "pids" | "pressure"} PlotId
 *
 * @typedef {object} PlotLine
 * @property {string} name of the column
 * @property {string} word beside its value
 * @property {"area" | "dash" | "dots"} look
 *
 * @typedef {object} Plot
 * @property {PlotId} id
 * @property {string} title
 * @property {PlotLine[]} lines the first one leads
 * @property {string[]} groups of `unknown`, the first that has a reason is told
 * @property {number} least the smallest top of the chart
 * @property {string} [why] what its figures are, for a title that does not say it
 *
 * @typedef {object} Scale whose values they are, and in which units they are told
 * @property {Format} format
 * @property {number | null} cores of the host
 * @property {number | null} limitCores of the container
 */

import { CPU_UNITS, digits, percent } from "./format.js";
import { roundUp, roundUpBinary } from "./scales.js";

/** @type {readonly Plot[]} */
export const PLOTS = Object.freeze([
  { id: "cpu", title: "CPU", lines: [line("cpu_pct", "", "area")], groups: ["cpu"], least: 10 },
  {
    id: "memory",
    title: "Memory",
    lines: [line("mem_bytes", "used", "area"), line("mem_cache_bytes", "cache", "dash")],
    groups: ["memory"],
    least: 1024 * 1024,
    why: "Used leaves out the cache that the kernel gives up first (inactive file pages), as docker stats does; the layers add up to all of it.",
  },
  {
    id: "network",
    title: "Network",
    lines: [line("net_rx_bytes_per_sec", "↓ in", "area"), line("net_tx_bytes_per_sec", "↑ out", "dash")],
    groups: ["network_rates", "network"],
    least: 1000,
  },
  {
    id: "disk",
    title: "Disk",
    lines: [line("block_read_bytes_per_sec", "read", "area"), line("block_write_bytes_per_sec", "write", "dash")],
    groups: ["block_io_rates", "block_io"],
    least: 1000,
  },
  { id: "pids", title: "Pids", lines: [line("pids", "", "area")], groups: ["pids"], least: 5 },
  {
    id: "pressure",
    title: "Pressure",
    lines: [
      line("cpu_pressure_pct", "cpu", "area"),
      line("mem_pressure_pct", "mem", "dash"),
      line("io_pressure_pct", "io", "dots"),
    ],
    groups: ["pressure"],
    least: 5,
    why: "The share of time in which something in it waited for CPU, memory or disk (the kernel's \"some\").",
  },
]);

/** Where the kernel tells what the memory is for: the layers of the chart, from below. */
export const MEMORY_LAYERS = Object.freeze([
  line("mem_kernel_bytes", "kernel", "area"),
  line("mem_anon_bytes", "anon", "area"),
  line("mem_file_bytes", "file", "area"),
]);

/** Every column that the charts need, as `api/history` calls them. */
export const COLUMNS = Object.freeze([
  ...PLOTS.flatMap((plot) => plot.lines.map(({ name }) => name)),
  ...MEMORY_LAYERS.map(({ name }) => name),
  "throttled_pct",
]);

/** @param {string} name @param {string} word @param {PlotLine["look"]} look @returns {PlotLine} */
function line(name, word, look) {
  return Object.freeze({ name, word, look });
}

/** A chart by its id; CPU for one that there is not. @param {string} id @returns {Plot} */
export function plotOf(id) {
  return PLOTS.find((plot) => plot.id === id) ?? /** @type {Plot} */ (PLOTS[0]);
}

/**
 * A value as figure and unit. CPU in a unit that there is not for it, such as a share of no limit, is told in % of a
 * core.
 *
 * @param {PlotId} id
 * @param {number} value
 * @param {Scale} scale
 * @returns {[figure: string, unit: string]}
 */
export function valueText(id, value, { format, cores, limitCores }) {
  switch (id) {
    case "cpu": {
      const cpu = format.cpu(value, { cores, limitCores });
      return cpu === null ? [percent(value), CPU_UNITS.core_pct.name] : [cpu.figure, CPU_UNITS[format.cpuUnit].name];
    }
    case "memory":
      return format.bytes(value);
    case "network":
    case "disk": {
      const [figure, unit] = format.rate(value);
      return [figure, `${unit}/s`];
    }
    case "pids":
      return [value.toFixed(0), ""];
    case "pressure":
      return [digits(value), "%"];
  }
}

/**
 * The same for a round value that stands still, such as an axis' top or a limit.
 *
 * @param {PlotId} id
 * @param {number} value
 * @param {Scale} scale
 */
export function roundText(id, value, scale) {
  const [figure, unit] = valueText(id, value, scale);
  const plain = figure.includes("e") ? figure : String(Number(figure));
  const short = id !== "cpu" ? unit : unit.startsWith("%") ? "%" : plain === "1" ? "core" : unit;
  return short === "" ? plain : `${plain} ${short}`;
}

/**
 * How a chart's top is rounded: in the unit in which it is told.
 *
 * @param {PlotId} id
 * @param {Scale} scale
 * @returns {(value: number) => number}
 */
export function rounding(id, { format, cores, limitCores }) {
  if (id === "memory" && format.base === "iec") return roundUpBinary;
  const factor =
    id === "cpu"
      ? (format.cpuValue(1, { cores, limitCores }) ?? 1)
      : (id === "network" || id === "disk") && format.rates === "bits"
        ? 8
        : 1;
  return (value) => roundUp(value * factor) / factor;
}

/**
 * What bounds the values; null: nothing, or not known.
 *
 * @param {PlotId} id
 * @param {Container | null} container
 * @returns {number | null}
 */
export function limitOf(id, container) {
  const facts = container?.facts ?? null;
  if (facts === null) return null;
  switch (id) {
    case "cpu":
      return facts.cpu_limit_cores === null ? null : facts.cpu_limit_cores * 100;
    case "memory":
      return facts.mem_limit_bytes;
    case "pids":
      return facts.pids_limit;
    default:
      return null;
  }
}

/**
 * A figure of a sample by its column's name; null: not known.
 *
 * @param {import("./messages.js").ContainerSample | null} sample
 * @param {string} name
 * @returns {number | null}
 */
export function figureOf(sample, name) {
  const value = sample === null ? null : /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (sample))[name];
  return typeof value === "number" ? value : null;
}

/** The code of why a chart's figures are not known. @param {Plot} plot @param {Map<string, string>} unknown */
export function reasonCode({ groups }, unknown) {
  return groups.map((group) => unknown.get(group)).find((code) => code !== undefined);
}
