import assert from "node:assert/strict";
import { test } from "node:test";

process.env["TZ"] = "Asia/Kolkata"; // half an hour beside UTC, and read when the module is loaded
const format = await import("../../apps/dashboard/src/dockstats_dashboard/page/format.js");

/**
 * @template In, Out
 * @param {string} name
 * @param {(value: In) => Out} formatted
 * @param {[In, Out][]} table
 */
function examples(name, formatted, table) {
  for (const [value, text] of table) {
    test(`${name} ${value} is ${text}`, () => assert.deepEqual(formatted(value), text));
  }
}

examples("percent", format.percent, [
  [0, "0"], [0.004, "0.00"], [0.31, "0.31"], [6.6, "6.60"], [9.994, "9.99"], [9.996, "10.0"], [48.25, "48.3"],
  [99.94, "99.9"], [99.96, "100"], [212.8, "213"], [6000, "6000"],
]);
examples("cores of percent", format.cores, [[0, "0"], [341, "3.41"], [1600, "16.0"]]);
examples("bytes", format.bytes, [
  [0, ["0", "B"]], [999, ["999", "B"]], [1000, ["0.98", "KiB"]], [189792256, ["181", "MiB"]],
  [3_328_599_654, ["3.10", "GiB"]], [2 ** 40 * 5, ["5.00", "TiB"]], [1e30, ["8.7e+11", "EiB"]],
]);
examples("limit", format.limit, [[2 ** 32, "4 GiB"], [512 * 2 ** 20, "512 MiB"], [1.5 * 2 ** 30, "1.5 GiB"]]);
examples("rate", format.rate, [
  [0, ["0", "B"]], [80.4, ["80", "B"]], [12_400_000, ["12.4", "MB"]], [999_600, ["1.00", "MB"]],
]);
examples("duration", format.duration, [
  [500, "0.5 s"], [50, "0.05 s"], [1000, "1 s"], [1400, "1.4 s"], [42_000, "42 s"], [59_700, "1 min"],
  [180_000, "3 min"], [7_800_000, "2 h 10 min"], [36_000_000, "10 h"],
  [3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h"], [30 * 86_400_000, "30 d"],
]);
examples("age", format.age, [
  [0, "< 1 s"], [999, "< 1 s"], [1000, "1 s"], [1999, "1 s"], [59_400, "59 s"], [60_000, "1 min"],
]);
examples("countdown", format.countdown, [[-5, "1 s"], [1, "1 s"], [1001, "2 s"]]);

test("a figure that ticks keeps its width within one unit: three digits and a point at most", () => {
  for (let value = 1; value < 2 ** 60; value *= 1.013) {
    const [figure] = format.bytes(value);
    assert.ok(figure.length <= 4, `${value} -> ${figure}`);
  }
});

test("an instant of today is a time, an older one has its day", () => {
  const now = Date.parse("2026-11-24T14:00:00Z");
  assert.equal(format.instant(now - 1000, now), "19:29:59");
  assert.equal(format.instant(now - 3 * 86_400_000, now), "21 Nov, 19:30");
});

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/format.js").CpuUnit} CpuUnit */

/** @param {Partial<{ cpuUnit: CpuUnit, base: "iec" | "si", rates: "bytes" | "bits" }>} [settings] */
function formatOf(settings = {}) {
  return new format.Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes", ...settings });
}

/** @type {[CpuUnit, number, import("../../apps/dashboard/src/dockstats_dashboard/page/format.js").CpuOf, string | null][]} */
const CPU = [
  ["core_pct", 212.84, {}, "212.8 %"], ["core_pct", 0, {}, "0.0 %"], ["core_pct", 1e9, {}, "1.0e+9 %"],
  ["cores", 212.84, {}, "2.13 cores"], ["cores", 9600, {}, "96.00 cores"],
  ["host_pct", 212.84, { cores: 96 }, "2.22 %"], ["host_pct", 212.84, {}, null], ["host_pct", 1, { cores: 0 }, null],
  ["limit_pct", 212.84, { limitCores: 2.5, cores: 96 }, "85.1 %"], ["limit_pct", 212.84, { limitCores: null }, null],
];
for (const [cpuUnit, pct, of, text] of CPU) {
  test(`${pct} % of a core as ${cpuUnit} of ${JSON.stringify(of)} is ${text}`, () => {
    const told = formatOf({ cpuUnit }).cpu(pct, of);
    assert.equal(told && `${told.figure} ${told.unit}`, text);
  });
}

test("sizes are IEC or SI, rates bytes or bits, as a person chose", () => {
  assert.deepEqual(formatOf().bytes(2 ** 30), ["1.00", "GiB"]);
  assert.deepEqual(formatOf({ base: "si" }).bytes(2 ** 30), ["1.07", "GB"]);
  assert.equal(formatOf().limit(2 ** 32), "4 GiB");
  assert.equal(formatOf({ base: "si" }).limit(4e9), "4 GB");
  assert.deepEqual(formatOf().rate(1_550_000), ["1.55", "MB"]);
  assert.deepEqual(formatOf({ rates: "bits" }).rate(1_550_000), ["12.4", "Mbit"]);
  assert.deepEqual(formatOf({ rates: "bits" }).rate(1), ["8", "bit"]);
});

test("one press after another goes through all units of CPU", () => {
  /** @type {CpuUnit[]} */
  const seen = ["core_pct"];
  for (let press = 0; press < 4; press += 1) seen.push(format.nextCpuUnit(/** @type {CpuUnit} */ (seen[press])));
  assert.deepEqual(seen, ["core_pct", "cores", "host_pct", "limit_pct", "core_pct"]);
});

test("a clock has the browser's zone and 24 hours, and what is exported is UTC", () => {
  const at = Date.parse("2026-11-24T00:04:30Z");
  assert.equal(format.clock(at), "05:34:30");
  assert.doesNotMatch(format.clock(new Date(2026, 10, 24, 0, 4, 30).getTime()), /^24/);
  assert.equal(format.utc(at), "2026-11-24T00:04:30Z");
  assert.equal(format.utcClock(at), "00:04:30");
  assert.equal(format.utc(at + 500.4), "2026-11-24T00:04:30.500Z");
});
