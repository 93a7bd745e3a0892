import assert from "node:assert/strict";
import { test } from "node:test";
import { roundUp, roundUpBinary, share, steadyTop } from "../../apps/dashboard/src/dockstats_dashboard/page/scales.js";

for (const [value, round] of /** @type {[number, number][]} */ ([
  [1, 1], [1.01, 1.5], [99, 100], [100, 100], [101, 150], [740, 800], [0.07, 0.08],
  [8.0001, 10], [0, 0], [-3, 0], [NaN, 0],
])) {
  test(`${value} fits below ${round}`, () => assert.ok(Math.abs(roundUp(value) - round) < 1e-9));
}

test("a bound is never below what it bounds, and never more than twice it", () => {
  for (let value = 0.001; value < 1e7; value *= 1.07) {
    assert.ok(roundUp(value) >= value * (1 - 1e-9));
    assert.ok(roundUp(value) <= 2 * value);
  }
});

test("a chart's bound grows at once and shrinks only when half of it is empty", () => {
  assert.equal(steadyTop(0, 310, 100), 400);
  assert.equal(steadyTop(400, 450, 100), 500);
  assert.equal(steadyTop(400, 250, 100), 400);
  assert.equal(steadyTop(400, 190, 100), 200);
  assert.equal(steadyTop(400, 0, 100), 100);
});

test("a share is between nothing and all, and nothing where it is not known", () => {
  assert.equal(share(50, 200), 0.25);
  assert.equal(share(900, 200), 1);
  assert.equal(share(null, 200), 0);
  assert.equal(share(5, null), 0);
  assert.equal(share(5, 0), 0);
});

test("a share moves in steps, so that a bar that would move less than a pixel is left alone", () => {
  assert.equal(share(0.2501, 1), share(0.2499, 1));
});

test("a size's bound is round where it is counted in 1024s", () => {
  const GIB = 2 ** 30;
  assert.deepEqual([GIB, 1.01 * GIB, 1.6 * GIB, 3 * GIB, 700 * 2 ** 20].map(roundUpBinary), [GIB, 1.5 * GIB, 2 * GIB, 3 * GIB, 768 * 2 ** 20]);
  assert.deepEqual([0, -1, NaN, Infinity].map(roundUpBinary), [0, 0, 0, 0]);
});

test("a top can be rounded in its own way", () => assert.equal(steadyTop(0, 5, 1, roundUpBinary), 6));
