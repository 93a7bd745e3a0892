import assert from "node:assert/strict";
import { test } from "node:test";
import { historyOf, sparklinesOf } from "../../apps/dashboard/src/dockstats_dashboard/page/history.js";
import { read } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Past } from "../../apps/dashboard/src/dockstats_dashboard/page/past.js";
import { NOW, agentList, batch, sample } from "./builders.js";
import { keepingFleet } from "./fleets.js";

/** @param {...unknown} messages */
function fleetOf(...messages) {
  const fleet = keepingFleet();
  for (const message of messages) fleet.take(/** @type {any} */ (read(message)), NOW);
  return fleet;
}

const agents = ["heron", "owl"].map((id) => ({ id, label: id, url: "" }));
const lines = { at: NOW / 1000 + 2, step: 2, agents: { heron: { x: { cpu_pct: [4, 5], mem_bytes: [1, 2] } } } };

/** @param {number[]} seconds before now */
const points = (...seconds) =>
  historyOf({ at: seconds.map((second) => NOW / 1000 - second), columns: { cpu_pct: seconds } }, ["cpu_pct"]);

test("every host is asked for, one after another, and live figures stay; again, from where it is known", async () => {
  const fleet = fleetOf(agentList({ agents }), batch({ containers: [sample("x", { cpu_pct: 9 })] }));
  /** @type {any[]} */
  const asked = [];
  let [underWay, filled] = [0, 0];
  const past = new Past({
    later: () => {},
    fleet,
    onFilled: () => (filled += 1),
    sparklines: async () => sparklinesOf(lines),
    history: async (wanted) => {
      asked.push(wanted);
      assert.equal((underWay += 1), 1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return wanted.agent === "owl" ? null : points(4, 0);
    },
  });
  await past.fill();
  const wanted = () => asked.splice(0).map(({ agent, since, stepMs }) => [agent, since, stepMs]);
  assert.deepEqual(wanted(), [["heron", null, 2000], ["owl", null, 2000]]);
  assert.deepEqual([...(fleet.host("heron")?.series.column("cpu_pct").slice(-3) ?? [])], [4, 4, 50]); // held for a bucket
  assert.deepEqual([...(fleet.container("heron/x")?.spark.cpu.slice(-2) ?? [])], [4, 9]);
  assert.equal(filled, 2);
  await past.fill();
  assert.deepEqual(wanted(), [["heron", NOW, 2000], ["owl", null, 2000]]); // which did not answer
});

test("a newer stream's filling takes over, and the older one ends", async () => {
  const fleet = fleetOf(agentList({ agents }));
  /** @type {string[]} */
  const asked = [];
  /** @type {((answer: null) => void)[]} */
  const answers = [];
  const past = new Past({
    fleet,
    onFilled: () => {},
    sparklines: () => new Promise((resolve) => answers.push(resolve)),
    later: () => {},
    history: async ({ agent }) => (asked.push(agent), points(2)),
  });
  const [older, newer] = [past.fill(), past.fill()];
  answers[0]?.(null);
  await older;
  assert.deepEqual(asked, []);
  answers[1]?.(null);
  await newer;
  assert.deepEqual(asked, ["heron", "owl"]);
});

for (const outcome of /** @type {const} */ (["failed", "was overtaken by the next loss"])) {
  test(`a gap whose question ${outcome} is asked for again from where it began`, async () => {
    const fleet = fleetOf(agentList({ agents: agents.slice(0, 1) }), batch());
    const later = new Date(NOW + 60_000).toISOString();
    /** @type {(number | null | undefined)[]} */
    const asked = [];
    /** @type {Promise<void> | null} */
    let next = null;
    const past = new Past({
      later: () => {},
      fleet,
      onFilled: () => {},
      sparklines: async () => null,
      history: async ({ since }) => {
        if (asked.push(since) !== 2) return points(2);
        fleet.take(/** @type {any} */ (read(batch({ sent_at: later }, { received_at: later }))), NOW + 60_000);
        if (outcome === "failed") return null;
        next = past.fill();
        return points(2);
      },
    });
    await past.fill();
    await past.fill();
    await (next ?? past.fill());
    await past.fill();
    assert.deepEqual(asked, [null, NOW, NOW, NOW + 60_000]);
  });
}

test("a host whose past did not come is asked for again after a while, it alone, unless a newer stream does so", async () => {
  const fleet = fleetOf(agentList({ agents }));
  /** @type {string[]} */
  const asked = [];
  /** @type {(() => void)[]} */
  const later = [];
  const past = new Past({
    fleet,
    onFilled: () => {},
    sparklines: async () => null,
    history: async ({ agent }) => (asked.push(agent), agent === "owl" && asked.length < 3 ? null : points(2)),
    later: (call) => later.push(call),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  await past.fill();
  later[0]?.();
  await settled();
  assert.deepEqual(asked.splice(0), ["heron", "owl", "owl"]);
  assert.equal(later.length, 1);
  await past.fill();
  asked.splice(0);
  later[0]?.();
  await settled();
  assert.deepEqual(asked, [], "the newer one has asked");
});
