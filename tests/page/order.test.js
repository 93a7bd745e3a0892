import assert from "node:assert/strict";
import { test } from "node:test";
import { Order, STILLNESS } from "../../apps/dashboard/src/dockstats_dashboard/page/order.js";

/** @param {Record<string, number | null>} cpus stopped ones are called `stopped-…` */
const entries = (cpus) =>
  Object.entries(cpus).map(([id, cpu]) => ({ id, name: id, cpu, running: !id.startsWith("stopped") }));

test("names are ordered as people count", () => {
  const order = new Order();
  order.take(entries({ "worker-10": 1, "worker-2": 1, "Worker-1": 1 }), 0);
  assert.deepEqual(order.ids(0, false), ["Worker-1", "worker-2", "worker-10"]);
});

test("the busiest come first, equal ones by name, unknown ones after them, stopped ones last", () => {
  const order = new Order();
  order.take(entries({ "stopped-a": null, d: null, c: 5, b: 5, a: 1, z: 90 }), 0);
  assert.deepEqual(order.ids(0, false), ["z", "b", "c", "a", "d", "stopped-a"]);
});

test("the order changes at most every two seconds", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), 0);
  order.ids(0, false);
  for (let now = 100; now < STILLNESS.reorderMs; now += 100) {
    order.take(entries({ a: 1, b: 200 }), now);
    assert.deepEqual(order.ids(now, false), ["a", "b"]);
  }
  order.take(entries({ a: 1, b: 200 }), STILLNESS.reorderMs);
  assert.deepEqual(order.ids(STILLNESS.reorderMs, false), ["b", "a"]);
});

test("two that are about equal do not change places again and again", () => {
  const order = new Order();
  let changes = 0;
  let before = "";
  for (let now = 0; now < 120_000; now += 500) {
    const wave = now % 1000 === 0 ? 2 : -2;
    order.take(entries({ a: 50 + wave, b: 50 - wave }), now);
    const shown = order.ids(now, false).join();
    if (shown !== before) changes += 1;
    before = shown;
  }
  assert.ok(changes <= 2, `${changes} changes in two minutes`);
});

test("a short spike moves nobody for long, a lasting load does", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), 0);
  order.take(entries({ a: 50, b: 90 }), 500);
  assert.deepEqual(order.ids(2500, false), ["a", "b"]);
  for (let now = 1000; now <= 12_000; now += 500) order.take(entries({ a: 50, b: 90 }), now);
  assert.deepEqual(order.ids(12_000, false), ["b", "a"]);
});

test("under the pointer nothing moves, what is gone stays, what is new comes last", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), 0);
  order.ids(0, false);
  order.take(entries({ b: 10, c: 500 }), 60_000);
  assert.deepEqual(order.ids(60_000, true), ["a", "b", "c"]);
  assert.equal(order.isBehind, true);
  assert.deepEqual(order.ids(60_100, false), ["c", "b"]);
  assert.equal(order.isBehind, false);
});

test("who starts or ends shows at once, without moving the others", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 40, c: 30 }), 0);
  order.ids(0, false);
  order.take(entries({ a: 50, c: 30, d: 45 }), 500);
  assert.deepEqual(order.ids(500, false), ["a", "d", "c"]);
});

test("a figure that is not known for a moment keeps its place", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), 0);
  order.take(entries({ a: null, b: 10 }), 5000);
  assert.deepEqual(order.ids(5000, false), ["a", "b"]);
});
