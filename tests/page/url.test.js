import assert from "node:assert/strict";
import { test } from "node:test";
import { fromQuery, toQuery } from "../../apps/dashboard/src/dockstats_dashboard/page/url.js";
import { GROUPS, INITIAL, MAX_FILTER_CHARS, MAX_PINNED, RANGES_MS, ViewState } from "../../apps/dashboard/src/dockstats_dashboard/page/view-state.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/view-state.js").State} State */

const AT = Date.parse("2026-11-24T12:04:30Z");

/** @type {[string, Partial<State>, string][]} */
const WRITTEN = [
  ["all as it starts", {}, ""],
  ["a filter", { filter: "project:shop cpu:>50 -name:test" }, "?filter=project:shop+cpu:%3E50+-name:test"],
  ["another order", { sort: { column: "memory", descending: true } }, "?sort=memory"],
  ["the smallest first", { sort: { column: "cpu", descending: false } }, "?sort=cpu,asc"],
  ["groups", { group: "project" }, "?group=project"],
  ["closed groups", { group: "host", collapsed: ["host:atlas", "host:a&b"] }, "?group=host&closed=host:atlas&closed=host:a%26b"],
  ["an open container", { open: "atlas/0a1b2c3d4e5f" }, "?open=atlas/0a1b2c3d4e5f"],
  ["pins", { pinned: ["a/1", "b/2"], compare: true }, "?pin=a/1&pin=b/2&compare"],
  ["a range", { rangeMs: 900_000 }, "?range=15m"],
  ["a zoom", { zoom: { from: AT, to: AT + 1500 } }, "?zoom=2026-11-24T12:04:30Z/2026-11-24T12:04:31.500Z"],
  ["an instant", { instant: AT }, "?at=2026-11-24T12:04:30Z"],
  ["a screen on the wall", { kiosk: true }, "?kiosk"],
  ["the self-test", { doctor: true }, "?doctor"],
];
for (const [what, patch, query] of WRITTEN) {
  test(`${what} is ${query || "nothing"} in the address, and the other way round`, () => {
    assert.equal(toQuery({ ...INITIAL, ...patch }), query);
    assert.deepEqual(fromQuery(query), { ...INITIAL, ...patch });
  });
}

/** @type {[string, Partial<State>][]} */
const UNDERSTOOD = [
  ["?at=2026-11-24T13:04:30%2B01:00", { instant: AT }],
  ["?kiosk=1&doctor=true", { kiosk: true, doctor: true }],
  ["?kiosk=0&doctor=no", {}],
  ["?sort=name,desc", { sort: { column: "name", descending: true } }],
  ["?filter=%E0%A4%A&range=15m", { filter: "\ufffd%A", rangeMs: 900_000 }], // cut by a chat
];
for (const [query, patch] of UNDERSTOOD) {
  test(`${query} is understood`, () => assert.deepEqual(fromQuery(query), { ...INITIAL, ...patch }));
}

const IGNORED = [
  "?sort=%3Cscript%3E", "?sort=cpu,up", "?sort=cpu,asc,asc", "?sort=", "?group=__proto__", "?range=7m", "?range=5",
  "?at=yesterday", "?at=2026-13-45T99:99:99Z", "?at=1", "?at=", "?zoom=1/2", "?zoom=2026-11-24T12:04:30Z",
  "?zoom=2026-11-24T12:04:30Z/2026-11-24T12:04:30Z", "?open=", "?open=noslash", "?open=/", "?open=a/", "?open=a%00/b",
  "?pin=x", "?compare", "?instant=5", "?collapsed=x", "?closed=x", "?closed=host:a%00", "?&&==&", "?%", "#",
];
for (const query of IGNORED) {
  test(`${query} is ignored`, () => assert.deepEqual(fromQuery(query), INITIAL));
}

test("hostile lengths are cut", () => {
  const many = Array.from({ length: 1000 }, (_, index) => `pin=a/${index}`).join("&");
  assert.equal(fromQuery(`?${many}`).pinned.length, MAX_PINNED);
  assert.equal(fromQuery(`?filter=${"x".repeat(1e6)}`).filter.length, MAX_FILTER_CHARS);
  assert.equal(fromQuery(`?open=${"x".repeat(5000)}/1`).open, null);
});

test("text that is no text does not stop the page", () => {
  assert.equal(toQuery({ ...INITIAL, filter: "a\ud800b" }), "?filter=a%EF%BF%BDb");
});

/** The same numbers from 0 to 1 in every run. @param {number} seed */
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LETTERS = [..."aZ09 :/,@;+&=?#%<>\"'()*!~-_.|\\äß語🐳"];

test("any view comes back from its address as it was", () => {
  for (let seed = 0; seed < 2000; seed += 1) {
    const random = randomFrom(seed);
    const below = (/** @type {number} */ most) => Math.floor(random() * most);
    const one = /** @template T @param {readonly T[]} list @returns {T} */ (list) => /** @type {any} */ (list[below(list.length)]);
    const text = (/** @type {number} */ most) => Array.from({ length: below(most) }, () => one(LETTERS)).join("");
    const key = () => `${text(12)}x/${below(2 ** 40).toString(16)}`;
    const from = AT + below(1e9);
    const view = new ViewState({
      filter: text(40),
      sort: { column: one(["cpu", "memory", "name", "net_rx"]), descending: random() < 0.5 },
      group: one(GROUPS),
      collapsed: Array.from({ length: below(4) }, () => `${one(["host", "project", "image"])}:${text(12)}`),
      open: random() < 0.5 ? key() : null,
      pinned: Array.from({ length: below(12) }, key),
      compare: random() < 0.5,
      rangeMs: one(RANGES_MS),
      zoom: random() < 0.5 ? { from, to: from + 1 + below(1e6) } : null,
      instant: random() < 0.5 ? AT + below(1e9) : null,
      kiosk: random() < 0.5,
      doctor: random() < 0.5,
    });
    const query = toQuery(view.state);
    assert.match(query, /^$|^\?[\w.~:/,@&=+%-]+$/, "nothing that a chat or a shell would cut");
    assert.deepEqual(fromQuery(query), view.state, query);
  }
});
