import assert from "node:assert/strict";
import { test } from "node:test";
import { suggest } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-suggestions.js";
import { TERMS, parseFilter } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-terms.js";
import { row } from "./bare-rows.js";

const rows = [
  row({ name: "a", host: "atlas", facts: { compose_project: "my shop", health: "unhealthy", labels: { tier: "front", team: "core" } } }),
  row({ name: "b", host: "atlas" }),
  row({ name: "c", host: "borea", facts: { compose_project: "x".repeat(100) } }),
];

/** @param {string} text @param {number} [cursor] */
const offered = (text, cursor = text.length) => suggest(text, cursor, rows).offers.map((offer) => offer.text);

test("an empty filter offers every term, each with an example that works", () => {
  assert.equal(offered("").length, TERMS.size);
  for (const [name, { example }] of TERMS) assert.deepEqual(parseFilter(`${name}:${example}`).errors, []);
});

test("a begun word offers the terms that begin so, with its minus", () => {
  assert.deepEqual(offered("pr"), ["project:", "pressure:"]);
  assert.deepEqual(offered("web -ho"), ["-host:"]);
  assert.deepEqual(offered("zzz"), []);
});

test("after a term come the values that are there, the most frequent first", () => {
  assert.deepEqual(offered("host:"), ["host:atlas", "host:borea"]);
  assert.deepEqual(offered("-host:bo"), ["-host:borea"]);
  assert.deepEqual(suggest("host:", 5, rows).offers[0]?.hint, "2 containers");
  assert.deepEqual(offered("label:"), ["label:team=core", "label:tier=front"]);
  assert.deepEqual(offered("state:"), ["state:running", "state:unhealthy"]);
  assert.deepEqual(suggest("state:", 6, rows).offers[0]?.hint, "3 containers");
});

test("a value with a space is quoted, one too long is not offered", () => {
  assert.deepEqual(offered("project:"), ['project:"my shop"']);
});

test("a value with quotes is offered as the filter reads it, and found by what was typed of it", () => {
  const odd = [row({ name: 'a"b', host: "h" })];
  for (const typed of ["name:", 'name:"a\\"']) {
    const [offer] = suggest(typed, typed.length, odd).offers;
    assert.equal(offer?.text, 'name:"a\\"b"');
    assert.ok(parseFilter(offer?.text ?? "").matches(/** @type {any} */ (odd[0])));
  }
});

test("after a term on a figure come examples", () => {
  assert.ok(offered("mem:").includes("mem:>80%"));
  assert.deepEqual(offered("cpu:>1"), ["cpu:>10", "cpu:>100"]);
});

test("the word under the cursor is the one that is replaced", () => {
  const { from, to, offers } = suggest("web ho x", 6, rows);
  assert.deepEqual([from, to, offers[0]?.text], [4, 6, "host:"]);
});

test("a complete value is not offered again", () => {
  assert.deepEqual(offered("host:borea"), []);
});
