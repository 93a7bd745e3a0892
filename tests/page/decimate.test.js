import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate, highest } from "../../apps/dashboard/src/dockstats_dashboard/page/decimate.js";
import { Points } from "../../apps/dashboard/src/dockstats_dashboard/page/points.js";
import { Track } from "../../apps/dashboard/src/dockstats_dashboard/page/track.js";

/** @param {[number, number | null][]} points */
function trackOf(points) {
  const kept = new Points(["value"]);
  for (const [at, value] of points) kept.push(at, { value });
  return new Track(kept, "value");
}

test("a column keeps the lowest, the highest and the mean", () => {
  const columns = decimate(trackOf([[0, 4], [3, 10], [9, 1], [10, 7]]), 0, 10, 100);
  assert.deepEqual(columns, [
    { at: 0, low: 1, high: 10, mean: 5, afterGap: true },
    { at: 10, low: 7, high: 7, mean: 7, afterGap: false },
  ]);
});

test("no spike is lost, however narrow the chart", () => {
  const track = trackOf(Array.from({ length: 3600 }, (_, index) => [index * 500, index === 1234 ? 999 : 1]));
  assert.equal(highest(decimate(track, 0, 60_000, 3000)), 999);
});

test("columns do not depend on where the window begins, so that a chart that moves on does not shimmer", () => {
  const track = trackOf(Array.from({ length: 100 }, (_, index) => [index, Math.sin(index)]));
  const whole = decimate(track, 0, 7, 100);
  const later = decimate(track, 35, 7, 100);
  assert.deepEqual(later.slice(1), whole.slice(6));
});

test("points too far apart have a gap between them", () => {
  const columns = decimate(trackOf([[0, 1], [10, 1], [50, 1], [60, 1]]), 0, 10, 30);
  assert.deepEqual(columns.map((column) => column.afterGap), [true, false, true, false]);
});

test("a figure that was not known is a gap, however short", () => {
  const columns = decimate(trackOf([[0, 1], [10, null], [20, 1]]), 0, 10, 1000);
  assert.deepEqual(columns.map(({ at, afterGap }) => [at, afterGap]), [[0, true], [20, true]]);
});

test("nothing before the window, nothing from nothing", () => {
  assert.deepEqual(decimate(trackOf([]), 0, 10, 30), []);
  assert.deepEqual(decimate(trackOf([[5, 1]]), 6, 10, 30), []);
  assert.equal(highest([]), 0);
});

test("nothing after the instant that is shown", () => {
  const columns = decimate(trackOf([[0, 1], [10, 2], [11, 3], [20, 4]]), 0, 10, 100, 10);
  assert.deepEqual(columns.map(({ at, mean }) => [at, mean]), [[0, 1], [10, 2]]);
});
