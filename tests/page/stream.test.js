import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { DEADLINES, LiveStream } from "../../apps/dashboard/src/dockstats_dashboard/page/stream.js";
import { FakeClock } from "./clock.js";
import { FakeEventSource } from "./event-source.js";

beforeEach(() => {
  FakeEventSource.opened = [];
});

/** @param {number} [quietMs] @param {(attempts: number) => Promise<any>} [probe] */
function following(quietMs = 10_000, probe = async () => null) {
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
    probe,
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
  assert.deepEqual(waits.slice(0, 5), [250, 500, 1000, 2000, 2500]);
  assert.ok(waits.slice(5).every((wait) => wait === DEADLINES.longestWaitMs));
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
  stream.hurry();
  stream.wake();
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
    () => stream.wake(),
    () => stream.open(),
  ];
  for (let step = 0; step < 5000; step += 1) {
    /** @type {() => void} */ (steps[Math.floor(random() * steps.length)])();
    assert.ok(FakeEventSource.open.length <= 1);
    assert.equal(FakeEventSource.open.length === 1, stream.state.kind !== "waiting");
    assert.equal(clock.timers.size, 1);
  }
});

test("a dashboard that is back is found again within 3 s, however long it was away", () => {
  const { clock } = following();
  const failing = () => FakeEventSource.last.onerror?.();
  failing();
  for (const awayMs of [1000, 20_000, 600_000]) {
    const back = clock.now() + awayMs;
    while (clock.now() < back) {
      clock.pass(10);
      if (FakeEventSource.open.length > 0 && clock.now() < back) failing();
    }
    const before = clock.now();
    while (FakeEventSource.open.length === 0) clock.pass(10);
    assert.ok(clock.now() - before < 2600, `${clock.now() - before} ms after ${awayMs}`);
    failing();
  }
});

test("a stream that is open after a sleep must prove itself within a second", () => {
  const { clock, stream } = following();
  FakeEventSource.last.onopen?.();
  FakeEventSource.last.onmessage?.({ data: "x" });
  clock.time += 3_600_000; // asleep: no timer ran
  stream.wake();
  clock.pass(DEADLINES.proofMs);
  assert.equal(FakeEventSource.opened.length, 2);
  assert.equal(stream.state.kind, "opening");
});

test("a stream that still speaks after a wake stays", () => {
  const { clock, stream } = following();
  FakeEventSource.last.onopen?.();
  stream.wake();
  clock.pass(500);
  FakeEventSource.last.onmessage?.({ data: "x" });
  clock.pass(5000);
  assert.equal(FakeEventSource.opened.length, 1);
  assert.equal(stream.state.kind, "open");
});

test("an attempt from before a sleep is made anew", () => {
  const { stream } = following();
  stream.wake();
  assert.equal(FakeEventSource.opened.length, 2);
  assert.equal(FakeEventSource.open.length, 1);
});

test("how long it may be silent is looked at again, as the first messages tell it", () => {
  const { clock, stream } = following();
  let quietMs = 60_000;
  stream.quietMs = () => quietMs;
  FakeEventSource.last.onopen?.();
  quietMs = 10_000;
  clock.pass(10_000);
  assert.equal(stream.state.kind, "waiting");
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("after a failed attempt the reason is found out, stays through the next ones, and goes when it is open", async () => {
  const token = { kind: "token", sentence: "needs a token" };
  /** @type {number[]} */
  const asked = [];
  const { clock, states, stream } = following(10_000, async (attempts) => (asked.push(attempts), token));
  FakeEventSource.last.onerror?.();
  await settled();
  assert.deepEqual(stream.state.problem, token);
  assert.deepEqual(states, ["opening", "waiting", "waiting"]);
  clock.pass(DEADLINES.firstWaitMs);
  assert.deepEqual(stream.state.problem, token);
  FakeEventSource.last.onopen?.();
  assert.equal(stream.state.problem, null);
  FakeEventSource.last.onerror?.(); // it was open: the next attempt tells more
  await settled();
  assert.equal(stream.state.problem, null);
  assert.deepEqual(asked, [1]);
});

test("an answer that comes when the stream is open, or after a newer one was asked for, changes nothing", async () => {
  /** @type {((problem: any) => void)[]} */
  const answers = [];
  const { clock, stream } = following(10_000, () => new Promise((resolve) => answers.push(resolve)));
  FakeEventSource.last.onerror?.();
  clock.pass(DEADLINES.firstWaitMs);
  FakeEventSource.last.onerror?.();
  answers[0]?.({ kind: "proxy", sentence: "old" });
  await settled();
  assert.equal(stream.state.problem, null);
  clock.pass(DEADLINES.longestWaitMs);
  FakeEventSource.last.onopen?.();
  answers[1]?.({ kind: "proxy", sentence: "new" });
  await settled();
  assert.equal(stream.state.problem, null);
});
