import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, examine, summaryOf } from "../../apps/dashboard/src/dockstats_dashboard/page/doctor-report.js";
import { NOW, agentStatus, at, batch, sample } from "./builders.js";
import { fleetOf } from "./fleets.js";

const WELL = { batches: 120, spanMs: 30_000, p50Ms: 2, p95Ms: 9, burstMs: null };

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/doctor-report.js").Findings} Findings */

/** @param {object[]} messages @param {Partial<Findings>} [fields] */
function sections(messages, fields = {}) {
  const { hosts, conditions, now } = fleetOf(["heron"], messages);
  return examine({
    health: WELL,
    streamState: { kind: "open", since: NOW, lostAt: null, retryAt: null, attempts: 0, problem: null },
    shared: true,
    probe: { encoding: "gzip", via: null, protocol: "http/1.1" },
    skewMs: 3,
    hosts,
    conditions,
    now,
    ...fields,
  });
}

const well = [agentStatus(), batch({ containers: [sample("a")] })];

test("when all is well every line says so", () => {
  const found = sections(well);
  assert.equal(summaryOf(found), "All is well.");
  assert.ok(found.flatMap(({ lines }) => lines).every(({ tone, sentence }) => tone === "ok" && sentence.endsWith(".")));
});

for (const [name, messages, fields, tone, pattern] of /** @type {[string, object[], Partial<Findings>, string, RegExp][]} */ ([
  ["a buffering proxy", well, { health: { ...WELL, burstMs: 8000 } }, "broken", /bursts of 8 s.*proxy_buffering off.*flush_interval -1/],
  ["a slow way", well, { health: { ...WELL, p95Ms: 2000 } }, "look", /95 % within 2 s.*is slow/],
  ["no stream", well, { streamState: { kind: "waiting", since: NOW, lostAt: NOW, retryAt: NOW, attempts: 1, problem: null } }, "broken", /no stream/],
  ["no compression", well, { probe: { encoding: null, via: null, protocol: null } }, "look", /six times the bytes/],
  ["tabs that do not share", well, { shared: false }, "look", /seventh tab/],
  ["a browser's clock", well, { skewMs: -60_000 }, "look", /1 min behind the dashboard's.*NTP/],
  ["a host's clock", [agentStatus(), batch({ sent_at: at(-90_000) })], {}, "look", /2 min behind the dashboard's.*NTP/],
  ["a limitation", [agentStatus(), batch({ sampling: { source: "stream", limitations: ["no pressure: boot with psi=1"] } })], {}, "look", /psi=1/],
  ["an agent that cannot keep up", [agentStatus(), batch({ sampling: { source: "one-shot", interval_secs: 1, duration_secs: 0.9 } })], {}, "look", /longer --poll-interval/],
  ["a lost host", [batch(), agentStatus({ status: "error", reason: "no route" })], {}, "broken", /No route/],
  ["an engine without leave", [agentStatus(), batch({ engine: { endpoint: "x", reachable: false, error: "permission denied; join docker" } })], {}, "broken", /join docker/],
])) {
  test(`${name} is found, with the way out`, () => {
    const lines = sections(messages, fields).flatMap((section) => section.lines);
    assert.ok(lines.some((line) => line.tone === tone && pattern.test(line.sentence)), JSON.stringify(lines, null, 1));
  });
}

test("as text it has every line, with the word for its tone", () => {
  assert.match(asText(sections(well)), /^dockstats self-test\n[^]*\n {2}ok +latency: Half[^]*\nheron\n/);
});
