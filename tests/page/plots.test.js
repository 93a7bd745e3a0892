import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import {
  COLUMNS,
  PLOTS,
  figureOf,
  limitOf,
  plotOf,
  reasonCode,
  roundText,
  rounding,
  valueText,
} from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { containerOf } from "./charts.js";

/** @param {Partial<import("../../apps/dashboard/src/dockstats_dashboard/page/settings.js").SettingsValue>} [units] @param {object} [more] */
function scale(units = {}, more = {}) {
  const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes", ...units });
  return { format, cores: 8, limitCores: 2, ...more };
}

test("each column is asked for once", () => assert.equal(new Set(COLUMNS).size, COLUMNS.length));

test("values have their chart's unit", () => {
  assert.deepEqual(valueText("cpu", 212.8, scale()), ["212.8", "% of a core"]);
  assert.deepEqual(valueText("memory", 3.1 * 2 ** 30, scale()), ["3.10", "GiB"]);
  assert.deepEqual(valueText("network", 12.4e6, scale()), ["12.4", "MB/s"]);
  assert.deepEqual(valueText("network", 1e6, scale({ rates: "bits" })), ["8.00", "Mbit/s"]);
  assert.deepEqual(valueText("pids", 12, scale()), ["12", ""]);
  assert.deepEqual(valueText("pressure", 18, scale()), ["18.0", "%"]);
});

test("CPU follows the chosen unit, and falls back where there is none of it", () => {
  assert.deepEqual(valueText("cpu", 100, scale({ cpuUnit: "limit_pct" })), ["50.0", "% of its limit"]);
  const without = scale({ cpuUnit: "limit_pct" }, { limitCores: null });
  assert.deepEqual(valueText("cpu", 100, without), ["100", "% of a core"]);
  assert.equal(rounding("cpu", without)(130), 150);
});

test("round values have no empty decimals", () => {
  assert.equal(roundText("memory", 4 * 2 ** 30, scale()), "4 GiB");
  assert.equal(roundText("cpu", 250, scale()), "250 %");
  assert.equal(roundText("cpu", 300, scale({ cpuUnit: "cores" })), "3 cores");
  assert.equal(roundText("cpu", 100, scale({ cpuUnit: "cores" })), "1 core");
  assert.equal(roundText("pids", 100, scale()), "100");
});

test("a top is round in the unit that it is told in", () => {
  assert.equal(rounding("memory", scale())(5 * 2 ** 30), 6 * 2 ** 30);
  assert.equal(rounding("memory", scale({ base: "si" }))(4.2e9), 5e9);
  assert.equal(rounding("network", scale({ rates: "bits" }))(1e6) * 8, 8e6);
  assert.ok(Math.abs(rounding("cpu", scale({ cpuUnit: "host_pct" }))(90) / 8 - 15) < 1e-9);
});

test("limits are those of the container itself", () => {
  const container = containerOf({}, { cpu_limit_cores: 2.5, mem_limit_bytes: 1024, pids_limit: 100 });
  assert.deepEqual(PLOTS.map(({ id }) => limitOf(id, container)), [250, 1024, null, null, 100, null]);
  assert.deepEqual(PLOTS.map(({ id }) => limitOf(id, containerOf())), Array(6).fill(null));
  assert.equal(limitOf("cpu", null), null);
});

test("a figure that is not there is not known", () => {
  const { sample } = containerOf({ cpu_pct: 3 });
  assert.deepEqual([figureOf(sample, "cpu_pct"), figureOf(sample, "pids"), figureOf(sample, "name"), figureOf(null, "pids")], [3, null, null, null]);
});

test("the rates' own reason comes before that of the counters", () => {
  const codes = (/** @type {[string, string][]} */ ...entries) => reasonCode(plotOf("network"), new Map(entries));
  assert.equal(codes(["network", "host_network"]), "host_network");
  assert.equal(codes(["network", "x"], ["network_rates", "first_sample"]), "first_sample");
  assert.equal(codes(), undefined);
});
