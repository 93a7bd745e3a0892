import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMITS, decode, read } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { NOW, agentList, agentStatus, at, batch, event, events, inventory, sample } from "./builders.js";

/** @param {unknown} message */
const through = (message) => /** @type {any} */ (decode(JSON.stringify(message)));

test("every stream message of the protocol's documentation that a page asks for is understood", () => {
  const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```json stream\n(.*?)```/gs)].map((match) => match[1] ?? "");
  const asked = blocks.filter((block) => !block.includes("container_stats_batch")); // a page has columns in its place
  assert.ok(asked.length >= 3);
  for (const block of asked) assert.notEqual(decode(block), null, block);
});

test("ids are short everywhere, and the whole one stays with the facts", () => {
  const id = "0123456789abcdef".repeat(4);
  const [facts] = through(inventory([{ id, name: "x", pids_limit: 100, network_mode: "bridge" }])).containers;
  assert.deepEqual([facts.id, facts.full_id], ["0123456789ab", id]);
  assert.deepEqual([facts.pids_limit, facts.network_mode], [100, "bridge"]);
  assert.equal(through(batch({ containers: [sample(id)] })).containers[0].id, facts.id);
  assert.equal(through(events([event(id)])).events[0].id, facts.id);
});

test("events keep their order, their times and their own figures", () => {
  const sick = event("b", { kind: "health", exit_code: null, health: "unhealthy" });
  const [die, health] = through(events([event("a", { at: at(-1000), exit_code: -1 }), sick])).events;
  assert.deepEqual([die.at, die.kind, die.exit_code, die.name], [NOW - 1000, "die", -1, "name-a"]);
  assert.deepEqual([health.health, health.exit_code], ["unhealthy", null]);
});

test("a value that is parsed already is read the same way", () => {
  assert.deepEqual(read(agentList()), through(agentList()));
  assert.equal(read([agentList()]), null);
  assert.equal(read(undefined), null);
});

test("what a source cannot tell is a bounded list of sentences, and nothing else", () => {
  const told = (/** @type {unknown} */ limitations) =>
    through(batch({ sampling: { source: "cgroup", limitations } })).sampling.limitations;
  assert.deepEqual(told(["no network figures", 7, null]), ["no network figures"]);
  assert.deepEqual(told("no network figures"), []);
  assert.deepEqual(told(undefined), []);
  assert.equal(told(Array(1000).fill("x")).length, LIMITS.limitations);
});

test("times become milliseconds", () => {
  assert.equal(through(agentList()).ts, NOW);
  assert.equal(through(agentList({ ts: "2026-11-24T14:00:00.318204Z" })).ts, NOW + 318);
});

for (const [name, text] of Object.entries({
  "no text": undefined,
  "no JSON": '{"type": "agent_list"',
  "no object": "[1]",
  null: "null",
  "an unknown type": '{"type": "weather"}',
  "a type that is no text": '{"type": {"toString": 1}}',
  "nesting past the stack": "[".repeat(200_000),
  "a prototype in place of fields": '{"__proto__": {"type": "agent_list"}}',
})) {
  test(`${name} is refused, not thrown`, () => assert.equal(decode(text), null));
}

test("text beyond the bound is not even parsed", () => {
  const message = JSON.stringify(agentList());
  assert.equal(decode(message + " ".repeat(LIMITS.textChars)), null);
});

for (const [name, message] of Object.entries({
  "an agent list without time": { ...agentList(), ts: "soon" },
  "an agent list whose agents are no list": { ...agentList(), agents: {} },
  "an agent without id": agentList({ agents: [{ label: "x", url: "" }] }),
  "too many agents": agentList({ agents: Array(LIMITS.agents + 1).fill({ id: "x", label: "", url: "" }) }),
  "a status that is none": agentStatus({ status: "fine" }),
  "a batch without ids": batch({ ids: undefined }),
  "a batch of another kind": batch({ ids: "all" }),
  "a column that is too short": batch({ containers: [sample("a")], columns: { cpu_pct: [] } }),
  "a column that is too long": batch({ containers: [sample("a")], columns: { pids: [1, 2] } }),
  "a column that is none": batch({ containers: [sample("a")], columns: { pids: "1" } }),
  "names that are too few": batch({ containers: [sample("a")], names: [] }),
  "too many events": events(Array(LIMITS.events + 1).fill(event("a"))),
  "an event without time": events([event("a", { at: null })]),
  "a container without id": batch({ containers: [sample("")] }),
  "a container whose name is an object": batch({ containers: [sample("a", { name: { toString: 1 } })] }),
  "too many containers": batch({ containers: Array(LIMITS.containers + 1).fill(sample("a")) }),
})) {
  test(`${name} is refused`, () => assert.equal(through(message), null));
}

test("long text is cut", () => {
  const message = through(inventory([{ id: "a", name: "n".repeat(5000) }]));
  assert.equal(message.containers[0].name.length, LIMITS.stringChars);
});

test("an agent that knows nothing of the engine field leaves it unknown", () => {
  assert.equal(through(batch({ engine: { endpoint: "", reachable: false } })).engine, null);
});

test("the health of a run that is over is no health, though engines keep it", () => {
  const said = (/** @type {string} */ state) => ({ id: state, name: state, state, health: "unhealthy" });
  const { containers } = through(inventory(["running", "paused", "restarting", "exited"].map(said)));
  const told = containers.map((/** @type {any} */ { health }) => health);
  assert.deepEqual(told, ["unhealthy", "unhealthy", null, null]);
});
