import assert from "node:assert/strict";
import { test } from "node:test";
import { TONE_COLOURS, eventWords } from "../../apps/dashboard/src/dockstats_dashboard/page/event-words.js";

/** @param {string} kind @param {object} [fields] */
const words = (kind, fields = {}) =>
  eventWords({ at: 0, kind, id: "a", name: "web", exit_code: null, health: null, old_name: null, ...fields });

for (const [kind, fields, text, tone] of /** @type {[string, object, string, string][]} */ ([
  ["start", {}, "start", "well"],
  ["restart", {}, "restart", "high"],
  ["die", { exit_code: 137 }, "ended, exit 137", "full"],
  ["die", { exit_code: 0 }, "ended, exit 0", "quiet"],
  ["die", {}, "ended", "full"],
  ["oom", {}, "out of memory", "full"],
  ["health", { health: "unhealthy" }, "unhealthy", "full"],
  ["health", { health: "healthy" }, "healthy", "well"],
  ["health", { health: "starting" }, "health starting", "quiet"],
  ["health", {}, "health changed", "quiet"],
  ["pause", {}, "pause", "quiet"],
  ["unpause", {}, "unpause", "quiet"],
  ["rename", { old_name: "old" }, "renamed from old", "quiet"],
  ["rename", {}, "renamed to web", "quiet"],
  ["gone", {}, "removed", "quiet"],
  ["of a newer dashboard", {}, "of a newer dashboard", "quiet"],
])) {
  test(`${kind} ${JSON.stringify(fields)} is told as "${text}"`, () => {
    const told = words(kind, fields);
    assert.deepEqual([told.text, told.tone], [text, tone]);
    assert.ok(told.sign !== "" && TONE_COLOURS[told.tone].startsWith("--"));
  });
}
