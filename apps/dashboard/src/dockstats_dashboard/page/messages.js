/**
 * What the stream says, as the page uses it, and a decoder that believes nothing: text in, a message or null out.
 *
 * Names are those of docs/protocol.md; times become milliseconds since 1970; only what the page shows is taken. A fixed
 * field that is missing or of another kind refuses the message, any other one is taken for unknown. Sizes are bounded.
 * Not here: where the text comes from (stream), what follows from a message (model).
 *
 * @typedef {"connecting" | "connected" | "error" | "closed"} ConnectionStatus
 *
 * @typedef {object} AgentEntry
 * @property {string} id
 * @property {string} label
 * @property {string} url empty for the agent inside the dashboard
 *
 * @typedef {object} AgentList
 * @property {"agent_list"} type
 * @property {number} ts
 * @property {AgentEntry[]} agents
 * @property {boolean} simulated
 *
 * @typedef {object} AgentConnection
 * @property {"agent_status"} type
 * @property {string} agent_id
 * @property {ConnectionStatus} status
 * @property {number} at
 * @property {string | null} reason
 * @property {number | null} retry_at
 * @property {number | null} last_seen_at
 *
 * @typedef {object} ContainerSample
 * @property {string} id
 * @property {string} name
 * @property {number | null} cpu_pct 100 = one core
 * @property {number | null} cpu_limit_pct of its own limit
 * @property {number | null} throttled_pct
 * @property {number | null} mem_bytes
 * @property {number | null} mem_limit_bytes the limit in effect
 * @property {number | null} mem_usage_bytes
 * @property {number | null} mem_cache_bytes
 * @property {number | null} net_rx_bytes_per_sec
 * @property {number | null} net_tx_bytes_per_sec
 * @property {number | null} age_secs
 * @property {boolean} stale
 * @property {Map<string, string>} unknown group of figures -> reason code
 *
 * @typedef {object} HostFigures
 * @property {"host" | "containers"} basis
 * @property {number | null} cpu_pct
 * @property {number | null} cores
 * @property {number | null} mem_used_bytes
 * @property {number | null} mem_total_bytes
 *
 * @typedef {object} EngineState
 * @property {boolean} reachable
 * @property {string | null} error
 * @property {string | null} product
 * @property {string | null} version
 *
 * @typedef {object} Sampling
 * @property {string | null} source
 * @property {string} reason
 * @property {number | null} interval_secs
 * @property {string[]} limitations what the source cannot tell there, each a sentence with the way out
 *
 * @typedef {object} Usage
 * @property {number | null} cpu_pct
 * @property {number | null} mem_bytes
 *
 * @typedef {object} AgentBatch
 * @property {"container_stats_batch"} type
 * @property {string} agent_id
 * @property {string | null} agent_label what the agent calls itself
 * @property {number} received_at
 * @property {number} sent_at
 * @property {ContainerSample[]} containers
 * @property {Usage} agent_metrics
 * @property {HostFigures} host
 * @property {EngineState | null} engine null: an agent that does not tell
 * @property {Sampling} sampling
 * @property {Usage} own_usage
 *
 * @typedef {object} ContainerFacts
 * @property {string} id
 * @property {string} name
 * @property {string | null} image
 * @property {string | null} state
 * @property {string | null} health
 * @property {string | null} compose_project
 * @property {string | null} compose_service
 * @property {number | null} started_at
 * @property {number | null} finished_at
 * @property {number | null} restart_count
 * @property {number | null} exit_code
 * @property {boolean} oom_killed
 * @property {number | null} cpu_limit_cores
 * @property {number | null} mem_limit_bytes null: no limit of its own
 * @property {string | null} network_of
 *
 * @typedef {object} AgentInventory
 * @property {"container_inventory"} type
 * @property {string} agent_id
 * @property {ContainerFacts[]} containers
 *
 * @typedef {AgentList | AgentConnection | AgentBatch | AgentInventory} StreamMessage
 */

