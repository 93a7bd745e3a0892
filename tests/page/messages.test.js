import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMITS, decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { NOW, agentList, agentStatus, batch, inventory, sample } from "./builders.js";

/** @param {unknown} message */
const through = (message) => /** @type {any} */ (decode(JSON.stringify(message)));

test("every stream message of the protocol's documentation is understood", () => {
  const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```json stream\n(.*?)```/gs)].map((match) => match[1]);
  assert.ok(blocks.length >= 3);
  for (const block of blocks) assert.notEqual(decode(block), null, block);
});

test("a batch of the protocol's documentation keeps its figures, its nulls and their reasons", () => {
  const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```json agent\n(.*?)```/gs)].map((match) => JSON.parse(match[1] ?? ""));
  const payload = blocks.find((block) => block.type === "container_stats_batch");
  const message = through({ ...batch(), payload });
  const [web, proxy] = message.containers;
  assert.equal(web.cpu_pct, 212.8);
  assert.equal(web.mem_limit_bytes, 1073741824);
  assert.equal(web.stale, false);
  assert.equal(proxy.cpu_pct, null);
  assert.equal(proxy.unknown.get("network_rates"), "host_network");
  assert.equal(message.sampling.source, "cgroup");
  assert.equal(message.host.cores, 8);
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
  "a batch without payload": { ...batch(), payload: null },
  "a batch of another kind": batch({ containers: "all" }),
  "a container without id": batch({ containers: [sample("")] }),
  "a container whose name is an object": batch({ containers: [sample("a", { name: { toString: 1 } })] }),
  "too many containers": batch({ containers: Array(LIMITS.containers + 1).fill(sample("a")) }),
})) {
  test(`${name} is refused`, () => assert.equal(through(message), null));
}

for (const figure of ["12", true, -1, {}, [], null]) {
  test(`a figure of ${JSON.stringify(figure)} is unknown, not a number`, () => {
    const message = through(batch({ containers: [sample("a", { cpu_pct: figure })] }));
    assert.equal(message.containers[0].cpu_pct, null);
  });
}

test("a number beyond every double is unknown", () => {
  const known = JSON.stringify(batch({ containers: [sample("a", { cpu_pct: 77 })] }));
  const text = known.replace('"cpu_pct":77', '"cpu_pct":1e999');
  assert.equal(/** @type {any} */ (decode(text)).containers[0].cpu_pct, null);
});

test("long text is cut", () => {
  const message = through(inventory([{ id: "a", name: "n".repeat(5000) }]));
  assert.equal(message.containers[0].name.length, LIMITS.stringChars);
});

test("an agent that knows nothing of the engine field leaves it unknown", () => {
  assert.equal(through(batch({ engine: { endpoint: "", reachable: false } })).engine, null);
});

test("a stranger's keys in `unknown` cannot reach a prototype", () => {
  const text = JSON.stringify(batch({ containers: [sample("a", { unknown: {} })] })).replace(
    '"unknown":{}',
    '"unknown":{"__proto__":"x","cpu":"gap","more":{}}',
  );
  const [container] = /** @type {any} */ (decode(text)).containers;
  assert.equal(container.unknown.get("cpu"), "gap");
  assert.equal(container.unknown.has("more"), false);
  assert.equal(/** @type {any} */ ({}).cpu, undefined);
});
