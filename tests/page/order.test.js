import assert from "node:assert/strict";
import { test } from "node:test";
import { Order, STILLNESS } from "../../apps/dashboard/src/dockstats_dashboard/page/order.js";

const BY = { column: "cpu", descending: true, floor: 0.5 };

/** @param {Record<string, number | string | null>} values stopped ones are called `stopped-…` */
const entries = (values) =>
  Object.entries(values).map(([key, value]) => ({ key, name: key, value, running: !key.startsWith("stopped") }));

/** @param {Record<string, number | string | null>} values @param {Partial<typeof BY>} [by] */
function shownOf(values, by = {}) {
  const order = new Order();
  order.take(entries(values), { ...BY, ...by }, 0);
  return order.keys(0);
}

test("names are ordered as people count", () => {
  assert.deepEqual(shownOf({ "worker-10": 1, "worker-2": 1, "Worker-1": 1 }), ["Worker-1", "worker-2", "worker-10"]);
});

test("the busiest come first, equal ones by name, unknown ones after them, stopped ones last", () => {
  const values = { "stopped-a": null, d: null, c: 5, b: 5, a: 1, z: 90 };
  assert.deepEqual(shownOf(values), ["z", "b", "c", "a", "d", "stopped-a"]);
});

test("ascending, what is not known is still last, and equal ones are still by name", () => {
  const values = { "stopped-a": null, d: null, c: 5, b: 5, a: 1, z: 90 };
  assert.deepEqual(shownOf(values, { descending: false }), ["a", "b", "c", "z", "d", "stopped-a"]);
});

test("texts sort as people count, in both directions", () => {
  const values = { a: "web:10", b: "web:9", c: null, d: "db:1" };
  assert.deepEqual(shownOf(values, { descending: false }), ["d", "b", "a", "c"]);
  assert.deepEqual(shownOf(values), ["a", "b", "d", "c"]);
});

test("the order changes at most every two seconds", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  for (let now = 100; now < STILLNESS.reorderMs; now += 100) {
    order.take(entries({ a: 1, b: 200 }), BY, now);
    assert.deepEqual(order.keys(now), ["a", "b"]);
  }
  order.take(entries({ a: 1, b: 200 }), BY, STILLNESS.reorderMs);
  assert.deepEqual(order.keys(STILLNESS.reorderMs), ["b", "a"]);
});

test("when the first values of many come, they are in order at once, unless the table is held", () => {
  const order = new Order();
  const first = { a: null, b: null, c: null };
  const then = { a: 1, b: 2, c: 3 };
  order.take(entries(first), BY, 0);
  order.keys(0);
  order.take(entries(then), BY, 100);
  assert.deepEqual(order.keys(100, "rows"), ["a", "b", "c"]);
  assert.deepEqual(order.keys(200), ["c", "b", "a"]);
});

test("two that are about equal do not change places again and again", () => {
  const order = new Order();
  let changes = 0;
  let before = "";
  for (let now = 0; now < 120_000; now += 500) {
    const wave = now % 1000 === 0 ? 2 : -2;
    order.take(entries({ a: 50 + wave, b: 50 - wave }), BY, now);
    const shown = order.keys(now).join();
    if (shown !== before) changes += 1;
    before = shown;
  }
  assert.ok(changes <= 2, `${changes} changes in two minutes`);
});

test("a difference up to the floor moves nobody, however small the value", () => {
  const order = new Order();
  order.take(entries({ a: 300, b: 200 }), { ...BY, floor: 2000 }, 0);
  order.keys(0);
  for (let now = 500; now <= 30_000; now += 500) order.take(entries({ a: 0, b: 2000 }), { ...BY, floor: 2000 }, now);
  assert.deepEqual(order.keys(30_000), ["a", "b"]);
});

test("a short spike moves nobody for long, a lasting load does", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.take(entries({ a: 50, b: 90 }), BY, 500);
  assert.deepEqual(order.keys(2500), ["a", "b"]);
  for (let now = 1000; now <= 12_000; now += 500) order.take(entries({ a: 50, b: 90 }), BY, now);
  assert.deepEqual(order.keys(12_000), ["b", "a"]);
});

test("under the pointer nothing moves, what is gone stays, what is new comes last", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  order.take(entries({ b: 10, c: 500 }), BY, 60_000);
  assert.deepEqual(order.keys(60_000, "rows"), ["a", "b", "c"]);
  assert.equal(order.moved, 2); // a is gone, c belongs elsewhere
  assert.deepEqual(order.keys(60_100), ["c", "b"]);
  assert.equal(order.moved, 0);
});