/** Bounds on one message: the same as the library's. */
export const LIMITS = {
  textChars: 32 * 1024 * 1024, // a batch of 10,000 containers is about 13 MiB
  agents: 1000,
  containers: 10_000,
  stringChars: 1024,
  reasons: 16,
  limitations: 16,
};

/** @typedef {Record<string, unknown>} Fields */

const STATUSES = new Set(["connecting", "connected", "error", "closed"]);

class Refused extends Error {}

/**
 * The message that `text` holds; null when it is none of ours, or none at all.
 *
 * @param {unknown} text
 * @returns {StreamMessage | null}
 */
export function decode(text) {
  if (typeof text !== "string" || text.length > LIMITS.textChars) return null;
  try {
    const fields = object(JSON.parse(text));
    switch (fields["type"]) {
      case "agent_list":
        return agentList(fields);
      case "agent_status":
        return agentConnection(fields);
      case "container_stats_batch":
        return agentBatch(fields);
      case "container_inventory":
        return agentInventory(fields);
      default:
        return null;
    }
  } catch {
    return null; // no JSON, nested past the stack, or refused below
  }
}

/** @param {Fields} fields @returns {AgentList} */
function agentList(fields) {
  return {
    type: "agent_list",
    ts: time(fields["ts"]) ?? refuse(),
    agents: list(fields["agents"], LIMITS.agents).map((entry) => ({
      id: text(entry["id"]) ?? refuse(),
      label: text(entry["label"]) ?? refuse(),
      url: text(entry["url"]) ?? refuse(),
    })),
    simulated: fields["simulated"] === true,
  };
}

/** @param {Fields} fields @returns {AgentConnection} */
function agentConnection(fields) {
  const status = fields["status"];
  if (typeof status !== "string" || !STATUSES.has(status)) refuse();
  return {
    type: "agent_status",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    status: /** @type {ConnectionStatus} */ (status),
    at: time(fields["at"]) ?? refuse(),
    reason: text(fields["reason"]) || null,
    retry_at: time(fields["retry_at"]),
    last_seen_at: time(fields["last_seen_at"]),
  };
}

/** @param {Fields} fields @returns {AgentBatch} */
function agentBatch(fields) {
  const payload = object(fields["payload"]);
  const host = optional(payload["host"]);
  const sampling = optional(payload["sampling"]);
  return {
    type: "container_stats_batch",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    agent_label: text(payload["agent_label"]),
    received_at: time(fields["received_at"]) ?? refuse(),
    sent_at: time(payload["sent_at"]) ?? refuse(),
    containers: list(payload["containers"], LIMITS.containers).map(containerSample),
    agent_metrics: usage(payload["agent_metrics"]),
    host: {
      basis: host["basis"] === "host" ? "host" : "containers",
      cpu_pct: amount(host["cpu_pct"]),
      cores: amount(host["cores"]),
      mem_used_bytes: amount(host["mem_used_bytes"]),
      mem_total_bytes: amount(host["mem_total_bytes"]),
    },
    engine: engineState(optional(payload["engine"])),
    sampling: {
      source: text(sampling["source"]),
      reason: text(sampling["reason"]) ?? "",
      interval_secs: amount(sampling["interval_secs"]),
      limitations: sentences(sampling["limitations"]),
    },
    own_usage: usage(payload["own_usage"]),
  };
}

/**
 * An agent that knows nothing of this field leaves even the endpoint empty.
 *
 * @param {Fields} fields
 * @returns {EngineState | null}
 */
function engineState(fields) {
  if (!text(fields["endpoint"])) return null;
  return {
    reachable: fields["reachable"] === true,
    error: text(fields["error"]) || null,
    product: text(fields["product"]),
    version: text(fields["version"]),
  };
}

/** @param {unknown} value @returns {Usage} */
function usage(value) {
  const fields = optional(value);
  return { cpu_pct: amount(fields["cpu_pct"]), mem_bytes: amount(fields["mem_bytes"]) };
}

