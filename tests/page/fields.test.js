import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LIMITS,
  Refused,
  SHORT_ID_CHARS,
  amount,
  array,
  columnOf,
  list,
  object,
  optional,
  sentences,
  shortId,
  text,
  time,
  whole,
} from "../../apps/dashboard/src/dockstats_dashboard/page/fields.js";

const STRANGE = [undefined, null, true, "12", NaN, Infinity, {}, [], () => 1];

test("a figure is a finite number from zero up, or unknown", () => {
  assert.deepEqual([0, 1.5, -1].map(amount), [0, 1.5, null]);
  assert.ok(STRANGE.map(amount).every((figure) => figure === null));
});

test("a whole number may be below zero, and has no fraction", () => {
  assert.deepEqual([137, -1, 1.5].map(whole), [137, -1, null]);
  assert.ok(STRANGE.map(whole).every((figure) => figure === null));
});

test("text is cut, and nothing else is text", () => {
  assert.equal(text("x".repeat(5000))?.length, LIMITS.stringChars);
  assert.deepEqual([7, null, { toString: () => "x" }].map(text), [null, null, null]);
});

test("a time is RFC 3339 of a sane length", () => {
  assert.equal(time("1970-01-01T00:00:01.5Z"), 1500);
  for (const none of ["soon", 5, null, `${"0".repeat(50)}`]) assert.equal(time(none), null);
});

test("a fixed field of another kind is refused, an optional one is empty", () => {
  for (const none of [null, [], "x", 7, undefined]) {
    assert.throws(() => object(none), Refused);
    assert.deepEqual(optional(none), {});
  }
  assert.throws(() => list([1], 5), Refused);
  assert.throws(() => list([{}, {}], 1), Refused);
  assert.throws(() => array({ length: 1 }, 5), Refused);
});

test("a column has one entry a container, or was left out", () => {
  assert.equal(columnOf(undefined, 2), null);
  assert.deepEqual(columnOf([1, 2], 2), [1, 2]);
  for (const other of [[1], [1, 2, 3], null, "ab"]) assert.throws(() => columnOf(other, 2), Refused);
});

test("an id is short and never empty", () => {
  assert.equal(shortId("f".repeat(64)), "f".repeat(SHORT_ID_CHARS));
  for (const none of ["", 7, null]) assert.throws(() => shortId(none), Refused);
});

test("sentences are those that are text, and not too many", () => {
  assert.deepEqual(sentences(["one", 7, null]), ["one"]);
  assert.deepEqual(sentences("one"), []);
  assert.equal(sentences(Array(1000).fill("x")).length, LIMITS.limitations);
});
