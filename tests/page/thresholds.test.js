import assert from "node:assert/strict";
import { test } from "node:test";
import { exceeded } from "../../apps/dashboard/src/dockstats_dashboard/page/thresholds.js";
import { row } from "./bare-rows.js";

const SET = { cpu: 50, memory: 90, pressure: 10, holdS: 30, notify: true };
const busy = (/** @type {number | null} */ cpu, live = true) => row({ sample: { cpu_pct: cpu }, live });

for (const [name, fields, word] of /** @type {[string, object, string | undefined][]} */ ([
  ["CPU over", { sample: { cpu_pct: 51 } }, "over 50 % of a core"],
  ["CPU just there", { sample: { cpu_pct: 50 } }, undefined],
  ["CPU not known", { sample: { cpu_pct: null } }, undefined],
  ["memory over", { sample: { mem_bytes: 95 }, facts: { mem_limit_bytes: 100 } }, "over 90 % of its memory limit"],
  ["memory without a limit", { sample: { mem_bytes: 95, mem_limit_bytes: 96 } }, undefined],
  ["pressure over", { sample: { io_pressure_pct: 11 } }, "over 10 % pressure"],
  ["one that does not run", { sample: null }, undefined],
])) {
  test(`${name}: ${word ?? "nothing"}`, () => assert.equal(exceeded(row(fields), SET)?.word, word));
}

test("without thresholds nothing is over", () => {
  assert.equal(exceeded(busy(9999), { ...SET, cpu: null, memory: null, pressure: null }), null);
});
