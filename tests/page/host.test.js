import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet, GONE_MS, cpuOf, memoryOf } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList, agentStatus, at, batch, event, events, inventory, sample } from "./builders.js";
import { keepingFleet } from "./fleets.js";

/** @param {Fleet} fleet @param {unknown} message @param {number} [now] */
function take(fleet, message, now = NOW) {
  const decoded = decode(JSON.stringify(message));
  assert.notEqual(decoded, null);
  fleet.take(/** @type {any} */ (decoded), now);
}

/** @param {...unknown} messages */
function fleetOf(...messages) {
  const fleet = keepingFleet();
  for (const message of [agentList(), agentStatus(), ...messages]) take(fleet, message);
  return fleet;
}

/** @param {Fleet} fleet */
function only(fleet) {
  const host = fleet.hosts?.[0];
  assert.ok(host);
  return host;
}

test("a batch's figures meet the inventory's facts, and stopped ones have facts alone", () => {
  const facts = [{ id: "x", name: "old-name", image: "i" }, { id: "y", name: "y", state: "exited" }];
  const host = only(fleetOf(inventory(facts), batch({ containers: [sample("x", { name: "new-name" })] })));
  assert.deepEqual([...host.containers.keys()], ["x", "y"]);
  assert.equal(host.containers.get("x")?.name, "new-name");
  assert.equal(host.containers.get("x")?.facts?.image, "i");
  assert.equal(host.containers.get("y")?.sample, null);
});

test("the batch tells what is wrong with a container, of one without figures, too, and the next batch no more", () => {
  const killed = { cause: "out_of_memory", sentence: "wanted more", rule: "the engine says so", severe: true };
  const containers = [sample("x")];
  const fleet = fleetOf(inventory([{ id: "y", name: "y", state: "exited" }]), batch({ containers, diagnoses: { y: killed } }));
  assert.deepEqual(fleet.container("heron/y")?.diagnosis, killed);
  assert.equal(fleet.container("heron/x")?.diagnosis, null);
  const frozen = fleet.frozen();
  take(fleet, batch({ containers, sequence: 2 }));
  assert.equal(fleet.container("heron/y")?.diagnosis, null);
  assert.deepEqual(frozen.container("heron/y")?.diagnosis, killed);
});

test("a container that is in neither any more is shown as gone for a while, with its exit code, and not counted", () => {
  const fleet = fleetOf(inventory([{ id: "x", name: "x", state: "running" }]), batch({ containers: [sample("x")] }));
  take(fleet, events([event("x", { exit_code: 3 }), event("y"), event("x", { kind: "gone", exit_code: null })]));
  take(fleet, inventory([]));
  assert.equal(fleet.container("heron/x")?.gone, null); // the batch still has it
  take(fleet, batch({ containers: [] }), NOW + 500);
  const gone = fleet.container("heron/x");
  assert.deepEqual(gone?.gone, { at: NOW + 500, exitCode: 3 });
  assert.equal(gone?.sample, null);
  assert.equal(only(fleet).counts.stopped, 0);
  take(fleet, batch({ containers: [] }), NOW + 500 + GONE_MS - 1);
  assert.equal(fleet.container("heron/x"), gone);
  take(fleet, batch({ containers: [] }), NOW + 500 + GONE_MS);
  assert.equal(only(fleet).containers.size, 0);
});

test("an exit code that is told after a container vanished is still shown", () => {
  const fleet = fleetOf(batch({ containers: [sample("x")] }), batch());
  assert.equal(fleet.container("heron/x")?.gone?.exitCode, null);
  take(fleet, events([event("x", { exit_code: 137 })]));
  assert.equal(fleet.container("heron/x")?.gone?.exitCode, 137);
});

