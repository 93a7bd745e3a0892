/** Rows of the table from the few fields a test is about, without a fleet. Not here: tests. */

/** @typedef {import("../../apps/dashboard/src/dockstats_dashboard/page/scene.js").Row} Row */

const SAMPLE = {
  cpu_pct: null,
  throttled_pct: null,
  mem_bytes: null,
  net_rx_bytes_per_sec: null,
  net_tx_bytes_per_sec: null,
  block_read_bytes_per_sec: null,
  block_write_bytes_per_sec: null,
  pids: null,
  cpu_pressure_pct: null,
  mem_pressure_pct: null,
  io_pressure_pct: null,
};

const FACTS = { image: null, state: "running", health: null, compose_project: null, labels: {}, mem_limit_bytes: null, restart_count: 0 };

/**
 * @param {object} fields
 * @param {string} [fields.name]
 * @param {string} [fields.host]
 * @param {object | null} [fields.sample]
 * @param {object | null} [fields.facts]
 * @param {boolean} [fields.live]
 * @returns {Row}
 */
export function row({ name = "web", host = "heron", sample = {}, facts = {}, live = true }) {
  const id = `0123${name}`;
  const place = { label: host, entry: { id: host.toLowerCase(), label: host, url: "" } };
  const container = {
    key: `${host}/${id}`,
    id,
    name,
    host: place,
    sample: sample && { ...SAMPLE, id, name, ...sample },
    facts: facts && { ...FACTS, id, name, ...facts },
  };
  return /** @type {any} */ ({ key: container.key, container, host: place, live });
}
