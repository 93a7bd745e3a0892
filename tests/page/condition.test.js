import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asLastKnown,
  conditionOf,
} from "../../apps/dashboard/src/dockstats_dashboard/page/condition.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList, agentStatus, at, batch, sample } from "./builders.js";

const busy = () => batch({ containers: [sample("x")] });

/** @param {unknown[]} messages @param {number} [later] milliseconds after the last message */
function condition(messages, later = 0) {
  const fleet = new Fleet();
  for (const message of [agentList(), ...messages]) {
    fleet.take(/** @type {any} */ (decode(JSON.stringify(message))), NOW);
  }
  return conditionOf(/** @type {any} */ (fleet.hosts?.[0]), fleet, NOW + later);
}

/** @param {ReturnType<typeof condition>} found */
const said = (found) => found.sentences.map(({ text }) => text).join(" ");

test("a connected host with figures is live, and nothing needs saying", () => {
  assert.deepEqual(condition([agentStatus(), busy()]), { kind: "live", live: true, word: "live", sentences: [] });
});

test("before the first word of an agent it is being connected to", () => {
  const found = condition([]);
  assert.equal(found.kind, "waiting");
  assert.match(said(found), /Connecting to the agent/);
});

test("connected without figures says that they are on their way", () => {
  assert.match(said(condition([agentStatus()])), /first figures are on their way/);
});

test("a lost agent says why, when it is tried again, and from when the figures are", () => {
  const reason = "ws://10.9.8.7:8080/ws: refused the connection: is the agent running there?";
  const found = condition([busy(), agentStatus({ status: "error", reason, retry_at: at(4000) })]);
  assert.equal(found.kind, "lost");
  assert.equal(found.word, "no connection");
  assert.equal(found.sentences[0]?.text, reason);
  assert.equal(found.sentences[0]?.retryAt, NOW + 4000);
  assert.match(said(found), /figures are from \d\d:\d\d:\d\d/);
});

test("an agent that never answered has no figures to speak of", () => {
  const found = condition([agentStatus({ status: "error", reason: "no route" })]);
  assert.equal(found.kind, "lost");
  assert.equal(said(found), "No route.");
});

test("a short reconnect between two batches changes nothing, a longer one does", () => {
  const messages = [busy(), agentStatus({ status: "connecting" })];
  assert.equal(condition(messages, 1000).kind, "live");
  assert.equal(condition(messages, 3001).kind, "lost");
});

test("a connected agent that says nothing is silent, since when it last spoke", () => {
  const messages = [agentStatus(), busy()];
  assert.equal(condition(messages, 3000).kind, "live");
  const found = condition(messages, 3001);
  assert.deepEqual([found.kind, found.word], ["lost", "silent"]);
  assert.match(said(found), /No figures since \d\d:\d\d:\d\d/);
});

test("while the dashboard cannot be reached a host keeps what was known, and is not called live", () => {
  const status = { status: "error", reason: "calls itself heron", retry_at: at(4000) };
  const found = asLastKnown(condition([busy(), agentStatus(status)]));
  assert.ok(found.sentences.every(({ retryAt }) => retryAt === undefined)); // nobody here knows when that is now
  assert.deepEqual([found.kind, found.live, found.word], ["lost", false, "last known"]);
  assert.match(said(found), /heron/);
});

test("an engine that does not answer is named with the way out", () => {
  const engine = { endpoint: "unix:///x", reachable: false, error: "cannot open unix:///x; start Docker" };
  const found = condition([agentStatus(), batch({ engine })]);
  assert.deepEqual([found.kind, found.live, found.word], ["attention", false, "no engine"]);
  assert.match(said(found), /^Cannot open unix:\/\/\/x; start Docker\./);
});

test("before the first answer of the engine it is being looked for", () => {
  const found = condition([agentStatus(), batch({ engine: { endpoint: "unix:///x", reachable: false, error: null } })]);
  assert.equal(found.kind, "waiting");
});

test("an older agent that does not tell of its engine is not accused of having none", () => {
  const messages = [agentStatus(), batch({ containers: [sample("x")], engine: { endpoint: "", reachable: false } })];
  assert.equal(condition(messages).kind, "live");
});

test("two agents that call themselves the same are named although both are live", () => {
  const found = condition([agentStatus({ reason: "calls itself heron, as does db" }), busy()]);
  assert.equal(found.kind, "attention");
  assert.equal(found.live, true);
  assert.match(said(found), /as does db/);
});

test("a host without containers says what to do", () => {
  const found = condition([agentStatus(), batch()]);
  assert.equal(found.kind, "live");
  assert.match(said(found), /Start one/);
});

test("a condition and its host agree on whether the figures are of now", () => {
  const dead = { endpoint: "unix:///x", reachable: false, error: "gone" };
  const batches = [null, busy(), batch({ engine: dead }), batch({ engine: { endpoint: "" } })];
  const statuses = ["connecting", "connected", "error", "closed"].map((status) => agentStatus({ status }));
  for (const one of batches) {
    for (const status of [null, ...statuses]) {
      for (const later of [0, 3000, 3001]) {
        const fleet = new Fleet();
        for (const message of [agentList(), one, status]) {
          if (message !== null) fleet.take(/** @type {any} */ (decode(JSON.stringify(message))), NOW);
        }
        const [host] = fleet.hosts ?? [];
        assert.ok(host);
        const { live } = conditionOf(host, fleet, NOW + later);
        const told = status !== null || one === null; // figures without a word on the connection do not happen
        if (told) assert.equal(live, host.isLive(NOW + later), JSON.stringify([one, status, later]));
      }
    }
  }
});
