import assert from "node:assert/strict";
import { test } from "node:test";
import { pastSituation, situationOf, streamSentence } from "../../apps/dashboard/src/dockstats_dashboard/page/situation.js";
import { clock } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { NOW, agentStatus, at, batch, sample } from "./builders.js";
import { fleetOf } from "./fleets.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/situation.js").Given} Given */

const OPEN = /** @type {const} */ ({ kind: "open", since: NOW, lostAt: null, retryAt: null, attempts: 0, problem: null });
const GONE = /** @type {const} */ ({ ...OPEN, kind: "waiting", lostAt: NOW - 9000, retryAt: NOW + 4000, attempts: 3 });
const HEARD_NOTHING = { hosts: null, conditions: new Map() };
const live = () => fleetOf(["heron"], [agentStatus(), batch({ containers: [sample("a")] })]);

/** @param {Partial<Given>} given */
const situation = (given) => situationOf({ streamState: OPEN, instant: null, browserNow: NOW, ...live(), ...given });

test("while all is well nothing is said", () => {
  assert.equal(situation({}), null);
});

test("in the first second nothing is said either, then that it connects", () => {
  const opening = { .../** @type {const} */ ({ ...OPEN, kind: "opening" }) };
  assert.equal(situation({ streamState: opening, ...HEARD_NOTHING, browserNow: NOW + 500 }), null);
  const later = situation({ streamState: opening, ...HEARD_NOTHING, browserNow: NOW + 5000 });
  assert.deepEqual([later?.kind, later?.tone, later?.large], ["connecting", "hint", true]);
});

for (const [kind, title] of /** @type {const} */ ([
  ["network", /does not answer/],
  ["token", /not signed in/],
  ["refused", /refuses/],
  ["proxy", /proxy answers/],
  ["error", /has an error/],
  ["stream", /does not come through/],
])) {
  test(`a problem of the kind ${kind} has its title, its sentence, and the next attempt`, () => {
    const problem = { kind, sentence: "Do this." };
    const found = situation({ streamState: { ...GONE, problem }, ...HEARD_NOTHING });
    assert.match(found?.title ?? "", title);
    assert.deepEqual([found?.text, found?.retryAt, found?.action, found?.large], ["Do this.", NOW + 4000, kind === "token" ? "signIn" : "hurry", true]);
    const banner = situation({ streamState: { ...GONE, problem } });
    assert.equal(banner?.large, false);
    assert.match(banner?.text ?? "", /^Do this\. No connection to the dashboard since/);
  });
}

test("a paused page says at which instant, and the way back", () => {
  const found = pastSituation({ instant: NOW - 180_000, loading: false, error: null }, NOW, true);
  assert.match(found?.title ?? "", /^Paused at \d\d:\d\d:\d\d, 3 min ago$/);
  assert.deepEqual([found?.tone, found?.action, found?.large], ["paused", "live", false]);
  assert.equal(pastSituation({ instant: null, loading: false, error: null }, NOW, true), null);
});

test("a past that is not told is an alarm, which does not tick", () => {
  const found = pastSituation({ instant: NOW - 180_000, loading: true, error: "Not kept." }, NOW, true);
  assert.deepEqual([found?.tone, found?.text, found?.action], ["wrong", "Not kept.", "live"]);
  assert.match(found?.title ?? "", /^Paused at \d\d:\d\d:\d\d$/);
});

test("paused and without a connection, that is said, and figures of the instant are not said to be of the loss", () => {
  const instant = NOW - 600_000;
  const found = situation({ instant, streamState: GONE });
  assert.equal(found?.kind, "network");
  const [lost, then] = [clock(GONE.since), clock(instant)];
  const text = `No connection to the dashboard since ${lost}. What is shown is of ${then}; live figures and other instants have to wait.`;
  assert.deepEqual([found?.text, found?.action, found?.retryAt], [text, "hurry", GONE.retryAt]);
  assert.match(pastSituation({ instant, loading: false, error: null }, NOW, true)?.text ?? "", /; figures keep arriving\.$/);
  assert.match(pastSituation({ instant, loading: false, error: null }, NOW, false)?.text ?? "", /as it was then\.$/);
});

