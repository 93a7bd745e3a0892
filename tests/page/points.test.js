import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_POINTS, Points } from "../../apps/dashboard/src/dockstats_dashboard/page/points.js";

const points = () => new Points(["cpu_pct", "pids"]);

/** @param {Points} some @param {string} [name] */
const listed = (some, name = "cpu_pct") => [...some.column(name).slice(0, some.length)];

/** @param {number[]} times @param {Record<string, number[]>} columns */
const past = (times, columns) => ({
  times: Float64Array.from(times),
  columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float32Array.from(values)])),
});

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
  some.fill(past([2, 3, 4, 8], { cpu_pct: [20, NaN, 40, 80] }));
  assert.deepEqual(times(some), [1, 2, 3, 4, 8, 9, 10]);
  assert.deepEqual(listed(some), [1, 20, NaN, 40, 80, 9, 10]);
  assert.ok(Number.isNaN(listed(some, "pids")[1]));
  const { version } = some;
  some.fill(past([], {}));
  assert.equal(some.version, version);
});

test("a fetched past goes before the live points", () => {
  const some = points();
  some.push(10, { cpu_pct: 1 });
  some.fill(past([7, 8], { cpu_pct: [7, 8], pids: [1, 2] }));
  assert.deepEqual(times(some), [7, 8, 10]);
  assert.deepEqual(listed(some, "pids"), [1, 2, NaN]);
});

test("a fetched past larger than the bound leaves the newest, and points can follow", () => {
  const some = points();
  some.push(-5, { cpu_pct: 0 });
  for (let at = 0; at < 300; at += 1) some.push(MAX_POINTS + at, { cpu_pct: 1 });
  const numbers = Array.from({ length: MAX_POINTS }, (_, index) => index);
  some.fill(past(numbers, { cpu_pct: numbers.map((at) => at % 100) }));
  assert.deepEqual([some.length, some.times.length], [MAX_POINTS, MAX_POINTS]);
  assert.ok(times(some).every((at, index) => at === 300 + index));
  assert.ok(listed(some).every((value, index) => value === (300 + index < MAX_POINTS ? (300 + index) % 100 : 1)));
  some.push(2 * MAX_POINTS, { cpu_pct: 7 });
  assert.deepEqual([some.newest, listed(some).at(-1)], [2 * MAX_POINTS, 7]);
});

test("a fetched past goes in at once, not point by point", () => {
  const names = Array.from({ length: 15 }, (_, index) => `c${index}`);
  const numbers = Array.from({ length: 36_000 }, (_, index) => index);
  const whole = past(numbers, Object.fromEntries(names.map((name) => [name, numbers])));
  const byPoint = new Points(names);
  const timeOf = (/** @type {() => void} */ work) => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  const pushed = timeOf(() => numbers.forEach((at) => byPoint.push(at, { c0: at })));
  const filled = Math.min(...[1, 2, 3].map(() => timeOf(() => new Points(names).fill(whole))));
  assert.ok(filled < pushed / 3, `${filled} ms, point by point ${pushed} ms`);
});

test("indexFrom finds the first point of a window", () => {
  const some = points();
  for (const at of [20, 30, 40, 50]) some.push(at, {});
  assert.deepEqual([0, 20, 21, 50, 51].map((at) => some.indexFrom(at)), [0, 0, 1, 3, 4]);
});
