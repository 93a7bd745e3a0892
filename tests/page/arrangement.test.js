import assert from "node:assert/strict";
import { test } from "node:test";
import { Arrangement } from "../../apps/dashboard/src/dockstats_dashboard/page/arrangement.js";
import { host, row, scene } from "./rows.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/arrangement.js").Item} Item */

const text = (/** @type {Item[]} */ items) =>
  items.map((item) => ("row" in item ? item.row.container.name + (item.left ? " left" : "") : `[${item.group.name}]`)).join(" ");

const busy = (/** @type {string} */ id, /** @type {number} */ cpu, project = "shop") =>
  row(id, { figures: { cpu_pct: cpu }, known: { compose_project: project } });

test("without groups: rows by the sorted column", () => {
  const items = new Arrangement().arrange(scene([busy("a", 1), busy("b", 9)]), "free");
  assert.equal(text(items), "b a");
});

test("groups stand in the order of their totals, their rows below them in theirs", () => {
  const rows = [busy("a", 50, "one"), busy("b", 30, "two"), busy("c", 40, "two")];
  const items = new Arrangement().arrange(scene(rows, {}, { group: "project" }), "free");
  assert.equal(text(items), "[two] c b [one] a");
});

test("a closed group shows its head only", () => {
  const rows = [busy("a", 50, "one"), busy("b", 30, "two")];
  const items = new Arrangement().arrange(scene(rows, {}, { group: "project", collapsed: ["project:one"] }), "free");
  assert.equal(text(items), "[one] [two] b");
});

test("held, a row that left stays where it is, dimmed, and is in no total", () => {
  const arrangement = new Arrangement();
  const [a, b] = [busy("a", 50), busy("b", 30)];
  arrangement.arrange(scene([a, b], {}, { group: "project" }), "rows");
  const items = arrangement.arrange(scene([b], { now: 60_000 }, { group: "project" }), "rows");
  assert.equal(text(items), "[shop] a left b");
  const head = items[0];
  assert.ok(head !== undefined && "totals" in head && head.totals.all === 1);
  assert.equal(arrangement.moved, 1);
  assert.equal(text(arrangement.arrange(scene([b], { now: 60_001 }, { group: "project" }), "free")), "[shop] b");
});

test("held, a typed filter counts at once: what does not fit it does not stay", () => {
  const arrangement = new Arrangement();
  const [a, b] = [busy("a", 50), busy("b", 30)];
  arrangement.arrange(scene([a, b]), "rows");
  assert.equal(text(arrangement.arrange(scene([b], { now: 100 }, { filter: "b" }), "rows")), "b");
});

test("held, groups do not change places", () => {
  const arrangement = new Arrangement();
  const view = { group: "project" };
  arrangement.arrange(scene([busy("a", 50, "one"), busy("b", 30, "two")], {}, view), "rows");
  const later = scene([busy("a", 1, "one"), busy("b", 90, "two")], { now: 60_000 }, view);
  assert.equal(text(arrangement.arrange(later, "rows")), "[one] a [two] b");
  arrangement.apply(60_000);
  assert.equal(text(arrangement.arrange(later, "rows")), "[two] b [one] a");
});

test("one that is gone keeps its place for the seconds it is still shown", () => {
  const arrangement = new Arrangement();
  const on = host("heron");
  const a = row("a", { on, figures: { cpu_pct: 50 } });
  const b = row("b", { on, figures: { cpu_pct: 30 } });
  arrangement.arrange(scene([a, b]), "free");
  a.container.sample = null;
  a.container.gone = { at: 4000, exitCode: 137 };
  assert.equal(text(arrangement.arrange(scene([a, b], { now: 5000 }), "free")), "a b");
});

test("at another instant of the past the order is that of its own values, when they have come", () => {
  const arrangement = new Arrangement();
  const still = () => /** @type {any} */ ({ paused: true, now: 1000, fleet: {} });
  arrangement.arrange(scene([busy("a", 50), busy("b", 30)], { now: 300_000 }), "free");
  arrangement.arrange(scene([busy("a", 50), busy("b", 30)], still()), "free"); // those of now, until the others are there
  const then = arrangement.arrange(scene([busy("a", 5), busy("b", 30)], still()), "free");
  assert.equal(text(then), "b a");
});

test("pausing moves no row", () => {
  const arrangement = new Arrangement();
  arrangement.arrange(scene([busy("a", 50), busy("b", 30)], { now: 1000 }), "free");
  const items = arrangement.arrange(scene([busy("a", 5), busy("b", 30)], { paused: true, now: 1100 }), "free");
  assert.equal(text(items), "a b");
});
