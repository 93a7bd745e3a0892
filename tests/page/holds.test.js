import assert from "node:assert/strict";
import { test } from "node:test";
import { Holds } from "../../apps/dashboard/src/dockstats_dashboard/page/holds.js";
import { row } from "./bare-rows.js";

const SET = { cpu: 50, memory: 90, pressure: 10, holdS: 30, notify: true };
/** As a person is told of all of them at once. @param {Holds} holds @param {Parameters<Holds["look"]>} given */
function tell(holds, ...given) {
  const due = holds.look(...given);
  holds.told(due);
  return due;
}

const busy = (/** @type {number | null} */ cpu, live = true) => row({ sample: { cpu_pct: cpu }, live });

test("it is told once, when it held for long enough", () => {
  const holds = new Holds();
  const told = [0, 29_999, 30_000, 31_000].map((now) => tell(holds, [busy(60)], SET, now).length);
  assert.deepEqual(told, [0, 0, 1, 0]);
});

test("what nobody was told of is due at every look", () => {
  const holds = new Holds();
  const due = [0, 30_000, 31_000].map((now) => holds.look([busy(60)], SET, now).length);
  assert.deepEqual(due, [0, 1, 1]);
});

test("one that wavers just below its threshold goes on holding, one a tenth below does not", () => {
  const holds = new Holds();
  holds.look([busy(60)], SET, 0);
  holds.look([busy(46)], SET, 10_000);
  assert.equal(holds.look([busy(46)], SET, 30_000)[0]?.since, 0);
  holds.look([busy(44)], SET, 31_000);
  holds.look([busy(60)], SET, 32_000);
  assert.equal(holds.look([busy(60)], SET, 40_000).length, 0);
});

test("what is not known does not hold, and a lost host is not told of again when it is back", () => {
  const holds = new Holds();
  holds.look([busy(60)], SET, 0);
  holds.look([busy(null)], SET, 20_000);
  assert.equal(holds.look([busy(60)], SET, 30_000).length, 0);
  assert.equal(tell(holds, [busy(60)], SET, 60_000).length, 1);
  assert.equal(holds.look([busy(60, false)], SET, 70_000).length, 0);
  assert.equal(holds.look([busy(60)], SET, 110_000).length, 0);
});

test("a container that is gone is forgotten", () => {
  const holds = new Holds();
  const at = { ...SET, holdS: 0 };
  assert.equal(tell(holds, [busy(60)], at, 0).length, 1);
  holds.look([], at, 70_000);
  assert.equal(holds.look([busy(60)], at, 71_000).length, 1);
});