/** @param {Fields} fields @returns {ContainerSample} */
function containerSample(fields) {
  return {
    id: text(fields["id"]) || refuse(),
    name: text(fields["name"]) ?? refuse(),
    cpu_pct: amount(fields["cpu_pct"]),
    cpu_limit_pct: amount(fields["cpu_limit_pct"]),
    throttled_pct: amount(fields["throttled_pct"]),
    mem_bytes: amount(fields["mem_bytes"]),
    mem_limit_bytes: amount(fields["mem_limit_bytes"]),
    mem_usage_bytes: amount(fields["mem_usage_bytes"]),
    mem_cache_bytes: amount(fields["mem_cache_bytes"]),
    net_rx_bytes_per_sec: amount(fields["net_rx_bytes_per_sec"]),
    net_tx_bytes_per_sec: amount(fields["net_tx_bytes_per_sec"]),
    age_secs: amount(fields["age_secs"]),
    stale: fields["stale"] === true,
    unknown: reasons(fields["unknown"]),
  };
}

/** @param {unknown} value @returns {string[]} */
function sentences(value) {
  if (!Array.isArray(value)) return [];
  return value.slice(0, LIMITS.limitations).map(text).filter((sentence) => sentence !== null);
}

/** @type {Map<string, string>} */
const NO_REASONS = new Map();

/** @param {unknown} value @returns {Map<string, string>} */
function reasons(value) {
  const entries = Object.entries(optional(value));
  if (entries.length === 0) return NO_REASONS;
  const found = new Map();
  for (const [group, code] of entries.slice(0, LIMITS.reasons)) {
    if (typeof code === "string") found.set(group, code.slice(0, LIMITS.stringChars));
  }
  return found;
}

/** @param {Fields} fields @returns {AgentInventory} */
function agentInventory(fields) {
  const payload = object(fields["payload"]);
  return {
    type: "container_inventory",
    agent_id: text(fields["agent_id"]) ?? refuse(),
    containers: list(payload["containers"], LIMITS.containers).map(containerFacts),
  };
}

/** @param {Fields} fields @returns {ContainerFacts} */
function containerFacts(fields) {
  const exitCode = fields["exit_code"];
  return {
    id: text(fields["id"]) || refuse(),
    name: text(fields["name"]) ?? refuse(),
    image: text(fields["image"]),
    state: text(fields["state"]),
    health: text(fields["health"]),
    compose_project: text(fields["compose_project"]),
    compose_service: text(fields["compose_service"]),
    started_at: time(fields["started_at"]),
    finished_at: time(fields["finished_at"]),
    restart_count: amount(fields["restart_count"]),
    exit_code: typeof exitCode === "number" && Number.isFinite(exitCode) ? exitCode : null,
    oom_killed: fields["oom_killed"] === true,
    cpu_limit_cores: amount(fields["cpu_limit_cores"]),
    mem_limit_bytes: amount(fields["mem_limit_bytes"]),
    network_of: text(fields["network_of"]),
  };
}

/** @returns {never} */
function refuse() {
  throw new Refused();
}

/** @param {unknown} value @returns {Fields} */
function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse();
  return /** @type {Fields} */ (value);
}

/** @type {Fields} */
const NO_FIELDS = Object.freeze({});

/** @param {unknown} value @returns {Fields} */
function optional(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? /** @type {Fields} */ (value)
    : NO_FIELDS;
}

/** @param {unknown} value @param {number} most @returns {Fields[]} */
function list(value, most) {
  if (!Array.isArray(value) || value.length > most) refuse();
  return /** @type {unknown[]} */ (value).map(object);
}

/** @param {unknown} value @returns {string | null} */
function text(value) {
  return typeof value === "string" ? value.slice(0, LIMITS.stringChars) : null;
}

/** A figure that can only be zero or more. @param {unknown} value @returns {number | null} */
function amount(value) {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

/** RFC 3339 to milliseconds since 1970. @param {unknown} value @returns {number | null} */
function time(value) {
  if (typeof value !== "string" || value.length > 40) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}
