import assert from "node:assert/strict";
import { test } from "node:test";
import { WINDOW_MS } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { meant, placeOf, pressed, spanAt, timeAt } from "../../apps/dashboard/src/dockstats_dashboard/page/timeline.js";

const NOW = Date.parse("2026-11-24T12:34:08.400Z");
const S = 1000;
const span = spanAt(NOW, null);

/** @param {number | null} instant @param {string} key @param {boolean} [shiftKey] */
const after = (instant, key, shiftKey = false) => pressed(span, instant, { key, shiftKey });
/** @param {string} clock */
const today = (clock) => Date.parse(`2026-11-24T${clock}Z`);

test("the bar shows the last half hour", () => {
  assert.deepEqual([span.from, span.to], [NOW - WINDOW_MS, NOW]);
  assert.equal(span.oldest, today("12:04:09"), "the first whole second of it");
});

test("a place is a time and the other way round, and nothing lies outside", () => {
  for (const place of [0, 0.25, 1]) assert.ok(Math.abs(placeOf(span, timeAt(span, place)) - place) < 1e-9);
  assert.equal(placeOf(span, NOW + 9 * S), 1);
  assert.equal(timeAt(span, -3), span.from);
});

test("what is meant is a whole second, not before the oldest one kept", () => {
  assert.equal(meant(span, today("12:20:00.490")), today("12:20:00"));
  assert.equal(meant(spanAt(NOW, today("12:30:00.2")), today("12:10:00")), today("12:30:01"));
});

test("the right edge is live", () => {
  assert.equal(meant(span, NOW), null);
  assert.equal(meant(span, NOW - 1 * S), null);
  assert.equal(meant(span, NOW - 3 * S), today("12:34:05"));
});

/** @type {[string, boolean, string | null][]} */
const KEYS = [
  ["ArrowLeft", false, "12:19:59"], ["ArrowRight", false, "12:20:01"], ["ArrowLeft", true, "12:19:50"],
  ["ArrowRight", true, "12:20:10"], ["PageDown", false, "12:19:00"], ["PageUp", false, "12:21:00"],
  ["PageDown", true, "12:19:00"], ["Home", false, "12:04:09"], ["End", false, null],
];
for (const [key, shift, clock] of KEYS) {
  test(`${shift ? "shift " : ""}${key} leads from 12:20:00 to ${clock ?? "live"}`, () => {
    assert.equal(after(today("12:20:00"), key, shift), clock && today(clock));
  });
}

test("one step back leaves live, one forward stays", () => {
  assert.equal(after(null, "ArrowLeft"), today("12:34:06"));
  assert.equal(after(null, "ArrowLeft", true), today("12:33:58"));
  assert.equal(after(null, "ArrowRight"), null);
});

test("a step back from a pause of just now leads back, not to live", () => {
  assert.equal(after(NOW - 100, "ArrowLeft"), today("12:34:06"));
  assert.equal(after(NOW - 2000, "ArrowLeft"), today("12:34:05"));
});

test("a step over the right edge is live, one over the left edge stops at the oldest", () => {
  assert.equal(after(today("12:34:06"), "ArrowRight"), null);
  assert.equal(after(today("12:04:30"), "PageDown"), today("12:04:09"));
});

test("other keys are none of the timeline's", () => {
  for (const key of ["j", "Enter", "toString", " "]) assert.equal(after(null, key), undefined);
});

test("a dashboard that keeps nothing yet has only now", () => {
  assert.equal(pressed(spanAt(NOW, NOW), null, { key: "Home", shiftKey: false }), null);
});
