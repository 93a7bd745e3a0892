import assert from "node:assert/strict";
import { test } from "node:test";
import { Heights } from "../../apps/dashboard/src/dockstats_dashboard/page/sight.js";

/** @param {number[]} heights */
function of(...heights) {
  const made = new Heights();
  made.set(heights);
  return made;
}

test("rows begin where those above them end", () => {
  const heights = of(40, 54, 54);
  assert.deepEqual([0, 1, 2, 3].map((index) => heights.topOf(index)), [0, 40, 94, 148]);
  assert.equal(heights.total, 148);
});

for (const [top, bottom, from, to] of /** @type {[number, number, number, number][]} */ ([
  [0, 10, 0, 1], [0, 27, 0, 1], [0, 28, 0, 2], [26, 27, 0, 1], [27, 54, 1, 2], [30, 60, 1, 3], [-100, 10, 0, 1],
  [-100, -50, 0, 0], [100, 500, 3, 4], [500, 600, 3, 4],
])) {
  test(`between ${top} and ${bottom} lie the rows from ${from} to before ${to}`, () => {
    assert.deepEqual(of(27, 27, 27, 27).between(top, bottom), { from, to });
  });
}

test("no rows: none in sight", () => assert.deepEqual(of().between(0, 900), { from: 0, to: 0 }));

test("more rows than before, and fewer", () => {
  const heights = of(10, 10);
  heights.set(Array.from({ length: 1000 }, () => 27));
  assert.equal(heights.total, 27_000);
  heights.set([54]);
  assert.equal(heights.total, 54);
  assert.deepEqual(heights.between(0, 1000), { from: 0, to: 1 });
});
