import assert from "node:assert/strict";
import { test } from "node:test";
import * as frame from "../../apps/dashboard/src/dockstats_dashboard/page/frame.js";
import { FakeClock } from "./clock.js";

/** Counts what is written to each property of `target`. @template {object} T @param {T} target */
function watched(target) {
  const writes = { count: 0 };
  const proxy = new Proxy(target, {
    set(object, key, value) {
      writes.count += 1;
      return Reflect.set(object, key, value);
    },
  });
  return { proxy, writes };
}

test("any number of requests draws once in the next frame, and later ones draw again", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  let drawn = 0;
  const pass = new frame.Frame(() => void (drawn += 1), (call) => waiting.push(call));
  for (let message = 0; message < 100; message += 1) pass.request();
  assert.equal(waiting.length, 1);
  assert.equal(drawn, 0);
  waiting.pop()?.();
  assert.equal(drawn, 1);
  pass.request();
  waiting.pop()?.();
  assert.equal(drawn, 2);
});

test("what is asked for while drawing comes in the frame after", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @type {frame.Frame} */
  const pass = new frame.Frame(() => pass.request(), (call) => waiting.push(call));
  pass.request();
  waiting.pop()?.();
  assert.equal(waiting.length, 1);
});

test("figures take a frame for each turn, a person's wish one frame for all of them, anew", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @type {string[]} */
  const drawn = [];
  let passes = 0;
  const pass = new frame.Frame(
    function* () {
      passes += 1;
      for (const area of ["head", "table", "time"]) {
        drawn.push(`${area} ${passes}`);
        yield;
      }
    },
    (call) => waiting.push(call),
  );
  pass.requestLater();
  waiting.pop()?.();
  assert.deepEqual(drawn, ["head 1"]);
  waiting.pop()?.();
  assert.deepEqual(drawn, ["head 1", "table 1"]);
  pass.request();
  assert.equal(waiting.length, 1);
  waiting.pop()?.();
  assert.deepEqual(drawn.slice(2), ["head 2", "table 2", "time 2"]);
  assert.equal(waiting.length, 0);
});

test("a drawing that throws does not stop the next one", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const pass = new frame.Frame(
    () => {
      throw new Error("drawing failed");
    },
    (call) => waiting.push(call),
  );
  pass.request();
  assert.throws(() => waiting.pop()?.(), /drawing failed/);
  pass.request();
  assert.equal(waiting.length, 1);
});

test("text, class and visibility are written only when they change", () => {
  const { proxy, writes } = watched({ data: "", className: "", hidden: false });
  for (const text of ["a", "a", "b"]) frame.setText(proxy, text);
  for (const name of ["x", "x"]) frame.setClass(proxy, name);
  for (const hidden of [false, true, true]) frame.setHidden(proxy, hidden);
  assert.equal(writes.count, 4);
  assert.deepEqual({ ...proxy }, { data: "b", className: "x", hidden: true });
});

test("a bar's style is written only when its share changes visibly", () => {
  const { proxy, writes } = watched({ width: "" });
  const bar = { style: proxy };
  for (const share of [0.5, 0.5, 0.501, 0.505]) frame.setShare(bar, share);
  assert.equal(writes.count, 2);
  assert.equal(proxy.width, "50.5%");
});

test("an attribute is set, left alone and taken away", () => {
  /** @type {Map<string, string>} */
  const held = new Map();
  let writes = 0;
  const element = {
    getAttribute: (/** @type {string} */ name) => held.get(name) ?? null,
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => {
      writes += 1;
      held.set(name, value);
    },
    removeAttribute: (/** @type {string} */ name) => {
      writes += 1;
      held.delete(name);
    },
  };
  for (const value of [null, "a", "a", null, null]) frame.setAttribute(element, "data-why", value);
  assert.equal(writes, 2);
});

test("figures that come between two turns of a pass are drawn by another one, at its time", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const clock = new FakeClock();
  /** @type {number[]} */
  const drawn = [];
  let figures = 1;
  const pass = new frame.Frame(
    function* () {
      drawn.push(figures);
      yield;
    },
    (call) => waiting.push(call),
    clock,
  );
  pass.requestLater();
  waiting.pop()?.(); // the first turn
  figures = 2;
  pass.requestLater();
  waiting.pop()?.(); // the last one
  assert.equal(waiting.length, 0);
  clock.pass(frame.SPACING_MS);
  waiting.pop()?.();
  assert.deepEqual(drawn, [1, 2]);
});

test("figures that came between two turns are in the pass that a person asked for meanwhile, and need no other", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const clock = new FakeClock();
  const pass = new frame.Frame(
    function* () {
      yield;
    },
    (call) => waiting.push(call),
    clock,
  );
  pass.requestLater();
  waiting.pop()?.();
  pass.requestLater();
  pass.request();
  waiting.pop()?.();
  clock.pass(frame.SPACING_MS);
  assert.equal(waiting.length, 0);
});

test("figures are drawn, too, after the clock was set back", () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const clock = new FakeClock();
  const pass = new frame.Frame(() => {}, (call) => waiting.push(call), clock);
  pass.requestLater();
  waiting.pop()?.();
  clock.time -= 3_600_000;
  pass.requestLater();
  clock.pass(frame.SPACING_MS);
  assert.equal(waiting.length, 1);
});
