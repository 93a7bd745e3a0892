/** Rows of the table as the scene has them, from the few fields a test is about. Not here: tests. */

import * as grouping from "../../apps/dashboard/src/dockstats_dashboard/page/grouping.js";
import { Format } from "../../apps/dashboard/src/dockstats_dashboard/page/format.js";
import { Container, Host } from "../../apps/dashboard/src/dockstats_dashboard/page/model.js";
import { DEFAULTS } from "../../apps/dashboard/src/dockstats_dashboard/page/settings.js";
import { INITIAL } from "../../apps/dashboard/src/dockstats_dashboard/page/view-state.js";

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/scene.js").Row} Row */
/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/scene.js").Scene} Scene */

/** @param {string} id @param {number | null} [cores] */
export function host(id, cores = 4) {
  const made = new Host({ id, label: id, url: "" });
  const sampling = { source: "stream", limitations: ["No pressure: mount it."] };
  made.batch = /** @type {any} */ ({ host: { cores }, agent_label: id, sampling });
  return made;
}

/** @param {object} [fields] */
export function sample(fields = {}) {
  const figures = {
    cpu_pct: 1,
    throttled_pct: null,
    mem_bytes: 1024,
    mem_cache_bytes: 256,
    mem_anon_bytes: null,
    mem_file_bytes: null,
    mem_kernel_bytes: null,
    mem_swap_bytes: null,
    mem_limit_bytes: 4096,
    oom_kills: null,
    net_rx_bytes_per_sec: 10,
    net_tx_bytes_per_sec: 5,
    block_read_bytes_per_sec: 2,
    block_write_bytes_per_sec: 1,
    pids: 3,
    cpu_pressure_pct: null,
    mem_pressure_pct: null,
    io_pressure_pct: null,
    age_secs: 0,
    stale: false,
    unknown: new Map(),
  };
  return /** @type {any} */ ({ ...figures, ...fields });
}

/** @param {object} [fields] */
export function facts(fields = {}) {
  const known = { state: "running", health: null, image: null, compose_project: null, labels: {}, restart_count: 0 };
  const limits = { cpu_limit_cores: null, mem_limit_bytes: null, pids_limit: null, network_of: null };
  return /** @type {any} */ ({ ...known, ...limits, started_at: null, finished_at: null, exit_code: null, ...fields });
}

/**
 * @param {string} id
 * @param {object} [fields]
 * @param {Host} [fields.on]
 * @param {boolean} [fields.live]
 * @param {object | null} [fields.figures] null: it does not run
 * @param {object} [fields.known] facts
 * @param {{ at: number, exitCode: number | null } | null} [fields.gone]
 * @returns {Row}
 */
export function row(id, { on = host("heron"), live = true, figures = {}, known = {}, gone = null } = {}) {
  const container = Object.assign(new Container(on, id), { name: id, gone, facts: facts(known) });
  container.sample = figures === null ? null : sample(figures);
  return { key: container.key, container, host: on, live };
}

/** @param {Row[]} visible @param {object} [fields] @param {object} [view] @returns {Scene} */
export function scene(visible, fields = {}, view = {}) {
  const format = new Format(DEFAULTS);
  const state = { ...INITIAL, ...view };
  const grouped = state.group === "none" ? null : grouping;
  const shown = { now: 0, live: true, rows: visible, visible, settings: DEFAULTS, format, grouping: grouped };
  return /** @type {any} */ ({ ...shown, view: state, ...fields });
}
