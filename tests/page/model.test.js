import assert from "node:assert/strict";
import { test } from "node:test";
import { BucketSeries } from "../../apps/dashboard/src/dockstats_dashboard/page/buckets.js";
import { HOST_COLUMNS } from "../../apps/dashboard/src/dockstats_dashboard/page/host.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
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

/** @param {Fleet} fleet */
const newestCpu = (fleet) => only(fleet).series.column("cpu_pct").at(-1);

test("before the list there are no hosts, and what is said of any is ignored", () => {
  const fleet = keepingFleet();
  take(fleet, batch());
  assert.equal(fleet.hosts, null);
});

test("hosts stand in the configured order, and only those", () => {
  const fleet = keepingFleet();
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

test("a container is the same object as long as it is there, and known by its host and short id", () => {
  const id = "0123456789abcdef";
  const fleet = fleetOf(batch({ containers: [sample(id)] }));
  const container = fleet.container("heron/0123456789ab");
  assert.equal(container?.key, "heron/0123456789ab");
  take(fleet, inventory([{ id, name: "x" }]));
  take(fleet, batch({ containers: [sample(id, { cpu_pct: 7 })] }));
  assert.equal(fleet.container("heron/0123456789ab"), container);
  assert.deepEqual([container?.sample?.cpu_pct, container?.fullId], [7, id]);
  assert.equal(container?.host, fleet.host("heron"));
  const strangers = ["heron/nobody", "stranger/0123456789ab", "heron", "", "/"];
  for (const key of strangers) assert.equal(fleet.container(key), undefined);
});

test("everything is on the dashboard's clock, also in a browser whose clock is an hour off", () => {
  const fleet = keepingFleet();
  const wrong = NOW + 3_600_000;
  take(fleet, agentList(), wrong);
  take(fleet, batch({}, { received_at: at(-7000) }), wrong);
  assert.equal(only(fleet).batchAt, NOW - 7000);
  assert.equal(fleet.remote(wrong), NOW);
  assert.equal(fleet.local(NOW), wrong);
});

test("a batch is never from the future: then the list was late, and the clocks are nearer than it said", () => {
  const fleet = keepingFleet();
  take(fleet, agentList(), NOW + 8000); // as behind a proxy that holds messages back
  assert.equal(fleet.remote(NOW + 8000), NOW);
  take(fleet, batch({}, { received_at: at(7900) }), NOW + 8000);
  assert.equal(only(fleet).batchAt, NOW + 7900);
  assert.equal(fleet.remote(NOW + 8000), NOW + 7900);
});

test("a frozen fleet stands still while the live one goes on", () => {
  const fleet = fleetOf(inventory([{ id: "x", name: "x" }]), batch({ containers: [sample("x", { cpu_pct: 3 })] }));
  const frozen = fleet.frozen();
  take(fleet, batch({ sent_at: at(100), containers: [sample("x", { cpu_pct: 9 }), sample("y")] }));
  take(fleet, agentStatus({ status: "error" }));
  take(fleet, events([event("x")]));
  take(fleet, agentList({ agents: [] }));
  const container = frozen.container("heron/x");
  assert.equal(container?.sample?.cpu_pct, 3);
  assert.equal(container?.spark.cpu.at(-1), 3);
  assert.equal(container?.host, only(frozen));
  assert.equal(frozen.container("heron/y"), undefined);
  assert.deepEqual([only(frozen).connection?.status, only(frozen).events.length], ["connected", 0]);
  assert.equal(newestCpu(frozen), 50);
  assert.equal(frozen.remote(NOW), fleet.remote(NOW));
});

test("a fleet of an earlier instant has its figures, and the charts and events up to then", () => {
  const fleet = fleetOf();
  for (const second of [0, 10, 20]) {
    const figures = { sent_at: at(second * 1000), host: { basis: "host", cpu_pct: second } };
    take(fleet, batch(figures, { received_at: at(second * 1000) }), NOW + second * 1000);
  }
  take(fleet, events([event("x", { at: at(5000) }), event("x", { at: at(15_000) })]));
  const then = batch({ sent_at: at(9900), containers: [sample("x", { cpu_pct: 4 })] }, { received_at: at(9900) });
  const messages = [agentList({ ts: at(20_000) }), agentStatus(), inventory([{ id: "x", name: "x" }]), then];
  const past = fleet.asOf(messages.map((message) => /** @type {any} */ (decode(JSON.stringify(message)))), NOW + 11_000);
  assert.equal(past.container("heron/x")?.sample?.cpu_pct, 4);
  assert.equal(only(past).isLive(NOW + 11_000), true);
  assert.equal(only(past).series.newestAt, NOW + 10_000);
  assert.equal(newestCpu(past), 10);
  assert.equal(only(past).events.length, 1);
  assert.equal(newestCpu(fleet), 20);
});

test("every message that concerns a host changes its version", () => {
  const fleet = fleetOf();
  const host = only(fleet);
  for (const message of [agentStatus(), batch(), inventory([]), events([]), agentList()]) {
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

test("what charts need is kept from the moment on that they want it, for every host", () => {
  const fleet = new Fleet();
  take(fleet, agentList());
  take(fleet, batch({ containers: [sample("x")] }));
  assert.equal(only(fleet).series.newestAt, null);
  fleet.keepSeries(() => new BucketSeries(HOST_COLUMNS));
  take(fleet, batch({ sequence: 2, containers: [sample("x")] }));
  assert.equal(only(fleet).series.newestAt, NOW);
});
