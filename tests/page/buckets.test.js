import assert from "node:assert/strict";
import { test } from "node:test";
import { BucketSeries, revisionOf, sumOf } from "../../apps/dashboard/src/dockstats_dashboard/page/buckets.js";

/** @param {number} [count] */
const series = (count = 5) => new BucketSeries(["cpu", "mem"], 2000, count);

/** @param {import("../../apps/dashboard/src/dockstats_dashboard/page/buckets.js").Series} one @param {string} [name] @param {number} [newestAt] */
const values = (one, name = "cpu", newestAt) => [...one.column(name, newestAt)];

test("a new one knows nothing", () => {
  assert.equal(series().newestAt, null);
  assert.deepEqual(values(series()), Array(5).fill(NaN));
});

test("figures of one bucket become their mean, an unknown one does not count, and gaps stay", () => {
  const one = series();
  one.push(2100, [1, null]);
  one.push(3900, [3, null]);
  one.push(8000, [5, 50]);
  assert.equal(one.newestAt, 8000);
  assert.deepEqual(values(one), [NaN, 2, NaN, NaN, 5]);
  assert.deepEqual(values(one, "mem"), [NaN, NaN, NaN, NaN, 50]);
  assert.deepEqual(values(one, "no such"), Array(5).fill(NaN));
});

test("a late figure reaches its own bucket, and one from before all of them none", () => {
  const one = series();
  one.push(20_000, [5, 5]);
  one.push(17_000, [3, 3]);
  one.push(9000, [1, 1]);
  assert.deepEqual(values(one), [NaN, NaN, 3, NaN, 5]);
});

test("the oldest leave as new ones come", () => {
  const one = series();
  for (let bucket = 0; bucket < 12; bucket += 1) one.push(bucket * 2000, [bucket, 0]);
  assert.deepEqual(values(one), [7, 8, 9, 10, 11]);
  one.push(1e6, [1, 0]);
  assert.deepEqual(values(one), [NaN, NaN, NaN, NaN, 1]);
});

test("a fetched past fills what was not heard; what came live stays", () => {
  const one = series();
  one.push(8000, [5, null]);
  one.fill([2000, 4000, 8000], { cpu: [1, 2, 99], mem: [10, NaN, 99] });
  assert.deepEqual(values(one), [NaN, 1, 2, NaN, 5]);
  assert.deepEqual(values(one, "mem"), [NaN, 10, NaN, NaN, NaN]); // heard, and not known
  one.fill([-1e6, 10_000], { cpu: [7, 8] });
  assert.deepEqual(values(one), [1, 2, NaN, 5, 8]);
});

test("a figure stands where the cadence is slower than a bucket, no longer, and not in place of an unknown one", () => {
  const one = series(8);
  one.holdMs = 4000;
  one.push(0, [1, 1]);
  one.push(8000, [2, 2]);
  one.push(10_000, [null, 2]);
  assert.deepEqual(values(one, "cpu", 14_000), [1, 1, 1, NaN, 2, NaN, NaN, NaN]);
});

test("a column ends where it is wanted", () => {
  const one = series();
  one.push(8000, [5, 5]);
  assert.deepEqual(values(one, "cpu", 12_000), [NaN, NaN, 5, NaN, NaN]);
  assert.deepEqual(values(one, "cpu", 6000), Array(5).fill(NaN));
});

test("a sum over hosts is of those that are known, bucket by bucket", () => {
  const [one, other] = [series(), series()];
  one.push(4000, [1, 1]);
  one.push(6000, [2, 2]);
  other.push(6000, [10, 10]);
  other.push(8000, [20, 20]);
  const sum = sumOf([one, other], "cpu");
  assert.equal(sum.newestAt, 8000);
  assert.deepEqual([...sum.values], [NaN, NaN, 1, 12, 20]);
  assert.deepEqual([...sumOf([one, other], "cpu", 6000).values], [NaN, NaN, NaN, 1, 12]);
  assert.equal(sumOf([], "cpu").newestAt, null);
  assert.ok(sumOf([series()], "cpu").values.every(Number.isNaN));
});

test("a copy stands still, and one up to an instant ends there", () => {
  const one = series();
  for (let bucket = 0; bucket < 5; bucket += 1) one.push(bucket * 2000, [bucket, 0]);
  const [whole, cut, none] = [one.copy(), one.copy(5000), one.copy(-1)];
  one.push(10_000, [99, 0]);
  one.push(8000, [99, 0]);
  assert.deepEqual(values(whole), [0, 1, 2, 3, 4]);
  assert.equal(cut.newestAt, 4000);
  assert.deepEqual(values(cut), [NaN, NaN, 0, 1, 2]);
  cut.push(6000, [7, 0]);
  assert.deepEqual(values(cut), [NaN, 0, 1, 2, 7]);
  assert.equal(none.newestAt, null);
});

test("whatever comes in whatever order, a column is the mean of what came to each bucket", () => {
  let seed = 11;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const one = series(20);
  /** @type {{ bucket: number, value: number }[]} */
  const pushed = [];
  let now = 100_000;
  for (let step = 0; step < 2000; step += 1) {
    now += random() * 1500;
    const at = now - random() * 3000; // within the series: nothing that left it comes back
    const value = Math.round(random() * 100);
    pushed.push({ bucket: Math.floor(at / 2000), value });
    one.push(at, [value, null]);
  }
  const newest = Math.max(...pushed.map(({ bucket }) => bucket));
  values(one).forEach((value, place) => {
    const own = pushed.filter(({ bucket }) => bucket === newest - 19 + place).map((each) => each.value);
    const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
    assert.ok(own.length === 0 ? Number.isNaN(value) : Math.abs(value - mean) < 1e-4);
  });
});

test("what is drawn is of another revision once a past is filled or a series is another one, and of the same with live figures", () => {
  const [one, other] = [series(), series()];
  const both = /** @type {import("../../apps/dashboard/src/dockstats_dashboard/page/buckets.js").Series[]} */ ([one, other]);
  let before = revisionOf(both);
  one.push(8000, [5, 5]);
  assert.equal(revisionOf(both), before);
  const changes = [() => one.fill([2000], { cpu: [1] }), () => (both[1] = one.copy()), () => both.pop(), () => both.push(series())];
  for (const change of changes) {
    change();
    assert.notEqual(revisionOf(both), before);
    before = revisionOf(both);
  }
});
