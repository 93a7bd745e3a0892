import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_POINTS, Points } from "../../apps/dashboard/src/dockstats_dashboard/page/points.js";

const points = () => new Points(["cpu_pct", "pids"]);

/** @param {Points} some @param {string} [name] */
const listed = (some, name = "cpu_pct") => [...some.column(name).slice(0, some.length)];

/** @param {Points} some */
const times = (some) => [...some.times.slice(0, some.length)];

test("points come back in the order they came, with NaN for what was not known", () => {
  const some = points();
  assert.equal(some.newest, null);
  some.push(1, { cpu_pct: 10, pids: 3 });
  some.push(2, { cpu_pct: null });
  assert.deepEqual(times(some), [1, 2]);
  assert.deepEqual(listed(some), [10, NaN]);
  assert.deepEqual(listed(some, "pids"), [3, NaN]);
  assert.deepEqual(listed(some, "no such"), [NaN, NaN]);
  assert.equal(some.newest, 2);
});

test("a point that is not later than the newest is left out", () => {
  const some = points();
  for (const at of [5, 5, 4]) some.push(at, { cpu_pct: at });
  assert.deepEqual(times(some), [5]);
});

test("growing keeps every point of the window", () => {
  const some = points();
  for (let at = 0; at < 3000; at += 1) some.push(at, { cpu_pct: at % 7 });
  assert.equal(some.length, 3000);
  assert.ok(listed(some).every((value, index) => value === index % 7 && some.times[index] === index));
});

test("what left the window makes room before anything grows", () => {
  const some = points();
  for (let second = 0; second < 20_000; second += 1) some.push(second * 10_000, { cpu_pct: second });
  assert.equal(some.times.length, 512);
  assert.ok(some.length >= 180); // half an hour at one in ten seconds
  assert.equal(some.column("cpu_pct")[some.length - 1], 19_999);
});

test("at its bound the oldest go, and memory grows no more", () => {
  const some = points();
  for (let at = 0; at < 2.5 * MAX_POINTS; at += 1) some.push(at, { cpu_pct: at % 100 });
  assert.equal(some.times.length, MAX_POINTS);
  assert.ok(some.length > MAX_POINTS * 0.8);
  const first = some.times[0] ?? 0;
  assert.ok(times(some).every((at, index) => at === first + index));
  assert.ok(listed(some).every((value, index) => value === (first + index) % 100));
});

test("a fetched stretch replaces what it covers and leaves the rest", () => {
  const some = points();
  for (const at of [1, 2, 9, 10]) some.push(at, { cpu_pct: at });
  some.fill({ times: [2, 3, 4, 8], columns: { cpu_pct: [20, NaN, 40, 80] } });
  assert.deepEqual(times(some), [1, 2, 3, 4, 8, 9, 10]);
  assert.deepEqual(listed(some), [1, 20, NaN, 40, 80, 9, 10]);
  assert.ok(Number.isNaN(listed(some, "pids")[1]));
  const { version } = some;
  some.fill({ times: [], columns: {} });
  assert.equal(some.version, version);
});

test("a fetched past goes before the live points", () => {
  const some = points();
  some.push(10, { cpu_pct: 1 });
  some.fill({ times: [7, 8], columns: { cpu_pct: [7, 8], pids: [1, 2] } });
  assert.deepEqual(times(some), [7, 8, 10]);
  assert.deepEqual(listed(some, "pids"), [1, 2, NaN]);
});

test("indexFrom finds the first point of a window", () => {
  const some = points();
  for (const at of [20, 30, 40, 50]) some.push(at, {});
  assert.deepEqual([0, 20, 21, 50, 51].map((at) => some.indexFrom(at)), [0, 0, 1, 3, 4]);
});
