import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText, costsOf, hostLine, milliseconds, wordOf } from "../../apps/dashboard/src/dockstats_dashboard/page/host-words.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { NOW, agentStatus, at, batch } from "./builders.js";
import { fleetOf } from "./fleets.js";

/** @param {object[]} messages @param {number} [later] */
function only(messages, later) {
  const { hosts, conditions, now } = fleetOf(["heron"], messages, later);
  const host = /** @type {import("../../apps/dashboard/src/dockstats_dashboard/page/model.js").Host} */ (hosts[0]);
  const condition = /** @type {import("../../apps/dashboard/src/dockstats_dashboard/page/condition.js").Condition} */ (conditions.get("heron"));
  return { host, condition, now };
}

test("beside its name a host says engine, source and cadence, and a lost one since when", () => {
  const { host, condition } = only([agentStatus(), batch()]);
  assert.equal(hostLine(host), "26.1 · one-shot · 0.5 s");
  assert.equal(wordOf(host, condition, NOW), "live");
  const lost = only([batch(), agentStatus({ status: "error", reason: "no answer", retry_at: at(60_000) })], 42_000);
  assert.equal(wordOf(lost.host, lost.condition, lost.now), "lost 42 s · no connection");
  assert.match(conditionText(lost.condition, NOW + 42_000), /^No answer\. Next attempt in 18 s\. Its figures are from/);
});

test("what watching costs there is told as far as the agent tells it", () => {
  const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });
  const costs = (/** @type {object} */ own, /** @type {object} */ sampling) => {
    return costsOf(only([agentStatus(), batch({ own_usage: own, sampling })]).host, format);
  };
  assert.deepEqual(costs({ cpu_pct: 1.4, mem_bytes: 46 * 2 ** 20 }, { duration_secs: 0.0061 }), ["1.40 %", "46.0 MiB", "6 ms"]);
  assert.deepEqual(costs({ cpu_pct: null, mem_bytes: null }, {}), []);
  assert.deepEqual([0.2, 6.1, 1500].map(milliseconds), ["1 ms", "6 ms", "1.5 s"]);
});
