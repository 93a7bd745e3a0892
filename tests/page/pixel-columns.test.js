import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/pixel-columns.js";

test("columns of a chart are means of the same buckets whenever they are drawn", () => {
  assert.deepEqual([...columnsOf([1, 2, 3, 4, 5, 6], 5, 3)], [1.5, 3.5, 5.5]);
  // One bucket later: the pairs stay together, and the newest one is alone.
  assert.deepEqual([...columnsOf([2, 3, 4, 5, 6, 7], 6, 3)], [3.5, 5.5, 7]);
});

test("a column of buckets that are not known is not known, one of some is their mean", () => {
  assert.deepEqual([...columnsOf([NaN, NaN, 4, NaN], 3, 2)], [NaN, 4]);
  assert.deepEqual([...columnsOf([1, 2], 1, 100)], [1, 2]);
});
