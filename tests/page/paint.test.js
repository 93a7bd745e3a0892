import assert from "node:assert/strict";
import { test } from "node:test";
import { paint, spread } from "../../apps/dashboard/src/dockstats_dashboard/page/paint.js";
import { recorder } from "./recorder.js";

/** @param {number} at @param {number} mean @param {boolean} [afterGap] */
const column = (at, mean, afterGap = false) => ({ at, low: mean, high: mean, mean, afterGap });

/** @param {import("../../apps/dashboard/src/dockstats_dashboard/page/decimate.js").Column[]} columns @param {object} [more] @param {number} [height] */
function draw(columns, more = {}, height = 54) {
  const recorded = recorder();
  const line = { columns, colour: "--line", area: null, base: null, dash: [], span: false, label: "", marker: "" };
  const picture = {
    from: 0, to: 100, columnMs: 10, top: 10, topLabel: "10 %", right: 0, lines: [line],
    limit: null, limitLabel: "", bands: [], marks: [], ticks: [], ...more,
  };
  paint(recorded.context, 100, height, picture, (name) => name);
  return recorded;
}

test("a gap ends one line and begins another", () => {
  const { named } = draw([column(0, 1), column(10, 1), column(60, 1, true), column(70, 1)]);
  assert.deepEqual(named("moveTo").map(([x]) => x), [0, 60]);
});

test("a value higher than the top stays inside the chart", () => {
  const { named } = draw([column(0, 1e9)]);
  assert.ok(named("lineTo").every(([, y]) => y >= 0 && y <= 54));
});

test("a line at the top value is whole: there is room above it, more in a taller chart", () => {
  const high = (/** @type {number} */ height) => Math.min(...draw([column(0, 10)], {}, height).named("lineTo").map(([, y]) => y));
  assert.deepEqual([high(54), high(150)], [3, 8]);
});

test("no line crosses the value at the axis: it stands on a plate", () => {
  const { calls } = draw([column(0, 10)]);
  const names = calls.map(([name]) => name);
  const at = (/** @type {string} */ wanted) => names.lastIndexOf(wanted);
  assert.deepEqual(calls[at("clearRect")], ["clearRect", 0, 5, 34, 14]);
  assert.ok(at("stroke") < at("clearRect") && at("clearRect") < at("fillText"));
});

test("a throttled stretch that is short is still seen", () => {
  const { named } = draw([], { bands: [{ from: 50, to: 50.01 }] });
  assert.ok(named("fillRect").some(([x, , width]) => x === 50 && width === 1));
});

test("the limit is a dashed line at its value", () => {
  const { calls, named } = draw([], { limit: 10 });
  assert.deepEqual(named("lineTo"), [[100, 3.5]]);
  assert.ok(calls.some(([name, dash]) => name === "setLineDash" && dash.length > 0));
});

test("an event has its sign in its colour", () => {
  const { calls, named } = draw([], { marks: [{ at: 50, sign: "◆", colour: "--red" }] });
  assert.ok(named("fillText").some(([text, x]) => text === "◆" && x === 50.5));
  assert.ok(calls.some(([name, value]) => name === "set fillStyle" && value === "--red"));
});

test("an area ends at the layer below it", () => {
  const line = { columns: [column(0, 8)], base: [column(0, 4)], colour: "a", area: "b", dash: [], span: false, label: "", marker: "" };
  const { named } = draw([], { lines: [line] });
  assert.ok(named("lineTo").some(([, y]) => Math.abs(y - 33) < 0.01), "half way up");
});

test("labels that would lie on each other are spread, in their order, inside the chart", () => {
  const places = spread([50, 50, 51, 10], 12, 12, 60);
  assert.deepEqual(places, [36, 48, 60, 14]);
  assert.deepEqual(spread([], 12, 12, 60), []);
});
