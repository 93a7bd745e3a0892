import assert from "node:assert/strict";
import { test } from "node:test";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { countsText, groupValue, groupsOf, lineOf, totalsOf } from "../../apps/dashboard/src/dockstats_dashboard/page/groups.js";
import { DEFAULTS } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";
import { host, row } from "./rows.js";

test("rows are grouped by host, project or image, each kind with a name for those that have none", () => {
  const [heron, teal] = [host("heron"), host("teal")];
  const rows = [
    row("a", { on: heron, known: { compose_project: "shop", image: "web:1" } }),
    row("b", { on: teal, known: { compose_project: "shop" } }),
    row("c", { on: teal }),
  ];
  const names = (/** @type {"host" | "project" | "image"} */ by) =>
    [...groupsOf(rows, by).values()].map(({ name, rows: { length } }) => `${name} ${length}`);
  assert.deepEqual(names("host"), ["heron 1", "teal 2"]);
  assert.deepEqual(names("project"), ["shop 2", "standalone 1"]);
  assert.deepEqual(names("image"), ["web:1 1", "image not known 2"]);
});

test("two hosts of the same name are two groups", () => {
  const [one, other] = [host("one"), host("other")];
  one.entry.label = other.entry.label = "same";
  assert.equal(groupsOf([row("a", { on: one }), row("b", { on: other })], "host").size, 2);
});

test("sums are of what is known, and say how many are not", () => {
  const rows = [row("a", { figures: { cpu_pct: 20, pids: 4 } }), row("b", { figures: { cpu_pct: null, pids: 6 } })];
  const totals = totalsOf(rows);
  assert.deepEqual(totals.cpu, { value: 20, unknown: 1 });
  assert.deepEqual(totals.pids, { value: 10, unknown: 0 });
});

test("nothing known is no sum, and never 0", () => {
  const totals = totalsOf([row("a", { figures: { cpu_pct: null, mem_bytes: null } })]);
  assert.equal(totals.cpu.value, null);
  assert.equal(totals.memory.value, null);
  assert.equal(totals.pressure, null);
});

test("figures that are not of now are in no sum, and are told", () => {
  const totals = totalsOf([row("a", { figures: { cpu_pct: 20 } }), row("b", { figures: { cpu_pct: 70 }, live: false })]);
  assert.deepEqual(totals.cpu, { value: 20, unknown: 0 });
  assert.equal(totals.old, 1);
  assert.match(countsText(totals, true), /1 not live/);
});

test("a limit is told only where all have one", () => {
  const limited = row("a", { known: { mem_limit_bytes: 1000, cpu_limit_cores: 2 } });
  const other = row("b", { known: { mem_limit_bytes: 500, cpu_limit_cores: 1 } });
  assert.equal(totalsOf([limited, other]).memoryLimit, 1500);
  assert.equal(totalsOf([limited, other]).limitCores, 3);
  assert.equal(totalsOf([limited, row("c")]).memoryLimit, null);
  assert.equal(totalsOf([limited, row("c")]).limitCores, null);
  const stopped = row("d", { figures: null });
  assert.equal(totalsOf([limited, stopped]).memoryLimit, 1000); // it uses nothing
});

test("a network that containers share is counted once", () => {
  const figures = { net_rx_bytes_per_sec: 100, net_tx_bytes_per_sec: 10 };
  const shared = { net_rx_bytes_per_sec: null, net_tx_bytes_per_sec: null };
  const rows = [
    row("owner", { figures }),
    row("told", { figures: { ...shared, unknown: new Map([["network", "shared_network"]]) } }),
    row("same", { figures, known: { network_of: "owner" } }),
    row("none", { figures: { ...shared, unknown: new Map([["network", "no_network"]]) } }),
  ];
  assert.deepEqual(totalsOf(rows).received, { value: 100, unknown: 0 });
  assert.deepEqual(totalsOf(rows).sent, { value: 10, unknown: 0 });
});

test("a container in the host's network is missing from the sum, and told", () => {
  const unknown = new Map([["network_rates", "host_network"]]);
  const rows = [row("a"), row("b", { figures: { net_rx_bytes_per_sec: null, net_tx_bytes_per_sec: null, unknown } })];
  assert.deepEqual(totalsOf(rows).received, { value: 10, unknown: 1 });
});

test("running, unhealthy, restarting ones are counted, those that are gone are not", () => {
  const [heron, teal] = [host("heron"), host("teal")];
  const rows = [
    row("a", { on: heron, known: { health: "unhealthy", restart_count: 2 } }),
    row("b", { on: teal, known: { state: "restarting", restart_count: 3 }, figures: null }),
    row("c", { on: teal, known: { state: "exited" }, figures: null }),
    row("d", { on: teal, figures: null, gone: { at: 0, exitCode: 137 } }),
  ];
  const totals = totalsOf(rows);
  assert.equal(countsText(totals, true), "1 of 3 running · 1 unhealthy · 1 restarting · 2 hosts");
  assert.equal(countsText(totals, false), "1 of 3 running · 1 unhealthy · 1 restarting");
  assert.equal(totals.restarts, 5);
});

test("pressure is the highest of them, not a sum", () => {
  const rows = [row("a", { figures: { io_pressure_pct: 8 } }), row("b", { figures: { cpu_pressure_pct: 11 } })];
  assert.equal(totalsOf(rows).pressure, 11);
});

test("cores are those of each host once, and not told when one is not known", () => {
  const [heron, teal] = [host("heron", 4), host("teal", 8)];
  assert.equal(totalsOf([row("a", { on: heron }), row("b", { on: heron }), row("c", { on: teal })]).cores, 12);
  assert.equal(totalsOf([row("a", { on: heron }), row("c", { on: host("x", null) })]).cores, null);
});

test("a group is sorted by its total in the unit that is shown, or by its name", () => {
  const rows = [row("a", { on: host("heron", 4), figures: { cpu_pct: 200 } })];
  const group = { key: "k", name: "shop", rows };
  const value = (/** @type {string} */ column, format = new Format(DEFAULTS)) =>
    groupValue(column, group, totalsOf(rows), format);
  assert.equal(value("cpu"), 200);
  assert.equal(value("cpu", new Format({ ...DEFAULTS, cpuUnit: "host_pct" })), 50);
  assert.equal(value("cpu", new Format({ ...DEFAULTS, cpuUnit: "limit_pct" })), null);
  assert.equal(value("network"), 15);
  assert.equal(value("image"), "shop");
});

test("the small chart of a group adds up what is known at the same time", () => {
  const [one, other, none] = [row("a"), row("b"), row("c")];
  one.container.spark.push(10_000, 5, 100);
  one.container.spark.push(12_000, 6, 100);
  other.container.spark.push(10_000, 10, 50);
  const { values, endAt } = lineOf([one, other, none], "cpu");
  assert.equal(endAt, 14_000);
  assert.deepEqual([...values.slice(-3)], [NaN, 15, 6]);
  assert.equal(lineOf([none], "cpu").endAt, null);
});
