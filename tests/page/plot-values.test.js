import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { headOf, summary } from "../../apps/dashboard/src/dockstats_dashboard/page/plot-values.js";
import { plotOf } from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { containerOf } from "./charts.js";

const scale = { format: new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" }), cores: 8, limitCores: 2.5 };
const GIB = 2 ** 30;

/** @param {string} id @param {Record<string, number>} figures @param {object} [more] */
function head(id, figures, more = {}) {
  const figure = (/** @type {string} */ name) => figures[name] ?? null;
  const container = containerOf({}, { cpu_limit_cores: 2.5, mem_limit_bytes: 4 * GIB });
  return headOf({ plot: plotOf(id), figure, container, scale, layered: false, code: undefined, running: true, past: false, live: true, mostThrottled: null, ...more });
}

/** @param {ReturnType<typeof head>} of */
const texts = ({ values }) => values.map(({ figure, unit, word }) => [figure, unit, word].filter(Boolean).join(" "));

test("CPU: the value, the limit, and how much it was held back", () => {
  const throttled = head("cpu", { cpu_pct: 212.8, throttled_pct: 32 });
  assert.deepEqual(texts(throttled), ["212.8 % of a core"]);
  assert.deepEqual([throttled.note, throttled.unknown], ["limit 250 %", null]);
  assert.deepEqual(throttled.throttled, { words: "throttled in 32 % of periods now", high: true, banded: true });
});

test("CPU: throttled or not is always told, with the bands' colour where they are in the chart", () => {
  const told = (/** @type {number | null} */ pct, /** @type {object} */ more = {}) => {
    const { throttled } = head("cpu", { cpu_pct: 1, ...(pct === null ? {} : { throttled_pct: pct }) }, more);
    return throttled && [throttled.words, throttled.high, throttled.banded];
  };
  assert.deepEqual(told(0), ["not throttled", false, false]);
  assert.deepEqual(told(4), ["throttled in 4 % of periods now", false, false]);
  assert.deepEqual(told(0.2), ["throttled in under 1 % of periods now", false, false]);
  assert.deepEqual(told(0, { mostThrottled: 79.6 }), ["throttled earlier, up to 80 %", false, true]);
  assert.deepEqual(told(0, { mostThrottled: 80, past: true }), ["not throttled", false, true]);
  assert.deepEqual(told(80, { past: true }), ["throttled in 80 % of periods", true, true]);
  assert.deepEqual(told(80, { live: false }), ["throttled in 80 % of periods", true, true]);
  assert.deepEqual(told(null), ["", false, false], "not known");
  assert.deepEqual(told(null, { mostThrottled: 80, past: true }), ["", false, false], "a gap");
});

test("CPU without a limit says so, and of throttling only what there is", () => {
  const free = { container: containerOf() };
  const { note, throttled } = head("cpu", { throttled_pct: 0 }, free);
  assert.deepEqual([note, throttled], ["no limit, so never throttled", null]);
  assert.equal(head("cpu", { throttled_pct: 0 }, { ...free, mostThrottled: 80 }).note, "no limit", "it had one");
  assert.equal(head("cpu", { throttled_pct: 30 }, free).throttled?.high, true);
  assert.equal(head("memory", {}).throttled, null);
});

test("memory: used, cache, and how much of the limit", () => {
  const memory = head("memory", { mem_bytes: 3 * GIB, mem_cache_bytes: GIB });
  assert.deepEqual(texts(memory), ["3.00 GiB used", "1.00 GiB cache"]);
  assert.equal(memory.note, "limit 4 GiB · 75 %");
});

test("memory: what it is for, in place of the cache, where that is known", () => {
  const figures = { mem_bytes: 3 * GIB, mem_cache_bytes: GIB, mem_anon_bytes: 2 * GIB, mem_file_bytes: GIB };
  const memory = head("memory", figures, { layered: true });
  assert.deepEqual(texts(memory), ["3.00 GiB used", "1.00 GiB file", "2.00 GiB anon"]);
  assert.deepEqual(memory.values.map(({ layer }) => layer), [false, true, true]);
});

test("no limit is said in words; a container without facts says nothing", () => {
  assert.equal(head("memory", { mem_bytes: 1 }, { container: containerOf() }).note, "no limit");
  assert.equal(head("memory", { mem_bytes: 1 }, { container: null }).note, "");
});

test("what is not known has its reason, never 0", () => {
  assert.equal(head("network", {}, { code: "host_network" }).unknown?.word, "host network");
  assert.deepEqual(head("network", {}, { code: "host_network" }).values, []);
  assert.equal(head("network", {}, { past: true }).unknown?.word, "no data");
  assert.equal(head("network", {}, { running: false }).unknown?.word, "not running");
});

test("one of two known values is shown", () => {
  assert.deepEqual(texts(head("disk", { block_write_bytes_per_sec: 84_000 })), ["84.0 kB/s write"]);
});

test("a chart in one sentence", () => {
  const said = summary(plotOf("network"), "web", [{ word: "↓ in", low: 0, high: 2e6, last: 1e6 }], scale);
  assert.equal(said, "Network of web: ↓ in lowest 0 B/s, highest 2.00 MB/s, last 1.00 MB/s.");
  assert.equal(summary(plotOf("cpu"), "web", [], scale), "CPU of web: nothing known in this time.");
});
