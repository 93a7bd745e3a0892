import assert from "node:assert/strict";
import { test } from "node:test";

// The module reads the theme's colours from the browser when it is loaded, and draws nothing here.
Object.assign(globalThis, { matchMedia: () => ({ matches: false }) });
const { runsOf } = await import("../../apps/dashboard/src/dockstats_dashboard/page/sparkline.js");

for (const [values, from, runs] of /** @type {[number[], number, number[][]][]} */ ([
  [[], 0, []],
  [[NaN, NaN], 0, []],
  [[1, 2, 3], 0, [[0, 2]]],
  [[1, NaN, 3, 4, NaN], 0, [[0, 0], [2, 3]]],
  [[1, 2, 3], 2, [[2, 2]]],
])) {
  test(`known stretches of ${values} from ${from}`, () => assert.deepEqual(runsOf(Float32Array.from(values), from), runs));
}
