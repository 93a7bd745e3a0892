import assert from "node:assert/strict";
import { test } from "node:test";
import { changeWords } from "../../apps/dashboard/src/dockstats_dashboard/page/change-words.js";
import { difference } from "../../apps/dashboard/src/dockstats_dashboard/page/changes.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { decode } from "../../apps/dashboard/src/dockstats_dashboard/page/messages.js";
import { Fleet } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { NOW, agentList, agentStatus, at, batch, event, events, inventory, sample } from "./builders.js";

const MINUTE = 60_000;
const THEN = NOW - 5 * MINUTE;
const FORMAT = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });

/**
 * One container: what the engine says of it, and its figures unless it does not run.
 *
 * @param {string} id
 * @param {Record<string, unknown>} [facts]
 * @param {Record<string, unknown>} [figures]
 */
function container(id, facts = {}, figures = {}) {
  const record = { id, name: `name-${id}`, state: "running", image: "web:1", started_at: at(-60 * MINUTE), restart_count: 0, ...facts };
  return { record, sample: record.state === "running" ? sample(id, { name: record.name, ...figures }) : null };
}

/**
 * @param {number} when
 * @param {ReturnType<typeof container>[]} containers
 * @param {object[]} [happened]
 * @param {string} [status]
 */
function fleetAt(when, containers, happened = [], status = "connected") {
  const fleet = new Fleet();
  const time = at(when - NOW);
  const samples = containers.flatMap((one) => one.sample ?? []);
  for (const message of [
    agentList({ ts: time }),
    agentStatus({ status, at: time }),
    { ...inventory(containers.map((one) => one.record)), received_at: time },
    batch({ containers: samples }, { received_at: time, sent_at: time }),
    events(happened),
  ]) {
    const decoded = decode(JSON.stringify(message));
    assert.ok(decoded);
    fleet.take(decoded, when);
  }
  return fleet;
}

/** @param {Fleet} before @param {Fleet} after */
function told(before, after) {
  const { happened, cpu, memory } = difference(before, THEN, after, NOW);
  return [...happened, ...cpu, ...memory].map((change) => {
    const { sign, text, tone } = changeWords(change, FORMAT);
    return `${sign} ${change.name} ${text} (${tone})`;
  });
}

/** @type {[string, ReturnType<typeof container>[], ReturnType<typeof container>[], object[], string[]][]} */
const STORIES = [
  ["nothing", [container("a")], [container("a")], [], []],
  ["a start", [], [container("a")], [], ["+ name-a new (well)"]],
  ["a start of one that stood", [container("a", { state: "exited" })], [container("a")], [], ["+ name-a new (well)"]],
  ["a removal", [container("a")], [], [event("a", { at: at(-MINUTE), exit_code: 137 })], ["✕ name-a ended, exit 137 (full)"]],
  ["a removal long ago known only by its id", [container("a")], [], [event("a", { at: at(-9 * MINUTE) })], ["✕ name-a ended (quiet)"]],
  ["an end", [container("a")], [container("a", { state: "exited", exit_code: 0 })], [], ["✕ name-a ended, exit 0 (quiet)"]],
  [
    "a container that came and died", [], [container("a", { state: "exited", exit_code: 1 })],
    [event("a", { at: at(-MINUTE), exit_code: 1 })], ["✕ name-a ended, exit 1 (full)"],
  ],
  ["one that stood all the time", [container("a", { state: "exited" })], [container("a", { state: "exited" })], [], []],
  ["one that was only created", [], [container("a", { state: "created" })], [], []],
  ["restarts", [container("a")], [container("a", { restart_count: 3, started_at: at(-MINUTE) })], [], ["↻ name-a restarted 3 times (high)"]],
  ["a restart by hand", [container("a")], [container("a", { started_at: at(-MINUTE) })], [], ["↻ name-a restarted (high)"]],
  ["a start time that the engine rounds", [container("a")], [container("a", { started_at: at(-60 * MINUTE + 400) })], [], []],
  [
    "health", [container("a", { health: "healthy" })], [container("a", { health: "unhealthy" })], [],
    ["◆ name-a healthy → unhealthy (full)"],
  ],
  [
    "health after a restart", [container("a", { health: "healthy" })],
    [container("a", { health: "starting", restart_count: 1 })], [], ["↻ name-a restarted (high)"],
  ],
  [
    "a new image", [container("a", { name: "web" })], [container("b", { name: "web", image: "web:2" })], [event("a", { at: at(-MINUTE) })],
    ["⇄ web web:1 → web:2 (quiet)"],
  ],
  ["a container created anew", [container("a", { name: "web" })], [container("b", { name: "web" })], [], ["↻ web created anew (quiet)"]],
  [
    "CPU and memory that moved", [container("a", {}, { cpu_pct: 10, mem_bytes: 2 ** 30 })],
    [container("a", {}, { cpu_pct: 212.8, mem_bytes: 2 ** 29 })], [],
    ["▲ name-a 10.0 % → 212.8 % (quiet)", "▼ name-a 1.00 GiB → 512 MiB (quiet)"],
  ],
  ["noise", [container("a", {}, { cpu_pct: 1 })], [container("a", {}, { cpu_pct: 1.9, mem_bytes: 2000 })], [], []],
  ["figures that are not known", [container("a", {}, { cpu_pct: null })], [container("a", {}, { cpu_pct: 90 })], [], []],
  ["figures gone stale", [container("a")], [container("a", {}, { cpu_pct: 90, stale: true })], [], []],
];
for (const [what, before, after, happened, lines] of STORIES) {
  test(`${what} is told as ${lines.join("; ") || "nothing"}`, () => {
    assert.deepEqual(told(fleetAt(THEN, before), fleetAt(NOW, after, happened)), lines);
  });
}

