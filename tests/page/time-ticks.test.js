import assert from "node:assert/strict";
import { test } from "node:test";
import { gravity, linesOf, ticksOf } from "../../apps/dashboard/src/dockstats_dashboard/page/time-ticks.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/messages.js").ContainerEvent} ContainerEvent */

const NOW = Date.parse("2026-11-24T12:34:00Z");
const MINUTE = 60_000;

/** @param {string} kind @param {Partial<ContainerEvent>} [fields] @returns {ContainerEvent} */
function event(kind, fields = {}) {
  return { at: NOW - MINUTE, kind, id: "0a1b", name: "web", exit_code: null, health: null, old_name: null, ...fields };
}

/** @param {import("../../apps/dashboard/src/dockstats_dashboard/page/time-ticks.js").Tick | undefined} tick */
const textOf = (tick) => (tick === undefined ? "" : linesOf(tick).join("\n"));

/** @param {ContainerEvent[]} events */
const ticks = (...events) => ticksOf([{ label: "atlas", events }], NOW - 30 * MINUTE, NOW, 10_000);

test("the gravest is what killed a container, the lightest what went well", () => {
  const order = [
    event("oom"), event("die", { exit_code: 137 }), event("health", { health: "unhealthy" }), event("restart"),
    event("die", { exit_code: 0 }), event("start"),
  ];
  const gravities = order.map((one) => gravity(one) ?? NaN);
  assert.deepEqual(gravities, [...gravities].sort((one, other) => other - one));
  assert.equal(gravity(event("die")), gravity(event("die", { exit_code: 137 })), "no exit code is no good one");
});

test("what a person need not turn back for is no tick", () => {
  const quiet = ["pause", "unpause", "rename", "gone", "something newer"].map((kind) => event(kind));
  assert.deepEqual(ticks(...quiet, event("health", { health: "starting" })), []);
});

test("what is outside the window is no tick", () => {
  assert.deepEqual(ticks(event("start", { at: NOW - 31 * MINUTE }), event("start", { at: NOW + 1 })), []);
});

test("events near to each other are one tick, which looks as its gravest and names them all in order", () => {
  const found = ticks(
    event("start", { at: NOW - 52_000 }),
    event("die", { at: NOW - 58_000, exit_code: 1 }),
    event("restart", { at: NOW - 55_000, name: "db" }),
  );
  assert.equal(found.length, 1);
  const [tick] = found;
  assert.deepEqual([tick?.tone, tick?.at], ["full", NOW - 58_000]);
  assert.match(textOf(tick), /^\d\d:33:02 web: ended, exit 1\n\d\d:33:05 db: restart\n\d\d:33:08 web: start$/);
});

test("with several hosts each event names its own", () => {
  const hosts = ["atlas", "borea"].map((label) => ({ label, events: [event("start")] }));
  const [tick] = ticksOf(hosts, NOW - 30 * MINUTE, NOW, 10_000);
  assert.match(textOf(tick), /web on atlas: start\n.*web on borea: start$/);
});

test("a storm of events is one tick with a bounded text", () => {
  const [tick, ...more] = ticks(...Array.from({ length: 200 }, () => event("die", { exit_code: 1 })));
  assert.equal(more.length, 0);
  assert.match(textOf(tick), /\nand 192 more$/);
  assert.match(tick ? linesOf(tick, 1).join(", ") : "", /^\d\d:33:00 web: ended, exit 1, and 199 more$/);
});

test("ticks stay as they are while time moves on", () => {
  const events = Array.from({ length: 40 }, (_, index) => event("start", { at: NOW - index * 7001 - 1 }));
  const signs = (/** @type {number} */ passed) =>
    ticksOf([{ label: "", events }], NOW - 30 * MINUTE + passed, NOW + passed, 10_000).map(textOf);
  for (let passed = 0; passed < 20_000; passed += 700) assert.deepEqual(signs(passed), signs(0));
});