test("hosts that were lost at an instant of the past are no alarm of now", () => {
  const lost = agentStatus({ status: "error", reason: "no answer" });
  assert.equal(situation({ instant: NOW - 600_000, ...fleetOf(["heron"], [agentStatus(), batch({ containers: [sample("a")] }), lost]) }), null);
});

test("a dashboard without agents says how to give it one", () => {
  assert.match(situation({ hosts: [], conditions: new Map() })?.text ?? "", /--agents/);
});

test("the only host's engine that refuses is large in the middle, with the sentence that helps", () => {
  const engine = { endpoint: "unix:///x", reachable: false, error: 'cannot open unix:///x: permission denied; join "docker"' };
  const found = situation(fleetOf(["heron"], [agentStatus(), batch({ engine })]));
  assert.deepEqual([found?.title, found?.large], ["Permission denied", true]);
  assert.match(found?.text ?? "", /join "docker"/);
});

test("the only host that is lost keeps its last figures in sight", () => {
  const lost = agentStatus({ status: "error", reason: "no answer", retry_at: at(9000) });
  const found = situation(fleetOf(["heron"], [agentStatus(), batch({ containers: [sample("a")] }), lost]));
  assert.deepEqual([found?.title, found?.large, found?.retryAt], ["heron is lost", false, NOW + 9000]);
});

test("one host of two that is lost is no matter of the whole page; both are", () => {
  const lost = (/** @type {string} */ id) => agentStatus({ agent_id: id, status: "error", reason: `no route to ${id}` });
  const busy = (/** @type {string} */ id) => [agentStatus({ agent_id: id }), batch({ containers: [sample("a")] }, { agent_id: id })];
  assert.equal(situation(fleetOf(["one", "two"], [...busy("one"), lost("two")])), null);
  const both = situation(fleetOf(["one", "two"], [lost("one"), lost("two")]));
  assert.match(`${both?.title}\n${both?.text}`, /^None of the 2 hosts is live\none: No route to one\.\ntwo: /);
  assert.equal(both?.large, true);
});

test("hosts that are all still being connected to are not called lost", () => {
  const found = situation(fleetOf(["one", "two"], []));
  assert.deepEqual([found?.kind, found?.tone], ["connecting", "hint"]);
});

test("the stream's loss is one sentence with the last figures' time and the next attempt", () => {
  const waiting = /** @type {const} */ ({ kind: "waiting", since: NOW, lostAt: NOW, retryAt: NOW + 4000, attempts: 1, problem: null });
  const lost = streamSentence(waiting, true, NOW + 9000, null);
  assert.match(lost?.text ?? "", /No connection to the dashboard since \d\d:\d\d:\d\d/);
  assert.equal(lost?.retryAt, NOW + 4000);
  assert.equal(streamSentence(waiting, true, NOW + 1900, null), null); // back by then, and nobody was disturbed
  assert.match(streamSentence(waiting, false, NOW, null)?.text ?? "", /Is it still running\?/);
  const again = streamSentence({ ...waiting, kind: "opening", retryAt: null }, true, NOW + 9000, null);
  assert.match(again?.text ?? "", /No connection/); // until a message comes, nothing flickers
});

test("while the stream is well, or opens for the first time, there is no alarm", () => {
  const open = /** @type {const} */ ({ kind: "open", since: NOW, lostAt: null, retryAt: null, attempts: 0, problem: null });
  assert.equal(streamSentence(open, true, NOW, null), null);
  assert.equal(streamSentence({ ...open, kind: "opening" }, false, NOW + 500, null), null);
  assert.equal(streamSentence({ ...open, kind: "opening" }, false, NOW + 5000, null)?.tone, "hint");
});

test("a dashboard that began anew is told for half a minute, and not to who looks at the past", () => {
  const restart = { startedAt: NOW - 4000, heardAt: NOW };
  const told = situation({ restart, now: NOW + 30_000 });
  assert.deepEqual([told?.kind, told?.tone, told?.large], ["restarted", "hint", false]);
  assert.ok(told?.text.includes(clock(NOW - 4000)));
  assert.equal(situation({ restart, now: NOW + 30_001 }), null);
  assert.equal(situation({ restart, now: NOW, instant: NOW - 60_000 }), null);
});
