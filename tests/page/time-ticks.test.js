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
  assert.match(textOf(tick), /^✕ \d\d:33:02 web: ended, exit 1\n↻ \d\d:33:05 db: restart\n▸ \d\d:33:08 web: start$/);
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
  assert.match(tick ? linesOf(tick, 1).join(", ") : "", /^✕ \d\d:33:00 web: ended, exit 1, and 199 more$/);
});

test("ticks stay as they are while time moves on", () => {
  const events = Array.from({ length: 40 }, (_, index) => event("start", { at: NOW - index * 7001 - 1, id: `${index}` }));
  const signs = (/** @type {number} */ passed) =>
    ticksOf([{ label: "", events: [...events].reverse() }], NOW - 30 * MINUTE + passed, NOW + passed, 10_000).map(textOf);
  for (let passed = 0; passed < 20_000; passed += 700) assert.deepEqual(signs(passed), signs(0));
});

/** Of a container that ends and is started again, once a minute. @param {number} times @param {Partial<ContainerEvent>} [fields] */
const crashes = (times, fields = {}) =>
  Array.from({ length: times }, (_, index) => {
    const at = NOW - (times - index) * MINUTE;
    return [event("die", { at, exit_code: 1, name: "batch", ...fields }), event("restart", { at: at + 15_000, name: "batch", ...fields })];
  }).flat();

test("what one container does again and again is one tick, with how often, beside which another's own is seen", () => {
  const oom = event("oom", { at: NOW - 10 * MINUTE - 2000, id: "other", name: "db" });
  const events = [...crashes(14), oom].sort((one, other) => one.at - other.at);
  const found = ticks(...events);
  assert.equal(found.length, 2);
  const [, row] = found;
  assert.deepEqual([row?.since, row?.at], [NOW - 14 * MINUTE, NOW - MINUTE]);
  assert.match(textOf(row), /^↻ \d\d:20:00 to \d\d:33:15 batch: 14 × ended, exit 1, 14 × restart$/);
});

test("twice is not again and again, and a long pause parts one row from the next", () => {
  assert.deepEqual(ticks(event("die", { at: NOW - 9 * MINUTE }), event("restart")).map(({ since }) => since), [null, null]);
  const before = crashes(24).slice(0, 10);
  const rows = ticks(...before, ...crashes(5));
  assert.deepEqual(rows.map(({ since }) => since), [NOW - 24 * MINUTE, NOW - 5 * MINUTE]);
  assert.equal(new Set(rows.map(({ key }) => key)).size, 2);
});

test("containers of one id on two hosts are two, and the row names its host", () => {
  const hosts = ["atlas", "borea"].map((label) => ({ label, events: crashes(4) }));
  const rows = ticksOf(hosts, NOW - 30 * MINUTE, NOW, 10_000);
  assert.match(rows.map(textOf).join("\n"), /batch on atlas: 4 × .*\n.*batch on borea: 4 × /);
});
