import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate, highest } from "../../apps/dashboard/src/dockstats_dashboard/page/decimate.js";
import { Ring } from "../../apps/dashboard/src/dockstats_dashboard/page/ring.js";

/** @param {[number, number | null][]} points */
function ringOf(points) {
  const ring = new Ring();
  for (const [at, value] of points) ring.push(at, value);
  return ring;
}

test("a column keeps the lowest, the highest and the mean", () => {
  const columns = decimate(ringOf([[0, 4], [3, 10], [9, 1], [10, 7]]), 0, 10, 100);
  assert.deepEqual(columns, [
    { at: 0, low: 1, high: 10, mean: 5, afterGap: true },
    { at: 10, low: 7, high: 7, mean: 7, afterGap: false },
  ]);
});

test("no spike is lost, however narrow the chart", () => {
  const ring = new Ring();
  for (let index = 0; index < 3600; index += 1) ring.push(index * 500, index === 1234 ? 999 : 1);
  assert.equal(highest(decimate(ring, 0, 60_000, 3000)), 999);
});

test("columns do not depend on where the window begins, so that a chart that moves on does not shimmer", () => {
  const ring = ringOf(Array.from({ length: 100 }, (_, index) => [index, Math.sin(index)]));
  const whole = decimate(ring, 0, 7, 100);
  const later = decimate(ring, 35, 7, 100);
  assert.deepEqual(later.slice(1), whole.slice(6));
});

test("points too far apart have a gap between them", () => {
  const columns = decimate(ringOf([[0, 1], [10, 1], [50, 1], [60, 1]]), 0, 10, 30);
  assert.deepEqual(columns.map((column) => column.afterGap), [true, false, true, false]);
});

test("a figure that was not known is a gap, however short", () => {
  const columns = decimate(ringOf([[0, 1], [10, null], [20, 1]]), 0, 10, 1000);
  assert.deepEqual(columns.map(({ at, afterGap }) => [at, afterGap]), [[0, true], [20, true]]);
});

test("nothing before the window, nothing from nothing", () => {
  assert.deepEqual(decimate(new Ring(), 0, 10, 30), []);
  assert.deepEqual(decimate(ringOf([[5, 1]]), 6, 10, 30), []);
  assert.equal(highest([]), 0);
});
