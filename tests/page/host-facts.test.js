import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { hostFigures, watchFacts } from "../../apps/dashboard/src/dockstats_dashboard/page/host-facts.js";
import { NOW, agentStatus, at, batch, sample } from "./builders.js";
import { fleetOf } from "./fleets.js";

const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });

/** @param {object[]} messages */
function only(messages) {
  const { hosts } = fleetOf(["heron"], messages);
  return /** @type {import("../../apps/dashboard/src/dockstats_dashboard/page/model.js").Host} */ (hosts[0]);
}

/** @param {{ name: string, text: string }[]} facts @param {string} name */
const text = (facts, name) => facts.find((fact) => fact.name === name)?.text ?? "";

test("the host's figures are there in words, and what it does not tell says why", () => {
  const full = { basis: "host", cpu_pct: 120, cores: 4, mem_used_bytes: 2 ** 30, mem_total_bytes: 2 ** 32, load_1m: 1.5 };
  const told = hostFigures(only([batch({ host: full, containers: [sample("a")] })]), format);
  assert.equal(text(told, "CPU"), "1.20 of 4 cores");
  assert.equal(text(told, "Memory"), "1.00 GiB of 4 GiB");
  assert.equal(text(told, "Load"), "1.50 in the last minute");
  assert.equal(text(told, "Containers"), "1 running");
  assert.match(text(told, "Pressure"), /PSI/);
  const blind = hostFigures(only([batch({ host: { basis: "containers" } })]), format);
  assert.match(text(blind, "CPU"), /not told/);
  assert.deepEqual(hostFigures(only([]), format), []);
});

test("how it is watched and what that costs stands there", () => {
  const sampling = { source: "cgroup", reason: "readable", interval_secs: 0.5, duration_secs: 0.006, skipped_ticks: 2, limitations: ["no psi: boot with psi=1"] };
  const message = batch({ sampling, own_usage: { cpu_pct: 0.8, mem_bytes: 2 ** 25 }, sent_at: at(-20) });
  const facts = watchFacts(only([agentStatus({ agent_version: "1.2" }), message]), format, NOW);
  assert.equal(text(facts, "Source"), "cgroup: readable");
  assert.equal(text(facts, "Missing"), "No psi: boot with psi=1.");
  assert.equal(text(facts, "Cadence"), "every 0.5 s, read in 6 ms, 2 left out since its start");
  assert.equal(text(facts, "Watching costs"), "0.80 % of a core and 32.0 MiB");
  assert.match(text(facts, "Connection"), /^connected since .*, agent 1\.2$/);
  assert.match(text(facts, "Clock"), /^20 ms behind/);
});
