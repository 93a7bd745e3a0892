import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, csvText } from "../../apps/dashboard/src/dockstats_dashboard/page/csv.js";

for (const [value, cell] of /** @type {[any, string][]} */ ([
  ["shop-db-1", "shop-db-1"],
  ['say "hi"', '"say ""hi"""'],
  ["a,b", '"a,b"'],
  ["two\r\nlines", '"two\r\nlines"'],
  [" edge ", '" edge "'],
  [12.5, "12.5"],
  [-3, "-3"],
  [0, "0"],
  [NaN, ""],
  [Infinity, ""],
  [null, ""],
  [undefined, ""],
  [true, "true"],
  [new Date("2026-11-24T14:00:00Z"), "2026-11-24T14:00:00.000Z"],
  [new Date(NaN), ""],
])) {
  test(`${JSON.stringify(value)} is written as ${cell || "nothing"}`, () => assert.equal(csvCell(value), cell));
}

for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")']) {
  test(`${JSON.stringify(text)} cannot run in a spreadsheet`, () => {
    assert.match(csvCell(text), /^"?'/);
  });
}

for (const text of [" =1", "＝1", "\n=1", "a;=1", "a; +1", "a\t@b", "a\r\n-1"]) {
  test(`${JSON.stringify(text)} cannot run where a semicolon, tab or line begins a cell`, () => {
    assert.doesNotMatch(csvCell(text), /(^"?|[;\t\r\n])[ \n]*[=+\-@＝]/);
  });
}

for (const text of ["a-b", "a=b", "a;b", "tier=front, -x", "x@y"]) {
  test(`${JSON.stringify(text)} is written as it is`, () => assert.ok(csvCell(text).includes(text)));
}

test("lines end as RFC 4180 says, the head first", () => {
  assert.equal(csvText(["a", "b"], [[1, null], ["x", 2]]), "a,b\r\n1,\r\nx,2\r\n");
});

test("what was written can be read back", () => {
  const nasty = ["", ",", '"', '""', "\n", "a\r\nb", "ü", '","', "x'y"];
  assert.deepEqual(read(csvText(nasty.map(String), [nasty])), [nasty, nasty]);
});

/** A reader as small as RFC 4180 allows. @param {string} text */
function read(text) {
  /** @type {string[][]} */
  const rows = [];
  let row = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    row.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
