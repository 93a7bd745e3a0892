import assert from "node:assert/strict";
import { test } from "node:test";
import { KEYS, actionOf, isThroughTime, keyName } from "../../apps/dashboard/src/dockstats_dashboard/page/keys.js";

/** @param {string} key @param {object} [fields] @param {string[]} [within] what the target is inside of */
function press(key, fields = {}, within = []) {
  const target = { closest: (/** @type {string} */ selector) => within.find((one) => selector.includes(one)) ?? null };
  return actionOf({ key, ctrlKey: false, altKey: false, metaKey: false, defaultPrevented: false, target, ...fields });
}

test("each key has one action, each action one key", () => {
  const keys = KEYS.flatMap((binding) => binding.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(KEYS.map(({ action }) => action)).size, KEYS.length);
  for (const { keys: own, action } of KEYS) assert.equal(press(own[0] ?? ""), action);
});

test("a key that the browser or an element wants is theirs", () => {
  assert.equal(press("c", { ctrlKey: true }), null);
  assert.equal(press("l", { metaKey: true }), null);
  assert.equal(press("j", { defaultPrevented: true }), null);
  assert.equal(press("j", {}, ["input:not("]), null);
  assert.equal(press("j", {}, ["dialog"]), null);
  assert.equal(press("Escape", {}, ["[popover]"]), null);
  assert.equal(press(" ", {}, ["button"]), null);
  assert.equal(press("Enter", {}, ["button"]), null);
  assert.equal(press("j", {}, ["button"]), "down");
  assert.equal(press("x"), null);
});

test("arrows go through time wherever the focus is, but in what needs them itself", () => {
  const plain = { ctrlKey: false, altKey: false, metaKey: false, defaultPrevented: false, target: null };
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "x"].map((key) => isThroughTime({ ...plain, key })), [true, true, false, false]);
  assert.equal(isThroughTime({ ...plain, key: "ArrowLeft", defaultPrevented: true }), false);
  assert.equal(isThroughTime({ ...plain, key: "ArrowLeft", target: { closest: () => ({}) } }), false);
});

test("a key is shown as it is written on it", () => {
  assert.deepEqual([" ", "Escape", "j"].map(keyName), ["space", "Esc", "j"]);
});
