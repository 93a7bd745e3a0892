import assert from "node:assert/strict";
import { test } from "node:test";
import { SIGNS, bandOf, cpuBandOf, throttlingBand } from "../../apps/dashboard/src/dockstats_dashboard/page/bands.js";

for (const [used, available, band] of /** @type {[number | null, number | null, string][]} */ ([
  [0, 100, "ordinary"], [84, 100, "ordinary"], [85, 100, "high"], [95, 100, "full"], [300, 100, "full"],
  [null, 100, "ordinary"], [99, null, "ordinary"], [99, 0, "ordinary"],
])) {
  test(`${used} of ${available} is ${band}`, () => assert.equal(bandOf(used, available), band));
}

for (const [pct, band] of /** @type {[number | null, string][]} */ ([
  [null, "ordinary"], [4.9, "ordinary"], [5, "high"], [50, "full"],
])) {
  test(`held back in ${pct} % of the periods is ${band}`, () => assert.equal(throttlingBand(pct), band));
}

test("what needs a person never has colour alone", () => {
  assert.ok(SIGNS.high && SIGNS.full && SIGNS.high !== SIGNS.full);
  assert.equal(SIGNS.ordinary, "");
});

test("a container's CPU is a worry when its limit holds it back, or when it has nearly all of the host", () => {
  const of = (/** @type {object} */ figures, cores = 2) =>
    cpuBandOf(/** @type {any} */ ({ cpu_pct: 10, throttled_pct: null, ...figures }), /** @type {any} */ ({ batch: { host: { cores } } }));
  assert.equal(of({}), "ordinary");
  assert.equal(of({ throttled_pct: 32 }), "high");
  assert.equal(of({ cpu_pct: 195 }), "full");
  assert.equal(cpuBandOf(null, /** @type {any} */ ({ batch: null })), "ordinary");
});
