import assert from "node:assert/strict";
import { test } from "node:test";
import { totalsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/fleet-totals.js";
import { agentStatus, batch, sample } from "./builders.js";
import { fleetOf } from "./fleets.js";

/** @param {string} id @param {object} [payload] */
const busy = (id, payload = {}) => [
  agentStatus({ agent_id: id }),
  batch({ containers: [sample("a", { net_rx_bytes_per_sec: 10, net_tx_bytes_per_sec: 1, mem_cache_bytes: 5 })], ...payload }, { agent_id: id }),
];

/** @param {string[]} ids @param {object[]} messages @param {number} [later] */
function totals(ids, messages, later) {
  const { hosts, conditions } = fleetOf(ids, messages, later);
  return totalsOf(hosts, conditions);
}

test("what live hosts have is added up", () => {
  const found = totals(["one", "two"], [...busy("one"), ...busy("two")]);
  assert.deepEqual(found.hosts, { configured: 2, live: 2, lost: 0 });
  assert.deepEqual([found.cpu, found.cores], [{ value: 100, hosts: 2 }, 8]);
  assert.deepEqual([found.memory, found.memoryTotal, found.cache], [{ value: 2, hosts: 2 }, 4, 10]);
  assert.deepEqual([found.received.value, found.sent.value], [20, 2]);
  assert.equal(found.containers.running, 2);
});

test("a lost host is in no total, and the totals know from how many they are", () => {
  const found = totals(["one", "two"], [...busy("one"), ...busy("two"), agentStatus({ agent_id: "two", status: "error", reason: "gone" })]);
  assert.deepEqual(found.hosts, { configured: 2, live: 1, lost: 1 });
  assert.deepEqual(found.cpu, { value: 50, hosts: 1 });
  assert.equal(found.cores, 4);
  assert.equal(found.containers.running, 1);
});

test("with no host live there are the last figures, marked as stale", () => {
  const found = totals(["one"], busy("one"), 10_000);
  assert.deepEqual([found.stale, found.hosts.live, found.cpu.value], [true, 0, 50]);
});

test("what no host knows is null and not 0, what one of two knows says of how many it is", () => {
  const blind = { host: { basis: "containers" }, containers: [sample("a", { mem_bytes: null })] };
  const none = totals(["one"], busy("one", blind));
  assert.deepEqual([none.cpu, none.cores, none.read], [{ value: null, hosts: 0 }, null, { value: null, hosts: 0 }]);
  const some = totals(["one", "two"], [...busy("one", blind), ...busy("two")]);
  assert.deepEqual([some.cpu, some.cores], [{ value: 50, hosts: 1 }, 4]);
});

test("cores that one host of the sum does not tell make no wrong total", () => {
  const found = totals(["one", "two"], [...busy("one", { host: { basis: "host", cpu_pct: 5 } }), ...busy("two")]);
  assert.deepEqual([found.cpu.value, found.cores], [55, null]);
});

test("a container on the host's network is counted as one that nobody counts, one that shares a network is not", () => {
  const containers = ["host_network", "shared_network", "no_network"].map((code) => sample(code, { unknown: { network: code } }));
  assert.equal(totals(["one"], busy("one", { containers })).unknownNetwork, 1);
});

test("pressure is that of the worst host for each kind, the largest first", () => {
  const pressed = (/** @type {number} */ io, /** @type {number} */ cpu) => ({
    host: { basis: "host", io_pressure: { some_pct: io, full_pct: 0 }, cpu_pressure: { some_pct: cpu, full_pct: 0 } },
  });
  const found = totals(["one", "two"], [...busy("one", pressed(1, 9)), ...busy("two", pressed(3, 2))]);
  assert.deepEqual(found.pressures, [{ of: "cpu", pct: 9, host: "one" }, { of: "io", pct: 3, host: "two" }]);
});
