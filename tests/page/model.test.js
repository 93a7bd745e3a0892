import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet, cpuOf, memoryOf } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList, agentStatus, at, batch, inventory, sample } from "./builders.js";

/** @param {Fleet} fleet @param {unknown} message @param {number} [now] */
function take(fleet, message, now = NOW) {
  const decoded = decode(JSON.stringify(message));
  assert.notEqual(decoded, null);
  fleet.take(/** @type {any} */ (decoded), now);
}

/** @param {...unknown} messages */
function fleetOf(...messages) {
  const fleet = new Fleet();
  for (const message of [agentList(), agentStatus(), ...messages]) take(fleet, message);
  return fleet;
}

/** @param {Fleet} fleet */
function only(fleet) {
  const host = fleet.hosts?.[0];
  assert.ok(host);
  return host;
}

test("before the list there are no hosts, and what is said of any is ignored", () => {
  const fleet = new Fleet();
  take(fleet, batch());
  assert.equal(fleet.hosts, null);
});

test("hosts stand in the configured order, and only those", () => {
  const fleet = new Fleet();
  take(fleet, agentList({ agents: ["b", "a"].map((id) => ({ id, label: id, url: "" })), simulated: true }));
  take(fleet, agentStatus({ agent_id: "stranger" }));
  assert.deepEqual(fleet.hosts?.map((host) => host.entry.id), ["b", "a"]);
  assert.equal(fleet.simulated, true);
});

test("a new list keeps what is known of a host that is still there", () => {
  const fleet = fleetOf(batch({ containers: [sample("x")] }));
  const host = only(fleet);
  take(fleet, agentList({ agents: [{ id: "heron", label: "New name", url: "" }] }));
  assert.equal(only(fleet), host);
  assert.equal(host.entry.label, "New name");
  assert.equal(host.containers.size, 1);
});

test("a batch's figures meet the inventory's facts, and stopped ones have facts alone", () => {
  const facts = [{ id: "x", name: "old-name", image: "i" }, { id: "y", name: "y", state: "exited" }];
  const host = only(fleetOf(inventory(facts), batch({ containers: [sample("x", { name: "new-name" })] })));
  assert.deepEqual([...host.containers.keys()], ["x", "y"]);
  assert.equal(host.containers.get("x")?.name, "new-name");
  assert.equal(host.containers.get("x")?.facts?.image, "i");
  assert.equal(host.containers.get("y")?.sample, null);
});

test("a container that is in neither any more is gone", () => {
  const fleet = fleetOf(batch({ containers: [sample("x")] }));
  take(fleet, batch({ containers: [] }));
  assert.equal(only(fleet).containers.size, 0);
});

test("ages are right on a browser whose clock is an hour off", () => {
  const fleet = new Fleet();
  const wrong = NOW + 3_600_000;
  take(fleet, agentList(), wrong);
  take(fleet, batch({}, { received_at: at(-7000) }), wrong);
  assert.equal(only(fleet).batchAt, wrong - 7000);
  assert.equal(fleet.remote(wrong), NOW);
});

test("a batch is never from the future", () => {
  const fleet = fleetOf(batch({}, { received_at: at(60_000) }));
  assert.equal(only(fleet).batchAt, NOW);
});

for (const [interval, limit] of /** @type {[number | null, number][]} */ ([
  [0.5, 3000], [1, 3000], [3, 9000], [null, 3000],
])) {
  test(`with an interval of ${interval} s a host is silent after ${limit} ms`, () => {
    const host = only(fleetOf(batch({ sampling: { interval_secs: interval } })));
    assert.equal(host.isSilent(NOW + limit), false);
    assert.equal(host.isSilent(NOW + limit + 1), true);
  });
}

test("a host that never said anything is not silent but not there yet", () => {
  assert.equal(only(fleetOf()).isSilent(NOW + 1e6), false);
});

test("live points are the host's own CPU, at the time of the figures", () => {
  const fleet = fleetOf(batch({ sent_at: at(-200) }));
  const { cpu } = only(fleet);
  assert.equal(cpu.length, 1);
  assert.equal(cpu.timeAt(0), NOW - 200);
  assert.equal(cpu.valueAt(0), 50);
});

test("a host whose clock is off is drawn at the time its figures came", () => {
  const fleet = fleetOf(batch({ sent_at: at(-3_600_000) }));
  assert.equal(only(fleet).cpu.timeAt(0), NOW);
});

test("without a view of the host its containers' sum counts, and an unknown one stays unknown", () => {
  const metrics = { cpu_pct: 12, mem_bytes: 34 };
  const remote = only(fleetOf(batch({ host: { basis: "containers", cpu_pct: null }, agent_metrics: metrics }))).batch;
  assert.ok(remote);
  assert.equal(cpuOf(remote), 12);
  assert.equal(memoryOf(remote), 34);
  const blind = only(fleetOf(batch({ host: { basis: "host", cpu_pct: null }, agent_metrics: metrics })));
  assert.equal(blind.batch && cpuOf(blind.batch), null);
  assert.ok(Number.isNaN(blind.cpu.valueAt(0)));
});

test("every message that concerns a host changes its version", () => {
  const fleet = fleetOf();
  const host = only(fleet);
  for (const message of [agentStatus(), batch(), inventory([]), agentList()]) {
    const before = host.version;
    take(fleet, message);
    assert.ok(host.version > before);
  }
});

test("the stream may be quiet for some intervals of the liveliest host, and longer when none is connected", () => {
  assert.equal(fleetOf().quietMs, 60_000);
  assert.equal(fleetOf(batch()).quietMs, 10_000);
  assert.equal(fleetOf(batch({ sampling: { interval_secs: 4 } })).quietMs, 20_000);
  assert.equal(fleetOf(batch({ sampling: { interval_secs: 600 } })).quietMs, 60_000);
  assert.equal(fleetOf(batch(), agentStatus({ status: "error" })).quietMs, 60_000);
});

test("a host that the dashboard has no name for goes by its own", () => {
  const agents = [
    { id: "agent-1", label: "Agent 1", url: "ws://x/ws" },
    { id: "agent-2", label: "Chosen", url: "ws://y/ws" },
    { id: "agent-3", label: "Agent 3", url: "ws://z/ws" },
  ];
  const fleet = new Fleet();
  take(fleet, agentList({ agents }));
  for (const { id } of agents) take(fleet, batch({ agent_label: id === "agent-3" ? "" : "Rack" }, { agent_id: id }));
  assert.deepEqual(fleet.hosts?.map((host) => host.label), ["Rack", "Chosen", "Agent 3"]);
});

test("a name of one's own is kept, even one that looks made up", () => {
  const fleet = new Fleet();
  take(fleet, agentList({ agents: [{ id: "db", label: "Agent 1", url: "ws://x/ws" }] }));
  take(fleet, batch({ agent_label: "Rack" }, { agent_id: "db" }));
  assert.equal(only(fleet).label, "Agent 1");
});

test("containers are counted by what they do: those that keep restarting, or are paused, do not run", () => {
  const containers = ["running", "sick", "looping", "paused", "untold"].map((id) => sample(id));
  const facts = [
    { id: "running", name: "a", state: "running" },
    { id: "sick", name: "b", state: "running", health: "unhealthy" },
    { id: "looping", name: "c", state: "restarting" },
    { id: "paused", name: "d", state: "paused" },
    { id: "stopped", name: "e", state: "exited" },
  ];
  const { counts } = only(fleetOf(batch({ containers }), inventory(facts)));
  assert.deepEqual(counts, { unhealthy: 1, restarting: 1, running: 3, paused: 1, stopped: 1 });
});
