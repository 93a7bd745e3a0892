import assert from "node:assert/strict";
import { test } from "node:test";
import { Notifier } from "../../apps/dashboard/src/dockstats_dashboard/page/notify.js";
import { row } from "./bare-rows.js";

test("a person is told of each, of many only how many, and of none without wanting it", () => {
  /** @type {string[][]} */
  const said = [];
  const look = (/** @type {number} */ count, /** @type {boolean} */ notify) =>
    new Notifier((title, body) => said.push([title, body]) > 0).look(
      Array.from({ length: count }, (_, index) => row({ name: `c${index}`, sample: { cpu_pct: 60 } })),
      { cpu: 50, memory: null, pressure: null, holdS: 0, notify },
      0,
    );
  look(1, true);
  look(9, true);
  look(1, false);
  assert.deepEqual(said, [
    ["c0 on heron: 60.0 % of a core", "over 50 % of a core"],
    ["9 containers are over a threshold", "c0, c1, c2 and more"],
  ]);
});

test("switched on, a person is told of what has been over for long, once", () => {
  /** @type {string[]} */
  const said = [];
  const notifier = new Notifier((title) => said.push(title) > 0);
  const look = (/** @type {boolean} */ notify, /** @type {number} */ now) =>
    notifier.look([row({ sample: { cpu_pct: 60 } })], { cpu: 50, memory: null, pressure: null, holdS: 30, notify }, now);
  look(false, 0);
  look(false, 60_000);
  assert.deepEqual(said, []);
  look(true, 90_000);
  look(true, 91_000);
  assert.deepEqual(said, ["web on heron: 60.0 % of a core"]);
});

test("what the browser did not let through is told when it does", () => {
  let allowed = false;
  let said = 0;
  const notifier = new Notifier(() => {
    if (allowed) said += 1;
    return allowed;
  });
  const look = (/** @type {number} */ now) =>
    notifier.look(
      [row({ sample: { cpu_pct: 60 } })],
      { cpu: 50, memory: null, pressure: null, holdS: 0, notify: true },
      now,
    );
  look(0);
  allowed = true;
  look(1000);
  look(2000);
  assert.equal(said, 1);
});
