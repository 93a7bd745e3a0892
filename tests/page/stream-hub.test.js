import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveStream } from "../../apps/dashboard/src/dockstats_dashboard/page/stream.js";
import { PING_MS, StreamHub } from "../../apps/dashboard/src/dockstats_dashboard/page/stream-hub.js";
import { agentList, agentStatus, batch } from "./builders.js";
import { FakeClock } from "./clock.js";
import { FakeEventSource } from "./event-source.js";

/** One tab's end of the wire. */
class Tab {
  /** @type {any[]} */
  heard = [];
  answers = true;
  /** What the worker listens with. @type {((event: any) => any) | null} */
  onmessage = null;

  /** @param {any} message */
  postMessage(message) {
    this.heard.push(message);
    if (message.kind === "ping" && this.answers) this.say({ kind: "here" });
  }

  /** @param {object} message */
  say(message) {
    this.onmessage?.({ data: message });
  }

  get texts() {
    return this.heard.filter(({ kind }) => kind === "message").map(({ text }) => JSON.parse(text));
  }
}

function worker() {
  FakeEventSource.opened = [];
  const clock = new FakeClock();
  const hub = new StreamHub({
    clock,
    openStream: (options) => new LiveStream({ url: "stream", EventSource: FakeEventSource, clock, ...options }),
  });
  const join = () => {
    const tab = new Tab();
    hub.join(tab);
    return tab;
  };
  return { clock, hub, join };
}

/** @param {...object} messages */
function serve(...messages) {
  FakeEventSource.last.onopen?.();
  for (const message of messages) FakeEventSource.last.onmessage?.({ data: JSON.stringify(message) });
}

test("all tabs hear one stream", () => {
  const { join } = worker();
  const tabs = [join(), join(), join()];
  serve(agentList(), batch());
  assert.equal(FakeEventSource.opened.length, 1);
  for (const tab of tabs) assert.deepEqual(tab.texts.map(({ type }) => type), ["agent_list", "container_stats_columns"]);
});

test("a tab that joins later hears the state, and the newest of each kind and agent with the time it came", () => {
  const { clock, join } = worker();
  join();
  const came = clock.now();
  serve(agentList(), agentStatus(), batch({ sequence: 1 }), batch({}, { agent_id: 'o"wl' }), batch({ sequence: 2 }));
  clock.pass(3000);
  const late = join();
  assert.equal(late.heard[0].kind, "state");
  assert.equal(late.heard[0].state.kind, "open");
  const [list, status, heron, owl] = late.texts;
  assert.deepEqual([list.type, status.type, heron.sequence, owl.agent_id], ["agent_list", "agent_status", 2, 'o"wl']);
  assert.equal(late.texts.length, 4);
  assert.ok(late.heard.slice(1).every(({ at }) => at === came));
});

test("what was known before a new list is not told again", () => {
  const { join } = worker();
  join();
  serve(agentList(), batch());
  serve(agentList({ agents: [] }));
  assert.deepEqual(join().texts.map(({ type }) => type), ["agent_list"]);
});

test("state changes reach every tab", () => {
  const { join } = worker();
  const [one, other] = [join(), join()];
  serve();
  FakeEventSource.last.onerror?.();
  for (const tab of [one, other]) assert.equal(tab.heard.at(-1).state.kind, "waiting");
});

test("a tab can hurry it, wake it, and say how long it may be silent", () => {
  const { clock, join } = worker();
  const tab = join();
  FakeEventSource.last.onerror?.();
  tab.say({ kind: "hurry" });
  assert.equal(FakeEventSource.opened.length, 2);
  tab.say({ kind: "wake" });
  assert.equal(FakeEventSource.opened.length, 3);
  serve();
  tab.say({ kind: "quiet", ms: 10_000 });
  clock.pass(10_000);
  assert.equal(tab.heard.at(-1).state.kind, "waiting");
});

test("with the last tab the stream ends, and the next one begins anew with nothing old", () => {
  const { clock, hub, join } = worker();
  const [one, other] = [join(), join()];
  serve(agentList(), batch());
  one.say({ kind: "bye" });
  assert.equal(FakeEventSource.open.length, 1);
  other.say({ kind: "bye" });
  assert.deepEqual([FakeEventSource.open.length, hub.tabCount, clock.timers.size], [0, 0, 0]);
  hub.wake();
  assert.equal(FakeEventSource.open.length, 0);
  assert.deepEqual(join().texts, []);
  assert.equal(FakeEventSource.open.length, 1);
});

test("a tab that does not answer is forgotten; when it speaks again it is told everything anew", () => {
  const { clock, hub, join } = worker();
  const [well, frozen] = [join(), join()];
  frozen.answers = false;
  serve(agentList());
  const passing = () => {
    clock.pass(PING_MS);
    serve(batch());
  };
  for (let pings = 0; pings < 5; pings += 1) passing();
  assert.equal(hub.tabCount, 1);
  const heard = frozen.heard.length;
  serve(batch());
  assert.equal(frozen.heard.length, heard);
  frozen.heard = [];
  frozen.say({ kind: "here" }); // it thawed
  assert.deepEqual(frozen.texts.map(({ type }) => type), ["agent_list", "container_stats_columns"]);
  assert.equal(hub.tabCount, 2);
  assert.ok(well.texts.length > 5);
});
