import assert from "node:assert/strict";
import { test } from "node:test";
import { longestRise } from "../../apps/dashboard/src/dockstats_dashboard/page/longest-rise.js";

test("nothing moves in a list that ascends, and nothing new stays", () => {
  assert.deepEqual(longestRise([]), []);
  assert.deepEqual(longestRise([0, 1, 2]), [0, 1, 2]);
  assert.deepEqual(longestRise([-1, 4, -1, 5]), [1, 3]);
});

test("one element that goes far moves alone, in either direction", () => {
  assert.deepEqual(longestRise([1, 2, 3, 4, 0]), [0, 1, 2, 3]);
  assert.deepEqual(longestRise([4, 0, 1, 2, 3]), [1, 2, 3, 4]);
});

test("a list that is turned round keeps one", () => assert.equal(longestRise([3, 2, 1, 0]).length, 1));

test("what stays ascends", () => {
  const places = [5, 0, 7, 1, -1, 6, 2, 8];
  const stay = longestRise(places).map((index) => places[index]);
  assert.deepEqual(stay, [0, 1, 2, 8]);
});
