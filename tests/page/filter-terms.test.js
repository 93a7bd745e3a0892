import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFilter, quoted, toggleTerm, wordsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-terms.js";
import { row } from "./bare-rows.js";

const shop = row({
  name: "shop-web-1",
  host: "db-1",
  facts: { image: "postgres:16", state: "running", health: "unhealthy", compose_project: "shop", labels: { tier: "front", "com.example.team": "Core" }, mem_limit_bytes: 1024 ** 3 },
  sample: { cpu_pct: 60, mem_bytes: 900 * 1024 ** 2, net_rx_bytes_per_sec: 2e6, net_tx_bytes_per_sec: 0, pids: 12 },
});
const quiet = row({ name: "test-runner", host: "Atlas", facts: { state: "exited", exit_code: 0 }, sample: null });
const rows = [shop, quiet];

/** @param {string} text */
const names = (text) => rows.filter(parseFilter(text).matches).map(({ container }) => container.name);
/** @param {string} text */
const sentences = (text) => parseFilter(text).errors.map(({ sentence }) => sentence);

for (const [text, found] of /** @type {[string, string[]][]} */ ([
  ["", ["shop-web-1", "test-runner"]],
  ["web", ["shop-web-1"]],
  ["POSTGRES", ["shop-web-1"]],
  ["host:db", ["shop-web-1"]],
  ["host:atlas", ["test-runner"]],
  ["host:=atl", []],
  ["host:=ATLAS", ["test-runner"]],
  ["state:running", ["shop-web-1"]],
  ["state:unhealthy", ["shop-web-1"]],
  ["state:healthy", []],
  ["state:stopped", ["test-runner"]],
  ["health:none", ["test-runner"]],
  ["-state:running", ["test-runner"]],
  ["image:postgres project:shop", ["shop-web-1"]],
  ["label:=tier=front", ["shop-web-1"]],
  ["label:example.team=core", ["shop-web-1"]],
  ["label:tier=back", []],
  ["cpu:>50", ["shop-web-1"]],
  ["cpu:>=60 cpu:<=60 cpu:=60 cpu:60", ["shop-web-1"]],
  ["cpu:<50", []], // what does not run is not below 50
  ["cpu:unknown", ["test-runner"]],
  ["-cpu:>50", ["test-runner"]],
  ["mem:>1g", []],
  ["mem:>0.5GiB", ["shop-web-1"]],
  ["memory:>80%", ["shop-web-1"]],
  ["mem:>90%", []],
  ["net:>1m", ["shop-web-1"]],
  ["net:>1mb/s", ["shop-web-1"]],
  ["disk:unknown", ["shop-web-1", "test-runner"]],
  ["pids:>10 -name:test", ["shop-web-1"]],
  ['name:"shop web"', []],
  ['"shop-web', ["shop-web-1"]],
  ["postgres:16", ["shop-web-1"]], // no term, but how images are written
  ["nothing", []],
])) {
  test(`"${text}" finds ${found.length === 0 ? "nothing" : found.join(" and ")}`, () => {
    assert.deepEqual(names(text), found);
    assert.deepEqual(sentences(text), []);
  });
}

for (const [text, pattern] of /** @type {[string, RegExp][]} */ ([
  ["cpu:lots", /cpu: wants a number, as in cpu:>50/],
  ["cpu:", /cpu: wants a value/],
  ["cpu:>5g", /cpu: has no unit/],
  ["pids:>5%", /pids: has no percent/],
  ["hots:db", /did you mean host:/],
  ["proj:shop", /did you mean project:/],
  ["images:x", /did you mean image:/],
])) {
  test(`"${text}" says what is wrong, and the rest works`, () => {
    assert.match(sentences(text)[0] ?? "", pattern);
    assert.deepEqual(names(`${text} web`), ["shop-web-1"]);
  });
}

test("an error knows its place", () => {
  const { errors } = parseFilter("web  cpu:lots x");
  assert.deepEqual(errors.map(({ at, length }) => [at, length]), [[5, 8]]);
});

test("any text is read to its end, and its words lie in it in order", () => {
  for (const text of ['"', '""', '"\\', '"\\"', 'a"\\\\"b', 'x\\"y', "-", ":", 'a"b c"d', "  ", '-"x y" :a host:', "é:ü ☃", 'name:"a b" x', "-".repeat(99)]) {
    let last = 0;
    for (const { at, end } of wordsOf(text)) {
      assert.ok(at >= last && end > at && end <= text.length, text);
      last = end;
    }
  }
});

test("whatever a value is made of, as a filter writes it it is one word and means that value", () => {
  const parts = ["a", '"', "\\", " ", "\t", "-", ":", "=", "é", "☃"];
  /** Every text of up to four of them. @type {string[]} */
  let values = [""];
  for (let length = 1; length <= 4; length += 1) {
    values = values.flatMap((value) => parts.map((part) => value + part));
    for (const value of values) {
      const words = wordsOf(`web -name:${quoted(value)} x`);
      assert.deepEqual(words.map((word) => word.value), ["web", value, "x"], value);
      assert.equal(words[1]?.name, "name", value);
    }
  }
});

test("a value with quotes is found by itself, and set and taken away by a click", () => {
  const odd = row({ name: "odd", host: 'rack "two" \\ left' });
  const filter = toggleTerm("", "host", odd.host.label);
  assert.equal(filter, 'host:"rack \\"two\\" \\\\ left"');
  assert.ok(parseFilter(filter).matches(odd));
  assert.ok(!parseFilter(filter).matches(shop));
  assert.equal(toggleTerm(filter, "host", odd.host.label), "");
});

test("an empty filter is known for one, and so is one with nothing but a mistake", () => {
  assert.equal(parseFilter("  ").empty, true);
  assert.equal(parseFilter("cpu:").empty, true);
  assert.equal(parseFilter("x").empty, false);
});

test("a click sets a term, changes it, and takes it away", () => {
  assert.equal(toggleTerm("web", "host", "atlas"), "web host:atlas");
  assert.equal(toggleTerm("web host:atlas -host:x", "host", "my host"), 'web -host:x host:"my host"');
  assert.equal(toggleTerm("web host:atlas", "host", "atlas"), "web");
});

test("a filter tells whether a click on a term would take it away, however its value is quoted", () => {
  for (const [name, value] of /** @type {const} */ ([["host", "atlas"], ["host", "Agent 1"], ["host", "=Agent 1"], ["state", "running"]])) {
    const filter = toggleTerm("web -host:x", name, value);
    assert.equal(parseFilter(filter).has(name, value), true, filter);
    assert.equal(toggleTerm(filter, name, value), "web -host:x");
  }
  const filter = parseFilter('web -host:x host:"atlas" "state:running"');
  const there = [["host", "atlas"], ["host", "x"], ["host", "atlas2"], ["state", "running"]].filter(([name = "", value = ""]) => filter.has(name, value));
  assert.deepEqual(there, [["host", "atlas"]]);
  assert.equal(toggleTerm('web host:"atlas"', "host", "atlas"), "web");
});
