import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring } from "../../apps/dashboard/src/dockstats_dashboard/page/ring.js";

/** @param {Ring} ring */
const points = (ring) => Array.from({ length: ring.length }, (_, index) => [ring.timeAt(index), ring.valueAt(index)]);

test("points come back in the order they came", () => {
  const ring = new Ring();
  assert.equal(ring.newest, null);
  ring.push(1, 10);
  ring.push(2, null);
  ring.push(3, 30);
  assert.deepEqual(points(ring), [[1, 10], [2, NaN], [3, 30]]);
  assert.equal(ring.newest, 3);
});

test("a point that is not later than the newest is left out", () => {
  const ring = new Ring();
  ring.push(5, 1);
  ring.push(5, 2);
  ring.push(4, 3);
  assert.deepEqual(points(ring), [[5, 1]]);
});

test("at its bound the oldest go, and memory grows no more", () => {
  const ring = new Ring(700);
  for (let at = 0; at < 5000; at += 1) ring.push(at, at);
  assert.equal(ring.length, 700);
  assert.equal(ring.times.length, 700);
  assert.equal(ring.timeAt(0), 4300);
  assert.equal(ring.newest, 4999);
  assert.ok(points(ring).every(([at], index) => at === 4300 + index));
});

test("growing keeps every point", () => {
  const ring = new Ring();
  for (let at = 0; at < 3000; at += 1) ring.push(at, at % 7);
  assert.ok(points(ring).every(([at, value], index) => at === index && value === index % 7));
});

test("a fetched past goes before the live points", () => {
  const ring = new Ring();
  ring.push(10, 1);
  ring.push(11, 2);
  ring.fill([7, 8, 9, 10], [7, 8, null, 1]);
  assert.deepEqual(points(ring), [[7, 7], [8, 8], [9, NaN], [10, 1], [11, 2]]);
});

test("a stretch fetched after a loss fills the hole and leaves the rest", () => {
  const ring = new Ring();
  for (const at of [1, 2, 9, 10]) ring.push(at, at);
  ring.fill([2, 3, 4, 8], [20, 30, 40, 80]);
  assert.deepEqual(points(ring), [[1, 1], [2, 20], [3, 30], [4, 40], [8, 80], [9, 9], [10, 10]]);
});

test("an empty stretch changes nothing", () => {
  const ring = new Ring();
  ring.push(1, 1);
  ring.fill([], []);
  assert.deepEqual(points(ring), [[1, 1]]);
});

test("indexFrom finds the first point of a window", () => {
  const ring = new Ring(4);
  for (const at of [10, 20, 30, 40, 50]) ring.push(at, 0);
  assert.deepEqual([0, 20, 21, 50, 51].map((at) => ring.indexFrom(at)), [0, 0, 1, 3, 4]);
});
