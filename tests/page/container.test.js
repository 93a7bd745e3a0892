import assert from "node:assert/strict";
import { test } from "node:test";
import { difference } from "../../apps/dashboard/src/dockstats_dashboard/page/changes.js";
import { columnOf } from "../../apps/dashboard/src/dockstats_dashboard/page/columns.js";
import { countsOf, kindOf, stateOf } from "../../apps/dashboard/src/dockstats_dashboard/page/container.js";
import { parseFilter } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-terms.js";
import { totalsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/groups.js";
import { DEFAULTS } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";
import { markOf } from "../../apps/dashboard/src/dockstats_dashboard/page/state-mark.js";
import { host, row } from "./rows.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/scene.js").Row} Row */

const ENGINES_WORDS = ["created", "running", "paused", "restarting", "removing", "exited", "dead", "a newer word", null];

/** Every state with and without figures, and without facts. @returns {Row[]} */
function everyRow() {
  const rows = [{}, null].flatMap((figures) => [
    ...ENGINES_WORDS.map((state) => row(`${state} ${figures === null}`, { figures, known: { state } })),
    row(`no facts ${figures === null}`, { figures }),
  ]);
  for (const { container } of rows) if (container.name.startsWith("no facts")) container.facts = null;
  return rows;
}

test("the engine's word counts before figures, which may lag behind it; without one, figures tell that it runs", () => {
  const of = (/** @type {object | null} */ figures, /** @type {string | null} */ state) =>
    stateOf(row("a", { figures, known: { state } }).container);
  assert.equal(of({}, "exited"), "exited");
  assert.equal(of({}, null), "running");
  assert.equal(of(null, null), "unknown");
});

test("a container is counted as what a click on that count shows", () => {
  for (const one of everyRow()) {
    const counts = countsOf([one.container]);
    for (const kind of /** @type {const} */ (["running", "paused", "restarting", "stopped"])) {
      assert.equal(parseFilter(`state:${kind}`).matches(one), counts[kind] === 1, `${one.container.name}, ${kind}`);
    }
  }
});

test("the head of a group counts as running what the whole fleet does", () => {
  for (const one of everyRow()) {
    const { running, restarting } = countsOf([one.container]);
    const totals = totalsOf([one]);
    assert.deepEqual([totals.running, totals.restarting], [running, restarting], one.container.name);
  }
});

test("one that is counted as running is marked as such and sorted with those that run", () => {
  const sortedBy = (/** @type {Row} */ { container }) => columnOf("state").value(container, DEFAULTS);
  const runs = sortedBy(row("a"));
  for (const one of everyRow()) {
    const isRunning = kindOf(stateOf(one.container)) === "running";
    assert.equal(markOf(one.container).mark === "●", isRunning, one.container.name);
    assert.equal(sortedBy(one) === runs, isRunning, one.container.name);
  }
});

test("one that the engine says nothing of, and that had figures, has not come newly when the engine's word does", () => {
  const fleetOf = (/** @type {string | null} */ state) => {
    const on = host("heron");
    const { container } = row("a", { on, known: { state } });
    on.containers = new Map([["a", container]]);
    Object.assign(on, { isLive: () => true });
    return /** @type {any} */ ({ hosts: [on], host: () => on });
  };
  assert.deepEqual(difference(fleetOf(null), 0, fleetOf("running"), 1000).happened, []);
  assert.deepEqual(difference(fleetOf("removing"), 0, fleetOf("running"), 1000).happened.map(({ kind }) => kind), ["new"]);
});
