/**
 * What goes into a file: the table's rows, and a container's history, in raw units and UTC. Pure.
 *
 * Not here: how a cell is written (csv), the file itself (export).
 *
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./arrangement.js").Item} Item
 * @typedef {import("./points.js").Points} Points
 * @typedef {import("./csv.js").CsvValue} CsvValue
 */

import { utc } from "./format.js";
import { figureOf } from "./plots.js";
import { markOf } from "./state-mark.js";

/** The figures of a row, their unit in the name; CPU where 100 is one core. */
const FIGURES = [
  "cpu_pct",
  "throttled_pct",
  "mem_bytes",
  "mem_cache_bytes",
  "mem_limit_bytes",
  "net_rx_bytes_per_sec",
  "net_tx_bytes_per_sec",
  "block_read_bytes_per_sec",
  "block_write_bytes_per_sec",
  "pids",
  "cpu_pressure_pct",
  "mem_pressure_pct",
  "io_pressure_pct",
];

const HEAD = ["time_utc", "host", "name", "id", "state", "live", "project", "service", "image", ...FIGURES, "restarts"];

/**
 * Rows as the table has them: in its order, also those of closed groups, which are only out of sight. What the filter
 * lets through and the table has not shown yet comes last.
 *
 * @param {readonly Row[]} rows
 * @param {readonly Item[]} items what the table shows, from top to bottom
 */
export function inOrder(rows, items) {
  const left = new Map(rows.map((row) => [row.key, row]));
  const keys = items.flatMap((item) => ("group" in item ? item.group.rows.map(({ key }) => key) : item.key));
  const ordered = keys.flatMap((key) => {
    const row = left.get(key);
    return row !== undefined && left.delete(key) ? row : []; // a group has its rows, and they follow it once more
  });
  return [...ordered, ...left.values()];
}

/**
 * @param {Row[]} rows
 * @param {number} now milliseconds; rows with figures have the time of these
 * @returns {{ head: string[], rows: CsvValue[][] }}
 */
export function tableRows(rows, now) {
  return {
    head: [...HEAD, "started_utc"],
    rows: rows.map(({ container, host, live }) => {
      const { sample, facts } = container;
      return [
        new Date(host.batchAt ?? now),
        host.label,
        container.name,
        container.fullId || container.id,
        markOf(container).word,
        live,
        facts?.compose_project,
        facts?.compose_service,
        facts?.image,
        ...FIGURES.map((name) => figureOf(sample, name)),
        facts?.restart_count,
        facts?.started_at ? new Date(facts.started_at) : null,
      ];
    }),
  };
}

/**
 * One row a point, only columns of which something is known.
 *
 * @param {Points} points
 * @param {readonly string[]} names
 * @param {number} from milliseconds
 * @param {number} to
 * @returns {{ head: string[], rows: CsvValue[][] }}
 */
export function historyRows(points, names, from, to) {
  const first = points.indexFrom(from);
  /** @type {number[]} */
  const indexes = [];
  for (let index = first; index < points.length && Number(points.times[index]) <= to; index += 1) indexes.push(index);
  const columns = names
    .map((name) => ({ name, values: points.column(name) }))
    .filter(({ values }) => indexes.some((index) => !Number.isNaN(values[index])));
  return {
    head: ["time_utc", ...columns.map(({ name }) => name)],
    rows: indexes.map((index) => [
      new Date(Number(points.times[index])),
      ...columns.map(({ values }) => plain(Number(values[index]))),
    ]),
  };
}

/**
 * The same as JSON text: columns, as in `api/history`, with what it is about.
 *
 * @param {{ head: string[], rows: CsvValue[][] }} table
 * @param {Record<string, string>} about
 */
export function historyJson({ head, rows }, about) {
  const column = (/** @type {number} */ index) => rows.map((row) => row[index] ?? null);
  const columns = Object.fromEntries(head.slice(1).map((name, index) => [name, column(index + 1)]));
  const at = rows.map((row) => utc(Number(row[0])));
  return `${JSON.stringify({ ...about, at, columns }, null, 1)}\n`;
}

/** Points are kept with seven digits: no more are written. @param {number} value */
function plain(value) {
  return Number.isNaN(value) ? null : Number(value.toPrecision(7));
}

/** A name for a file: what a stranger may have written becomes letters, digits and dashes. @param {...string} parts */
export function fileName(...parts) {
  const safe = parts.map((part) => part.replace(/[^A-Za-z0-9._]+/g, "-").replace(/^[-.]+|-+$/g, "")).filter(Boolean);
  return safe.join("-").slice(0, 120) || "dockstats";
}
