import assert from "node:assert/strict";
import { test } from "node:test";
import { withinWidth } from "../../apps/dashboard/src/dockstats_dashboard/page/column-choice.js";
import { DEFAULTS, STORE_KEY, Settings, checked } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";

/** A browser's window with a store that tabs share. @param {Map<string, string>} [kept] */
function place(kept = new Map()) {
  /** @type {((event: { key: string | null, newValue: string | null }) => void)[]} */
  const listeners = [];
  return {
    kept,
    localStorage: {
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    },
    addEventListener: (/** @type {"storage"} */ _type, /** @type {(typeof listeners)[0]} */ listener) => void listeners.push(listener),
    /** Another tab wrote. @param {string | null} key */
    hear: (key) => listeners.forEach((listener) => listener({ key, newValue: kept.get(STORE_KEY) ?? null })),
  };
}

test("what was set is there on the next visit", () => {
  const here = place();
  new Settings(here).set({ base: "si", columns: [{ id: "cpu", shown: true, width: 90.4 }] });
  const { value } = new Settings(here);
  assert.deepEqual(value, { ...DEFAULTS, base: "si", columns: [{ id: "cpu", shown: true, width: 90 }] });
});

test("a change is heard once, no change never", () => {
  const settings = new Settings(place());
  let heard = 0;
  settings.onChange(() => (heard += 1));
  settings.set({ theme: "light" });
  settings.set({ theme: "light" });
  assert.equal(heard, 1);
});

test("another tab's choice is taken over, and so is a cleared store", () => {
  const kept = new Map();
  const [one, other] = [place(kept), place(kept)];
  const follower = new Settings(other);
  new Settings(one).set({ cpuUnit: "cores" });
  other.hear("something else");
  assert.equal(follower.value.cpuUnit, "core_pct");
  other.hear(STORE_KEY);
  assert.equal(follower.value.cpuUnit, "cores");
  kept.clear();
  other.hear(null);
  assert.deepEqual(follower.value, DEFAULTS);
});

test("a full store keeps the choice for this visit", () => {
  const here = place();
  here.localStorage.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  const settings = new Settings(here);
  settings.set({ rates: "bits" });
  assert.equal(settings.value.rates, "bits");
});

test("a forbidden store is as if it was empty", () => {
  const here = place();
  Object.defineProperty(here, "localStorage", {
    get() {
      throw new Error("SecurityError");
    },
  });
  const settings = new Settings(here);
  settings.set({ theme: "dark" });
  assert.equal(settings.value.theme, "dark");
});

test("reset is the first visit again", () => {
  const settings = new Settings(place());
  settings.set({ theme: "dark", columns: [{ id: "name", shown: false, width: null }] });
  settings.reset();
  assert.deepEqual(settings.value, DEFAULTS);
});

for (const junk of ["", "{", "null", "[]", "7", '"x"', '{"columns":{"length":1e9}}', '{"thresholds":[]}', '{"theme":"__proto__"}']) {
  test(`${junk} in the store is the first visit`, () => {
    assert.deepEqual(new Settings(place(new Map([[STORE_KEY, junk]]))).value, DEFAULTS);
  });
}

test("one wrong field does not cost the others", () => {
  const columns = [
    { id: "cpu", shown: false, width: 1e9 }, { id: "cpu", shown: true }, { id: "<b>" }, null, 5, { id: "pids", width: "9" },
  ];
  const thresholds = { cpu: 150, memory: 250, pressure: -1, holdS: NaN, notify: "yes" };
  assert.deepEqual(checked({ columns, cpuUnit: "cores", base: 1024, thresholds, more: 1 }), {
    ...DEFAULTS,
    columns: [{ id: "cpu", shown: false, width: null }, { id: "pids", shown: true, width: null }],
    cpuUnit: "cores",
    thresholds: { ...DEFAULTS.thresholds, cpu: 150 },
  });
});

test("a width is believed when the edge of a column can give it, and no other", () => {
  for (const width of [-5, 1, 39, 40, 300, 640, 641, 9999]) {
    const [column] = checked({ columns: [{ id: "cpu", width }] }).columns;
    assert.equal(column?.width, withinWidth(width) === width ? width : null);
  }
});

test("no threshold is a choice, too", () => {
  const { thresholds } = checked({ thresholds: { memory: null, holdS: 0 } });
  assert.deepEqual([thresholds.memory, thresholds.holdS], [null, 0]);
});
