import assert from "node:assert/strict";
import { test } from "node:test";
import { tileWhy, tileWords } from "../../apps/dashboard/src/dockstats_dashboard/page/fleet-words.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/fleet-totals.js").Totals} Totals */

const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });
const GIB = 2 ** 30;
const NOTHING = { value: null, hosts: 0 };

/** @param {Partial<Totals>} fields @returns {Totals} */
const totals = (fields) => ({
  stale: false,
  hosts: { configured: 12, live: 11, lost: 1 },
  containers: { unhealthy: 0, restarting: 0, running: 0, paused: 0, stopped: 0 },
  cpu: { value: 4130, hosts: 11 },
  cores: 96,
  memory: { value: 212 * GIB, hosts: 12 },
  memoryTotal: 384 * GIB,
  cache: 96 * GIB,
  received: { value: 84.1e6, hosts: 11 },
  sent: { value: 31.7e6, hosts: 11 },
  read: { value: 1000, hosts: 11 },
  written: { value: 2e6, hosts: 11 },
  unknownNetwork: 0,
  pressures: [{ of: "io", pct: 7.23, host: "atlas" }, { of: "cpu", pct: 2.1, host: "borea" }, { of: "memory", pct: 0, host: "atlas" }],
  ...fields,
});

/** @param {Partial<Totals>} [fields] */
function said(fields = {}) {
  const words = tileWords(totals(fields), format);
  return Object.fromEntries(Object.entries(words).map(([name, { figure, rest }]) => [name, `${figure} ${rest}`.trim()]));
}

test("each total is a figure and what belongs to it", () => {
  assert.deepEqual(said(), {
    hosts: "11 of 12 · 1 lost",
    cpu: "41.3 of 96 cores",
    memory: "212 of 384 GiB · 96.0 cache",
    network: "84.1 MB/s ↓ · 31.7 ↑",
    disk: "1.00 kB/s r · 2.00 MB/s w",
    pressure: "7.2 % io · 2.1 cpu · 0 mem",
  });
});

test("what nobody knows is a word, and never 0", () => {
  const none = { cpu: NOTHING, memory: NOTHING, received: NOTHING, sent: NOTHING, read: NOTHING, written: NOTHING, pressures: [] };
  const { cpu, memory, network, disk, pressure } = said(none);
  assert.deepEqual([cpu, memory, network, disk, pressure], ["not known", "not known", "not known", "not known", "not told"]);
  assert.match(tileWhy("pressure", totals(none)), /PSI/);
});

test("what one host does not tell leaves out the whole, and keeps the unit", () => {
  const { cpu, memory } = said({ cores: null, memoryTotal: null, cache: null });
  assert.deepEqual([cpu, memory], ["41.3 cores", "212 GiB"]);
  assert.equal(said({ memory: { value: GIB / 2, hosts: 12 }, cache: null })["memory"], "512 MiB of 384 GiB");
  assert.equal(said({ cores: 1 })["cpu"], "41.3 of 1 core");
});

test("a sum of fewer hosts than there are says so, one of all or of the past does not", () => {
  const partial = (/** @type {Partial<Totals>} */ fields) => tileWords(totals(fields), format).cpu.partial;
  assert.equal(partial({}), "11 of 12 hosts");
  assert.equal(partial({ cpu: { value: 1, hosts: 12 } }), "");
  assert.equal(partial({ stale: true }), "");
});

test("pressure is that of the worst host, where there are several", () => {
  const partial = (/** @type {number} */ configured) =>
    tileWords(totals({ hosts: { configured, live: configured, lost: 0 } }), format).pressure.partial;
  assert.deepEqual([partial(12), partial(1)], ["worst host", ""]);
});

test("hosts that are all live are called so", () => {
  assert.equal(said({ hosts: { configured: 3, live: 3, lost: 0 } })["hosts"], "3 of 3 live");
  assert.equal(said({ hosts: { configured: 3, live: 0, lost: 0 } })["hosts"], "0 of 3");
});

test("what is behind a total says of which hosts, what is missing, and what a click does", () => {
  assert.equal(tileWhy("cpu", totals({})), "CPU in use, of 11 of 12 hosts. Click: sort by CPU.");
  assert.match(tileWhy("network", totals({ unknownNetwork: 5 })), /Without 5 whose traffic nobody counts/);
  assert.match(tileWhy("pressure", totals({})), /io 7\.23 % on atlas, cpu 2\.10 % on borea/);
});
