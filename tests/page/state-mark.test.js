import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf } from "../../apps/dashboard/src/dockstats_dashboard/page/state-mark.js";

/** @param {object} facts */
function of(facts) {
  return markOf(/** @type {any} */ ({ facts: { health: null, exit_code: null, oom_killed: false, ...facts }, sample: null }));
}

for (const [facts, tone, word] of /** @type {[object, string, RegExp][]} */ ([
  [{ state: "running" }, "well", /^running$/],
  [{ state: "running", health: "healthy" }, "well", /^healthy$/],
  [{ state: "running", health: "starting" }, "quiet", /starting/],
  [{ state: "running", health: "unhealthy" }, "full", /^unhealthy$/],
  [{ state: "paused" }, "quiet", /^paused$/],
  [{ state: "restarting" }, "high", /^restarting$/],
  [{ state: "exited", exit_code: 0 }, "quiet", /^exited$/],
  [{ state: "exited", exit_code: 137 }, "high", /137/],
  [{ state: "exited", exit_code: 137, oom_killed: true }, "full", /out of memory/],
  [{ state: "dead" }, "full", /^dead$/],
  [{ state: "created" }, "quiet", /^created$/],
  [{ state: "a newer engine's word" }, "quiet", /newer/],
  [{ state: null }, "quiet", /^unknown$/],
])) {
  test(`${JSON.stringify(facts)} is ${tone} and says so in a word`, () => {
    const mark = of(facts);
    assert.equal(mark.tone, tone);
    assert.match(mark.word, word);
    assert.equal(mark.mark.length, 1);
  });
}

test("without facts, figures tell that it runs, and nothing more", () => {
  assert.deepEqual(markOf(/** @type {any} */ ({ facts: null, sample: {} })), { mark: "●", tone: "quiet", word: "running" });
  assert.equal(markOf({ facts: null, sample: null }).word, "unknown");
});
