import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { iconOf, titleOf } from "../../apps/dashboard/src/dockstats_dashboard/page/title.js";

const PAGE = new URL("../../apps/dashboard/src/dockstats_dashboard/page/", import.meta.url);

test("the tab tells what is unhealthy, that it is paused, or that nothing is live", () => {
  assert.equal(titleOf({ unhealthy: 0, lost: false, paused: false }), "dockstats");
  assert.equal(titleOf({ unhealthy: 2, lost: false, paused: true }), "paused · 2 unhealthy · dockstats");
  assert.equal(titleOf({ unhealthy: 2, lost: true, paused: false }), "no figures · dockstats");
});

test("every icon of the tab is a file", () => {
  for (const unhealthy of [0, 1, 9, 10, 500]) {
    for (const lost of [false, true]) assert.ok(existsSync(new URL(iconOf({ unhealthy, lost }), PAGE)));
  }
});
