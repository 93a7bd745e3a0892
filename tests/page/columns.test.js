import assert from "node:assert/strict";
import { test } from "node:test";
import {
  COLUMNS,
  FIXED,
  FOLD_ORDER,
  choicesOf,
  columnOf,
  imageName,
  layOut,
  placeOf,
} from "../../apps/dashboard/src/dockstats_dashboard/page/columns.js";
import { changeColumn, stepOf } from "../../apps/dashboard/src/dockstats_dashboard/page/column-choice.js";
import { DEFAULTS, checked } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";
import { host, row } from "./rows.js";

const ids = (/** @type {{ id: string }[]} */ columns) => columns.map(({ id }) => id);

test("with room for all, all are there, in their order", () => {
  const { columns, folded } = layOut([], 4000);
  assert.deepEqual(ids(columns), ids([...COLUMNS]));
  assert.deepEqual(folded, []);
});

test("what does not fit folds away in the order of need, and never name, CPU or memory", () => {
  let before = COLUMNS.length;
  for (let width = 2200; width >= 640; width -= 20) {
    const { columns, folded } = layOut([], width);
    assert.ok(columns.length <= before);
    before = columns.length;
    assert.deepEqual(FOLD_ORDER.filter((id) => ids(folded).includes(id)), FOLD_ORDER.slice(0, folded.length));
    for (const id of ["state", "name", "cpu", "memory"]) assert.ok(ids(columns).includes(id), `${id} at ${width}`);
    assert.ok(columns.reduce((sum, column) => sum + column.width, 0) <= width, `fits into ${width}`);
  }
});

test("a phone has what a glance needs, in two lines", () => {
  assert.deepEqual(ids(layOut([], 390).columns), ["state", "name", "host", "cpu", "cpu60", "memory"]);
});

test("what the groups' heads say is no column", () => {
  assert.ok(!ids(layOut([], 4000, "project").columns).includes("project"));
});

test("a choice of an older page keeps its order, loses what is gone, gains what is new", () => {
  const choices = choicesOf([
    { id: "memory", shown: true, width: 300 },
    { id: "moon", shown: true, width: null },
    { id: "cpu", shown: false, width: null },
    { id: "name", shown: false, width: 200 },
  ]);
  assert.deepEqual([...ids(choices)].sort(), [...ids([...COLUMNS])].sort());
  assert.deepEqual(choices.slice(0, FIXED), [
    { id: "state", shown: true, width: null },
    { id: "name", shown: true, width: 200 },
  ]);
  assert.ok(ids(choices).indexOf("memory") < ids(choices).indexOf("cpu"));
});

test("moving, hiding and widening make a choice that settings believe", () => {
  let chosen = changeColumn([], "disk", { by: -1 });
  chosen = changeColumn(chosen, "image", { shown: false });
  chosen = changeColumn(chosen, "memory", { width: 9999 });
  const { columns } = layOut(chosen, 4000);
  assert.equal(ids(columns).indexOf("disk"), ids(columns).indexOf("network") - 1);
  assert.ok(!ids(columns).includes("image"));
  assert.equal(columns.find(({ id }) => id === "memory")?.width, 640);
  assert.deepEqual(checked({ ...DEFAULTS, columns: chosen }).columns, chosen);
});

test("one step goes past what the table does not show, unless it is what moves, and never past the end", () => {
  const choices = ["a", "b", "c", "d", "e"].map((id) => ({ id, shown: id !== "b", width: null }));
  const folded = new Set(["c", "e"]);
  assert.equal(stepOf(choices, 3, -1, folded), -3); // past c and b, and so past a
  assert.equal(stepOf(choices, 0, 1, folded), 3);
  assert.equal(stepOf(choices, 3, 1, folded), 1); // nothing is shown there any more
  assert.equal(stepOf(choices, 2, -1, folded), -1); // c itself has no room: the list alone shows where it is
  assert.equal(stepOf(choices, 3, -1, new Set()), -1);
});

test("the first columns are neither moved nor hidden, and nothing moves before them", () => {
  assert.deepEqual(changeColumn([], "name", { by: 3, shown: false }), choicesOf([]));
  assert.equal(changeColumn([], "cpu", { by: -20 })[FIXED]?.id, "cpu");
});

test("a column's place is counted from the side that does not give way", () => {
  const layout = layOut([], 4000);
  const last = /** @type {import("../../apps/dashboard/src/dockstats_dashboard/page/columns.js").Column} */ (layout.columns.at(-1));
  assert.deepEqual(placeOf(layout, last.id, 4000), { left: 4000 - last.width, width: last.width });
  const fixed = layOut([{ id: "name", shown: true, width: 200 }], 4000);
  assert.equal(placeOf(fixed, "host", 4000).left, columnOf("state").width + 200);
});

test("the room that is left is shared, and none is left", () => {
  for (const width of [700, 1440, 1920, 2560]) {
    const { columns } = layOut([], width);
    assert.equal(columns.reduce((sum, column) => sum + column.width, 0), width);
  }
  const wide = new Map(layOut([], 2560).columns.map(({ id, width }) => [id, width]));
  assert.ok((wide.get("image") ?? 0) > columnOf("image").width && (wide.get("name") ?? 0) < 700);
  const narrow = layOut([{ id: "image", shown: true, width: 90 }], 2560).columns.find(({ id }) => id === "image");
  assert.equal(narrow?.width, 90);
});

test("an unknown column in an address sorts by CPU", () => assert.equal(columnOf("moon").id, "cpu"));

test("values to sort by are those that are shown", () => {
  const { container } = row("a", {
    on: host("heron", 4),
    figures: { cpu_pct: 100, block_read_bytes_per_sec: null, io_pressure_pct: 3, cpu_pressure_pct: 9 },
    known: { cpu_limit_cores: 2, started_at: 5000, image: "registry.example.com/shop/web:2" },
  });
  const value = (/** @type {string} */ id, settings = DEFAULTS) => columnOf(id).value(container, settings);
  assert.equal(value("cpu"), 100);
  assert.equal(value("cpu", { ...DEFAULTS, cpuUnit: "host_pct" }), 25);
  assert.equal(value("cpu", { ...DEFAULTS, cpuUnit: "limit_pct" }), 50);
  assert.equal(value("network"), 15);
  assert.equal(value("disk"), null); // one of the two is not known, and half of it is no sum
  assert.equal(value("pressure"), 9);
  assert.equal(value("image"), "web:2");
  assert.equal(value("uptime"), -5000);
});

test("what does not run has no figures to sort by", () => {
  const { container } = row("a", { figures: null, known: { started_at: 5000 } });
  for (const id of ["cpu", "memory", "network", "disk", "pids", "pressure", "uptime"]) {
    assert.equal(columnOf(id).value(container, DEFAULTS), null, id);
  }
});

test("by state, what needs a person comes first", () => {
  const value = (/** @type {object} */ known) => String(columnOf("state").value(row("a", { known }).container, DEFAULTS));
  const order = [{ health: "unhealthy" }, { state: "dead" }, { state: "restarting" }, { state: "exited" }, {}];
  const values = order.map(value);
  assert.deepEqual([...values].sort(), values);
});

test("an image is called by its last part", () => {
  assert.equal(imageName("registry.example.com:5000/shop/web:2"), "web:2");
  assert.equal(imageName("postgres:16"), "postgres:16");
  assert.equal(imageName(null), null);
});
