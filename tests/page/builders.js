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

/** @param {object} [payload] @param {object} [fields] */
export function batch(payload = {}, fields = {}) {
  return {
    type: "container_stats_batch",
    agent_id: "heron",
    label: "Heron",
    received_at: at(),
    payload: {
      type: "container_stats_batch",
      agent_id: "itself",
      sent_at: at(),
      sequence: 1,
      containers: [],
      agent_metrics: { cpu_pct: null, mem_bytes: null },
      host: { basis: "host", cpu_pct: 50, cores: 4, mem_used_bytes: 1, mem_total_bytes: 2 },
      engine: { endpoint: "unix:///x", reachable: true, error: null, product: "docker", version: "26.1.4" },
      sampling: { source: "one-shot", reason: "it answers", interval_secs: 0.5, limitations: [] },
      ...payload,
    },
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
