import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText, hostLine, wordOf } from "../../apps/dashboard/src/dockstats_dashboard/page/host-words.js";
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
