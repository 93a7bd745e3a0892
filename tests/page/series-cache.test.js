import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS } from "../../apps/dashboard/src/dockstats_dashboard/page/plots.js";
import { MOST_SERIES, SeriesCache, partsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/series-cache.js";
import { NOW, at, batch, sample } from "./builders.js";
import { ID, KEY, fleetOf, must } from "./charts.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";

/** A dashboard that answers when it is told to. */
function dashboard(fleet = fleetOf()) {
  /** @type {{ wanted: any, answer: (past: any) => Promise<void> }[]} */
  const asked = [];
  const clock = { now: 0 };
  const changes = { count: 0 };
  /** @type {any} */
  const load = (/** @type {any} */ wanted) =>
    new Promise((done) => {
      asked.push({
        wanted,
        answer: async (past) => {
          done(past);
          await new Promise((next) => setImmediate(next));
        },
      });
    });
  const cache = new SeriesCache(() => void (changes.count += 1), fleet, load, () => clock.now);
  return { cache, asked, clock, changes };
}

/** @param {number[]} times @param {number} cpu */
function past(times, cpu) {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, Float32Array.from(times, () => (name === "cpu_pct" ? cpu : NaN))]));
  return { times: Float64Array.from(times), columns };
}

/** @param {import("../../apps/dashboard/src/dockstats_dashboard/page/model.js").Fleet} fleet @param {number} ms @param {object} [figures] @param {object} [fields] */
function next(fleet, ms, figures = {}, fields = {}) {
  const message = batch({ containers: [sample(ID, figures)], sent_at: at(ms), received_at: at(ms), ...fields });
  fleet.take(must(decode(JSON.stringify(message))), NOW + ms);
}

test("the past is asked for once, and live points that came meanwhile stay", async () => {
  const fleet = fleetOf({ cpu_pct: 7 });
  const { cache, asked, changes } = dashboard(fleet);
  const entry = cache.of(KEY);
  assert.equal(cache.of(KEY), entry);
  assert.deepEqual(asked.map(({ wanted }) => [wanted.agent, wanted.container, wanted.since]), [["heron", ID, null]]);
  assert.equal(entry.state, "loading");
  await must(asked[0]).answer(past([NOW - 1000, NOW - 500], 3));
  assert.deepEqual([...entry.points.column("cpu_pct").slice(0, entry.points.length)], [3, 3, 7]);
  assert.deepEqual([entry.state, changes.count], ["ready", 1]);
});

test("a batch that was taken before changes nothing", () => {
  const fleet = fleetOf();
  const { cache } = dashboard(fleet);
  const { points } = cache.of(KEY);
  const { version } = points;
  cache.take(fleet.host("heron"));
  assert.deepEqual([points.length, points.version], [1, version]);
});

test("a dashboard that does not tell is asked again, but not at every drawing", async () => {
  const { cache, asked, clock } = dashboard();
  assert.equal(cache.of(KEY).state, "loading");
  await must(asked[0]).answer(null);
  assert.equal(cache.of(KEY).state, "failed");
  clock.now = 4999;
  cache.of(KEY);
  assert.equal(asked.length, 1);
  clock.now = 5000;
  cache.of(KEY);
  assert.equal(asked.length, 2);
});

test("a hole between live points is filled from the dashboard, from its begin on", async () => {
  const fleet = fleetOf({ cpu_pct: 1 });
  const { cache, asked } = dashboard(fleet);
  const { points } = cache.of(KEY);
  await must(asked[0]).answer(past([NOW - 500], 1));
  next(fleet, 500, { cpu_pct: 2 });
  cache.take(fleet.host("heron"));
  assert.equal(asked.length, 1);
  next(fleet, 60_000, { cpu_pct: 9 });
  cache.take(fleet.host("heron"));
  assert.equal(asked[1]?.wanted.since, NOW + 500);
  await must(asked[1]).answer(past([NOW + 500, NOW + 30_000], 5));
  assert.deepEqual([...points.column("cpu_pct").slice(0, points.length)], [1, 1, 5, 5, 9]);
});

test("a hole that shows while the past is on its way is asked for afterwards", async () => {
  const fleet = fleetOf();
  const { cache, asked } = dashboard(fleet);
  cache.of(KEY);
  next(fleet, 60_000);
  cache.take(fleet.host("heron"));
  assert.equal(asked.length, 1);
  await must(asked[0]).answer(past([NOW - 500], 1));
  assert.equal(asked[1]?.wanted.since, NOW);
});

test("old figures under a new time are a gap, as in the dashboard's history", () => {
  const fleet = fleetOf();
  const { cache } = dashboard(fleet);
  const { points } = cache.of(KEY);
  next(fleet, 500, { stale: true });
  cache.take(fleet.host("heron"));
  assert.equal(points.length, 1);
});

test("a host whose clock is off is put where the dashboard heard it, as in its history", () => {
  const fleet = fleetOf();
  const { cache } = dashboard(fleet);
  const { points } = cache.of(KEY);
  next(fleet, 500, {}, { sent_at: at(-3_600_000) });
  cache.take(fleet.host("heron"));
  assert.equal(points.newest, NOW + 500);
});

test("at its bound the one least looked at goes", () => {
  const { cache } = dashboard();
  const keys = Array.from({ length: MOST_SERIES }, (_, index) => `heron/${index}`);
  const entries = keys.map((key) => cache.of(key));
  cache.of(must(keys[0])); // looked at again
  cache.of("heron/new");
  assert.equal(cache.of(must(keys[0])), entries[0]);
  assert.notEqual(cache.of(must(keys[1])), entries[1]);
});

test("an agent's id may have a slash", () => {
  assert.deepEqual(partsOf("eu/west/0123"), ["eu/west", "0123"]);
  assert.deepEqual(partsOf("0123"), ["", "0123"]);
});
