import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, MAX_FILTER_CHARS, MAX_PINNED, ViewState } from "../../apps/dashboard/src/dockstats_dashboard/page/view-state.js";

/** @param {Partial<import("../../apps/dashboard/src/dockstats_dashboard/page/view-state.js").State>} [state] */
function listened(state) {
  const view = new ViewState(state);
  let heard = 0;
  const stop = view.onChange(() => (heard += 1));
  return { view, heard: () => heard, stop };
}

test("a view begins with the busiest container on top, live, nothing opened", () => {
  assert.deepEqual(new ViewState().state, INITIAL);
});

test("a change is heard once, with what was before", () => {
  const view = new ViewState();
  /** @type {string[][]} */
  const heard = [];
  view.onChange((state, before) => heard.push([before.filter, state.filter]));
  view.set({ filter: "shop", group: "host" });
  assert.deepEqual(heard, [["", "shop"]]);
});

test("what is the same as before is not a change, and the value stays the very same", () => {
  const { view, heard } = listened({ pinned: ["a/1"] });
  const before = view.state;
  view.set({ filter: "", pinned: ["a/1"], sort: { column: "cpu", descending: true } });
  assert.equal(heard(), 0);
  assert.equal(view.state, before);
});

test("who stopped listening hears nothing", () => {
  const { view, heard, stop } = listened();
  stop();
  view.set({ kiosk: true });
  assert.equal(heard(), 0);
});

test("a ninth pin is refused, and unpinning makes room", () => {
  const view = new ViewState();
  for (let index = 0; index < MAX_PINNED; index += 1) assert.equal(view.togglePin(`a/${index}`), true);
  assert.equal(view.togglePin("a/9"), false);
  assert.equal(view.state.pinned.length, MAX_PINNED);
  assert.equal(view.togglePin("a/0"), true);
  assert.equal(view.togglePin("a/9"), true);
  assert.deepEqual([view.state.pinned[0], view.state.pinned[MAX_PINNED - 1]], ["a/1", "a/9"]);
});

test("without pins there is nothing to compare", () => {
  const view = new ViewState({ pinned: ["a/1"], compare: true });
  assert.equal(view.state.compare, true);
  view.togglePin("a/1");
  assert.equal(view.state.compare, false);
});

test("a filter has a longest length, and a zoom a width", () => {
  const view = new ViewState({ filter: "x".repeat(10_000), zoom: { from: 5, to: 5 } });
  assert.equal(view.state.filter.length, MAX_FILTER_CHARS);
  assert.equal(view.state.zoom, null);
});
