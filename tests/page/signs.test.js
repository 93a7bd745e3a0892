import assert from "node:assert/strict";
import { test } from "node:test";
import { signOf } from "../../apps/dashboard/src/dockstats_dashboard/page/signs.js";
import { row } from "./rows.js";

const over = /** @type {any} */ ({ which: "memory", word: "over 90 % of its memory limit", value: 96 });

for (const [title, fields, around, text] of /** @type {[string, object, object, string | undefined][]} */ ([
  ["all is well: nothing", {}, {}, undefined],
  ["gone with a code", { gone: { at: 0, exitCode: 137 }, figures: null }, {}, "exit 137"],
  ["gone, nobody knows how", { gone: { at: 0, exitCode: null }, figures: null }, {}, "ended"],
  ["held though it left", {}, { left: true }, "not in this list any more"],
  ["restarting before over", { known: { state: "restarting" } }, { over }, "restarting"],
  ["over a threshold", { known: { health: "unhealthy" } }, { over }, "▲ memory"],
  ["stale", { figures: { stale: true, age_secs: 42 } }, {}, "42 s old"],
  ["unhealthy", { known: { health: "unhealthy" } }, {}, "unhealthy"],
  ["paused", { known: { state: "paused" } }, {}, "paused"],
  ["stopped", { figures: null, known: { state: "exited", exit_code: 1 } }, {}, "exited with 1"],
])) {
  test(title, () => {
    assert.equal(signOf(row("a", fields).container, { left: false, over: null, ...around })?.text, text);
  });
}

test("restarts say how often, and the code of the last time", () => {
  const { container } = row("a", { known: { state: "restarting", restart_count: 3, exit_code: 2 } });
  assert.match(signOf(container, { left: false, over: null })?.why ?? "", /3 times so far.*exit code 2/);
});
