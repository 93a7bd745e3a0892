import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DEADLINES, LiveStream } from "../../apps/dashboard/src/dockstats_dashboard/page/stream.js";
import { FakeClock } from "./clock.js";

/** What a browser would open; a test plays the server. */
class FakeEventSource {
  /** @type {FakeEventSource[]} */
  static opened = [];
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onerror = null;
  closed = false;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  static get open() {
    return FakeEventSource.opened.filter((source) => !source.closed);
  }

  static get last() {
    return /** @type {FakeEventSource} */ (FakeEventSource.opened.at(-1));
  }

  close() {
    this.closed = true;
  }
}

beforeEach(() => {
  FakeEventSource.opened = [];
});

/** @param {number} [quietMs] */
function following(quietMs = 10_000) {
  const clock = new FakeClock();
  /** @type {unknown[]} */
  const messages = [];
  /** @type {string[]} */
  const states = [];
  const stream = new LiveStream({
    url: "stream/agents",
    EventSource: FakeEventSource,
    clock,
    onMessage: (data) => messages.push(data),
    onState: () => states.push(stream.state.kind),
    quietMs: () => quietMs,
  });
  stream.open();
  return { clock, messages, states, stream };
}

test("a stream that opens hands its messages on, in order", () => {
  const { messages, states } = following();
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "one" });
  FakeEventSource.last.onmessage?.({ data: "two" });
  assert.deepEqual(messages, ["one", "two"]);
  assert.deepEqual(states, ["opening", "open"]);
  assert.equal(FakeEventSource.last.url, "stream/agents");
});

test("a stream that ended for good is closed and opened anew", () => {
  const { clock, stream } = following();
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onerror?.();
  assert.equal(stream.state.kind, "waiting");
  assert.equal(FakeEventSource.open.length, 0);
  assert.equal(stream.state.retryAt, clock.now() + DEADLINES.firstWaitMs);
  clock.pass(DEADLINES.firstWaitMs);
  assert.equal(FakeEventSource.opened.length, 2);
  assert.equal(stream.state.kind, "opening");
});

test("waits grow to their bound and never reach zero", () => {
  const { clock, stream } = following();
  const waits = [];
  for (let attempt = 0; attempt < 40; attempt += 1) {
    FakeEventSource.last.onerror?.();
    const wait = /** @type {number} */ (stream.state.retryAt) - clock.now();
    waits.push(wait);
    clock.pass(wait);
  }
  assert.deepEqual(waits.slice(0, 6), [500, 1000, 2000, 4000, 8000, 15_000]);
  assert.ok(waits.slice(6).every((wait) => wait === DEADLINES.longestWaitMs));
});

test("chance shortens a wait by half at most", () => {
  const { clock, stream } = following();
  clock.chance = 0;
  FakeEventSource.last.onerror?.();
  assert.equal(stream.state.retryAt, clock.now() + DEADLINES.firstWaitMs / 2);
});

test("a proxy that accepts and breaks every connection does not reset the wait; a message does", () => {
  const { clock, stream } = following();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    FakeEventSource.last.onopen?.();
    FakeEventSource.last.onerror?.();
    clock.pass(DEADLINES.longestWaitMs);
  }
  assert.equal(stream.state.attempts, 3);
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "x" });
  FakeEventSource.last.onerror?.();
  assert.equal(stream.state.retryAt, clock.now() + DEADLINES.firstWaitMs);
});

test("an attempt that neither opens nor fails is given up", () => {
  const { clock, stream } = following();
  clock.pass(DEADLINES.openingMs - 1);
  assert.equal(stream.state.kind, "opening");
  clock.pass(1);
  assert.equal(stream.state.kind, "waiting");
  assert.equal(FakeEventSource.open.length, 0);
});

test("a stream on which nothing comes any more is taken for dead", () => {
  const { clock, stream } = following(10_000);
  FakeEventSource.last.onopen?.();
  clock.pass(9_000);
  FakeEventSource.last.onmessage?.({ data: "x" });
  clock.pass(9_999);
  assert.equal(stream.state.kind, "open");
  clock.pass(1);
  assert.equal(stream.state.kind, "waiting");
  assert.equal(FakeEventSource.open.length, 0);
});

test("the last message's time stays through losses, so that a person can be told since when", () => {
  const { clock, stream } = following();
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "x" });
  const heard = clock.now();
  clock.pass(3000);
  FakeEventSource.last.onerror?.();
  clock.pass(60_000);
  assert.equal(stream.state.since, heard);
  assert.equal(stream.state.lostAt, heard + 3000);
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "x" });
  assert.equal(stream.state.since, clock.now());
  assert.equal(stream.state.lostAt, null);
});

test("what an old stream still says is not heard", () => {
  const { messages, stream } = following();
  const old = FakeEventSource.last;
  old.onopen?.();
  stream.open();
  old.onmessage?.({ data: "late" });
  assert.deepEqual(messages, []);
  assert.equal(FakeEventSource.open.length, 1);
});

test("hurry tries at once while waiting, and leaves a working stream alone", () => {
  const { stream } = following();
  FakeEventSource.last.onopen?.();
  stream.hurry();
  assert.equal(FakeEventSource.opened.length, 1);
  FakeEventSource.last.onerror?.();
  stream.hurry();
  assert.equal(FakeEventSource.opened.length, 2);
  assert.equal(stream.state.kind, "opening");
});

test("a closed stream opens nothing by itself", () => {
  const { clock, stream } = following();
  FakeEventSource.last.onopen?.();
  stream.close();
  clock.pass(600_000);
  assert.equal(FakeEventSource.opened.length, 1);
  assert.equal(FakeEventSource.open.length, 0);
  assert.equal(clock.timers.size, 0);
});

test("whatever happens in whatever order: one source at most, and always a next deadline", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const { clock, stream } = following();
  /** @type {(() => void)[]} */
  const steps = [
    () => FakeEventSource.last.onopen?.(),
    () => FakeEventSource.last.onmessage?.({ data: "x" }),
    () => FakeEventSource.last.onerror?.(),
    () => clock.pass(random() * 20_000),
    () => stream.hurry(),
    () => stream.open(),
  ];
  for (let step = 0; step < 5000; step += 1) {
    /** @type {() => void} */ (steps[Math.floor(random() * steps.length)])();
    assert.ok(FakeEventSource.open.length <= 1);
    assert.equal(FakeEventSource.open.length === 1, stream.state.kind !== "waiting");
    assert.equal(clock.timers.size, 1);
  }
});