test("while somebody types nothing moves, but who is gone goes and who is new shows", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 40, c: 30 }), BY, 0);
  order.keys(0);
  order.take(entries({ b: 400, c: 500, d: 45 }), BY, 60_000);
  const shown = order.keys(60_000, "places");
  assert.deepEqual(shown.filter((key) => key !== "d"), ["b", "c"]);
  assert.ok(shown.includes("d"));
});

test("rows that moved are as few as have to", () => {
  const order = new Order();
  order.take(entries({ a: 5, b: 4, c: 3, d: 2, e: 1 }), { ...BY, floor: 0 }, 0);
  order.keys(0);
  order.take(entries({ a: 5, b: 4, c: 3, d: 2, e: 100 }), { ...BY, floor: 0 }, 60_000);
  order.keys(60_000, "rows");
  assert.equal(order.moved, 1); // all of them stand elsewhere, and one moved
});

test("the person's key applies what was held", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  order.take(entries({ a: 1, b: 100 }), BY, 60_000);
  assert.deepEqual(order.keys(60_000, "rows"), ["a", "b"]);
  order.applyNewest(60_000);
  assert.deepEqual(order.keys(60_000, "rows"), ["b", "a"]);
});

test("the person's key sorts by the figures that are seen, not by their mean", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  order.take(entries({ a: 40, b: 60 }), BY, 500);
  order.applyNewest(500);
  assert.deepEqual(order.keys(500, "rows"), ["b", "a"]);
});

test("another column sorts at once, held or not", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  order.take(entries({ a: 1, b: 2 }), { ...BY, column: "pids" }, 100);
  assert.deepEqual(order.keys(100, "rows"), ["b", "a"]);
  order.take(entries({ a: 1, b: 2 }), { ...BY, column: "pids", descending: false }, 200);
  assert.deepEqual(order.keys(200, "rows"), ["a", "b"]);
});

test("another moment, earlier or much later, shows its own values without delay", () => {
  for (const jump of [-60_000, 60_000]) {
    const order = new Order();
    order.take(entries({ a: 50, b: 10 }), BY, 100_000);
    order.keys(100_000);
    order.take(entries({ a: 10, b: 50 }), BY, 100_000 + jump);
    assert.deepEqual(order.keys(100_000 + jump), ["b", "a"]);
  }
});

test("who starts or ends shows at once, without moving the others", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 40, c: 30 }), BY, 0);
  order.keys(0);
  order.take(entries({ a: 50, c: 30, d: 45 }), BY, 500);
  assert.deepEqual(order.keys(500), ["a", "d", "c"]);
});

test("a figure that is not known for a moment keeps its place", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.take(entries({ a: null, b: 10 }), BY, 5000);
  assert.deepEqual(order.keys(5000), ["a", "b"]);
});

test("held for hours, who is gone stays for a minute and no longer, and a row that stays keeps its place", () => {
  const order = new Order();
  order.take(entries({ stays: 50, "job-0": 10 }), BY, 0);
  order.keys(0);
  for (let second = 1; second <= 600; second += 1) {
    const now = second * 1000;
    order.take(entries({ stays: 50, [`job-${Math.floor(second / 10)}`]: 10 }), BY, now); // each for 10 s
    const shown = order.keys(now, "rows");
    assert.equal(shown[0], "stays");
    assert.ok(shown.length <= 9, `${shown.length} rows after ${second} s`); // it, the one of now, and those of a minute
    if (second === 65) assert.ok(shown.includes("job-1")); // gone for 45 s
  }
});

test("held, of many that are gone at once only a hundred stay", () => {
  const order = new Order();
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`job-${index}`, index]));
  order.take(entries({ stays: 5000, ...many }), BY, 0);
  order.keys(0);
  order.take(entries({ stays: 5000 }), BY, 1000);
  assert.equal(order.keys(1000, "rows").length, 101);
  order.take(entries({ stays: 5000, ...many }), BY, 2000);
  assert.equal(order.keys(2000, "rows").length, 1001); // they came back
});

test("held, one that came back stays however long it was gone before", () => {
  const order = new Order();
  order.take(entries({ a: 50, b: 10 }), BY, 0);
  order.keys(0);
  for (const [now, values] of /** @type {[number, Record<string, number>][]} */ ([
    [1000, { b: 10 }],
    [50_000, { a: 50, b: 10 }],
    [70_000, { b: 10 }],
  ])) {
    order.take(entries(values), BY, now);
    assert.deepEqual(order.keys(now, "rows"), ["a", "b"]);
  }
});
