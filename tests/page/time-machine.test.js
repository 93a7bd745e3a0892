import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOf, sparklinesOf } from "../../apps/dashboard/src/dockstats_dashboard/page/history.js";
import { read } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { SPACING_MS, TimeMachine } from "../../apps/dashboard/src/dockstats_dashboard/page/time-machine.js";
import { agentList, agentStatus, at, batch, sample } from "./builders.js";
import { FakeClock } from "./clock.js";
import { keepingFleet } from "./fleets.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {number} cpu @param {number} [ms] */
function said(cpu, ms = 0) {
  return batch({ containers: [sample("x", { cpu_pct: cpu })], sent_at: at(ms) }, { received_at: at(ms) });
}

/** A page with one host at 14:00:00, and a dashboard that answers when the test says so. */
function page() {
  const clock = new FakeClock();
  const fleet = keepingFleet();
  for (const message of [agentList(), agentStatus(), said(50)]) fleet.take(/** @type {any} */ (read(message)), clock.now());
  /** @type {{ at: number, answer: (cpu: number | null) => Promise<void> }[]} */
  const asked = [];
  let changes = 0;
  const time = new TimeMachine({
    fleet,
    clock,
    fetchMoment: (instant) =>
      new Promise((resolve) => {
        const answer = async (/** @type {number | null} */ cpu) => {
          const ms = instant - clock.time;
          const messages = [agentList(), agentStatus({ at: at(ms) }), said(cpu ?? 0, ms)];
          resolve(cpu === null ? null : momentOf({ at: instant / 1000, oldest: clock.time / 1000 - 600, messages }));
          await settled();
        };
        asked.push({ at: instant, answer });
      }),
    fetchSparklines: async (instant) => {
      const agents = { heron: { x: { cpu_pct: [7, 8], mem_bytes: [1, 2] } } };
      return sparklinesOf({ at: instant / 1000, step: 2, agents });
    },
    onChange: () => (changes += 1),
  });
  const cpu = () => time.shown.container("heron/x")?.sample?.cpu_pct;
  const pass = async (/** @type {number} */ ms) => (clock.pass(ms), await settled());
  return { asked, clock, cpu, fleet, pass, time, start: clock.now(), get changes() { return changes; } };
}

test("at first the page is live", () => {
  const { time, fleet } = page();
  assert.equal(time.shown, fleet);
  assert.deepEqual([time.instant, time.loading, time.error, time.oldest], [null, false, null, null]);
});

test("pause freezes at once and asks nobody, while data keeps arriving", () => {
  const { asked, clock, cpu, fleet, start, time } = page();
  time.pause();
  fleet.take(/** @type {any} */ (read(said(99, 500))), clock.now() + 500);
  assert.deepEqual([time.instant, time.loading, cpu(), asked.length], [start, false, 50, 0]);
  clock.pass(5000);
  time.pause();
  assert.equal(time.instant, start); // already paused
  time.live();
  assert.deepEqual([time.instant, time.shown, cpu()], [null, fleet, 99]);
});

test("an instant is fetched and shown with its sparklines and the way it was", async () => {
  const { asked, cpu, start, time } = page();
  time.goTo(start - 60_000);
  assert.deepEqual([time.instant, time.loading], [start - 60_000, true]);
  assert.equal(cpu(), 50); // until the answer comes, what was shown stands still
  await asked[0]?.answer(3);
  assert.deepEqual([time.loading, cpu(), time.oldest], [false, 3, start - 600_000]);
  assert.deepEqual([...(time.shown.container("heron/x")?.spark.cpu.slice(-3) ?? [])], [7, 8, 3]);
  assert.equal(time.shown.hosts?.[0]?.isLive(start - 60_000), true);
});

test("every host is shown as it was, not only the first", async () => {
  const agents = ["heron", "owl"].map((id) => ({ id, label: id, url: "" }));
  const figures = (/** @type {string} */ id, /** @type {number} */ cpu) =>
    batch({ containers: [sample("x", { cpu_pct: cpu })] }, { agent_id: id });
  const then = [agentList({ agents }), figures("heron", 3), figures("owl", 4)];
  const clock = new FakeClock();
  const fleet = keepingFleet();
  for (const message of [then[0], figures("heron", 50), figures("owl", 60)]) {
    fleet.take(/** @type {any} */ (read(message)), clock.now());
  }
  const fetchMoment = async (/** @type {number} */ at) => momentOf({ at: at / 1000, oldest: 0, messages: then });
  const time = new TimeMachine({ fleet, clock, fetchMoment, fetchSparklines: async () => null });
  time.goTo(clock.now() - 60_000);
  await settled();
  const cpu = () => ["heron/x", "owl/x"].map((key) => time.shown.container(key)?.sample?.cpu_pct);
  assert.deepEqual(cpu(), [3, 4]);
  time.live();
  assert.deepEqual(cpu(), [50, 60]);
});

