import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER_MS, SILENT_MS, SharedStream } from "../../apps/dashboard/src/dockstats_dashboard/page/shared-stream.js";
import { LiveStream } from "../../apps/dashboard/src/dockstats_dashboard/page/stream.js";
import { FakeClock } from "./clock.js";
import { FakeEventSource } from "./event-source.js";

/** The worker's end of the wire. */
class FakeWorker {
  /** @type {any[]} */
  heard = [];
  closed = false;
  /** @type {((event: any) => any) | null} */
  onerror = null;
  port = {
    /** @type {((event: any) => any) | null} */
    onmessage: null,
    postMessage: (/** @type {any} */ message) => void this.heard.push(message),
    close: () => void (this.closed = true),
  };

  /** @param {object} message */
  say(message) {
    this.port.onmessage?.({ data: message });
  }
}

/** @param {() => FakeWorker | null} [make] @param {number} [missing] how often the file with its own stream does not arrive */
function tab(make = () => new FakeWorker(), missing = 0) {
  FakeEventSource.opened = [];
  const clock = new FakeClock();
  /** @type {FakeWorker[]} */
  const workers = [];
  /** @type {unknown[][]} */
  const messages = [];
  let [states, quietMs] = [0, 60_000];
  const stream = new SharedStream({
    clock,
    onMessage: (text, at) => messages.push([text, at]),
    onState: () => (states += 1),
    quietMs: () => quietMs,
    openWorker: () => {
      const worker = make();
      if (worker !== null) workers.push(worker);
      return worker;
    },
    openStream: async (options) => {
      if ((missing -= 1) >= 0) throw new TypeError("Failed to fetch dynamically imported module");
      return new LiveStream({ url: "stream", EventSource: FakeEventSource, clock, ...options });
    },
  });
  stream.open();
  const worker = () => /** @type {FakeWorker} */ (workers.at(-1));
  const quiet = (/** @type {number} */ ms) => (quietMs = ms);
  return { clock, messages, quiet, stream, worker, workers, get states() { return states; } };
}

/** What brings a stream of its own comes by itself. */
const arrived = () => new Promise((resolve) => setImmediate(resolve));

const OPEN = { kind: "open", since: 1, lostAt: null, retryAt: null, attempts: 0, problem: null };

test("state and messages come from the worker, with the time they came there", () => {
  const page = tab();
  assert.equal(page.stream.state.kind, "opening");
  assert.equal(page.stream.shared, false);
  page.worker().say({ kind: "state", state: OPEN });
  page.worker().say({ kind: "message", text: "x", at: 77 });
  assert.deepEqual([page.stream.shared, page.states, page.stream.state.since], [true, 1, 77]);
  assert.deepEqual(page.messages, [["x", 77]]);
  assert.equal(FakeEventSource.opened.length, 0);
});

test("pings are answered, and what the worker cannot know is told when it changes", () => {
  const page = tab();
  page.worker().say({ kind: "ping" });
  for (const ms of [60_000, 60_000, 10_000]) {
    page.quiet(ms);
    page.worker().say({ kind: "message", text: "x", at: 1 });
  }
  assert.deepEqual(page.worker().heard, [{ kind: "here" }, { kind: "quiet", ms: 60_000 }, { kind: "quiet", ms: 10_000 }]);
  page.stream.hurry();
  page.stream.wake();
  assert.deepEqual(page.worker().heard.slice(-2), [{ kind: "hurry" }, { kind: "wake" }]);
});

test("without such workers the tab has a stream of its own", async () => {
  const page = tab(() => null);
  await arrived();
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "x" });
  assert.deepEqual([page.stream.shared, page.stream.state.kind], [false, "open"]);
  assert.deepEqual(page.messages, [["x", page.clock.now()]]);
  FakeEventSource.last.onerror?.();
  page.stream.hurry();
  assert.equal(FakeEventSource.opened.length, 2);
});

test("a worker that may not be made is as none", async () => {
  tab(() => {
    throw new DOMException("denied", "SecurityError");
  });
  await arrived();
  assert.equal(FakeEventSource.open.length, 1);
});

test("a worker that fails to load, or does not answer, is left for a stream of its own", async () => {
  const failing = tab();
  failing.worker().onerror?.({});
  await arrived();
  assert.equal(FakeEventSource.open.length, 1);
  const mute = tab();
  mute.clock.pass(ANSWER_MS - 1);
  assert.equal(FakeEventSource.open.length, 0);
  mute.clock.pass(1);
  await arrived();
  assert.equal(FakeEventSource.open.length, 1);
  assert.deepEqual([mute.worker().closed, mute.worker().heard], [true, [{ kind: "bye" }]]);
  mute.worker().say({ kind: "message", text: "late", at: 1 });
  assert.deepEqual(mute.messages, []);
});

test("a worker that ended without a word is joined anew", () => {
  const page = tab();
  page.worker().say({ kind: "state", state: OPEN });
  page.clock.pass(SILENT_MS - 1);
  page.worker().say({ kind: "ping" });
  page.clock.pass(SILENT_MS - 1);
  assert.equal(page.workers.length, 1);
  page.clock.pass(1);
  assert.equal(page.workers.length, 2);
  page.worker().say({ kind: "state", state: OPEN });
  assert.equal(FakeEventSource.opened.length, 0);
});

test("a stream of its own whose file did not arrive is told as lost and tried again, by time and when a person asks", async () => {
  const page = tab(() => null, 2);
  await arrived();
  assert.deepEqual([page.stream.state.kind, page.stream.state.attempts, page.states], ["waiting", 1, 1]);
  assert.equal(page.stream.state.retryAt, page.clock.now() + ANSWER_MS);
  page.clock.pass(ANSWER_MS);
  await arrived();
  assert.deepEqual([page.stream.state.attempts, FakeEventSource.opened.length], [2, 0]);
  page.stream.hurry();
  await arrived();
  assert.deepEqual([page.stream.state.kind, FakeEventSource.open.length, page.clock.timers.size], ["opening", 1, 2]);
});

test("closed before its own stream has come, a tab opens none", async () => {
  const page = tab(() => null);
  page.stream.close();
  await arrived();
  assert.equal(FakeEventSource.opened.length, 0);
});

test("a stream of its own wakes with the machine", async () => {
  const page = tab(() => null);
  await arrived();
  page.clock.time += 60_000;
  page.clock.pass(1000);
  assert.ok(FakeEventSource.opened.length > 1);
  assert.equal(FakeEventSource.open.length, 1);
});

test("closed, it says goodbye and leaves no timer; opened again, it joins again", () => {
  const page = tab();
  page.worker().say({ kind: "state", state: OPEN });
  page.stream.close();
  assert.deepEqual([page.worker().closed, page.worker().heard.at(-1), page.clock.timers.size], [true, { kind: "bye" }, 0]);
  page.stream.open();
  assert.equal(page.workers.length, 2);
  const alone = tab(() => null);
  alone.stream.close();
  assert.deepEqual([FakeEventSource.open.length, alone.clock.timers.size], [0, 0]);
});
