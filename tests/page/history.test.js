import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchHostCpu, pointsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/history.js";
import { MAX_POINTS } from "../../apps/dashboard/src/dockstats_dashboard/page/ring.js";

/** @param {number} status @param {unknown} body @param {string[]} [asked] */
const answering = (status, body, asked = []) =>
  /** @type {typeof fetch} */ (
    async (url) => {
      asked.push(String(url));
      return new Response(JSON.stringify(body), { status });
    }
  );

test("columns become points, with null for what was not known", async () => {
  /** @type {string[]} */
  const asked = [];
  const answer = { at: [1.5, 2], columns: { cpu_pct: [10, null] } };
  const points = await fetchHostCpu("a b", 1000, answering(200, answer, asked));
  assert.deepEqual(points, { times: [1500, 2000], values: [10, null] });
  assert.deepEqual(asked, ["api/history?agent=a+b&since=1"]);
});

test("without a newest point everything is asked for", async () => {
  /** @type {string[]} */
  const asked = [];
  await fetchHostCpu("x", null, answering(200, {}, asked));
  assert.deepEqual(asked, ["api/history?agent=x"]);
});

test("a dashboard that fails or cannot be reached gives nothing, and throws nothing", async () => {
  assert.equal(await fetchHostCpu("x", null, answering(502, {})), null);
  assert.equal(await fetchHostCpu("x", null, () => Promise.reject(new TypeError("no network"))), null);
});

for (const answer of [
  null,
  [],
  {},
  { at: [1], columns: {} },
  { at: [1], columns: { cpu_pct: [] } },
  { at: ["x"], columns: { cpu_pct: [1] } },
]) {
  test(`${JSON.stringify(answer)} is no history`, () => assert.equal(pointsOf(answer), null));
}

test("more points than a chart keeps are cut to the newest", () => {
  const at = Array.from({ length: MAX_POINTS + 5 }, (_, index) => index);
  const points = pointsOf({ at, columns: { cpu_pct: at } });
  assert.equal(points?.times.length, MAX_POINTS);
  assert.equal(points?.times[0], 5000);
});
