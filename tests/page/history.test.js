import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fetchHistory,
  fetchMoment,
  fetchSparklines,
  historyOf,
  momentOf,
  sparklinesOf,
} from "../../apps/dashboard/src/dockstats_dashboard/page/history.js";
import { MAX_POINTS } from "../../apps/dashboard/src/dockstats_dashboard/page/points.js";
import { NOW, agentList, batch } from "./builders.js";

/** @param {number} status @param {unknown} body @param {string[]} [asked] */
const answering = (status, body, asked = []) =>
  /** @type {typeof fetch} */ (
    async (url) => {
      asked.push(String(url));
      return new Response(JSON.stringify(body), { status });
    }
  );

test("columns become points, with NaN for what was not known", async () => {
  /** @type {string[]} */
  const asked = [];
  const get = answering(200, { at: [1.5, 2], columns: { cpu_pct: [10, null], pids: [1, 2], more: [] } }, asked);
  const wanted = { agent: "a b", container: "0123456789ab", since: 1000, until: 9000, stepMs: 2000 };
  const answer = await fetchHistory({ ...wanted, columns: ["cpu_pct", "pids"] }, get);
  assert.deepEqual(answer, {
    times: Float64Array.of(1500, 2000),
    columns: { cpu_pct: Float32Array.of(10, NaN), pids: Float32Array.of(1, 2) },
  });
  const query = "agent=a+b&columns=cpu_pct%2Cpids&container=0123456789ab&since=1&until=9&step=2";
  assert.deepEqual(asked, [`api/history?${query}`]);
});

test("of a host everything is asked for where no bound is given", async () => {
  /** @type {string[]} */
  const asked = [];
  await fetchHistory({ agent: "x", since: null, columns: ["cpu_pct"] }, answering(200, {}, asked));
  assert.deepEqual(asked, ["api/history?agent=x&columns=cpu_pct"]);
});

test("a dashboard that fails or cannot be reached gives nothing, and throws nothing", async () => {
  const away = () => Promise.reject(new TypeError("no network"));
  for (const get of [answering(502, {}), away]) {
    assert.equal(await fetchHistory({ agent: "x", columns: [] }, get), null);
    assert.equal(await fetchSparklines(null, get), null);
    assert.equal(await fetchMoment(NOW, get), null);
  }
});

for (const answer of [
  null,
  [],
  {},
  { at: [1], columns: {} },
  { at: [1], columns: { cpu_pct: [] } },
  { at: ["x"], columns: { cpu_pct: [1] } },
  { at: [2, 1], columns: { cpu_pct: [1, 1] } },
]) {
  test(`${JSON.stringify(answer)} is no history`, () => assert.equal(historyOf(answer, ["cpu_pct"]), null));
}

test("more points than a chart keeps are cut to the newest", () => {
  const at = Array.from({ length: MAX_POINTS + 5 }, (_, index) => index);
  const answer = historyOf({ at, columns: { cpu_pct: at } }, ["cpu_pct"]);
  assert.equal(answer?.times.length, MAX_POINTS);
  assert.equal(answer?.times[0], 5000);
  assert.equal(answer?.columns["cpu_pct"]?.[0], 5);
});

test("sparklines are by agent and short id, at the dashboard's time", async () => {
  /** @type {string[]} */
  const asked = [];
  const line = { cpu_pct: [1, null], mem_bytes: [10, 20] };
  const body = { at: 60, step: 2, agents: { heron: { "0123456789ab": line, odd: { cpu_pct: [1] } }, empty: {} } };
  const lines = await fetchSparklines(60_000, answering(200, body, asked));
  const heron = lines?.agents.get("heron");
  assert.deepEqual(asked, ["api/sparklines?at=60"]);
  assert.deepEqual([heron?.endAt, heron?.stepMs], [60_000, 2000]);
  assert.deepEqual(heron?.containers.get("0123456789ab"), { cpu: Float32Array.of(1, NaN), memory: Float32Array.of(10, 20) });
  assert.equal(heron?.containers.has("odd"), false);
  assert.equal(lines?.agents.get("empty")?.containers.size, 0);
  for (const none of [null, {}, { at: 1, step: 0, agents: {} }, { at: 1, step: 2, agents: null }]) {
    assert.equal(sparklinesOf(none), null);
  }
});

test("a moment is read as the stream is: what is none of ours is left out", () => {
  const moment = momentOf({ at: 5, oldest: 1.5, messages: [agentList(), { type: "weather" }, 7, batch()] });
  assert.deepEqual([moment?.at, moment?.oldest], [5000, 1500]);
  assert.deepEqual(moment?.messages.map(({ type }) => type), ["agent_list", "container_stats_columns"]);
  assert.equal(momentOf({ at: 5, oldest: null, messages: [] })?.oldest, null);
  for (const none of [null, {}, { at: 5 }, { at: "5", messages: [] }, { at: 5, messages: Array(6000).fill(0) }]) {
    assert.equal(momentOf(none), null);
  }
});
