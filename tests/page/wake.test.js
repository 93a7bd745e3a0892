import assert from "node:assert/strict";
import { test } from "node:test";
import { watchForWake } from "../../apps/dashboard/src/dockstats_dashboard/page/wake.js";
import { FakeClock } from "./clock.js";

test("a timer that comes far too late tells of a sleep, once; an ordinary hour tells nothing", () => {
  const clock = new FakeClock();
  let woken = 0;
  const stop = watchForWake(clock, () => (woken += 1));
  clock.pass(3_600_000);
  assert.equal(woken, 0);
  clock.time += 60_000; // nothing ran
  clock.pass(10_000);
  assert.equal(woken, 1);
  clock.time += 4000; // a busy page
  clock.pass(10_000);
  assert.equal(woken, 1);
  stop();
  assert.equal(clock.timers.size, 0);
});
