import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { batch, sample } from "./builders.js";

/** @param {unknown} message */
const through = (message) => /** @type {any} */ (decode(JSON.stringify(message)));

test("columns become one sample a container, with its nulls and their reasons", () => {
  const web = sample("web", { cpu_pct: 212.8, mem_limit_bytes: 1073741824, io_pressure_pct: 3 });
  const proxy = sample("proxy", { cpu_pct: null, unknown: { network_rates: "host_network" }, stale: true });
  const message = through(batch({ containers: [web, proxy] }));
  const [one, other] = message.containers;
  assert.deepEqual([one.id, one.name, one.cpu_pct, one.mem_limit_bytes], ["web", "name-web", 212.8, 1073741824]);
  assert.deepEqual([one.io_pressure_pct, one.pids, one.stale], [3, null, false]);
  assert.deepEqual([other.cpu_pct, other.io_pressure_pct, other.stale], [null, null, true]);
  assert.equal(other.unknown.get("network_rates"), "host_network");
  assert.equal(message.host.cores, 4);
  assert.equal(message.sampling.source, "one-shot");
});

test("a sample has a figure for every column that the page shows, and the pressure of its host is flat", () => {
  const figures = ["throttled_pct", "mem_cache_bytes", "mem_anon_bytes", "mem_file_bytes"];
  figures.push("mem_kernel_bytes", "mem_swap_bytes", "oom_kills");
  figures.push("net_rx_bytes_per_sec", "net_tx_bytes_per_sec", "block_read_bytes_per_sec", "block_write_bytes_per_sec");
  figures.push("pids", "cpu_pressure_pct", "mem_pressure_pct", "io_pressure_pct", "age_secs");
  const one = sample("a", Object.fromEntries(figures.map((name, place) => [name, place + 1])));
  const host = { basis: "host", cores: 4, load_1m: 0.5, io_pressure: { some_pct: 7, full_pct: 3 } };
  const message = through(batch({ containers: [one], host }));
  for (const [place, name] of figures.entries()) assert.equal(message.containers[0][name], place + 1, name);
  assert.deepEqual([message.host.load_1m, message.host.io_pressure_pct, message.host.cpu_pressure_pct], [0.5, 7, null]);
});

test("a diagnosis stands under its container's id, with figures or without, and is no stranger's object", () => {
  const diagnosis = { cause: "cpu_limit", sentence: "wants more", rule: "throttled_pct > 10", severe: true };
  const message = through(batch({ containers: [sample("a", { diagnosis }), sample("b")] }));
  assert.deepEqual([...message.diagnoses], [["a", diagnosis]]);
  const others = through(batch({ diagnoses: { ended: { ...diagnosis, severe: 1 }, none: 1, empty: { sentence: "" } } }));
  assert.deepEqual([...others.diagnoses], [["ended", { ...diagnosis, severe: false }]]);
  for (const odd of [null, 7, "x", []]) assert.equal(through(batch({ diagnoses: odd })).diagnoses.size, 0);
});

for (const figure of ["12", true, -1, {}, [], null]) {
  test(`a figure of ${JSON.stringify(figure)} is unknown, not a number`, () => {
    const message = through(batch({ containers: [sample("a", { cpu_pct: figure })] }));
    assert.equal(message.containers[0].cpu_pct, null);
  });
}

test("a number beyond every double is unknown", () => {
  const known = JSON.stringify(batch({ containers: [sample("a", { cpu_pct: 77 })] }));
  const text = known.replace('"cpu_pct":[77]', '"cpu_pct":[1e999]');
  assert.equal(/** @type {any} */ (decode(text)).containers[0].cpu_pct, null);
});

test("a stranger's keys in `unknown` cannot reach a prototype", () => {
  const text = JSON.stringify(batch({ containers: [sample("a", { unknown: {} })] })).replace(
    '"unknown":[{}]',
    '"unknown":[{"__proto__":"x","cpu":"gap","more":{}}]',
  );
  const [container] = /** @type {any} */ (decode(text)).containers;
  assert.equal(container.unknown.get("cpu"), "gap");
  assert.equal(container.unknown.has("more"), false);
  assert.equal(/** @type {any} */ ({}).cpu, undefined);
});
