import assert from "node:assert/strict";
import { test } from "node:test";
import { pressuresOf, worstPressure } from "../../apps/dashboard/src/dockstats_dashboard/page/pressure.js";

test("the worst pressure is the largest that is known", () => {
  const figures = { cpu_pressure_pct: 1, mem_pressure_pct: null, io_pressure_pct: 3 };
  assert.deepEqual(worstPressure(figures), { of: "io", pct: 3 });
  assert.equal(pressuresOf(figures).length, 2);
  assert.equal(worstPressure({ cpu_pressure_pct: null, mem_pressure_pct: null, io_pressure_pct: null }), null);
  assert.equal(worstPressure(null), null);
});
