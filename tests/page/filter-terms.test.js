import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFilter, toggleTerm, wordsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/filter-terms.js";
import { row } from "./bare-rows.js";

const shop = row({
  name: "shop-web-1",
  host: "db-1",
  facts: { image: "postgres:16", state: "running", health: "unhealthy", compose_project: "shop", mem_limit_bytes: 1024 ** 3 },
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
  for (const text of ['"', '""', "-", ":", 'a"b c"d', "  ", '-"x y" :a host:', "é:ü ☃", 'name:"a b" x', "-".repeat(99)]) {
    let last = 0;
    for (const { at, end } of wordsOf(text)) {
      assert.ok(at >= last && end > at && end <= text.length, text);
      last = end;
    }
  }
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