test("of a drag the first and the newest instants are asked for, one at a time and not too often", async () => {
  const { asked, cpu, pass, start, time } = page();
  for (let second = 1; second <= 50; second += 1) time.goTo(start - second * 1000);
  assert.deepEqual(asked.map((each) => each.at), [start - 1000]);
  await asked[0]?.answer(1);
  assert.deepEqual([cpu(), time.loading, asked.length], [1, true, 1]);
  await pass(SPACING_MS);
  assert.deepEqual(asked.map((each) => each.at), [start - 1000, start - 50_000]);
  await asked[1]?.answer(2);
  await pass(SPACING_MS);
  assert.deepEqual([cpu(), time.loading, time.instant, asked.length], [2, false, start - 50_000, 2]);
  time.goTo(start - 51_000); // and after a rest the next one goes out at once
  assert.equal(asked.length, 3);
});

test("a late answer does not disturb a page that is live again, or paused again", async () => {
  const { asked, cpu, fleet, pass, start, time } = page();
  time.goTo(start - 60_000);
  time.live();
  await asked[0]?.answer(3);
  await pass(SPACING_MS);
  assert.deepEqual([time.shown, time.instant, time.loading], [fleet, null, false]);
  time.goTo(start - 30_000);
  time.live();
  time.pause();
  await asked[1]?.answer(3);
  assert.deepEqual([cpu(), time.instant], [50, start + SPACING_MS]);
});

test("a dashboard that does not tell is said so, and the next instant is asked for all the same", async () => {
  const { asked, cpu, pass, start, time } = page();
  time.goTo(start - 60_000);
  await asked[0]?.answer(null);
  assert.match(time.error ?? "", /does not tell/);
  assert.deepEqual([time.loading, cpu()], [false, 50]);
  await pass(SPACING_MS);
  time.goTo(start - 61_000);
  await asked[1]?.answer(4);
  assert.deepEqual([time.error, cpu()], [null, 4]);
});

test("nobody gets to before the beginning or into the future", async () => {
  const { asked, pass, start, time } = page();
  time.goTo(start + 60_000);
  assert.equal(time.instant, start);
  await asked[0]?.answer(1);
  await pass(SPACING_MS);
  time.goTo(0);
  assert.equal(time.instant, start - 600_000);
  time.goTo(NaN);
  assert.equal(time.instant, start - 600_000);
});

test("a link's instant can be wanted before the dashboard said anything", () => {
  const clock = new FakeClock();
  /** @type {number[]} */
  const asked = [];
  const never = (/** @type {number} */ instant) => (asked.push(instant), new Promise(() => {}));
  const fetchers = { fetchMoment: never, fetchSparklines: async () => null };
  const time = new TimeMachine({ fleet: new Fleet(), clock, .../** @type {any} */ (fetchers) });
  time.goTo(clock.now() + 1000); // this browser's clock may be slow
  assert.deepEqual(asked, [clock.now() + 1000]);
});

test("what is learned of the past later reaches a page that stands still, up to its instant", async () => {
  const { asked, fleet, start, time } = page();
  time.goTo(start - 60_000);
  await asked[0]?.answer(3);
  fleet.hosts?.[0]?.series.fill([start - 62_000, start - 30_000], { cpu_pct: [11, 22] });
  time.refresh();
  const [host] = time.shown.hosts ?? [];
  assert.ok(host);
  assert.equal(host.series.newestAt, start - 60_000);
  assert.deepEqual([...host.series.column("cpu_pct").slice(-3)], [NaN, 11, 11]); // held for a bucket
});

test("every change is told", async () => {
  const told = page();
  told.time.pause();
  told.time.goTo(told.start - 1000);
  await told.asked[0]?.answer(1);
  told.time.live();
  assert.equal(told.changes, 4);
  told.time.live();
  assert.equal(told.changes, 4);
});

test("an instant before all there is becomes the oldest one as soon as the dashboard tells it", async () => {
  const { asked, pass, start, time } = page();
  time.goTo(start - 1_800_000);
  await asked[0]?.answer(10);
  assert.deepEqual([time.instant, time.loading], [start - 600_000, true]);
  await pass(SPACING_MS);
  assert.equal(asked[1]?.at, start - 600_000);
  await asked[1]?.answer(20);
  assert.deepEqual([time.instant, time.loading], [start - 600_000, false]);
});
