import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHOICES,
  comparePicture,
  labelsOf,
  labelsWidth,
  legendText,
  styleOf,
} from "../../apps/dashboard/src/dockstats_dashboard/page/compare-lines.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { MAX_PINNED } from "../../apps/dashboard/src/dockstats_dashboard/page/view-state.js";
import { containerOf, must, pointsOf } from "./charts.js";

const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });

/** @param {string} name @param {Record<string, (number | null)[]>} columns */
function pinned(name, columns) {
  const points = pointsOf(columns, 1000);
  return { key: `heron/${name}`, name, container: null, entry: { points, state: /** @type {const} */ ("ready"), askedAt: 0, hole: null } };
}

/** @param {string} id @param {ReturnType<typeof pinned>[]} list @param {object} [more] */
function picture(id, list, more = {}) {
  const window = { from: 0, to: 10_000, columnMs: 1000 };
  return comparePicture({ id, pinned: list, format, window, ticks: [], right: 100, until: 10_000, topBefore: 0, ...more });
}

test("as many lines as can be pinned are told apart without colour", () => {
  const styles = Array.from({ length: MAX_PINNED }, (_, index) => styleOf(index));
  assert.equal(new Set(styles.map(({ marker }) => marker)).size, MAX_PINNED);
  assert.equal(new Set(styles.map(({ colour }) => colour)).size, MAX_PINNED);
  assert.ok(styles.every(({ dash }, index) => dash !== styles[index + 1]?.dash));
});

test("one axis for all: the highest of them fits", () => {
  const { top, lines, topLabel } = picture("cpu", [pinned("a", { cpu_pct: [10, 20] }), pinned("b", { cpu_pct: [240] })]);
  assert.deepEqual([top, topLabel, lines.map(({ label }) => label)], [300, "300 %", ["a", "b"]]);
});

test("network is what goes in and out together, not known where one of them is not", () => {
  const list = [pinned("a", { net_rx_bytes_per_sec: [1000, 2000], net_tx_bytes_per_sec: [500, null] })];
  assert.deepEqual(must(picture("network", list).lines[0]).columns.map(({ mean }) => mean), [1500]);
});

test("every choice can be drawn of containers of which nothing is known", () => {
  for (const { id } of CHOICES) assert.ok(picture(id, [pinned("a", { pids: [1] })]).top > 0);
});

test("a long name is cut between characters, not through one", () => {
  const { lines } = picture("cpu", [pinned("🦉".repeat(30), { cpu_pct: [1] })]);
  assert.equal(must(lines[0]).label, `${"🦉".repeat(21)}…`);
});

test("hosts stand in the labels only where names repeat", () => {
  const there = { ...pinned("web", {}), container: containerOf() };
  const labels = labelsOf([there, { ...pinned("web", {}), key: "ibis/1" }, pinned("db", {})]);
  assert.deepEqual(labels, [`web · ${must(there.container).host.label}`, "web · ibis", "db"]);
  assert.ok(labelsWidth(labels) > labelsWidth(["web", "db"]));
});

test("without room beside the lines they have no labels", () => {
  assert.equal(must(picture("cpu", [pinned("a", { cpu_pct: [1] })], { right: 0 }).lines[0]).label, "");
});

test("the legend says a value, or that there is none", () => {
  assert.equal(legendText("cpu", [212.8], null, format), "212.8 % of a core");
  assert.equal(legendText("network", [1e6, 5e5], null, format), "1.50 MB/s");
  assert.equal(legendText("network", [1e6, NaN], null, format), "gone");
});
