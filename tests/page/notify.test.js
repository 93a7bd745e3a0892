import assert from "node:assert/strict";
import { test } from "node:test";
import { Notifier } from "../../apps/dashboard/src/dockstats_dashboard/page/notify.js";
import { row } from "./bare-rows.js";

test("a person is told of each, of many only how many, and of none without wanting it", () => {
  /** @type {string[][]} */
  const said = [];
  const look = (/** @type {number} */ count, /** @type {boolean} */ notify) =>
    new Notifier((title, body) => said.push([title, body])).look(
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
