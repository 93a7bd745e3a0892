import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { plotPicture, throttledBands } from "../../apps/dashboard/src/dockstats_dashboard/page/plot-picture.js";
import { plotOf } from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { ID, containerOf, must, pointsOf } from "./charts.js";

const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });

/** @param {string} id @param {import("../../apps/dashboard/src/dockstats_dashboard/page/points.js").Points} points @param {object} [more] */
function picture(id, points, more = {}) {
  return plotPicture({
    plot: plotOf(id),
    points,
    container: null,
    scale: { format, cores: 8, limitCores: null },
    window: { from: 0, to: 10_000, columnMs: 1000 },
    ticks: [],
    events: [],
    gapMs: 3000,
    until: 10_000,
    right: 0,
    topBefore: 0,
    ...more,
  });
}

test("the line leads, the second one is told apart by its dash", () => {
  const { lines } = picture("network", pointsOf({ net_rx_bytes_per_sec: [1, 2], net_tx_bytes_per_sec: [3, 4] }, 1000));
  assert.deepEqual(lines.map(({ area, dash }) => [area !== null, dash.length > 0]), [[true, false], [false, true]]);
  assert.deepEqual(lines.map(({ columns }) => columns.map(({ mean }) => mean)), [[1, 2], [3, 4]]);
});

test("nothing later than the instant that is shown", () => {
  const points = pointsOf({ pids: [1, 2, 3, 4, 5] }, 1000);
  assert.equal(must(picture("pids", points, { until: 2000 }).lines[0]).columns.length, 3);
});

test("the line begins before the left edge, not at the first point inside", () => {
  const points = pointsOf({ pids: [1, 2, 3, 4, 5] }, 1000);
  const window = { from: 3500, to: 13_500, columnMs: 1000 };
  assert.ok(must(must(picture("pids", points, { window }).lines[0]).columns[0]).at < 3500);
});

test("a host that was silent leaves a gap, not a line across", () => {
  const points = pointsOf({ cpu_pct: [1, 1] }, 1000);
  points.push(8000, { cpu_pct: 1 });
  assert.deepEqual(must(picture("cpu", points).lines[0]).columns.map(({ afterGap }) => afterGap), [true, false, true]);
});

test("memory is layered where the kernel tells what it is for", () => {
  const figures = { mem_bytes: [60], mem_anon_bytes: [40], mem_file_bytes: [20], mem_kernel_bytes: [5] };
  const { lines } = picture("memory", pointsOf(figures));
  assert.deepEqual(lines.map(({ columns }) => must(columns[0]).mean), [5, 45, 65]);
  assert.deepEqual(lines.map(({ base }) => base && must(base[0]).mean), [null, 5, 45]);
});

test("a kernel that does not tell its own share leaves out that layer only", () => {
  const { lines } = picture("memory", pointsOf({ mem_bytes: [60], mem_anon_bytes: [40], mem_file_bytes: [20] }));
  assert.deepEqual(lines.map(({ columns }) => must(columns[0]).mean), [40, 60]);
});

test("without layers memory is what is used, and the cache", () => {
  const { lines } = picture("memory", pointsOf({ mem_bytes: [60], mem_cache_bytes: [10] }));
  assert.deepEqual(lines.map(({ columns }) => must(columns[0]).mean), [60, 10]);
});

test("a limit in sight is drawn and fits; one far above is not, so that the line is not flat", () => {
  const container = containerOf({}, { cpu_limit_cores: 2 });
  const near = picture("cpu", pointsOf({ cpu_pct: [120] }), { container });
  assert.deepEqual([near.limit, near.top, near.limitLabel], [200, 200, "limit 200 %"]);
  const far = picture("cpu", pointsOf({ cpu_pct: [20] }), { container });
  assert.deepEqual([far.limit, far.top], [null, 20]);
});

test("the top holds still while less than half of it is empty", () => {
  const points = pointsOf({ cpu_pct: [120] });
  assert.equal(picture("cpu", points, { topBefore: 200 }).top, 200);
  assert.equal(picture("cpu", points, { topBefore: 300 }).top, 150);
});

test("an idle container is not blown up to a mountain range", () => {
  assert.deepEqual([picture("cpu", pointsOf({ cpu_pct: [0.01] })).top, picture("cpu", pointsOf({ cpu_pct: [0] })).top], [10, 10]);
});

test("throttled time is a band from 5 % on, one for neighbouring columns", () => {
  const column = (/** @type {number} */ at, /** @type {number} */ high, afterGap = false) => ({ at, low: 0, mean: 0, high, afterGap });
  const columns = [column(0, 4.9), column(10, 5), column(20, 80), column(30, 0), column(40, 9), column(90, 9, true)];
  assert.deepEqual(throttledBands(columns, 10), [{ from: 10, to: 30 }, { from: 40, to: 50 }, { from: 90, to: 100 }]);
});

test("the time in which its limit held it back is a band behind the CPU, and behind nothing else", () => {
  const points = pointsOf({ cpu_pct: [50, 50, 50, 50], pids: [1, 1, 1, 1], throttled_pct: [0, 80, 90, 0] }, 1000);
  assert.deepEqual(picture("cpu", points).bands, [{ from: 1000, to: 3000 }]);
  assert.deepEqual(picture("pids", points).bands, []);
});

/** @param {string} kind @param {number} at @param {object} [more] */
const event = (kind, at, more = {}) => ({ at, kind, id: ID, name: "db", exit_code: null, health: null, old_name: null, ...more });

test("what happened in the time shown is a mark in every chart, with its sign where the CPU is", () => {
  const events = [event("start", -1), event("die", 2000, { exit_code: 1 }), event("start", 10_001)];
  const marks = (/** @type {string} */ id) => picture(id, pointsOf({ cpu_pct: [1], pids: [1] }), { events }).marks;
  assert.deepEqual(marks("cpu"), [{ at: 2000, sign: "✕", colour: "--red" }]);
  assert.deepEqual(marks("pids"), [{ at: 2000, sign: "", colour: "--red" }]);
});

test("a kill for want of memory has its sign where the memory is, too; nothing else has", () => {
  const marks = picture("memory", pointsOf({ mem_bytes: [1] }), { events: [event("oom", 1000), event("start", 2000)] }).marks;
  assert.deepEqual(marks.map(({ sign }) => sign), ["◆", ""]);
});

test("labels stand at the lines' ends only where there is room for them", () => {
  const points = pointsOf({ block_read_bytes_per_sec: [1], block_write_bytes_per_sec: [1] });
  assert.deepEqual(picture("disk", points, { right: 90 }).lines.map(({ label }) => label), ["read", "write"]);
  assert.deepEqual(picture("disk", points).lines.map(({ label }) => label), ["", ""]);
});
