import assert from "node:assert/strict";
import { test } from "node:test";
import { HOLD_MS, hold } from "../../apps/dashboard/src/dockstats_dashboard/page/held-diagnosis.js";

/** @param {string} sentence */
const because = (sentence) => /** @type {const} */ ({ cause: "own_cpu_limit", sentence, rule: "", severe: false });
const LIMIT = because("its own limit");
const DISK = because("its disk");

test("what is true is told as such, and the newest reason at once", () => {
  const first = hold(null, LIMIT, 1000);
  assert.deepEqual(first, { diagnosis: LIMIT, at: 1000, past: false });
  assert.deepEqual(hold(first, DISK, 1500), { diagnosis: DISK, at: 1500, past: false });
});

test("what is no longer true is told as past for 20 s after it last was, then no more", () => {
  const held = hold(hold(null, LIMIT, 1000), null, 1500);
  assert.deepEqual(held, { diagnosis: LIMIT, at: 1000, past: true });
  assert.deepEqual(hold(held, null, 1000 + HOLD_MS - 1), held);
  assert.equal(hold(held, null, 1000 + HOLD_MS), null);
});

test("what comes and goes is told without a break", () => {
  let held = hold(null, LIMIT, 0);
  for (let now = 500; now <= 60_000; now += 500) {
    held = hold(held, now % 15_000 === 0 ? LIMIT : null, now);
    assert.ok(held);
  }
});

test("nothing is told of a time that has not come yet, nor where nothing was true", () => {
  assert.equal(hold(hold(null, LIMIT, 9000), null, 1000), null);
  assert.equal(hold(null, null, 1000), null);
});
