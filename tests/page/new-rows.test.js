import assert from "node:assert/strict";
import { test } from "node:test";
import { NewRows } from "../../apps/dashboard/src/dockstats_dashboard/page/new-rows.js";
import { host, row } from "./rows.js";

test("only who joins a host that was there is new, and for a moment only", () => {
  const on = host("heron");
  const [a, b] = [row("a", { on }), row("b", { on })];
  const rows = new NewRows();
  rows.look({ rows: [a], live: true, now: 1000 });
  assert.equal(rows.isFresh(a.key, 1000), false);
  rows.look({ rows: [a, b], live: true, now: 5000 });
  assert.equal(rows.isFresh(b.key, 5000), true);
  assert.equal(rows.isFresh(b.key, 6000), false);
});

test("nobody is new in the past", () => {
  const on = host("heron");
  const rows = new NewRows();
  rows.look({ rows: [row("a", { on })], live: true, now: 1000 });
  rows.look({ rows: [row("b", { on })], live: false, now: 1000 });
  assert.equal(rows.isFresh("heron/b", 1000), false);
});

test("a host that comes and goes for days is not remembered for ever", () => {
  const on = host("heron");
  const rows = new NewRows();
  for (let index = 0; index < 1000; index += 1) rows.look({ rows: [row(`c${index}`, { on })], live: true, now: index });
  rows.look({ rows: [row("c0", { on })], live: true, now: 9000 });
  assert.equal(rows.isFresh("heron/c0", 9000), true); // it was forgotten meanwhile
});
