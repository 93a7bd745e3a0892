import assert from "node:assert/strict";
import { test } from "node:test";
import {
  timeTicks,
  timeWindow,
  zoomAround,
  zoomBetween,
} from "../../apps/dashboard/src/dockstats_dashboard/page/axis.js";
import { clock, utcClock } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { NOW } from "./builders.js";

const MINUTE = 60_000;

test("labels are few and round, with seconds only where they are needed", () => {
  const labels = (/** @type {number} */ range) => timeTicks(NOW - range, NOW, 5, utcClock).map(({ label }) => label);
  assert.deepEqual(labels(30 * MINUTE), ["13:30", "13:40", "13:50", "14:00"]);
  assert.deepEqual(labels(5 * MINUTE), ["13:56", "13:58", "14:00"]);
  assert.deepEqual(labels(MINUTE), ["13:59:00", "13:59:15", "13:59:30", "13:59:45", "14:00:00"]);
});

test("never more labels than there is room for, whatever the stretch", () => {
  for (let range = 500; range < 48 * 3_600_000; range *= 1.31) {
    for (const most of [1, 3, 8]) assert.ok(timeTicks(NOW - range, NOW, most, utcClock).length <= most);
  }
  assert.deepEqual(timeTicks(NOW, NOW, 5), []);
});

test("labels are in the browser's zone unless told otherwise", () => {
  for (const { at, label } of timeTicks(NOW - MINUTE, NOW, 5)) assert.equal(label, clock(at));
});

test("a window ends with the column that now lies in and is as long as asked", () => {
  const window = timeWindow({ rangeMs: 60_000, zoom: null }, 1_000_123, 300);
  assert.deepEqual(window, { from: 940_200, to: 1_000_200, columnMs: 200 });
});

test("a window that moves on shows the same columns further left", () => {
  const edge = (/** @type {number} */ now) => timeWindow({ rangeMs: 60_000, zoom: null }, now, 300).from;
  for (let now = 1_000_000; now < 1_002_000; now += 77) assert.equal(edge(now) % 200, 0);
});

test("a window without a width yet is the last minutes all the same, not those of the clock", () => {
  const { from, to } = timeWindow({ rangeMs: 300_000, zoom: null }, 600_016, 0);
  assert.ok(from <= 300_500 && to >= 600_016, `${from} to ${to}`);
});

test("a zoomed window stands still while time goes on", () => {
  const view = { rangeMs: 60_000, zoom: { from: 10_000, to: 20_000 } };
  assert.deepEqual(timeWindow(view, 5e6, 100), timeWindow(view, 6e6, 100));
  assert.deepEqual(timeWindow(view, 5e6, 100), { from: 10_000, to: 20_000, columnMs: 100 });
});

test("a drag in either direction is a stretch; a very short one is none", () => {
  assert.deepEqual(zoomBetween(9000, 3000.4), { from: 3000, to: 9000 });
  assert.equal(zoomBetween(3000, 3900), null);
});

test("closer keeps the instant in its place; further away ends with the whole range", () => {
  const window = { from: 0, to: 100_000, columnMs: 100 };
  assert.deepEqual(zoomAround(window, 25_000, 0.5, 1e6, 300_000), { from: 12_500, to: 62_500 });
  assert.equal(zoomAround(window, 25_000, 4, 1e6, 300_000), null);
});

test("further away never shows the future", () => {
  const zoom = zoomAround({ from: 0, to: 100_000, columnMs: 100 }, 0, 2, 110_000, 300_000);
  assert.deepEqual(zoom, { from: -90_000, to: 110_000 });
});

test("twice as close and back again is the whole range, whatever was rounded on the way", () => {
  const zoom = zoomAround({ from: 0.3, to: 300_000.3, columnMs: 800 }, 100_000, 0.5, 400_000, 300_000);
  assert.notEqual(zoom, null);
  const { from, to } = /** @type {{ from: number, to: number }} */ (zoom);
  assert.equal(zoomAround({ from: from + 0.4, to: to - 0.4, columnMs: 400 }, 100_000, 2, 400_000, 300_000), null);
});
