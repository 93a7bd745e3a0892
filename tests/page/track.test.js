import assert from "node:assert/strict";
import { test } from "node:test";
import { Track, extent, isKnown, nearest } from "../../apps/dashboard/src/dockstats_dashboard/page/track.js";
import { pointsOf } from "./charts.js";

test("a track of several columns is their sum, and not known where one of them is not", () => {
  const track = new Track(pointsOf({ mem_anon_bytes: [1, 2, null], mem_file_bytes: [10, null, 30] }), "mem_anon_bytes", "mem_file_bytes");
  assert.deepEqual([0, 1, 2].map((index) => track.valueAt(index)), [11, NaN, NaN]);
  assert.deepEqual([track.length, track.timeAt(2), track.indexFrom(501)], [3, 1000, 2]);
});

test("the nearest point, on either side", () => {
  const track = new Track(pointsOf({ pids: [1, 2, 3] }, 1000), "pids");
  assert.deepEqual([-100, 0, 400, 600, 2900].map((at) => nearest(track, at, 1000)), [0, 0, 0, 1, 2]);
});

test("no point is near where there was none", () => {
  const track = new Track(pointsOf({ pids: [1, 2] }, 1000), "pids");
  assert.equal(nearest(track, 3000, 1500), -1);
  assert.equal(nearest(new Track(pointsOf({ pids: [] }), "pids"), 0, 1e9), -1);
});

test("lowest, highest and last of what is known in a stretch", () => {
  const track = new Track(pointsOf({ pids: [9, 4, null, 6, null, 1] }, 1000), "pids");
  assert.deepEqual(extent(track, 1000, 4000), { low: 4, high: 6, last: 6 });
  assert.equal(extent(track, 4000, 4500), null);
});

test("whether anything is known looks no further than the stretch", () => {
  const track = new Track(pointsOf({ pids: [9, null, null, 6] }, 1000), "pids");
  assert.deepEqual([isKnown(track, 1000, 2000), isKnown(track, 0, 2000), isKnown(track, 1000, 3000)], [false, true, true]);
});
