import assert from "node:assert/strict";
import { test } from "node:test";
import { followInAddress } from "../../apps/dashboard/src/dockstats_dashboard/page/address.js";
import { ViewState } from "../../apps/dashboard/src/dockstats_dashboard/page/view-state.js";
import { FakeClock } from "./clock.js";

test("many changes are one address, under the same path and with its fragment", () => {
  const clock = new FakeClock();
  const view = new ViewState();
  /** @type {string[]} */
  const written = [];
  followInAddress(view, {
    location: { pathname: "/stats/", search: "", hash: "#x" },
    history: { state: null, replaceState: (_state, _unused, url) => void written.push(url) },
    setTimeout: clock.setTimeout,
  });
  for (const filter of ["s", "sh", "sho"]) view.set({ filter });
  assert.deepEqual(written, []);
  clock.pass(1000);
  assert.deepEqual(written, ["/stats/?filter=sho#x"]);
  view.set({ filter: "" });
  clock.pass(1000);
  assert.equal(written.length, 1, "the address (which this test leaves empty) is right already");
});
