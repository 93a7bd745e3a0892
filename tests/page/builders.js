/** Messages as the wire has them, from the few fields a test is about. Not here: tests. */

export const NOW = Date.parse("2026-11-24T14:00:00Z");

/** @param {number} [ms] since NOW */
export function at(ms = 0) {
  return new Date(NOW + ms).toISOString();
}

/** @param {object} [fields] */
export function agentList(fields = {}) {
  const agents = [{ id: "heron", label: "Heron", url: "" }];
  return { type: "agent_list", ts: at(), agents, simulated: false, ...fields };
}

/** @param {object} [fields] */
export function agentStatus(fields = {}) {
  return { type: "agent_status", agent_id: "heron", label: "Heron", status: "connected", at: at(), ...fields };
}

/** @param {string} id @param {object} [fields] */
export function sample(id, fields = {}) {
  return { id, name: `name-${id}`, cpu_pct: 1, mem_bytes: 1024, mem_limit_bytes: 4096, ...fields };
}

const BESIDE_COLUMNS = ["id", "name", "stale", "unknown", "diagnosis"];

/**
 * A batch as columns, from one object a container.
 *
 * @param {Record<string, unknown> & { containers?: Record<string, any>[] }} [payload] what the agent says
 * @param {object} [fields] what the dashboard says
 */
export function batch({ containers = [], ...payload } = {}, fields = {}) {
  const names = new Set(containers.flatMap(Object.keys).filter((name) => !BESIDE_COLUMNS.includes(name)));
  const slow = containers.filter((container) => container["diagnosis"]);
  return {
    type: "container_stats_columns",
    agent_id: "heron",
    label: "Heron",
    received_at: at(),
    agent_label: "",
    sent_at: at(),
    sequence: 1,
    ids: containers.map((container) => container["id"]),
    names: containers.map((container) => container["name"]),
    columns: Object.fromEntries([...names].map((name) => [name, containers.map((one) => one[name] ?? null)])),
    stale: containers.map((container) => container["stale"] ?? false),
    unknown: containers.map((container) => container["unknown"] ?? {}),
    diagnoses: Object.fromEntries(slow.map((container) => [container["id"], container["diagnosis"]])),
    agent_metrics: { cpu_pct: null, mem_bytes: null },
    host: { basis: "host", cpu_pct: 50, cores: 4, mem_used_bytes: 1, mem_total_bytes: 2 },
    engine: { endpoint: "unix:///x", reachable: true, error: null, product: "docker", version: "26.1.4" },
    sampling: { source: "one-shot", reason: "it answers", interval_secs: 0.5, limitations: [] },
    ...payload,
    ...fields,
  };
}

/** @param {object[]} containers */
export function inventory(containers) {
  return {
    type: "container_inventory",
    agent_id: "heron",
    label: "Heron",
    received_at: at(),
    payload: { type: "container_inventory", agent_id: "itself", sent_at: at(), containers },
  };
}

/** @param {object[]} events */
export function events(events) {
  return { type: "container_events", agent_id: "heron", label: "Heron", events };
}

/** @param {string} id @param {object} [fields] */
export function event(id, fields = {}) {
  return { at: at(), kind: "die", id, name: `name-${id}`, exit_code: 137, health: null, old_name: null, ...fields };
}