test("a host that was lost is one line, and its containers are none", () => {
  const lost = fleetAt(NOW, [], [], "error");
  assert.deepEqual(told(fleetAt(THEN, [container("a")]), lost), ["✕ Heron host lost (full)"]);
  assert.deepEqual(told(fleetAt(THEN, [], [], "closed"), fleetAt(NOW, [container("a")])), ["● Heron host is back (well)"]);
});

test("a host that was not configured then is not compared", () => {
  assert.deepEqual(told(new Fleet(), fleetAt(NOW, [container("a")])), []);
});

test("the five that moved most, up or down, stand in the order of how far", () => {
  const cpu = [3, 90, 40, 7, 60, 5, 2];
  const [before, after] = [0, 1].map((half) => cpu.map((pct, index) => container(`${index}`, {}, { cpu_pct: (index + half) % 2 ? pct : 0 })));
  const { cpu: moved } = difference(fleetAt(THEN, before ?? []), THEN, fleetAt(NOW, after ?? []), NOW);
  assert.deepEqual(moved.map((change) => Math.abs(Number(change.to) - Number(change.from))), [90, 60, 40, 7, 5]);
});

test("what is newest stands first, each with its time; of one time what is gravest, then by name", () => {
  const before = [container("b"), container("a", { health: "healthy" }), container("c")];
  const after = [container("a", { health: "unhealthy" }), ...["z", "d"].map((id) => container(id, { started_at: at(-3 * MINUTE) }))];
  const happened = [
    event("b", { at: at(-3 * MINUTE) }), event("c", { at: at(-4 * MINUTE) }),
    event("a", { at: at(-MINUTE), kind: "health", health: "unhealthy" }),
  ];
  const found = difference(fleetAt(THEN, before), THEN, fleetAt(NOW, after, happened), NOW).happened;
  assert.deepEqual(found.map(({ kind, name, at: when }) => `${((when ?? NaN) - NOW) / MINUTE} ${kind} ${name}`), [
    "-1 health name-a", "-3 gone name-b", "-3 new name-d", "-3 new name-z", "-4 gone name-c",
  ]);
});

test("a host that is back tells since when", () => {
  const back = difference(fleetAt(THEN, [], [], "closed"), THEN, fleetAt(NOW, [container("a")]), NOW).happened;
  assert.deepEqual(back.map((change) => change.at), [NOW]);
});

test("a share of a limit is told in % of a core where there is no limit", () => {
  const format = new Format({ cpuUnit: "limit_pct", base: "iec", rates: "bytes" });
  const pair = [fleetAt(THEN, [container("a")]), fleetAt(NOW, [container("a", {}, { cpu_pct: 90 })])];
  const [change] = difference(/** @type {Fleet} */ (pair[0]), THEN, /** @type {Fleet} */ (pair[1]), NOW).cpu;
  assert.equal(change && changeWords(change, format).text, "1.0 % of a core → 90.0 % of a core");
});
