import assert from "node:assert/strict";
import { test } from "node:test";
import { csvText } from "../../apps/dashboard/src/dockstats_dashboard/page/csv.js";
import {
  fileName,
  historyJson,
  historyRows,
  inOrder,
  tableRows,
} from "../../apps/dashboard/src/dockstats_dashboard/page/export-rows.js";
import { totalsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/groups.js";
import { COLUMNS } from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { NOW, at } from "./builders.js";
import { containerOf, pointsOf } from "./charts.js";

/** @param {object} [figures] @param {object} [facts] */
function table(figures, facts) {
  const container = containerOf(figures, facts);
  const { head, rows } = tableRows([{ key: container.key, container, host: container.host, live: true }], NOW);
  return { head, rows, cell: (/** @type {string} */ name) => rows[0]?.[head.indexOf(name)] };
}

test("a row has raw figures under heads that tell their unit", () => {
  const { head, rows, cell } = table({ cpu_pct: 212.8, mem_bytes: 1024 }, { image: "postgres:17" });
  assert.ok(rows.every((row) => row.length === head.length));
  assert.deepEqual(["cpu_pct", "mem_bytes", "image", "host", "name", "state"].map(cell), [212.8, 1024, "postgres:17", "Heron", "shop-db-1", "running"]);
  assert.deepEqual(cell("time_utc"), new Date(NOW));
});

/** The table's items, by the names of their rows. @param {(string | [string, string[]])[]} shown */
function items(...shown) {
  return shown.map((item) => (typeof item === "string" ? { key: item, row: rowOf(item), left: false } : group(...item)));
}

/** @param {string} name @param {string[]} names */
function group(name, names) {
  return { key: name, group: { key: name, name, rows: names.map(rowOf) }, totals: totalsOf([]) };
}

/** @param {string} key */
function rowOf(key) {
  const container = containerOf();
  return { key, container, host: container.host, live: true };
}

const saved = (/** @type {string[]} */ visible, /** @type {ReturnType<typeof items>} */ shown) =>
  inOrder(visible.map(rowOf), shown).map(({ key }) => key);

test("the table is saved in the order in which it is shown", () => {
  assert.deepEqual(saved(["a", "b", "c"], items("c", "a", "b")), ["c", "a", "b"]);
});

test("groups are saved one after the other, the closed ones, too, and no row twice", () => {
  const shown = items(["closed", ["d", "b"]], ["open", ["c", "a"]], "c", "a");
  assert.deepEqual(saved(["a", "b", "c", "d"], shown), ["d", "b", "c", "a"]);
});

test("what the filter leaves out is not saved, and what came since the last drawing is", () => {
  assert.deepEqual(saved(["a", "new"], items("gone", "a")), ["a", "new"]);
});

test("a figure that is not known stays empty", () => {
  const { cell, head, rows } = table({ pids: null });
  assert.equal(cell("pids"), null);
  assert.doesNotMatch(csvText(head, rows), /null|undefined|NaN/);
});

test("a hostile name cannot run in a spreadsheet", () => {
  const { head, rows } = table({ name: "=cmd|' /C calc'!A0" });
  assert.match(csvText(head, rows), /,'=cmd/);
});

test("history has one row a point of the stretch, and only columns of which something is known", () => {
  const points = pointsOf({ cpu_pct: [1, 2, null, 4], pids: [null, 5, 6, 7], mem_bytes: [1, null, null, null] }, 1000);
  const { head, rows } = historyRows(points, COLUMNS, 1000, 2000);
  assert.deepEqual(head, ["time_utc", "cpu_pct", "pids"]);
  assert.deepEqual(rows, [[new Date(1000), 2, 5], [new Date(2000), null, 6]]);
});

test("figures are written with the digits that were kept", () => {
  const points = pointsOf({ cpu_pct: [212.8], mem_bytes: [3_123_456_789] });
  assert.deepEqual(historyRows(points, ["cpu_pct", "mem_bytes"], 0, 1).rows[0]?.slice(1), [212.8, 3_123_457_000]);
});

test("the same as JSON, in columns, with what it is about", () => {
  const points = pointsOf({ cpu_pct: [1, null] }, 1000, NOW);
  points.push(NOW + 5000, { cpu_pct: 3 });
  const json = JSON.parse(historyJson(historyRows(points, COLUMNS, NOW, NOW + 9000), { name: "web" }));
  assert.deepEqual(json, {
    name: "web",
    at: [0, 1000, 5000].map((ms) => at(ms).replace(".000Z", "Z")),
    columns: { cpu_pct: [1, null, 3] },
  });
});

test("a stretch without points is a head and no rows", () => {
  assert.deepEqual(historyRows(pointsOf({ pids: [1] }), COLUMNS, 10, 20), { head: ["time_utc"], rows: [] });
});

test("a file's name has nothing that a stranger could have put there", () => {
  assert.equal(fileName("../../etc/passwd", "a b", "2026-11-24T14:00:00Z"), "etc-passwd-a-b-2026-11-24T14-00-00Z");
  assert.equal(fileName("...", "///"), "dockstats");
  assert.equal(fileName("x".repeat(500)).length, 120);
});
