import assert from "node:assert/strict";
import { test } from "node:test";
import { BucketSeries } from "../../apps/dashboard/src/dockstats_dashboard/page/buckets.js";
import { completeAt, totalOf, worstOf } from "../../apps/dashboard/src/dockstats_dashboard/page/fleet-series.js";

/** @param {[number, number | null, number | null][]} points seconds, in, out */
function series(points) {
  const made = new BucketSeries(["in", "out"]);
  for (const [at, into, out] of points) made.push(at * 1000, [into, out]);
  return made;
}

/** @param {{ values: ArrayLike<number> }} buckets @param {number} count */
const last = ({ values }, count) => Array.from(values).slice(-count);

test("several columns of several hosts are one sum, with a gap where nothing is known", () => {
  const hosts = [series([[2000, 1, 2], [2004, 3, null]]), series([[2004, 10, 20]])];
  assert.deepEqual(last(totalOf(hosts, ["in", "out"], 2_004_000), 3), [3, NaN, 33]);
});

test("the worst of all is the highest, wherever it is", () => {
  const hosts = [series([[2000, 1, 2]]), series([[2000, 9, null]])];
  assert.deepEqual(last(worstOf(hosts, ["in", "out"], 2_000_000), 2), [NaN, 9]);
});

test("without hosts there is nothing", () => {
  assert.equal(worstOf([], ["in"], 0).values.length, 0);
});

test("the bucket that is filling now is left out", () => {
  assert.equal(completeAt(10_500), 8_000);
});