test("a container that comes back is not gone", () => {
  const fleet = fleetOf(batch({ containers: [sample("x")] }), batch(), batch({ containers: [sample("x")] }));
  assert.equal(fleet.container("heron/x")?.gone, null);
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

/** The newest value of a host's series. @param {Fleet} fleet @param {string} name */
const newest = (fleet, name) => only(fleet).series.column(name).at(-1);

test("the series has the host's own CPU, its containers' summed rates and its pressure, at the time of the figures", () => {
  const rates = (/** @type {number | null} */ value) => ({ net_rx_bytes_per_sec: value, block_read_bytes_per_sec: null });
  const containers = [sample("a", rates(5)), sample("b", rates(6)), sample("c", rates(null))];
  containers.push(sample("d", { ...rates(1000), stale: true }));
  const host = { basis: "host", cpu_pct: 50, mem_used_bytes: 9, io_pressure: { some_pct: 2 } };
  const fleet = fleetOf(batch({ sent_at: at(-2200), containers, host }));
  assert.equal(only(fleet).series.newestAt, Math.floor((NOW - 2200) / 2000) * 2000);
  assert.deepEqual(["cpu_pct", "mem_bytes", "net_rx_bytes_per_sec"].map((name) => newest(fleet, name)), [50, 9, 11]);
  assert.deepEqual(["io_pressure_pct", "block_read_bytes_per_sec"].map((name) => newest(fleet, name)), [2, NaN]);
});

test("a host whose clock is off is drawn at the time its figures came", () => {
  const fleet = fleetOf(batch({ sent_at: at(-3_600_000) }));
  assert.equal(only(fleet).series.newestAt, NOW);
});

test("each container has its last minute, without what is stale", () => {
  const fleet = fleetOf(batch({ containers: [sample("x", { cpu_pct: 3 })] }));
  take(fleet, batch({ sent_at: at(100), containers: [sample("x", { cpu_pct: 99, stale: true })] }));
  const spark = fleet.container("heron/x")?.spark;
  assert.deepEqual([spark?.cpu.at(-1), spark?.memory.at(-1)], [3, 1024]);
  assert.ok(Number.isNaN(spark?.cpu.at(-2)));
});

test("a fetched minute fills what is there, and what comes after it", () => {
  const fleet = fleetOf(batch({ containers: [sample("x", { cpu_pct: 3 })] }));
  const minute = { cpu: [1, 2, 77], memory: [10, 20, 770] };
  only(fleet).fillSparks({ endAt: NOW + 2000, stepMs: 2000, containers: new Map([["x", minute], ["y", minute]]) });
  take(fleet, batch({ sent_at: at(100), containers: [sample("x", { cpu_pct: 3 }), sample("y", { cpu_pct: 5 })] }));
  const cpu = (/** @type {string} */ id) => fleet.container(`heron/${id}`)?.spark.cpu.slice(-3);
  assert.deepEqual(cpu("x"), new Float32Array([1, 2, 3])); // live figures win
  assert.deepEqual(cpu("y")?.slice(0, 2), new Float32Array([1, 2]));
});

test("without a view of the host its containers' sum counts, and an unknown one stays unknown", () => {
  const metrics = { cpu_pct: 12, mem_bytes: 34 };
  const remote = only(fleetOf(batch({ host: { basis: "containers", cpu_pct: null }, agent_metrics: metrics }))).batch;
  assert.ok(remote);
  assert.equal(cpuOf(remote), 12);
  assert.equal(memoryOf(remote), 34);
  const blind = only(fleetOf(batch({ host: { basis: "host", cpu_pct: null }, agent_metrics: metrics })));
  assert.equal(blind.batch && cpuOf(blind.batch), null);
  assert.ok(Number.isNaN(blind.series.column("cpu_pct").at(-1)));
});

test("a host that the dashboard has no name for goes by its own", () => {
  const agents = [
    { id: "agent-1", label: "Agent 1", url: "ws://x/ws" },
    { id: "agent-2", label: "Chosen", url: "ws://y/ws" },
    { id: "agent-3", label: "Agent 3", url: "ws://z/ws" },
  ];
  const fleet = keepingFleet();
  take(fleet, agentList({ agents }));
  for (const { id } of agents) take(fleet, batch({ agent_label: id === "agent-3" ? "" : "Rack" }, { agent_id: id }));
  assert.deepEqual(fleet.hosts?.map((host) => host.label), ["Rack", "Chosen", "Agent 3"]);
});

test("a name of one's own is kept, even one that looks made up", () => {
  const fleet = keepingFleet();
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
