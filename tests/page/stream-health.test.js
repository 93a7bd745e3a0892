import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamHealth } from "../../apps/dashboard/src/dockstats_dashboard/page/stream-health.js";

/** Batches of two hosts at 2 Hz. @param {(made: number) => number} arrival from when it was made to when it is here */
function health(arrival, count = 60) {
  const found = new StreamHealth();
  for (let index = 0; index < count; index += 1) {
    for (const host of ["one", "two"]) {
      const made = index * 500 + (host === "one" ? 0 : 130);
      found.arrived(host, { at: 5_000 + arrival(made), receivedAt: made, intervalMs: 500 });
    }
  }
  return found.report();
}

test("batches that come as they are made come in no bursts, whatever the clocks say", () => {
  const { p50Ms, p95Ms, burstMs, batches, spanMs } = health((made) => made + (made % 3) * 5);
  assert.deepEqual([burstMs, batches, spanMs > 29_000], [null, 120, true]);
  assert.ok(p50Ms !== null && p50Ms <= 10 && p95Ms !== null && p95Ms <= 10);
});

test("a proxy that lets go every 8 s is seen, with its 8 s and its delay", () => {
  const { burstMs, p95Ms } = health((made) => Math.ceil(made / 8000) * 8000);
  assert.equal(burstMs, 8000);
  assert.ok(p95Ms !== null && p95Ms > 7000);
});

test("a server that leaves out what a slow reader cannot take is no burst", () => {
  const found = new StreamHealth();
  for (let index = 0; index < 60; index += 4) found.arrived("one", { at: index * 500, receivedAt: index * 500, intervalMs: 500 });
  assert.equal(found.report().burstMs, null);
});

test("too few batches tell nothing, and what was before a sleep is forgotten", () => {
  const found = new StreamHealth();
  assert.equal(found.report().p50Ms, null);
  for (let index = 0; index < 9; index += 1) found.arrived("one", { at: index, receivedAt: index, intervalMs: 500 });
  assert.equal(found.report().p50Ms, 0);
  found.forget();
  assert.equal(found.report().batches, 0);
});

test("a fleet of a thousand agents has a report, too", () => {
  const found = new StreamHealth();
  for (let agent = 0; agent < 1000; agent += 1) {
    for (let index = 0; index < 240; index += 1) {
      found.arrived(`${agent}`, { at: index * 500 + 7, receivedAt: index * 500, intervalMs: 500 });
    }
  }
  const { batches, spanMs, p95Ms } = found.report();
  assert.deepEqual([batches, spanMs, p95Ms], [240_000, 239 * 500, 0]);
});
