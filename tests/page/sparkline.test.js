import assert from "node:assert/strict";
import { test } from "node:test";
import { SPARK_BUCKET_MS, SPARK_COUNT } from "../../apps/dashboard/src/dockstats_dashboard/page/spark.js";
import { NOW } from "./builders.js";
import { recorder } from "./recorder.js";

// Where the module asks for the theme's colours.
Object.assign(globalThis, {
  document: { documentElement: { dataset: {} }, head: { style: {} } },
  getComputedStyle: () => ({ color: "blue" }),
  matchMedia: () => ({ matches: false }),
});
const { drawSparkline, runsOf } = await import("../../apps/dashboard/src/dockstats_dashboard/page/sparkline.js");

for (const [values, from, runs] of /** @type {[number[], number, number[][]][]} */ ([
  [[], 0, []],
  [[NaN, NaN], 0, []],
  [[1, 2, 3], 0, [[0, 2]]],
  [[1, NaN, 3, 4, NaN], 0, [[0, 0], [2, 3]]],
  [[1, 2, 3], 2, [[2, 2]]],
])) {
  test(`known stretches of ${values} from ${from}`, () => assert.deepEqual(runsOf(Float32Array.from(values), from), runs));
}

const STEP_PX = 4;

/**
 * Where the line begins and ends, and each of its stretches with it, in steps from the left edge.
 *
 * @param {number} late buckets since the newest one's end
 * @param {Partial<import("../../apps/dashboard/src/dockstats_dashboard/page/sparkline.js").Line>} [line]
 */
function stretches(late, line = {}) {
  const { context, calls } = recorder();
  const values = new Float32Array(SPARK_COUNT).fill(1);
  const place = { top: 0, width: STEP_PX * (SPARK_COUNT - 1) + 2 };
  const given = { values, endAt: NOW, least: 1, band: /** @type {const} */ ("ordinary"), dim: false, ...line };
  drawSparkline(context, given, place, NOW + late * SPARK_BUCKET_MS);
  const stroked = calls.slice(0, calls.findIndex(([name]) => name === "stroke"));
  const steps = (/** @type {any[]} */ call) => Math.floor(call[1] / STEP_PX);
  /** @type {number[][]} */
  const found = [];
  for (const call of stroked) {
    if (call[0] === "moveTo") found.push([steps(call)]);
    if (call[0] === "lineTo") found.at(-1)?.splice(1, 1, steps(call));
  }
  return found;
}

test("a line goes from edge to edge while its figures come, a bucket late or not", () => {
  for (const late of [0, 0.5, 1.9]) assert.deepEqual(stretches(late), [[0, 29]]);
});

test("a line whose figures stopped ends that long before now, and its oldest leave", () => {
  assert.deepEqual(stretches(3), [[0, 26]]);
  assert.deepEqual(stretches(28.5), [[0, 1]]);
  assert.deepEqual(stretches(30), []);
});

test("a gap ends one stretch and begins another", () => {
  const values = new Float32Array(SPARK_COUNT).fill(1).fill(NaN, 10, 20);
  assert.deepEqual(stretches(0, { values }), [[0, 9], [20, 29]]);
});
