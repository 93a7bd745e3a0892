import assert from "node:assert/strict";
import { test } from "node:test";
import { SPARK_COUNT, Spark } from "../../apps/dashboard/src/dockstats_dashboard/page/spark.js";

/** @param {Spark} spark @param {number} [count] */
const newest = (spark, count = 4) => [...spark.cpu.slice(-count)];

test("a new one knows nothing", () => {
  const spark = new Spark();
  assert.equal(spark.endAt, null);
  assert.equal(spark.cpu.length, SPARK_COUNT);
  assert.ok(spark.cpu.every(Number.isNaN) && spark.memory.every(Number.isNaN));
});

test("figures of two seconds become their mean, and an unknown one does not count", () => {
  const spark = new Spark();
  spark.push(10_000, 1, 100);
  spark.push(10_500, 3, 300);
  spark.push(11_999, null, null);
  spark.push(12_000, 7, null);
  assert.deepEqual(newest(spark, 2), [2, 7]);
  assert.deepEqual([...spark.memory.slice(-2)], [200, NaN]);
  assert.equal(spark.endAt, 14_000);
});

test("a gap stays one, and the past leaves at the other end", () => {
  const spark = new Spark();
  spark.push(0, 1, 1);
  spark.push(6000, 4, 4);
  assert.deepEqual(newest(spark), [1, NaN, NaN, 4]);
  spark.push(6000 + 2000 * (SPARK_COUNT - 1), 9, 9);
  assert.deepEqual([spark.cpu[0], spark.cpu.at(-1)], [4, 9]);
  spark.push(1e9, 5, 5);
  assert.deepEqual(newest(spark, 2), [NaN, 5]);
});

test("where the cadence is slower than a bucket, a figure stands until the next one", () => {
  const spark = new Spark();
  spark.push(0, 1, 1, 15_000);
  spark.push(5000, 2, 2, 15_000);
  assert.deepEqual(newest(spark, 3), [1, 1, 2]);
  spark.push(65_000, 3, 3, 15_000);
  assert.deepEqual(newest(spark, 2), [NaN, 3]);
});

test("what is older than the newest bucket is left out", () => {
  const spark = new Spark();
  spark.push(10_000, 1, 1);
  spark.push(7000, 9, 9);
  assert.deepEqual(newest(spark, 2), [NaN, 1]);
});

test("a fetched minute goes where nothing is known, whatever its last bucket's time", () => {
  const spark = new Spark();
  spark.push(10_000, 5, 50);
  spark.fill(12_700, 2000, [1, 2, NaN, 4], [10, 20, 30, 40]); // buckets at 4.7, 6.7, 8.7, 10.7 s
  assert.deepEqual(newest(spark), [1, 2, NaN, 5]);
  assert.deepEqual([...spark.memory.slice(-4)], [10, 20, 30, 50]);
});

test("an empty one takes a fetched minute as it is; a minute from long ago changes nothing", () => {
  const spark = new Spark();
  spark.fill(12_000, 2000, [1, null], [10, 20]);
  assert.deepEqual(newest(spark, 2), [1, NaN]);
  assert.equal(spark.endAt, 12_000);
  spark.push(1e9, 5, 5);
  spark.fill(12_000, 2000, [1, 2], [10, 20]);
  assert.deepEqual(newest(spark, 2), [NaN, 5]);
});

test("a copy stands still", () => {
  const spark = new Spark();
  spark.push(10_000, 5, 50);
  const copy = spark.copy();
  spark.push(12_000, 6, 60);
  assert.deepEqual(newest(copy, 2), [NaN, 5]);
  assert.equal(copy.endAt, 12_000);
  assert.notEqual(copy.version, spark.version);
});
